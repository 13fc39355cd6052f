"""A field hidden from a role is nowhere: not in a record, a list, a filter, a sort order, a history or an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guanxi.customers.order.models import Order
from guanxi.identity import actors
from guanxi.identity.models import Role
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.registry import record_type, record_types
from tests.security.matrix import as_json, send
from tests.world import HOST, World, taken_back, valid_values

PAIRS = [(record, item) for record in record_types() for item in record.fields]
FIELDS = [pytest.param(record, item.name, id=f"{record.name}-{item.name}") for record, item in PAIRS]
LOCKABLE = [
    pytest.param(record, item.name, id=f"{record.name}-{item.name}")
    for record, item in PAIRS
    if is_writable(item) and record.scope != "shared" and record.editable
]


@contextmanager
def rule(kind: str, record: RecordType, name: str) -> Iterator[None]:
    """Hide or lock one field for Mei while the block runs."""
    with taken_back():
        Role._default_manager.filter(key="mei").update(**{f"{kind}_fields": {record.name: [name]}})
        actors.access_changed()
        try:
            yield
        finally:
            actors._CACHE.clear()


@pytest.mark.parametrize(("record", "name"), FIELDS)
def test_a_hidden_field_is_nowhere(sandbox: World, record: RecordType, name: str) -> None:
    base = f"/api/v1/{record.path}"
    one = f"{base}/{sandbox.own[record.name]}"
    with rule("hidden", record, name):
        shown = send(sandbox, "mei", "GET", one)
        assert shown.status_code == 200
        assert name not in shown.json()
        for row in send(sandbox, "mei", "GET", base).json()["items"]:
            assert name not in row
        for question in (f"fields={name}", f"sort={name}", f"sort=-{name}", f"f={name}:empty",
                         f'filter={{"not":{{"field":"{name}","op":"not_empty"}}}}'):  # fmt: skip
            assert send(sandbox, "mei", "GET", f"{base}?{question}").status_code == 422, question
        assert send(sandbox, "mei", "GET", f"{one}?fields={name}").status_code == 422
        assert send(sandbox, "mei", "GET", f"{base}/groups?by={name}").status_code == 422
        for change in send(sandbox, "mei", "GET", f"{one}/history").json()["items"]:
            assert name not in change["fields"]
        refused = send(sandbox, "mei", "PATCH", one, {name: None})
        assert refused.status_code == (405 if not record.editable else 422 if record.scope != "shared" else 403)


@pytest.mark.parametrize(("record", "name"), LOCKABLE)
def test_a_locked_field_is_shown_and_never_changed(sandbox: World, record: RecordType, name: str) -> None:
    one = f"/api/v1/{record.path}/{sandbox.own[record.name]}"
    body = as_json({name: valid_values(sandbox, record, "mei", 16)[name]})
    with rule("locked", record, name):
        assert name in send(sandbox, "mei", "GET", one).json()
        answer = send(sandbox, "mei", "PATCH", one, body)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])


OWNED = [
    pytest.param(record, name, id=f"{record.name}-{name}")
    for record, name in ((record, name) for record in record_types() for name in ("owner", "team"))
    if record.creatable and record.scope != "shared" and record.get(name) is not None
]


@pytest.mark.parametrize("kind", ["hidden", "locked"])
@pytest.mark.parametrize(("record", "name"), OWNED)
def test_who_may_not_choose_the_owner_creates_what_is_theirs(
    sandbox: World, record: RecordType, name: str, kind: str
) -> None:
    body = as_json(valid_values(sandbox, record, "mei", 16))
    chosen = body.pop(name, None)
    base = f"/api/v1/{record.path}"
    with rule(kind, record, name):
        made = send(sandbox, "mei", "POST", base, body)
        assert made.status_code == 201, made.content
        row = record.model._default_manager.values("owner_id", "team_id").get(pk=made.json()["id"])
        assert row == {"owner_id": sandbox.users["mei"].pk, "team_id": sandbox.users["mei"].team_id}
        refused = send(sandbox, "mei", "POST", base, {**body, name: chosen})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, [name])


@pytest.mark.parametrize(
    ("name", "text"), [("phone", "13800138000"), ("email", "finder@example.com"), ("latin_name", "Zanzibar")]
)
def test_a_hidden_field_can_not_be_felt_for_by_searching(sandbox: World, name: str, text: str) -> None:
    customer = sandbox.own["customer"]
    send(sandbox, "mei", "PATCH", f"/api/v1/customers/{customer}", {"latin_name": "Zanzibar"})
    for kind, value in (("phone", "+8613800138000"), ("email", "finder@example.com")):
        body = {"customer": customer, "kind": kind, "value": value, "is_primary": True}
        assert send(sandbox, "mei", "POST", "/api/v1/contact-points", body).status_code == 201
    found = f"/api/v1/customers?q={text}"
    assert [row["id"] for row in send(sandbox, "mei", "GET", found).json()["items"]] == [customer]

    with rule("hidden", record_type("customer"), name):
        assert send(sandbox, "mei", "GET", found).json()["items"] == []


def test_the_label_of_a_record_that_may_not_be_seen_stays_hidden(sandbox: World) -> None:
    path = f"/api/v1/relationships/{sandbox.own['relationship']}"
    body = {"other": sandbox.foreign["customer"]}
    assert send(sandbox, "root", "PATCH", path, body).status_code == 200

    assert send(sandbox, "mei", "GET", path).json()["other"] == {"id": sandbox.foreign["customer"], "label": None}
    listed = send(sandbox, "mei", "GET", "/api/v1/relationships?fields=other&sort=other").json()
    assert listed["items"][0]["other"]["label"] is None


def test_passwords_and_keys_are_in_no_answer(sandbox: World) -> None:
    canaries = [sandbox.users["carla"].password, "correct horse battery"]
    paths = ["/api/v1/session", "/api/v1/openapi.json"]
    paths += [f"/api/v1/{record.path}{end}" for record in record_types() for end in ("", "/count")]
    paths += [f"/api/v1/users/{user.pk}{end}" for user in sandbox.users.values() for end in ("", "/history")]
    for path in paths:
        text = send(sandbox, "root", "GET", path).content.decode()
        assert not [canary for canary in canaries if canary in text], path


def test_an_identity_card_number_is_kept_nowhere(sandbox: World) -> None:
    body = {"customer": sandbox.own["customer"], "kind": "id_card", "value": "110101199003072316"}
    created = send(sandbox, "mei", "POST", "/api/v1/identifiers", body)
    assert created.json()["value"] == "110•••••••••••••16"

    one = f"/api/v1/identifiers/{created.json()['id']}"
    send(sandbox, "mei", "PATCH", one, {"value": "110101199003072340"})
    history = send(sandbox, "mei", "GET", f"{one}/history")

    assert "19900307" not in history.content.decode()


TEXTS = [
    pytest.param(record, item.name, id=f"{record.name}-{item.name}")
    for record, item in PAIRS
    if is_writable(item)
    and item.kind in ("text", "long_text")
    and item.name not in (record.title, "currency")
    and not item.codes
    and record.nav_group != "settings"
]
MARK = "Xyzzy7"
SCREENS = (
    "", "/peek", "/timeline", "/timeline?kind=changes", "/around", "/edit", "/source/{name}",
    "?cols={name}", "?cols={title},{name}", "?group={name}", "menu?of=group", "board", "calendar?span=agenda", "timeline",
    "export/csv", "export/jsonl?cols={title},{name}",
)  # fmt: skip


def content_of(response: Any) -> str:
    """What a browser gets, streamed or not; a refusal with its words, too."""
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode("utf-8", "replace")


@pytest.mark.parametrize(("record", "name"), TEXTS)
def test_the_value_of_a_hidden_field_is_on_no_screen_and_in_no_file(
    sandbox: World, record: RecordType, name: str
) -> None:
    number = sandbox.own[record.name]
    if record.scope == "shared":
        record.model._default_manager.filter(pk=number).update(**{record[name].path or name: MARK})
    else:
        assert send(sandbox, "mei", "PATCH", f"/api/v1/{record.path}/{number}", {name: MARK}).status_code == 200
    pages = [screen.format(name=name, title=record.title) for screen in SCREENS]
    addresses = [f"/{record.path}/{number}{page}" if page.startswith("/") or not page else f"/{record.path}/{page}"
                 for page in pages]  # fmt: skip

    addresses += [f"/customers/{sandbox.own['customer']}{page}" for page in ("", "/timeline", "/around", "/peek")]

    def shown() -> dict[str, str]:
        return {address: content_of(sandbox.clients["mei"].get(address, **HOST)) for address in addresses}

    assert MARK in shown()[addresses[0]], "the record page shows it while it is not hidden"
    with rule("hidden", record, name):
        assert [address for address, text in shown().items() if MARK in text] == []


OF_CUSTOMERS = [
    pytest.param(record, item.name, id=f"{record.name}-{item.name}")
    for record, item in PAIRS
    if record.scope_through == "customer" or record.name in ("customer", "task")
]


@pytest.mark.parametrize(("record", "name"), OF_CUSTOMERS)
def test_the_page_of_a_customer_stands_whatever_is_hidden_of_what_stands_around_it(
    sandbox: World, record: RecordType, name: str
) -> None:
    with rule("hidden", record, name):
        for page in ("", "/timeline", "/around", "/peek"):
            address = f"/customers/{sandbox.own['customer']}{page}"
            assert sandbox.clients["mei"].get(address, **HOST).status_code == 200, address


def test_hidden_totals_of_orders_do_not_show_in_what_a_customer_bought(sandbox: World) -> None:
    Order.objects.filter(pk=sandbox.own["order"]).update(
        total="98765.43", currency="CNY", ordered_at=datetime.now(UTC) - timedelta(days=2), status="completed"
    )
    pages = [f"/customers/{sandbox.own['customer']}{page}" for page in ("", "/timeline", "/around")]
    pages += ["/orders/", f"/orders/{sandbox.own['order']}"]

    def shown() -> list[bool]:
        return ["98,765" in content_of(sandbox.clients["mei"].get(page, **HOST)) for page in pages]

    assert all(shown())
    with rule("hidden", record_type("order"), "total"):
        assert not any(shown())


@pytest.mark.parametrize(("record", "name"), OF_CUSTOMERS)
def test_the_first_page_stands_whatever_is_hidden(sandbox: World, record: RecordType, name: str) -> None:
    with rule("hidden", record, name):
        assert sandbox.clients["mei"].get("/", **HOST).status_code == 200
