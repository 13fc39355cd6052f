"""The records of a calendar: read by their dates, in bounded number, as events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.records import listing
from guanxi.records.fields import Field
from guanxi.records.screens import cells, places
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.calendar_range import Range
from guanxi.records.screens.layouts import board_fields, chosen_field, date_fields
from guanxi.records.screens.reading import title_text
from guanxi.ui import formats
from guanxi.ui.calendar_page import Event

MOST = 600
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dates:
    """By which dates the records of a list stand in a calendar, and the choice that gives them their colour."""

    by: Field
    until: Field | None
    color: Field | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A record with the days and, where its dates have a time, the local moments between which it stands."""

    event: Event
    first: date
    last: date
    starts: datetime | None
    ends: datetime | None


def dates_of(found: Listing) -> Dates:
    """Return the dates that a look names; raises ``Invalid`` for fields that are no dates the actor may see."""
    fields = date_fields(found.record_type, found.actor)
    by = chosen_field(fields, found.look.by)
    until = chosen_field(fields, found.look.until) if found.look.until else None
    colors = board_fields(found.record_type, found.actor)
    return Dates(by, until if until != by else None, colors[0] if colors else None)


def read_events(found: Listing, dates: Dates, shown: Range) -> tuple[list[Placed], bool]:
    """Return the records that touch the days shown, by their date, and whether there are more than ``MOST``."""
    names = _names(found, dates)
    query = replace(found.query, columns=names, sort=(dates.by.name,), limit=listing.MAX_LIMIT, after="",
                    filter=_touching(found, dates, shown), versions=True)  # fmt: skip
    rows: list[dict[str, Any]] = []
    while True:
        page = listing.read_page(found.record_type, query, found.actor)
        rows += page.rows
        if not page.next or len(rows) >= MOST:
            break
        query = replace(query, after=page.next)
    return [_placed(found, dates, row) for row in rows[:MOST]], bool(page.next) or len(rows) > MOST


def _names(found: Listing, dates: Dates) -> tuple[str, ...]:
    record_type, actor = found.record_type, found.actor
    ends = dates.by.kept_by[0] if dates.by.kept_by else ""
    wanted = (record_type.title, dates.by.name, dates.until.name if dates.until else "",
              dates.color.name if dates.color else "", ends)  # fmt: skip
    return tuple(
        name for name in dict.fromkeys(wanted)
        if record_type.get(name) is not None and actor.sees_field(record_type.name, name)
    )  # fmt: skip


def _touching(found: Listing, dates: Dates, shown: Range) -> dict[str, Any]:
    """Return the filter of the list with the condition that a record stands on one of the days shown."""
    start, end, last = shown.start.isoformat(), shown.end.isoformat(), (shown.end - _DAY).isoformat()
    by = dates.by.name
    inside: dict[str, Any] = {"field": by, "op": "between", "value": [start, last]}
    if dates.until is not None:
        until, before = dates.until.name, (shown.start - _DAY).isoformat()
        inside = {"any": [inside, {"all": [{"field": by, "op": "before", "value": end},
                                           {"field": until, "op": "after", "value": before}]}]}  # fmt: skip
    own = found.look.filter
    return {"all": [own, inside]} if own else inside


def _placed(found: Listing, dates: Dates, row: Mapping[str, Any]) -> Placed:
    zone = ZoneInfo(found.actor.time_zone)
    begin, end = row[dates.by.name], row.get(dates.until.name) if dates.until else None
    starts = begin.astimezone(zone) if isinstance(begin, datetime) else None
    ends = end.astimezone(zone) if isinstance(end, datetime) else None
    first = starts.date() if starts else begin
    last = (ends - timedelta(microseconds=1)).date() if ends else end if isinstance(end, date) else first
    event = _event(found, dates, row, formats.clock(begin) if starts else "")
    return Placed(event, first, max(first, last), starts, ends)


def _event(found: Listing, dates: Dates, row: Mapping[str, Any], time: str) -> Event:
    record_type, pk = found.record_type, row["id"]
    name = title_text(record_type, dict(row)) if record_type.title in row else f"#{pk}"
    color, words = "indigo", ""
    if dates.color is not None and row.get(dates.color.name):
        chip = cells.chip_of(dates.color, str(row[dates.color.name]))
        color, words = chip.color, f"{dates.color.title()}: {chip.label}"
    when = formats.moment(row[dates.by.name]) if time else formats.day(row[dates.by.name])
    tip = "\n".join(part for part in (name, f"{dates.by.title()}: {when}", words) if part)
    movable = cells.can_edit(record_type, dates.by, found.actor)
    state = replace(found.state.first_page(), shut=())
    move = f"{places.part_url(record_type, pk, 'reschedule')}?in={found.base_part}&{state.query()}" if movable else ""
    return Event(
        pk, name, places.record_url(record_type, pk), places.part_url(record_type, pk, "peek"), row["version"], time,
        tip, color, move, cells.is_late(dates.by, row),
    )  # fmt: skip


def in_lanes(events: Sequence[tuple[int, int, Event]]) -> list[Event]:
    """Return timed events side by side where they overlap: ``(row, height, event)`` with quarters of an hour.

    Events that overlap directly or through others share the width equally; a lane is used again once it is free.
    """
    out: list[Event] = []
    cluster: list[tuple[int, Event]] = []
    free: list[int] = []
    reach = 0

    def close() -> None:
        out.extend(replace(event, lane=lane, lanes=len(free)) for lane, event in cluster)

    for row, height, event in sorted(events, key=lambda item: (item[0], -item[1], item[2].id)):
        if cluster and row >= reach:
            close()
            cluster, free, reach = [], [], 0
        lane = next((at for at, end in enumerate(free) if end <= row), len(free))
        free[lane : lane + 1] = [row + height]
        cluster.append((lane, replace(event, row=row, height=height)))
        reach = max(reach, row + height)
    close()
    return out
