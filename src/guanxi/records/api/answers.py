"""How the API answers: JSON encoded once, records with their version as ETag."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from guanxi.core.errors import NotFound
from guanxi.records import access
from guanxi.records.access import HIGHEST_ID as HIGHEST_ID
from guanxi.records.api.errors import Malformed, MethodRefused
from guanxi.records.declaration import RecordType
from guanxi.records.listing import Row, read_record
from guanxi.records.registry import record_type as type_named

_ENCODER = msgspec.json.Encoder()


def answer(body: Any, status: int = 200) -> HttpResponse:
    """Return ``body`` as a JSON answer: decimals as text, instants in UTC."""
    return HttpResponse(_ENCODER.encode(body), content_type="application/json", status=status)


def record_body(request: HttpRequest, record_type: RecordType, record_id: int, names: tuple[str, ...]) -> Row:
    """Return one record as JSON shows it: id, version and the named fields; raises ``NotFound``."""
    if record_id > HIGHEST_ID:
        raise NotFound
    return read_record(record_type, record_id, names, request.actor)  # type: ignore[attr-defined]


def record_answer(
    request: HttpRequest, record_type: RecordType, record_id: int, names: tuple[str, ...], status: int = 200
) -> HttpResponse:
    """Return the answer that shows one record; its ``ETag`` is the version to send back as ``If-Match``."""
    body = record_body(request, record_type, record_id, names)
    response = answer(body, status)
    response["ETag"] = f'"{body["version"]}"'
    if status == 201:
        response["Location"] = f"/api/v1/{record_type.path}/{record_id}"
    return response


def expected_version(request: HttpRequest) -> int | None:
    """Return the version named by ``If-Match``, or None when any will do; raises ``Malformed``."""
    tag = request.headers.get("If-Match", "*").strip()
    if tag == "*":
        return None
    number = tag.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Malformed
    return int(number)


def found_id(record_id: int) -> int:
    """Return an id from an address as one the database can hold; raises ``NotFound``."""
    if record_id > HIGHEST_ID:
        raise NotFound
    return record_id


def refuse_method(*allowed: str) -> MethodRefused:
    """Return the refusal of a method that an address doesn't answer to."""
    return MethodRefused(allowed=", ".join(allowed) or "–")


def names_of_users(request: HttpRequest, ids: set[int]) -> dict[int, str]:
    """Return the names of users by id, as far as the actor may see users; one query."""
    if not ids:
        return {}
    rows = access.visible_to(request.actor, type_named("user")).filter(pk__in=ids)  # type: ignore[attr-defined]
    return dict(rows.values_list("pk", "name"))
