"""The bin of a record type: what was deleted, and the way to take it out again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer, frame_list

MOST = 200


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record in the bin."""

    title: str
    deleted_at: datetime
    restore_url: str


@signed_in
@require_GET
def show_bin(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the records that the actor may restore, the last deleted first."""
    return bin_page(request, record_type)


def bin_page(request: HttpRequest, record_type: RecordType, problem: str = "") -> HttpResponse:
    """Answer the bin of a record type; with why something in it could not be restored, if that was asked for."""
    actor = actor_of(request)
    access.require_may(actor, "delete", record_type)
    rows = access.visible_to(actor, record_type, "delete", deleted=True).order_by("-deleted_at", "-pk")
    found = rows.values_list("pk", record_type.title, "deleted_at")[:MOST]
    items = [
        Deleted(str(title)[:120] or f"#{pk}", at, places.part_url(record_type, pk, "restore"))
        for pk, title, at in found
    ]
    frame_list(request, record_type, _("Bin"))
    context = {"items": items, "back_url": places.list_url(record_type), "problem": problem}
    return answer(request, "records/bin.html", context, 422 if problem else 200)
