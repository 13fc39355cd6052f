"""Windows of time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from guanxi.analytics import Window, window_of_months


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Window(datetime(2026, 1, 1))  # noqa: DTZ001 - the refusal is the point


def test_a_window_cannot_start_at_its_end() -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="before it ends"):
        Window(instant, instant)


def test_months_are_counted_on_the_calendar_and_clamped_to_its_end() -> None:
    window = window_of_months(datetime(2024, 3, 31, 12, tzinfo=UTC), 1)
    assert (window.start, window.end) == (
        datetime(2024, 2, 29, 12, tzinfo=UTC),
        datetime(2024, 3, 31, 12, tzinfo=UTC),
    )
    assert window_of_months(datetime(2026, 1, 15, tzinfo=UTC), 12).start == datetime(2025, 1, 15, tzinfo=UTC)


def test_months_are_counted_where_the_company_is() -> None:
    # 20:00 UTC on the last of March is already April in Shanghai.
    window = window_of_months(datetime(2026, 3, 31, 20, tzinfo=UTC), 1, "Asia/Shanghai")
    assert window.start == datetime(2026, 3, 1, 4, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_less_than_a_month_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        window_of_months(datetime(2026, 1, 1, tzinfo=UTC), 0)


def test_the_as_of_date_is_the_local_one() -> None:
    window = Window(datetime(2026, 6, 30, 23, tzinfo=UTC))
    assert window.as_of_date("UTC") == date(2026, 6, 30)
    assert window.as_of_date("Asia/Shanghai") == date(2026, 7, 1)
