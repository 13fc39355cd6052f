"""What the API answers with ``as_of``: records and lists as they stood at an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from guanxi.records.api import questions
from guanxi.records.api.answers import answer
from guanxi.records.declaration import RecordType
from guanxi.records.listing import Page, Query
from guanxi.records.screens.answers import actor_of
from guanxi.records.time_machine.answerable import kept_names
from guanxi.records.time_machine.lists import read_page_as_of
from guanxi.records.time_machine.records import read_record_as_of


def past_page(request: HttpRequest, record_type: RecordType, query: Query, at: datetime) -> Page:
    """Return a page as of ``at``; without ``fields`` the usual columns whose past is kept. Raises ``Invalid``."""
    actor = actor_of(request)
    if not request.GET.get("fields"):
        kept = kept_names(record_type, actor)
        query = replace(query, columns=tuple(name for name in query.columns if name in kept) or kept[:1])
    return read_page_as_of(record_type, query, actor, at)


def past_record(request: HttpRequest, record_type: RecordType, record_id: int, at: datetime) -> HttpResponse:
    """Answer one record as of ``at``: ``state`` says whether it was there, in the bin, or not made yet."""
    actor = actor_of(request)
    asked = questions.asked_fields(request.GET, record_type, actor) if request.GET.get("fields") else ()
    found = read_record_as_of(record_type, record_id, asked or kept_names(record_type, actor), actor, at)
    return answer({"id": record_id, "as_of": at, "state": found.state, **(found.row or {})})
