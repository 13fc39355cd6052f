"""Numbers, money and dates read as a person of each language expects them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from guanxi.ui import formats, quick_formats

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _shanghai() -> Iterator[None]:
    with timezone.override(SHANGHAI):
        yield


@pytest.fixture
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.mark.usefixtures("_english")
class TestEnglish:
    def test_numbers_are_grouped_and_a_real_minus_is_used(self) -> None:
        assert formats.number(1234567) == "1,234,567"
        assert formats.number(Decimal("-1234.5"), 2) == "−1,234.50"
        assert formats.number(None) == ""

    def test_the_yuan_is_one_sign_and_the_yen_another(self) -> None:
        assert formats.money(Decimal("12345"), "CNY") == "¥12,345.00"
        assert formats.money(Decimal("12345"), "JPY") == "JP¥12,345"
        assert formats.money(Decimal("-7.5"), "USD") == "−$7.50"

    def test_loyalty_points_are_words_and_no_currency(self) -> None:
        amounts = ("4802.00", "1", "-1", "-50", "12.5")
        assert [formats.money(Decimal(amount), "PTS") for amount in amounts] == [
            "4,802 points", "1 point", "−1 point", "−50 points", "12.50 points",
        ]  # fmt: skip
        assert [quick_formats.money(Decimal(amount), "PTS") for amount in amounts[:2]] == ["4,802 points", "1 point"]
        assert formats.money_compact(Decimal(16_188), "PTS") == "16.2K points"

    def test_whole_units_can_be_asked_for(self) -> None:
        assert formats.money(Decimal("4862400.49"), "CNY", 0) == "¥4,862,400"

    def test_tiles_shorten_with_thousands_and_millions(self) -> None:
        assert formats.money_compact(41_940_000, "CNY") == "¥41.94M"
        assert formats.money_compact(Decimal(-7_450_000), "CNY") == "−¥7.45M"
        assert formats.money_compact(869, "CNY") == "¥869"
        assert formats.compact(12_482) == "12.5K"

    def test_a_share_becomes_a_percentage(self) -> None:
        assert formats.percent(0.314) == "31.4%"
        assert formats.percent(Decimal("-0.178"), 0) == "−18%"

    def test_dates_near_today_have_names(self) -> None:
        today = date(2026, 11, 21)
        assert formats.day_short(today, today) == "Today"
        assert formats.day_short(date(2026, 11, 20), today) == "Yesterday"
        assert formats.day_short(date(2026, 11, 22), today) == "Tomorrow"
        assert formats.day_short(date(2026, 3, 9), today) == "Mar 9"
        assert formats.day_short(date(2025, 3, 9), today) == "Mar 9, 2025"

    def test_an_instant_is_read_in_the_active_time_zone(self) -> None:
        assert formats.moment(datetime(2026, 11, 20, 18, 30, tzinfo=UTC)) == "Nov 21, 2026 02:30"

    def test_what_happened_today_is_told_as_a_distance_and_older_things_as_a_date(self) -> None:
        assert formats.relative(NOW - timedelta(seconds=20), NOW) == "Just now"
        assert formats.relative(NOW - timedelta(hours=2), NOW) == "2h ago"
        assert formats.relative(NOW - timedelta(hours=25), NOW) == "Yesterday"
        assert formats.relative(NOW - timedelta(days=9), NOW) == "Nov 12"

    def test_file_sizes(self) -> None:
        assert [formats.bytes_size(size) for size in (0, 900, 1536, 3_565_158)] == ["0 B", "900 B", "1.5 KB", "3.4 MB"]


@pytest.mark.usefixtures("_chinese")
class TestChinese:
    def test_loyalty_points_have_their_own_word(self) -> None:
        assert formats.money(Decimal("4802.00"), "PTS") == "4,802 积分"

    def test_money_is_shortened_by_ten_thousands(self) -> None:
        assert formats.money_compact(41_940_000, "CNY") == "¥4194万"
        assert formats.money_compact(6_461, "CNY") == "¥6,461"
        assert formats.money(Decimal("12345"), "CNY") == "¥12,345.00"
        assert formats.money(Decimal("12345"), "JPY") == "JP¥12,345"

    def test_dates_are_written_in_full(self) -> None:
        assert formats.day(date(2026, 11, 21)) == "2026年11月21日"
        assert formats.day_short(date(2026, 3, 9), date(2026, 11, 21)) == "3月9日"

    def test_words_for_near_dates_are_translated(self) -> None:
        today = date(2026, 11, 21)
        assert formats.day_short(today, today) == "今天"
        assert formats.relative(NOW - timedelta(hours=3), NOW) == "3小时前"
