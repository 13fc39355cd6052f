"""Views for editing one field in place, in lists and on record pages, and for taking a change back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.core.errors import Conflict, Invalid
from guanxi.core.policy import signed_in
from guanxi.records.declaration import RecordType
from guanxi.records.screens import cells, places
from guanxi.records.screens.answers import actor_of, answer, with_toast
from guanxi.records.screens.inline import InPlace, editor, open_in_place, save_in_place, strip_of
from guanxi.records.screens.record_page import detail_row, open_record
from guanxi.records.undoing import undo_change


@signed_in
@require_http_methods(["GET", "POST"])
def edit_field(request: HttpRequest, record_type: RecordType, record_id: int, field_name: str) -> HttpResponse:
    """Answer the editor of one field (GET); save it and answer the new value, its errors, or the conflict (POST)."""
    in_list = request.GET.get("cell") == "1"
    place = open_in_place(record_type, record_id, field_name, actor_of(request), in_list=in_list)
    if request.method == "GET":
        return _editor(request, place)
    if request.POST.get("theirs") == "1":
        return _value(request, place)
    typed = (
        request.POST.getlist(field_name) if place.item.kind in ("choices", "tags") else request.POST.get(field_name, "")
    )
    try:
        change_id = save_in_place(place, request.POST)
    except ValueError as refusal:
        return _editor(request, place, typed, (str(refusal),), status=422)
    except Invalid as refusal:
        sentences = tuple(refusal.sentences)
        return _editor(request, place, typed, sentences, status=422)
    except Conflict as conflict:
        context = {"place": place, "item": editor(place, typed), "strip": strip_of(place, conflict)}
        return answer(request, "records/field_conflict.html", context, 409)
    response = _value(request, place, state="saved")
    if change_id is None:
        return response
    undo = places.part_url(record_type, record_id, f"changes/{change_id}/undo")
    return with_toast(response, _("Changed “%(field)s”") % {"field": place.item.title()}, undo)


def _editor(
    request: HttpRequest, place: InPlace, typed: Any = None, errors: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    hidden = (("version", str(request.POST.get("version") or place.record.version)),)
    context = {"place": place, "item": editor(place, typed, errors), "hidden": hidden, "whole": status != 200}
    return answer(request, "records/field_editor.html", context, status)


def _value(request: HttpRequest, place: InPlace, state: str = "") -> HttpResponse:
    """Answer the value as it stands now: a table cell, or the value part of a detail row with the highlights."""
    if place.target == "td":
        row = place.row()
        item, value = place.item, row[place.item.name]
        tags = cells.tag_chips(place.record_type, [item], [row], place.actor)
        inside = (
            ""
            if value in (None, "", [])
            else cells.writer(place.record_type, item, place.actor, tags)(value, row["id"])
        )
        numeric = item.kind in cells.NUMERIC
        return answer(
            request, "records/field_cell.html", {"place": place, "inside": inside, "state": state, "numeric": numeric}
        )
    opened = open_record(place.record_type, place.record.pk, place.actor)
    return answer(request, "records/field_value.html", {"row": detail_row(opened, place.item), "state": state})


@signed_in
@require_POST
def undo(request: HttpRequest, record_type: RecordType, record_id: int, change_id: int) -> HttpResponse:
    """Take one change of a record back, where nobody changed the same fields since."""
    undo_change(record_type, record_id, change_id, actor_of(request))
    return HttpResponse(status=204)
