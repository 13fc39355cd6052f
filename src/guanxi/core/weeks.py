"""On which day weeks begin, and how long days are: by the territory of a time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from guanxi.core.dates import start_of_day

HOUR = timedelta(hours=1)


@lru_cache(maxsize=256)
def first_weekday(time_zone: str) -> int:
    """Return the day on which weeks begin where ``time_zone`` is: 0 for Monday to 6 for Sunday."""
    territory = get_global("zone_territories").get(time_zone, "")
    if not territory:
        return 0
    try:
        return int(Locale.parse(f"und_{territory}", resolve_likely_subtags=True).first_week_day)
    except (UnknownLocaleError, ValueError):
        return 0


def week_start(day: date, time_zone: str) -> date:
    """Return the first day of the week of ``day``, as weeks begin in ``time_zone``."""
    return day - timedelta(days=(day.weekday() - first_weekday(time_zone)) % 7)


def hours_of(day: date, time_zone: str) -> list[datetime]:
    """Return the instants at which the hours of a day begin, in its zone: 23 or 25 where the clocks change."""
    zone = ZoneInfo(time_zone)
    at, end = start_of_day(day, time_zone), start_of_day(day + timedelta(days=1), time_zone)
    found = []
    while at < end:
        found.append(at.astimezone(zone))
        at += HOUR
    return found


def offset_text(time_zone: str, at: datetime) -> str:
    """Return how far a zone is from UTC at an instant: “UTC+8”, “UTC−3:30”."""
    offset = at.astimezone(ZoneInfo(time_zone)).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes >= 0 else "\N{MINUS SIGN}"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def instant_at(day: date, minute: int, time_zone: str) -> datetime:
    """Return the instant, in UTC, at which clocks of ``time_zone`` first show ``minute`` of ``day``."""
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC)
