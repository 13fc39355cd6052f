"""Views of calendars and timelines: the page, and moving a record to another day or time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.errors import Conflict, Invalid, NotAllowed
from guanxi.core.policy import signed_in
from guanxi.records import access, changes
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.screens import cells, places
from guanxi.records.screens.answers import answer, frame_list, is_fragment, with_toast
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.board_views import MovedMeanwhile, NotMoved
from guanxi.records.screens.calendar import calendar_page, timeline_page
from guanxi.records.screens.calendar_events import Dates, dates_of
from guanxi.records.screens.list_views import listing_of
from guanxi.records.screens.reading import read_values, title_of
from guanxi.records.writing import change_record
from guanxi.ui import formats
from guanxi.ui.calendar_page import CalendarPage


@signed_in
@require_GET
def show_calendar(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the records of a list at their dates; htmx gets the part that changes."""
    return _show(request, record_type, calendar_page(listing_of(request, record_type, "calendar")))


@signed_in
@require_GET
def show_timeline(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the records of a list as bars or points along time; htmx gets the part that changes."""
    return _show(request, record_type, timeline_page(listing_of(request, record_type, "timeline")))


def _show(request: HttpRequest, record_type: RecordType, page: CalendarPage) -> HttpResponse:
    if is_fragment(request):
        return answer(request, "records/calendar_part.html", {"calendar": page, "page": page.head})
    frame_list(request, record_type)
    return answer(request, "ui/calendar.html", {"calendar": page})


@signed_in
@require_POST
def reschedule(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Move a record to a ``day``, by ``days``, or to an instant ``at`` with ``minutes``; its end moves along.

    A day leaves the time of the clock as it is. Answers a toast with the way back.
    """
    found = listing_of(request, record_type, request.GET.get("in", "calendar"))
    dates = dates_of(found)
    if not cells.can_edit(record_type, dates.by, found.actor):
        raise NotAllowed(_("You may not change this field."))
    record = access.get_visible(found.actor, record_type, record_id, "edit")
    values = _moved(found, dates, record, request.POST)
    version = request.POST.get("version", "")
    try:
        changed = change_record(
            record, actor=found.actor, version=int(version) if version.isdecimal() else None, **values
        )
    except Conflict as conflict:
        sentence = _("Somebody changed this date meanwhile. Look at it and move it again.")
        raise MovedMeanwhile(sentence) from conflict
    except Invalid as refusal:
        raise NotMoved(refusal.words) from refusal
    response = HttpResponse(status=204)
    if changed.version == record.version:
        return response
    newest = changes.history(record_type.name, record_id, limit=1)
    undo = places.part_url(record_type, record_id, f"changes/{newest[0].pk}/undo") if newest else ""
    words = {"title": title_of(record_type, record_id, found.actor), "when": _when(values[dates.by.name])}
    return with_toast(response, _("Moved “%(title)s” to %(when)s") % words, undo, also=("calendar-changed",))


def _when(value: Any) -> str:
    return formats.moment(value) if isinstance(value, datetime) else formats.day(value)


def _moved(found: Listing, dates: Dates, record: Any, posted: QueryDict) -> dict[str, Any]:
    """Return the new dates of a record; raises ``Invalid`` for words that are no day or instant."""
    names = (dates.by.name, *((dates.until.name,) if dates.until else ()))
    old = read_values(found.record_type, record, names)
    zone, begin = ZoneInfo(found.actor.time_zone), old[dates.by.name]
    if begin is None:
        raise Invalid({dates.by.name: [_("This record has no date. Open it to enter one.")]})
    try:
        if posted.get("at") and isinstance(begin, datetime):
            new: Any = datetime.fromisoformat(posted.get("at", "")).astimezone(UTC) + timedelta(
                minutes=int(posted.get("minutes", "0"))
            )
        else:
            local = begin.astimezone(zone) if isinstance(begin, datetime) else begin
            own = local.date() if isinstance(local, datetime) else local
            step = posted.get("days", "")
            day = own + timedelta(days=int(step)) if step else date.fromisoformat(posted.get("day", ""))
            new = _on_day(begin, day - own, zone)
    except (ValueError, OverflowError) as error:
        raise Invalid({dates.by.name: [_("This date isn't valid. Use YYYY-MM-DD, for example 2026-11-21")]}) from error
    values = {dates.by.name: new}
    if dates.until is not None and old[dates.until.name] is not None and _may(found, dates.until):
        values[dates.until.name] = _shifted(old[dates.until.name], begin, new, zone)
    return values


def _may(found: Listing, item: Field) -> bool:
    return cells.can_edit(found.record_type, item, found.actor)


def _on_day(value: Any, days: timedelta, zone: ZoneInfo) -> Any:
    """Return a date or instant so many days later, at the same time of the clock."""
    if not isinstance(value, datetime):
        return value + days
    local = value.astimezone(zone).replace(tzinfo=None) + days
    return local.replace(tzinfo=zone).astimezone(UTC)


def _shifted(value: Any, before: Any, after: Any, zone: ZoneInfo) -> Any:
    """Return the end of a record whose beginning moved: as much later by the clock."""
    if isinstance(before, datetime) and isinstance(after, datetime):
        moved = after.astimezone(zone).replace(tzinfo=None) - before.astimezone(zone).replace(tzinfo=None)
    else:
        moved = _plain(after, zone) - _plain(before, zone)
    if isinstance(value, datetime):
        return _on_day(value, moved, zone)
    return value + timedelta(days=moved.days)


def _plain(value: Any, zone: ZoneInfo) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value
