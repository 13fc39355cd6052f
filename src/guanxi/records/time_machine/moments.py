"""Instants as people name them: a day, or a day and a time, in the reader's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from guanxi.core.dates import start_of_day
from guanxi.core.errors import Invalid

PARAMETER = "as_of"
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)  # no record is older; further back, days in some zones leave the calendar


def parse_moment(text: str, time_zone: str, name: str = PARAMETER) -> datetime:
    """Return the instant that ``text`` means: a day means its end, a time without an offset is the reader's.

    A day that isn't over, or the present minute, means now; what lies before all records means ``EARLIEST``. Raises
    ``Invalid`` for what can't be read and for the future.
    """
    now = datetime.now(UTC)
    found = _read(text.strip().replace(" ", "+") if "T" in text else text.strip(), time_zone)
    if found is None:
        sentence = _("This time isn't valid. Use YYYY-MM-DD hh:mm, for example 2026-11-21 14:30")
        raise Invalid({name: [sentence]})
    if found > now + timedelta(days=1):
        raise Invalid({name: [_("This time lies in the future. Nothing is known of it yet.")]})
    return max(min(found, now), EARLIEST)


def _read(text: str, time_zone: str) -> datetime | None:
    try:
        day = parse_date(text) if len(text) == 10 else None
        if day is not None:
            return start_of_day(day + timedelta(days=1), time_zone)
        found = parse_datetime(text)
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def input_value(at: datetime, time_zone: str) -> str:
    """Return an instant as an input of date and time holds it."""
    return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%dT%H:%M}"


def day_of(at: datetime, time_zone: str) -> date:
    """Return the day on which relative filters (“last 30 days”) stand at this instant; midnight ends a day."""
    return (at - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone)).date()
