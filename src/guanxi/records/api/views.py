"""The addresses of the API. Each reads the request strictly, calls the engine and answers JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from guanxi.core.errors import Invalid
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.api import openapi, questions
from guanxi.records.api.answers import (
    answer,
    expected_version,
    found_id,
    names_of_users,
    record_answer,
    refuse_method,
)  # fmt: skip
from guanxi.records.api.bodies import json_body, typed_values
from guanxi.records.api.bulk import write_many
from guanxi.records.api.idempotency import once
from guanxi.records.api.past import past_page, past_record
from guanxi.records.declaration import RecordType
from guanxi.records.grouping import read_groups
from guanxi.records.history import read_history
from guanxi.records.listing import count, read_page
from guanxi.records.screens.answers import actor_of
from guanxi.records.time_machine.lists import count_as_of, groups_as_of
from guanxi.records.writing import change_record, create_record, delete_record, meant, restore_record

READ = ("GET", "HEAD")


@signed_in
def collection(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """GET a page of records; POST creates one."""
    actor = actor_of(request)
    if request.method in READ:
        access.require_may(actor, "view", record_type)
        at = questions.asked_moment(request, actor)
        query = questions.list_query(request, record_type, actor)
        page = read_page(record_type, query, actor) if at is None else past_page(request, record_type, query, at)
        return answer({"items": page.rows, "next": page.next or None})
    if request.method != "POST" or not record_type.creatable:
        raise refuse_method("GET", *(["POST"] if record_type.creatable else []))
    names = questions.asked_fields(request.GET, record_type, actor)

    def create() -> HttpResponse:
        access.require_may(actor, "create", record_type)
        values = typed_values(record_type, json_body(request), actor, partial=False)
        record = create_record(record_type, actor=actor, values=values)
        return record_answer(request, record_type, record.pk, names, status=201)

    questions.require_known(request.GET, questions.RECORD_PARAMETERS)
    return once(request, create)


@signed_in
def number(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """GET how many records match, exactly up to a limit and estimated beyond it."""
    if request.method not in READ:
        raise refuse_method("GET")
    actor = actor_of(request)
    access.require_may(actor, "view", record_type)
    at, query = questions.asked_moment(request, actor), questions.count_query(request)
    amount = count(record_type, query, actor) if at is None else count_as_of(record_type, query, actor, at)
    return answer({"count": amount.number, "exact": amount.exact})


@signed_in
def groups(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """GET counts and sums by the values of one field."""
    if request.method not in READ:
        raise refuse_method("GET")
    actor = actor_of(request)
    access.require_may(actor, "view", record_type)
    by, sums = questions.asked_groups(request.GET)
    at, query = questions.asked_moment(request, actor), questions.group_query(request)
    if at is not None:
        return answer({"groups": groups_as_of(record_type, query, by, actor, sums, at)})
    return answer({"groups": read_groups(record_type, query, by, actor, sums)})


@signed_in
def bulk(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """POST creates and updates many records; the answer has one result per item."""
    if request.method != "POST":
        raise refuse_method("POST")
    questions.require_known(request.GET, frozenset())
    return once(request, lambda: answer({"results": write_many(record_type, json_body(request), actor_of(request))}))


@signed_in
def record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """GET one record; PATCH changes the fields sent; DELETE puts it in the bin."""
    actor, record_id = actor_of(request), found_id(record_id)
    is_read = request.method in READ
    questions.require_known(request.GET, questions.RECORD_READ_PARAMETERS if is_read else questions.RECORD_PARAMETERS)
    at = questions.asked_moment(request, actor)
    if is_read and at is not None:
        return past_record(request, record_type, record_id, at)
    names = questions.asked_fields(request.GET, record_type, actor)
    if is_read:
        return record_answer(request, record_type, record_id, names)
    if request.method == "DELETE" and record_type.deletable:
        delete_record(access.get_visible(actor, record_type, record_id, "delete"), actor=actor)
        return HttpResponse(status=204)
    if request.method != "PATCH" or not record_type.editable:
        able = {"PATCH": record_type.editable, "DELETE": record_type.deletable}
        raise refuse_method("GET", *(method for method, is_able in able.items() if is_able))
    try:
        values = typed_values(record_type, json_body(request), actor, partial=True)
    except Invalid:
        access.get_visible(actor, record_type, record_id, "edit")  # what isn't there, or isn't theirs, is said first
        raise
    change_record(meant(record_type, record_id), actor=actor, version=expected_version(request), **values)
    return record_answer(request, record_type, record_id, names)


@signed_in
def restore(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """POST takes a record out of the bin."""
    if request.method != "POST" or not record_type.deletable:
        raise refuse_method(*(["POST"] if record_type.deletable else []))
    actor, record_id = actor_of(request), found_id(record_id)
    questions.require_known(request.GET, questions.RECORD_PARAMETERS)
    names = questions.asked_fields(request.GET, record_type, actor)

    def take_out() -> HttpResponse:
        restore_record(record_type, record_id, actor=actor)
        return record_answer(request, record_type, record_id, names)

    return once(request, take_out)


@signed_in
def history(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """GET the changes of one record, newest first."""
    if request.method not in READ:
        raise refuse_method("GET")
    before, limit = questions.history_page(request)
    entries, older = read_history(actor_of(request), record_type, found_id(record_id), before=before, limit=limit)
    names = names_of_users(request, {entry.actor_id for entry in entries if entry.actor_id is not None})
    items: list[dict[str, Any]] = [
        {
            "at": entry.at, "verb": entry.verb, "via": entry.via, "change_set": entry.change_set_id,
            "actor": None if entry.actor_id is None else {"id": entry.actor_id, "label": names.get(entry.actor_id)},
            "fields": {name: {"old": pair[0], "new": pair[1]} for name, pair in entry.fields.items()},
        }
        for entry in entries
    ]  # fmt: skip
    return answer({"items": items, "next": older})


@signed_in
def session(request: HttpRequest) -> HttpResponse:
    """GET who is signed in, and the token that every writing request carries as ``X-CSRFToken``."""
    if request.method not in READ:
        raise refuse_method("GET")
    actor = actor_of(request)
    user = {"id": actor.user_id, "name": actor.name, "language": actor.language, "time_zone": actor.time_zone}
    return answer({"user": user, "csrf_token": get_token(request)})


@signed_in
def description(request: HttpRequest) -> HttpResponse:
    """GET the OpenAPI description of all of this."""
    if request.method not in READ:
        raise refuse_method("GET")
    return answer(openapi.document())
