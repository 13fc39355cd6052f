"""Records and lists as they stood: values, titles and order of then, seen with the rights of today."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from guanxi.core.errors import Invalid, NotFound
from guanxi.customers.identifier.rules import SECRET_KINDS
from guanxi.customers.models import Customer
from guanxi.records.bulk import Selection, change_many
from guanxi.records.listing import Query, read_page
from guanxi.records.models import Change
from guanxi.records.registry import record_type
from guanxi.records.time_machine.lists import count_as_of, figures_as_of, groups_as_of, read_page_as_of
from guanxi.records.time_machine.records import read_record_as_of
from guanxi.records.writing import change_record, create_record, delete_record, restore_record
from tests.records.screens.pages import add_customers
from tests.world import World

CUSTOMER = record_type("customer")
NAMES = ("name", "status", "city", "owner", "tags", "credit_limit")


def _now() -> datetime:
    return datetime.now(UTC)


def _ids(world: World, at: datetime, tree: dict[str, Any] | None = None, who: str = "mei", **query: Any) -> list[int]:
    found = read_page_as_of(CUSTOMER, Query(("name",), filter=tree, **query), world.actor(who), at)
    return [row["id"] for row in found.rows]


def test_a_record_shows_the_values_of_then_and_whether_it_was_there(sandbox: World) -> None:
    mei, tag = sandbox.actor("mei"), sandbox.own["tag"]
    early = _now()
    record = create_record(CUSTOMER, actor=mei, values={"name": "Anna", "status": "active", "tags": [tag]})
    first = _now()
    change_record(record, actor=mei, name="Anne", status="lost", tags=[], credit_limit=10)
    second = _now()
    change_many(CUSTOMER, Selection((record.pk,)), mei, "status", "blocked")
    delete_record(record, actor=mei)
    third = _now()
    restore_record(CUSTOMER, record.pk, actor=mei)

    def at(moment: datetime) -> tuple[str, Any]:
        found = read_record_as_of(CUSTOMER, record.pk, NAMES, mei, moment)
        row = found.row or {}
        return found.state, (row.get("name"), row.get("status"), row.get("tags"), row.get("credit_limit"))

    assert at(early) == ("not_yet", (None, None, None, None))
    assert at(first) == ("there", ("Anna", "active", [tag], None))
    assert at(second)[1][:3] == ("Anne", "lost", [])
    assert str(at(second)[1][3]["amount"]) == "10.00"
    assert at(third)[0] == "deleted"
    assert at(third)[1][1] == "blocked"
    assert at(_now())[0] == "there"


def test_who_may_not_see_a_record_today_does_not_see_its_past(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["A"])
    at = _now()
    carla = sandbox.users["carla"]
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("root"), owner=carla.pk, team=carla.team_id)

    with pytest.raises(NotFound):
        read_record_as_of(CUSTOMER, pk, ("name",), sandbox.actor("mei"), at)
    assert pk not in _ids(sandbox, at)
    row = read_record_as_of(CUSTOMER, pk, ("owner",), sandbox.actor("carla"), at).row
    assert row is not None
    assert row["owner"]["label"] == "Mei"
    assert pk in _ids(sandbox, at, who="carla")


def test_filters_sort_search_and_counts_answer_for_then(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    a, b, c = add_customers(sandbox, "mei", ["Past Alma", "Past Bert", "Past Carl"], status="active")
    at = _now()
    change_record(Customer.objects.get(pk=a), actor=mei, name="Zoe", status="lost")
    change_many(CUSTOMER, Selection((b,)), mei, "status", "lost")
    delete_record(Customer.objects.get(pk=c), actor=mei)
    (d,) = add_customers(sandbox, "mei", ["Past Dora"], status="active")
    active = {
        "all": [
            {"field": "name", "op": "starts", "value": "Past"},
            {"field": "status", "op": "in", "value": ["active"]},
        ]
    }

    assert _ids(sandbox, at, active, sort=("name",)) == [a, b, c]
    assert _ids(sandbox, at, active, sort=("-name",)) == [c, b, a]
    assert _ids(sandbox, _now(), active, sort=("name",)) == [d]
    assert _ids(sandbox, at, search="alma") == [a]
    assert _ids(sandbox, _now(), search="alma") == []
    assert count_as_of(CUSTOMER, Query((), filter=active), mei, at).number == 3
    groups = groups_as_of(CUSTOMER, Query((), filter=active), "status", mei, (), at)
    assert groups == [{"value": "active", "count": 3}]


def test_pages_of_the_past_show_every_record_once(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    ids = add_customers(sandbox, "mei", [f"Page {number:02}" for number in range(9)], status="active")
    at = _now()
    for pk in ids[::2]:
        change_record(Customer.objects.get(pk=pk), actor=mei, name=f"Moved {pk}")
    tree = {"field": "status", "op": "in", "value": ["active"]}
    found: list[int] = []
    after = ""
    while True:
        page = read_page_as_of(CUSTOMER, Query(("name",), filter=tree, sort=("name",), after=after, limit=2), mei, at)
        found += [row["id"] for row in page.rows if row["name"].startswith("Page")]
        after = page.next
        if not after:
            break

    assert found == ids


def test_related_records_are_those_of_then(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    (pk,) = add_customers(sandbox, "mei", ["Host"])
    before = _now()
    point = create_record(record_type("contact_point"), actor=mei,
                          values={"customer": pk, "kind": "email", "value": "host@example.com"})  # fmt: skip
    between = _now()
    delete_record(point, actor=mei)
    tree = {"all": [{"field": "name", "op": "is", "value": "Host"}, {"has": "contact_points"}]}

    assert [_ids(sandbox, at, tree) for at in (before, between, _now())] == [[], [pk], []]


def test_a_list_of_now_is_the_list(sandbox: World) -> None:
    for who in ("mei", "bo", "root"):
        actor = sandbox.actor(who)
        query = Query(("name", "owner", "city"), sort=("name",), limit=200)
        assert read_page_as_of(CUSTOMER, query, actor, _now()).rows == read_page(CUSTOMER, query, actor).rows


def test_what_is_computed_has_no_past_and_is_refused_by_name(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    for query in (
        Query(("value",)), Query(("name",), sort=("-value",)), Query(("name",), filter={"field": "tier", "op": "empty"}),
        Query(("name",), filter={"not": {"field": "email", "op": "empty"}}),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="The past of these fields"):
            read_page_as_of(CUSTOMER, query, mei, _now())


def test_what_a_rule_changes_by_itself_is_in_the_history_too(sandbox: World) -> None:
    mei, kind = sandbox.actor("mei"), record_type("identifier")
    values = {"customer": sandbox.own["customer"], "kind": "registration", "value": "A-4711-9"}
    record = create_record(kind, actor=mei, values=values)
    at = _now()
    secret = next(choice.value for choice in kind["kind"].choices if choice.value in SECRET_KINDS)
    masked = change_record(record, actor=mei, kind=secret).value

    assert "•" in masked
    change = Change.objects.filter(record_type="identifier", record_id=record.pk).latest("pk")
    assert change.fields == {"kind": ["registration", secret], "value": ["A-4711-9", masked]}
    found = read_record_as_of(kind, record.pk, ("kind", "value"), mei, at).row
    assert found is not None
    assert (found["kind"], found["value"]) == ("registration", "A-4711-9")


def test_sums_are_those_of_then(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    a, b = add_customers(sandbox, "mei", ["Sum A", "Sum B"], credit_limit=100)
    at = _now()
    change_record(Customer.objects.get(pk=a), actor=mei, credit_limit=7)
    delete_record(Customer.objects.get(pk=b), actor=mei)
    query = Query((), filter={"field": "name", "op": "starts", "value": "Sum"})
    limit = [CUSTOMER["credit_limit"]]

    then, now = (figures_as_of(CUSTOMER, query, mei, moment, limit)["credit_limit"] for moment in (at, _now()))

    assert (then.total, then.filled) == (200, 2)
    assert (now.total, now.filled) == (7, 1)
    none = Query((), filter={"field": "name", "op": "is", "value": "Nobody at all"})
    assert figures_as_of(CUSTOMER, none, mei, at, limit)["credit_limit"].total is None
