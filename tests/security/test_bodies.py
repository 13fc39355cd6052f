"""What a body may not do: set what isn't to be set, point at what isn't to be seen, come without its token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.registry import record_types
from tests.routes import Route, one_route_of_each_view, own_routes
from tests.security.matrix import NOBODYS_ID, as_json, send
from tests.world import HOST, Tables, World, taken_back, valid_values

TYPES = [pytest.param(record, id=record.name) for record in record_types()]
CREATABLE = [item for item in TYPES if item.values[0].creatable]  # type: ignore[attr-defined]
BAIT: tuple[Any, ...] = (1, "x", True, None, {"id": 1})


def _closed_names(record: RecordType) -> list[str]:
    """Everything a model or a declaration holds that no body may set, and names that reach beyond it."""
    writable = {item.name for item in record.fields if is_writable(item)}
    columns = {
        name for column in record.model._meta.get_fields() for name in (column.name, getattr(column, "attname", ""))
    }
    beyond = {"pk", "owner__name", "is_staff", "is_superuser", "__class__", "_state", "roles", "permissions"}
    return sorted((columns | {item.name for item in record.fields} | beyond) - writable - {""})


@pytest.mark.parametrize("record", TYPES)
def test_no_body_sets_a_field_that_is_not_declared_writable(sandbox: World, record: RecordType) -> None:
    tables = Tables()
    before = tables.fingerprint()
    base, values = f"/api/v1/{record.path}", as_json(valid_values(sandbox, record, "mei", 16))
    for name in _closed_names(record):
        for bait in BAIT[:2]:
            answer = send(sandbox, "root", "PATCH", f"{base}/{sandbox.own[record.name]}", {name: bait})
            refused = (422, [name]) if record.editable else (405, [])
            assert (answer.status_code, list(answer.json().get("errors", []))) == refused
            bulk = {"items": [{"op": "update", "id": sandbox.own[record.name], "values": {name: bait}}]}
            results = send(sandbox, "root", "POST", f"{base}/bulk", bulk).json()["results"]
            assert results[0]["status"] == (422 if record.editable else 403)
        if record.creatable:
            answer = send(sandbox, "root", "POST", base, {**values, name: 1})
            assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])

    assert tables.fingerprint() == before


@pytest.mark.parametrize("record", CREATABLE)
def test_no_reference_may_point_at_a_record_the_writer_does_not_see(sandbox: World, record: RecordType) -> None:
    tables = Tables()
    before = tables.fingerprint()
    base, values = f"/api/v1/{record.path}", as_json(valid_values(sandbox, record, "mei", 16))
    if record.scope == "shared":
        pytest.skip("Mei may not write records of this type at all.")
    for item in record.fields:
        if item.kind not in ("reference", "tags") or not is_writable(item):
            continue
        for bad in [NOBODYS_ID, *([sandbox.foreign["customer"]] if item.reference == "customer" else [])]:
            value = [bad] if item.kind == "tags" else bad
            created = send(sandbox, "mei", "POST", base, {**values, item.name: value})
            assert (created.status_code, list(created.json()["errors"])) == (422, [item.name])
            if not record.editable:
                continue
            changed = send(sandbox, "mei", "PATCH", f"{base}/{sandbox.own[record.name]}", {item.name: value})
            assert (changed.status_code, list(changed.json()["errors"])) == (422, [item.name])

    assert tables.fingerprint() == before


@pytest.mark.parametrize("record", [item for item in CREATABLE if item.values[0].get("owner")])  # type: ignore[attr-defined]
def test_nobody_can_put_a_record_where_they_may_not_see_it(sandbox: World, record: RecordType) -> None:
    tables = Tables()
    before, carla = tables.fingerprint(), sandbox.users["carla"]
    path, given = f"/api/v1/{record.path}/{sandbox.own[record.name]}", {"owner": carla.pk, "team": carla.team_id}

    answer = send(sandbox, "bo", "PATCH", path, given)

    assert answer.status_code == 403
    assert tables.fingerprint() == before


def _address(world: World, route: Route, record: RecordType) -> str:
    known = {"record_type": record.path, "record_id": world.own[record.name], "field_name": record.fields[0].name}
    return route.address(**{name: known.get(name, 1) for name in route.values})


@pytest.mark.parametrize(
    "route", [pytest.param(route, id=str(route)) for route in one_route_of_each_view(own_routes())]
)
def test_nothing_is_written_without_the_security_token(sandbox: World, route: Route) -> None:
    """Forms, JSON and text, with no token, with one that was never given out and with somebody else's."""
    tables = Tables()
    before = tables.fingerprint()
    record = route.record_type or next(item for item in record_types() if item.name == "customer")
    client = Client(enforce_csrf_checks=True)
    client.force_login(sandbox.users["root"])
    before = tables.fingerprint()
    stolen = sandbox.clients["carla"].get("/api/v1/session", **HOST).json()["csrf_token"]
    ways: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("application/json", '{"name": "x"}', {}),
        ("text/plain", '{"name": "x"}', {}),
        ("application/x-www-form-urlencoded", "name=x&_method=DELETE", {}),
        ("application/json", '{"name": "x"}', {"HTTP_X_CSRFTOKEN": "a" * 64}),
        ("application/json", '{"name": "x"}', {"HTTP_X_CSRFTOKEN": stolen, "HTTP_ORIGIN": "null"}),
    )
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for kind, body, extra in ways:
            with taken_back():
                path = _address(sandbox, route, record)
                answer = client.generic(method, path, body, content_type=kind, **HOST, **extra)
                assert answer.status_code in (403, 404), (method, kind, extra, answer.status_code)
                assert tables.fingerprint() == before


def test_a_write_with_the_token_of_the_session_passes(sandbox: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sandbox.users["mei"])
    token = client.get("/api/v1/session", **HOST).json()["csrf_token"]

    answer = client.post(
        "/api/v1/customers", json.dumps({"name": "王伟"}), content_type="application/json",
        HTTP_X_CSRFTOKEN=token, HTTP_REFERER="https://localhost/", **HOST,
    )  # fmt: skip

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('"x"', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"name": ' + "[" * 40 + "]" * 40 + "}", "application/json", 400),
        ('{"name": "\\ud800"}', "application/json", 400),
        ('{"name": "x"}', "text/plain", 415),
        ('{"name": "x"}', "multipart/form-data", 415),
        ('{"name": "' + "x" * 1_000_001 + '"}', "application/json", 413),
        ('{"name": "' + "x" * 201 + '"}', "application/json", 422),
        ('{"name": 1}', "application/json", 422),
        ('{"name": "x", "credit_limit": 1e400}', "application/json", 422),
        ('{"name": "x", "credit_limit": "NaN"}', "application/json", 422),
        ('{"name": "x", "birthday": "0000-00-00"}', "application/json", 422),
        ('{"name": "x", "employees": 99999999999999999999}', "application/json", 422),
        ('{"name": "x", "employees": -1}', "application/json", 422),
        ('{"name": "\\u0000"}', "application/json", 422),
    ],
)
def test_a_bad_body_is_refused_and_writes_nothing(sandbox: World, body: str, kind: str, status: int) -> None:
    tables = Tables()
    before = tables.fingerprint()

    answer = sandbox.clients["mei"].generic("POST", "/api/v1/customers", body, content_type=kind, **HOST)

    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert tables.fingerprint() == before
