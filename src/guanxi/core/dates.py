"""Calendar helpers of the company: today in its time zone, and relative periods as half-open ranges."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PERIODS = (
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year",
)  # fmt: skip


def today(time_zone: str) -> date:
    """Return the calendar date now in ``time_zone`` (IANA name)."""
    return datetime.now(ZoneInfo(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the instant, in UTC, at which ``day`` begins in ``time_zone``."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Return the first day of the month ``months`` after the month of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def period(name: str, on: date) -> tuple[date, date]:
    """Return the half-open range of dates ``[start, end)`` of a named period around ``on``; weeks start on Monday.

    Raises ``ValueError`` for a name outside ``PERIODS``.
    """
    if name == "today":
        return on, on + timedelta(days=1)
    if name == "yesterday":
        return on - timedelta(days=1), on
    which, _, unit = name.partition("_")
    back = {"this": 0, "last": 1}.get(which)
    if back is None:
        raise ValueError(f"unknown period {name!r}")
    if unit == "week":
        start = on - timedelta(days=on.weekday() + 7 * back)
        return start, start + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None:
        raise ValueError(f"unknown period {name!r}")
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    start = add_months(first, -months * back)
    return start, add_months(start, months)
