"""The description of the API is valid OpenAPI 3.1, and the API keeps to it."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.transport import Response

from guanxi.records.api.openapi import document
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.registry import record_types
from guanxi.work.comment.services import add_comment
from tests.routes import own_routes
from tests.security.matrix import as_json, send
from tests.world import HOST, World, taken_back, valid_values

TYPES = [pytest.param(record, id=record.name) for record in record_types()]
CHECKS: list[Any] = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
RELAXED = list(HealthCheck)


def test_the_description_names_every_route_of_the_api() -> None:
    described = set(document()["paths"])
    expected = set()
    for route in own_routes():
        if not route.pattern.startswith("api/") or route.name == "api-description":
            continue
        if "record_type" not in route.values:
            expected.add(f"/{route.pattern}")
        for record in record_types():
            if "record_type" in route.values and (route.name != "api-restore" or record.deletable):
                names = {"record_type": record.path, "record_id": "{id}", "comment_id": "{comment_id}"}
                expected.add(route.address(**{name: names[name] for name in route.values}))

    assert described == expected


def test_the_description_is_valid() -> None:
    schemathesis.openapi.from_dict(document()).validate()


@pytest.mark.parametrize("record", TYPES)
def test_the_schemas_say_what_can_be_written_and_what_is_needed(record: RecordType) -> None:
    name = "".join(part.capitalize() for part in record.name.split("_"))
    schemas = document()["components"]["schemas"]
    writable = {item.name for item in record.fields if is_writable(item)}

    assert set(schemas[f"{name}Create"]["properties"]) == writable
    assert (f"{name}Change" in schemas) == record.editable
    if record.editable:
        assert set(schemas[f"{name}Change"]["properties"]) == writable
    assert set(schemas[f"{name}Create"].get("required", [])) == {
        item.name for item in record.fields if item.required and item.name in writable
    }
    for item in record.fields:
        shown = schemas[name]["properties"][item.name]
        assert shown.get("readOnly", False) == (item.name not in writable)
        assert item.kind != "choice" or {choice.value for choice in item.choices} <= set(map(str, shown["enum"]))


@pytest.mark.parametrize("record", TYPES)
def test_valid_values_fit_the_schema_and_so_do_the_answers(sandbox: World, record: RecordType) -> None:
    name = "".join(part.capitalize() for part in record.name.split("_"))
    everything = document()["components"]
    body = as_json(valid_values(sandbox, record, "mei", 18))
    for schema, value in (
        (f"{name}Create", body),
        (name, send(sandbox, "root", "GET", f"/api/v1/{record.path}/{sandbox.own[record.name]}").json()),
    ):
        jsonschema_rs.validate({"$ref": f"#/components/schemas/{schema}", "components": everything}, value)


@cache
def _cases(path: str) -> st.SearchStrategy[Any]:
    """Requests to the addresses of one record type; read from a description of these alone, which is read faster."""
    whole = document()
    paths = {at: item for at, item in whole["paths"].items() if f"{at}/".startswith(f"/api/v1/{path}/")}
    return schemathesis.openapi.from_dict({**whole, "paths": paths}).as_strategy()


def _try(world: World, record: RecordType, data: st.DataObject) -> None:
    case = data.draw(_cases(record.path))
    is_real = bool(case.path_parameters) and data.draw(st.booleans())
    with taken_back():
        if is_real:
            own = case.path_parameters["id"] = world.own[record.name]
            if "comment_id" in case.path_parameters:
                made = add_comment(record, own, "Said before", actor=world.actor("root"))
                case.path_parameters["comment_id"] = made.pk
        asked = requests.Request(**case.as_transport_kwargs(base_url="https://localhost")).prepare()
        case.validate_response(_answer(world.clients["root"], asked), checks=CHECKS)


def _answer(client: Client, asked: requests.PreparedRequest) -> Response:
    """Ask the application in this very process and transaction."""
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    kind = asked.headers.get("Content-Type", "application/json")
    names = {"If-Match": "HTTP_IF_MATCH", "Idempotency-Key": "HTTP_IDEMPOTENCY_KEY"}
    sent = {names[name]: text for name, text in asked.headers.items() if name in names}
    path = str(asked.url).removeprefix("https://localhost")
    got = client.generic(str(asked.method), path, body, content_type=kind, **HOST, **sent)
    assert got.status_code not in (401, 403)
    headers = {name.lower(): [text] for name, text in got.headers.items()}
    return Response(got.status_code, headers, got.content, asked, elapsed=0.0, verify=False)


@pytest.mark.parametrize("record", TYPES)
@settings(max_examples=12, deadline=None, suppress_health_check=RELAXED)
@given(data=st.data())
def test_generated_requests_get_answers_as_described(sandbox: World, record: RecordType, data: st.DataObject) -> None:
    _try(sandbox, record, data)


@pytest.mark.full
@pytest.mark.parametrize("record", TYPES)
@settings(max_examples=300, deadline=None, suppress_health_check=RELAXED)
@given(data=st.data())
def test_many_generated_requests_get_answers_as_described(
    sandbox: World, record: RecordType, data: st.DataObject
) -> None:
    _try(sandbox, record, data)
