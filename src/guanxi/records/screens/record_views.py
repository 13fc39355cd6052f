"""Views of one record: its page, side panel, timeline, history, neighbours, deletion and restoring."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.errors import Invalid, NotFound
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.live.around import mark_of
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer, frame_record, go_to, with_toast
from guanxi.records.screens.bin_views import bin_page
from guanxi.records.screens.neighbours import neighbours
from guanxi.records.screens.reading import title_of
from guanxi.records.screens.record_page import TIMELINE, open_record, peek_page, record_page, side_cards
from guanxi.records.screens.sources import past_values
from guanxi.records.screens.timeline import read_timeline
from guanxi.records.time_machine.moments import PARAMETER
from guanxi.records.time_machine.past_views import show_record_as_of
from guanxi.records.writing import delete_record, restore_record


@signed_in
@require_GET
def show_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Show the page of a record, as it is or, with ``as_of``, as it stood."""
    if PARAMETER in request.GET:
        return show_record_as_of(request, record_type, record_id)
    origin = request.GET.get("from", "")[:4000]
    opened = open_record(record_type, record_id, actor_of(request), origin)
    page = record_page(opened, tab=request.GET.get("tab", ""), kind=request.GET.get("kind", ""))
    frame_record(request, record_type, opened.title)
    return answer(request, "ui/record.html", {"record": page})


@signed_in
@require_GET
def peek(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Show a record in the side panel."""
    opened = open_record(record_type, record_id, actor_of(request))
    return answer(request, "ui/peek.html", {"record": peek_page(opened)})


@signed_in
@require_GET
def show_timeline(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Answer older items of the timeline, or with ``all`` the whole centre limited to one kind."""
    actor = actor_of(request)
    kind = request.GET.get("kind", "")
    if request.GET.get("all"):
        page = record_page(open_record(record_type, record_id, actor), tab=TIMELINE, kind=kind)
        return answer(request, "ui/record_timeline.html", {"record": page})
    access.get_visible(actor, record_type, record_id)
    timeline = read_timeline(record_type, record_id, actor, kind=kind, before=request.GET.get("before", ""))
    older = f"{request.path}?kind={kind}&before={timeline.older}".replace("+", "%2B") if timeline.older else ""
    return answer(request, "records/timeline_older.html", {"days": timeline.days, "older_url": older})


@signed_in
@require_GET
def show_around(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Answer what stands around a record: its cards, and previous and next in the list that the reader came from."""
    actor = actor_of(request)
    record = access.get_visible(actor, record_type, record_id)
    origin = request.GET.get("from", "")[:4000]
    context = {
        "mark": mark_of(actor, record_type, record_id),  # before the cards: what comes meanwhile is noticed then
        "cards": tuple(side_cards(record_type, record, actor)),
        "neighbours": neighbours(record_type, record_id, actor, origin) if origin else None,
    }
    return answer(request, "ui/record_around.html", context)


@signed_in
@require_GET
def show_source(request: HttpRequest, record_type: RecordType, record_id: int, field_name: str) -> HttpResponse:
    """Answer the card that says where the value of a field came from, and what it was before."""
    actor = actor_of(request)
    access.get_visible(actor, record_type, record_id)
    item = record_type.get(field_name)
    if item is None or not actor.sees_field(record_type.name, field_name):
        raise NotFound
    values = past_values(record_type, record_id, item, actor)
    return answer(request, "records/source_card.html", {"label": item.title(), "values": values})


@signed_in
@require_POST
def delete(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Put a record in the bin, with the way to take it out again."""
    actor = actor_of(request)
    record = access.get_visible(actor, record_type, record_id, "delete")
    title = title_of(record_type, record_id, actor)
    delete_record(record, actor=actor)
    text = _("Deleted “%(title)s”. It can be restored for 30 days.") % {"title": title}
    undo = places.part_url(record_type, record_id, "restore")
    return go_to(request, places.list_url(record_type), text, undo)


@signed_in
@require_POST
def restore(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Take a record out of the bin."""
    actor = actor_of(request)
    is_page = request.headers.get("HX-Request") != "true"
    try:
        restore_record(record_type, record_id, actor=actor)
    except Invalid as refusal:
        if is_page:
            return bin_page(request, record_type, refusal.words)
        raise
    text = _("Restored “%(title)s”") % {"title": title_of(record_type, record_id, actor)}
    if not is_page and "bin" not in request.headers.get("HX-Target", ""):
        return with_toast(HttpResponse(status=204), text)
    return go_to(request, places.record_url(record_type, record_id), text)
