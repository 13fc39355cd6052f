"""Builds calendars and timelines of every record type that has dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from babel.dates import format_skeleton
from django.utils.translation import gettext as _

from guanxi.core.dates import today
from guanxi.core.weeks import hours_of, instant_at, offset_text
from guanxi.records.screens import places
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.board_head import board_head
from guanxi.records.screens.calendar_events import MOST, Dates, Placed, dates_of, in_lanes, read_events
from guanxi.records.screens.calendar_range import (
    Range,
    range_of,
    spans_of,
    steps,
    title_of_range,
    url_on,
    weekday_words,
)
from guanxi.ui import formats
from guanxi.ui.calendar_page import CalendarPage, Day, Event, Hour
from guanxi.ui.parts import Action

PER_DAY = 4
QUARTER = timedelta(minutes=15)
_WHOLE_DAY = 20


def calendar_page(found: Listing) -> CalendarPage:
    """Return the calendar of a list: a month of weeks, days with hours, or an agenda. Raises ``Invalid``."""
    dates, shown = dates_of(found), range_of(found)
    placed, is_cut = read_events(found, dates, shown)
    page = _page(found, dates, shown, is_cut=is_cut)
    agenda = tuple(_agenda(found, dates, shown, placed))
    if shown.span == "agenda":
        return replace(page, agenda=agenda)
    if shown.span == "month":
        days = [_month_day(found, dates, shown, day, placed) for day in shown.days]
        weeks = tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))
        return replace(page, weeks=weeks, agenda=agenda if not shown.is_asked else (),
                       agenda_on_phones=not shown.is_asked)  # fmt: skip
    exact = shown.span == "day"
    return replace(page, days=tuple(_hour_day(found, dates, day, placed, exact=exact) for day in shown.days))


def _page(found: Listing, dates: Dates, shown: Range, *, is_cut: bool) -> CalendarPage:
    zone = found.actor.time_zone
    before, after, now = steps(found, shown)
    notice = (
        _("The first %(count)s records of this period are shown.") % {"count": formats.number(MOST)} if is_cut else ""
    )
    create = _create_url(found, dates, shown.on if shown.first <= shown.on < shown.last else shown.first)
    return CalendarPage(
        board_head(found, dates.by.title(), is_empty=False), found.base_part, title_of_range(shown),
        f"{zone.replace('_', ' ')} · {offset_text(zone, instant_at(shown.on, 720, zone))}", spans_of(found, shown),
        before, after, now, dates.by.title(), dates.until.title() if dates.until else "", notice=notice,
        create=Action(_("New %(record)s") % {"record": found.record_type.label}, create, key="t") if create else None,
    )  # fmt: skip


def _day(found: Listing, dates: Dates, day: date, shown: Range | None = None) -> Day:
    on = today(found.actor.time_zone)
    outside = shown is not None and not shown.first <= day < shown.last
    return Day(
        day.isoformat(), formats.day(day), weekday_words(day), formats.number(day.day), day == on, outside,
        create_url=_create_url(found, dates, day),
    )  # fmt: skip


def _create_url(found: Listing, dates: Dates, day: date) -> str:
    """Return the address of a new record on a day, at nine o'clock where its date has a time."""
    record_type, actor = found.record_type, found.actor
    editable = dates.by in record_type.editable_fields(actor)
    if not record_type.creatable or not editable or not actor.may("create", record_type.name):
        return ""
    value = f"{day.isoformat()}T09:00" if dates.by.kind == "datetime" else day.isoformat()
    words = [(dates.by.name, value), ("with", dates.by.name), ("stay", "list")]
    return f"{places.page_url(record_type, 'quick')}?{urlencode(words)}"


def _on(day: date, placed: Sequence[Placed]) -> list[Placed]:
    return [item for item in placed if item.first <= day <= item.last]


def _month_day(found: Listing, dates: Dates, shown: Range, day: date, placed: Sequence[Placed]) -> Day:
    here = _on(day, placed)
    fits = here if len(here) <= PER_DAY else here[: PER_DAY - 1]
    events = tuple(_on_day(item, day) for item in fits)
    return replace(
        _day(found, dates, day, shown), events=events, more=len(here) - len(fits), more_url=url_on(found, day, "day")
    )


def _on_day(item: Placed, day: date) -> Event:
    begins, ends = item.first == day, item.last == day
    return replace(item.event, begins=begins, ends=ends, time=item.event.time if begins else "")


def _agenda(found: Listing, dates: Dates, shown: Range, placed: Sequence[Placed]) -> list[Day]:
    days = (day for day in shown.days if shown.first <= day < shown.last)
    return [
        replace(_day(found, dates, day), events=tuple(_on_day(item, day) for item in here))
        for day in days if (here := _on(day, placed))
    ]  # fmt: skip


def _hour_day(found: Listing, dates: Dates, day: date, placed: Sequence[Placed], *, exact: bool) -> Day:
    """Return a day with its hours: as the clocks run where it stands alone (``exact``), else 24 beside each other."""
    zone = found.actor.time_zone
    hours = hours_of(day, zone)
    here = _on(day, placed)
    whole = [item for item in here if item.starts is None or item.first != item.last]
    timed = [item for item in here if item not in whole]
    quarters = [(*_quarters(item, day, hours, exact=exact), _on_day(item, day)) for item in timed]
    return replace(
        _day(found, dates, day), events=tuple(_on_day(item, day) for item in whole[:_WHOLE_DAY]),
        timed=tuple(in_lanes(quarters)), hours=tuple(_exact(hours) if exact else _clock(day, hours, zone)),
    )  # fmt: skip


def _exact(hours: Sequence[datetime]) -> list[Hour]:
    """Return the hours as they pass; one that the clocks show twice says how far it is from UTC."""
    shown = [at.hour for at in hours]
    return [Hour(f"{at:%H:%M}" + (f" {at:%z}" if shown.count(at.hour) > 1 else ""), at.isoformat()) for at in hours]


def _clock(day: date, hours: Sequence[datetime], zone: str) -> list[Hour]:
    there = {at.hour: at for at in reversed(hours)}
    return [
        Hour(f"{hour:02d}:00", there[hour].isoformat() if hour in there else "", missing=hour not in there)
        for hour in range(24)
    ]


def _quarters(item: Placed, day: date, hours: Sequence[datetime], *, exact: bool) -> tuple[int, int]:
    """Return at which quarter of an hour of the day an event begins, and how many it takes: half an hour at least."""
    starts = item.starts or hours[0]
    ends = item.ends if item.ends and item.ends > starts else starts
    if exact:
        begin = int((starts.astimezone(UTC) - hours[0].astimezone(UTC)) / QUARTER)
        length = int((ends.astimezone(UTC) - starts.astimezone(UTC)) / QUARTER)
        return begin + 1, min(max(2, length), 4 * len(hours) - begin)
    begin = starts.hour * 4 + starts.minute // 15
    length = (ends.hour * 4 + -(-ends.minute // 15)) - begin if ends.date() == starts.date() else 96 - begin
    return begin + 1, min(max(2, length), 96 - begin)


def timeline_page(found: Listing) -> CalendarPage:
    """Return the timeline of a list: a bar or point in a row for each record. Raises ``Invalid``."""
    dates, shown = dates_of(found), range_of(found)
    placed, is_cut = read_events(found, dates, shown)
    step = 7 if shown.span == "year" else 1
    columns = -(-(shown.end - shown.start).days // step)
    rows = []
    for item in placed:
        first, last = max(item.first, shown.start), min(item.last, shown.end - timedelta(days=1))
        row, end = (first - shown.start).days // step, (last - shown.start).days // step
        rows.append(replace(item.event, row=row + 1, height=end - row + 1, begins=item.first >= shown.start,
                            ends=item.last < shown.end))  # fmt: skip
    now = (today(found.actor.time_zone) - shown.start).days // step + 1
    return replace(
        _page(found, dates, shown, is_cut=is_cut), rows=tuple(rows), columns=columns,
        ticks=tuple(_ticks(shown, step)), now=now if 1 <= now <= columns else 0,
    )  # fmt: skip


def _ticks(shown: Range, step: int) -> list[tuple[int, int, str]]:
    """Return the heads above the columns: first column, how many it covers, words."""
    if shown.span == "month":
        return [(at + 1, 1, formats.number(day.day)) for at, day in enumerate(shown.days)]
    starts = [day for day in shown.days if day.day == 1]
    columns = -(-len(shown.days) // step)
    firsts = [(day - shown.start).days // step + 1 for day in starts] + [columns + 1]
    return [(first, firsts[at + 1] - first, str(format_skeleton("MMM", day, locale=formats.active_locale())))
            for at, (day, first) in enumerate(zip(starts, firsts, strict=False))]  # fmt: skip
