"""The quiet question beside an input of a new record: does it exist already?"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_type as type_named
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of
from guanxi.records.search import find_where

MOST_SHOWN = 3


@signed_in
@require_POST
def show_twins(request: HttpRequest, record_type: RecordType, field_name: str) -> HttpResponse:
    """Answer links to visible records that may be the one being entered; nothing where there are none."""
    actor = actor_of(request)
    access.require_may(actor, "create", record_type)
    twins = next((item for item in record_type.twins if item.field == field_name), None)
    if twins is None:
        raise Http404
    inputs = {name: str(value)[:400].replace("\x00", "") for name, value in request.POST.items()}
    condition = twins.condition(actor, inputs.get(field_name, ""), inputs)
    target = type_named(twins.type_name)
    found = find_where(target, actor, condition, MOST_SHOWN + 1) if condition is not None else []
    hits = [(hit, places.record_url(target, hit.id)) for hit in found[:MOST_SHOWN]]
    return render(request, "records/twins.html", {"hits": hits, "more": len(found) > MOST_SHOWN})
