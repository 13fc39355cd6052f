"""What every record type does, tried with generated values: its life, its lists, its search, its cost."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.listing import Query, read_page
from guanxi.records.registry import record_types
from tests.security.matrix import as_json, send
from tests.world import World, make, valid_values

TYPES = [pytest.param(record, id=record.name) for record in record_types()]
CREATABLE = [item for item in TYPES if item.values[0].creatable]  # type: ignore[attr-defined]
SALTS = (50, 52, 54, 66)


def _plain(value: Any) -> Any:
    """Return a shown value as it is sent: the id of a reference, the amount of money, a number without its zeros."""
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    value = value["amount"] if isinstance(value, dict) and "amount" in value else value
    try:
        return Decimal(value).normalize() if isinstance(value, str) else value
    except ArithmeticError:
        return value


@pytest.mark.parametrize("record", CREATABLE)
def test_a_record_lives_from_creation_to_the_bin_and_back(sandbox: World, record: RecordType) -> None:
    who = "root" if record.scope == "shared" else "mei"
    base, first = f"/api/v1/{record.path}", as_json(valid_values(sandbox, record, "mei", 18))
    second = as_json(valid_values(sandbox, record, "mei", 24))

    created = send(sandbox, who, "POST", base, first)
    assert created.status_code == 201, created.content
    one = created["Location"]
    assert {name: _plain(created.json()[name]) for name in first} == {name: _plain(first[name]) for name in first}

    if not record.editable:
        assert send(sandbox, who, "PATCH", one, second, HTTP_IF_MATCH=created["ETag"]).status_code == 405
        assert send(sandbox, who, "GET", one).json() == created.json()
        return
    changed = send(sandbox, who, "PATCH", one, second, HTTP_IF_MATCH=created["ETag"])
    assert changed.status_code == 200, changed.content
    assert send(sandbox, who, "GET", one).json() == changed.json()
    assert {name: _plain(changed.json()[name]) for name in second} == {name: _plain(second[name]) for name in second}
    different = {name for name in second if _plain(first[name]) != _plain(second[name])}
    assert changed["ETag"] == ('"2"' if different else '"1"')

    entries = send(sandbox, who, "GET", f"{one}/history").json()["items"]
    assert [entry["verb"] for entry in entries] == (["changed", "created"] if different else ["created"])
    assert {entry["via"] for entry in entries} == {"api"}
    if different:
        assert entries[0]["fields"].keys() & second.keys() == different
        for name in different:
            pair = entries[0]["fields"][name]
            assert (_plain(pair["old"]), _plain(pair["new"])) == (_plain(first[name]), _plain(second[name])), name
    if record.deletable:
        assert send(sandbox, who, "DELETE", one).status_code == 204
        assert send(sandbox, who, "GET", one).status_code == 404
        bin_ids = [row["id"] for row in send(sandbox, who, "GET", f"{base}?deleted=1&limit=200").json()["items"]]
        assert created.json()["id"] in bin_ids
        restored = send(sandbox, who, "POST", f"{one}/restore").json()
        stays = restored.keys() - {"version", "updated_at"}
        assert {name: restored[name] for name in stays} == {name: changed.json()[name] for name in stays}


@pytest.mark.parametrize("record", [item for item in CREATABLE if item.values[0].editable])  # type: ignore[attr-defined]
def test_two_who_change_the_same_field_learn_of_each_other_and_other_fields_are_merged(
    sandbox: World, record: RecordType
) -> None:
    texts = [item.name for item in record.editable_fields(sandbox.actor("root")) if item.kind in ("text", "long_text")]
    texts = [name for name in texts if record[name].max_length != 3 and name != "value"]
    if not texts:
        pytest.skip("This type has no text of its own.")
    one = f"/api/v1/{record.path}/{sandbox.own[record.name]}"
    tag = send(sandbox, "root", "GET", one)["ETag"]
    assert send(sandbox, "root", "PATCH", one, {texts[0]: "theirs"}, HTTP_IF_MATCH=tag).status_code == 200

    refused = send(sandbox, "root", "PATCH", one, {texts[0]: "mine"}, HTTP_IF_MATCH=tag)
    assert refused.status_code == 409
    assert refused.json()["fields"] == {texts[0]: {"theirs": "theirs", "mine": "mine"}}
    for other in texts[1:2]:
        assert send(sandbox, "root", "PATCH", one, {other: "mine"}, HTTP_IF_MATCH=tag).status_code == 200
        merged = send(sandbox, "root", "GET", one).json()
        assert (merged[texts[0]], merged[other]) == ("theirs", "mine")


def _fill(world: World, record: RecordType) -> None:
    """Add records with all values and records with only the required ones, so that every sort meets empty values."""
    if record.name == "user":
        return
    for salt in SALTS[:3]:
        make(world, record, "mei", salt)
    if record.creatable:
        for salt in SALTS[3:]:
            body = as_json(valid_values(world, record, "mei", salt, required=True))
            answer = send(world, "root", "POST", f"/api/v1/{record.path}", body)
            assert answer.status_code == 201, answer.content


def _pages(record: RecordType, sort: tuple[str, ...], actor: Actor) -> list[int]:
    found: list[int] = []
    after = ""
    while True:
        page = read_page(record, Query((), sort=sort, after=after, limit=2), actor)
        found += [row["id"] for row in page.rows]
        after = page.next
        if not after or len(found) > 100:
            return found


@pytest.mark.parametrize("record", TYPES)
def test_paging_by_any_sort_shows_every_record_once_in_one_order(sandbox: World, record: RecordType) -> None:
    _fill(sandbox, record)
    root = sandbox.actor("root")
    sortable = [item.name for item in record.fields if item.sortable]
    sorts = [(sign + name,) for name in (*sortable, "id") for sign in ("", "-")]
    sorts += [(f"-{one}", two) for one, two in itertools.pairwise(sortable)]
    sorts += [(one, f"-{two}", three) for one, two, three in zip(sortable, sortable[1:], sortable[2:], strict=False)]
    for sort in sorts:
        whole = [row["id"] for row in read_page(record, Query((), sort=sort, limit=200), root).rows]
        assert _pages(record, sort, root) == whole, sort
        assert len(set(whole)) == len(whole) == record.model._default_manager.filter(deleted_at=None).count(), sort


@pytest.mark.parametrize("record", TYPES)
def test_empty_values_come_last_whichever_way_a_list_is_sorted(sandbox: World, record: RecordType) -> None:
    _fill(sandbox, record)
    root = sandbox.actor("root")
    for item in record.fields:
        if not item.sortable or item.kind == "reference":
            continue
        for sign in ("", "-"):
            rows = read_page(record, Query((item.name,), sort=(sign + item.name,), limit=200), root).rows
            empty = [row[item.name] is None for row in rows]
            assert empty == sorted(empty), (sign, item.name)


@pytest.mark.parametrize("record", TYPES)
def test_the_number_of_queries_does_not_grow_with_the_number_of_records(sandbox: World, record: RecordType) -> None:
    _fill(sandbox, record)
    every = ",".join(item.name for item in record.fields)
    path = f"/api/v1/{record.path}?fields={every}"
    numbers = []
    for limit in (1, 200):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = send(sandbox, "mei", "GET", f"{path}&limit={limit}")
        numbers.append(len(caught))
        assert answer.status_code == 200
    with CaptureQueriesContext(connection) as caught:
        assert send(sandbox, "mei", "GET", f"/api/v1/{record.path}/{sandbox.own[record.name]}").status_code == 200

    assert len(caught) == 2  # the session with its rights, the record
    assert max(numbers) <= 3  # records without a value in the first sort field are a query of their own


@pytest.mark.parametrize("record", TYPES)
@pytest.mark.parametrize(
    "text", ["王伟", "name 50", "wangwei", "ww", "138 0013 8000", "a@b", "%", "_", "\\", "'", "😀", "١٢"]
)
def test_a_search_for_anything_answers(sandbox: World, record: RecordType, text: str) -> None:
    rows = read_page(record, Query((), search=text), sandbox.actor("mei")).rows

    assert {row["id"] for row in rows} <= {
        row["id"] for row in read_page(record, Query((), limit=200), sandbox.actor("mei")).rows
    }


@pytest.mark.parametrize("record", CREATABLE)
def test_many_records_are_created_under_one_change_set(sandbox: World, record: RecordType) -> None:
    values = [as_json(valid_values(sandbox, record, "mei", salt)) for salt in SALTS[:2]]
    body = {
        "items": [{"op": "create", "values": each} for each in values] + [{"op": "create", "values": {"nonsense": 1}}]
    }

    results = send(sandbox, "root", "POST", f"/api/v1/{record.path}/bulk", body).json()["results"]

    assert [result["status"] for result in results] == [201, 201, 422]
    sets = [
        send(sandbox, "root", "GET", f"/api/v1/{record.path}/{result['id']}/history").json()["items"][0]["change_set"]
        for result in results[:2]
    ]
    assert sets[0] == sets[1] is not None


@pytest.mark.parametrize("record", CREATABLE)
def test_a_batch_that_must_be_whole_is_taken_back_as_a_whole(sandbox: World, record: RecordType) -> None:
    values = as_json(valid_values(sandbox, record, "mei", SALTS[0]))
    before = record.model._default_manager.count()
    body = {"atomic": True, "items": [{"op": "create", "values": values}, {"op": "create", "values": {"nonsense": 1}}]}

    results = send(sandbox, "root", "POST", f"/api/v1/{record.path}/bulk", body).json()["results"]

    assert [(result["status"], result["problem"]["code"]) for result in results] == [
        (424, "taken_back"),
        (422, "invalid"),
    ]
    assert record.model._default_manager.count() == before


@pytest.mark.parametrize("record", CREATABLE)
def test_the_same_request_with_the_same_key_is_done_once(sandbox: World, record: RecordType) -> None:
    base, values = f"/api/v1/{record.path}", as_json(valid_values(sandbox, record, "mei", SALTS[0]))
    first = send(sandbox, "root", "POST", base, values, HTTP_IDEMPOTENCY_KEY="one")
    again = send(sandbox, "root", "POST", base, values, HTTP_IDEMPOTENCY_KEY="one")

    assert (first.status_code, first.content, first["Location"]) == (201, again.content, again["Location"])
    assert again["Idempotent-Replay"] == "true"
    other = send(sandbox, "root", "POST", base, {**values, "x": 1}, HTTP_IDEMPOTENCY_KEY="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    refused = send(sandbox, "root", "POST", base, {"nonsense": 1}, HTTP_IDEMPOTENCY_KEY="two")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
