"""What open pages are told: versions, who changed what, who is here, how much is unread; and nothing one may not see."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.declaration import RecordType
from guanxi.records.registry import panels, record_types
from guanxi.records.registry import record_type as type_named
from guanxi.records.writing import change_record, create_record, delete_record
from guanxi.work.comment.services import add_comment
from guanxi.work.notification.services import tell
from guanxi.work.presence.attached import forget_old
from guanxi.work.presence.models import Presence
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import add_customers, read
from tests.security.matrix import NOBODYS_ID, reaches
from tests.work.uploads import upload
from tests.world import HOST, World, make

TYPES = [pytest.param(record, id=record.name) for record in record_types()]


def ask(world: World, name: str, body: Any, status: int = 200) -> Any:
    """The answer to a question of one of the cast's open pages."""
    text = body if isinstance(body, str) else json.dumps(body)
    answer = world.clients[name].generic("POST", "/live", text, content_type="application/json", **HOST)
    assert answer.status_code == status, answer.content
    return answer.json() if status == 200 else None


def at(path: str, pk: int, version: int = 0, mode: str = "view") -> dict[str, Any]:
    """A record that a page shows."""
    return {"path": path, "id": pk, "version": version, "mode": mode, "seen": True}


def edit(pk: int, actor: Any, **values: Any) -> None:
    change_record(CUSTOMER.model._default_manager.get(pk=pk), actor=actor, **values)


@pytest.mark.parametrize("record", TYPES)
def test_of_a_record_one_may_not_see_an_open_page_learns_as_much_as_of_none(sandbox: World, record: RecordType) -> None:
    own = sandbox.own[record.name]
    ask(sandbox, "root", {"browser": "r", "open": [at(record.path, own, mode="edit")]})
    add_comment(record, own, "canary", actor=sandbox.actor("root"))
    for name in ("sam", "rita", "mei", "bo", "carla"):
        answers = [
            ask(sandbox, name, {"browser": name, "rows": {record.path: {str(pk): 1}}, "open": [at(record.path, pk, 1)]})
            for pk in (own, NOBODYS_ID)
        ]
        told, none = (
            re.sub(rf'(?<=["/\[ ]){pk}(?=["\],])', "#", json.dumps(answer))
            for answer, pk in zip(answers, (own, NOBODYS_ID), strict=True)
        )
        if reaches(name, "view", record, "own"):
            assert answers[0]["open"][f"{record.path}/{own}"]["here"][-1]["name"] == "Root"
            assert answers[0]["open"][f"{record.path}/{own}"]["talk"] > 0
        else:
            assert told == none
            assert Presence.objects.filter(user=sandbox.users[name]).count() == 0


def test_a_change_is_told_with_who_and_which_fields_and_to_its_maker_as_his_own(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Watched"])[0]
    edit(pk, sandbox.actor("bo"), city="Suzhou", occupation="baker")
    question = {"browser": "b", "rows": {"customers": {str(pk): 1}}, "open": [at("customers", pk, 1)]}

    mei = ask(sandbox, "mei", question)
    assert mei["rows"] == {"customers": {str(pk): 2}}
    told = mei["open"][f"customers/{pk}"]
    assert {key: told[key] for key in ("version", "by", "fields", "mine")} == {
        "version": 2, "by": ["Bo"], "fields": ["City", "Occupation"], "mine": False,
    }  # fmt: skip
    assert ask(sandbox, "bo", question)["open"][f"customers/{pk}"]["mine"] is True
    calm = ask(sandbox, "mei", {"rows": {"customers": {str(pk): 2}}, "open": [at("customers", pk, 2)]})
    assert (calm["rows"], calm["gone"]) == ({}, {})
    assert "by" not in calm["open"][f"customers/{pk}"]


def test_a_hidden_field_is_not_named_when_it_changed(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Half hidden"])[0]
    role = Role._default_manager.get(key="mei")
    role.hidden_fields = {"customer": ["city"]}
    role.save()
    access_changed()
    edit(pk, sandbox.actor("bo"), city="Suzhou", occupation="baker")

    told = ask(sandbox, "mei", {"open": [at("customers", pk, 1)]})["open"][f"customers/{pk}"]

    assert told["fields"] == ["Occupation"]


def test_what_is_deleted_or_given_away_is_gone(sandbox: World) -> None:
    first, second = add_customers(sandbox, "mei", ["Deleted", "Given away"])
    delete_record(CUSTOMER.model._default_manager.get(pk=first), actor=SYSTEM)
    carla = sandbox.users["carla"]
    edit(second, SYSTEM, owner=carla.pk, team=carla.team_id)
    rows = {"customers": {str(first): 1, str(second): 1}}

    answer = ask(sandbox, "mei", {"rows": rows, "open": [at("customers", second, 1)]})

    assert (sorted(answer["gone"]["customers"]), answer["rows"]) == ([first, second], {})
    assert answer["open"] == {f"customers/{second}": None}


def test_who_is_here_is_seen_and_gone_after_leaving_or_silence(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Visited"])[0]
    question = {"browser": "one", "open": [at("customers", pk)]}

    def here(name: str) -> list[tuple[str, str]]:
        told = ask(sandbox, name, {"browser": "two", "open": [{**at("customers", pk), "seen": False}]})
        return [(each["name"], each["mode"]) for each in told["open"][f"customers/{pk}"]["here"]]

    ask(sandbox, "mei", question)
    assert here("bo") == [("Mei", "view")]
    assert here("mei") == []  # oneself is no company
    ask(sandbox, "mei", {"browser": "one", "open": [at("customers", pk, mode="edit")]})
    assert here("bo") == [("Mei", "edit")]
    ask(sandbox, "mei", {"browser": "one", "left": [at("customers", pk)]})
    assert here("bo") == []
    ask(sandbox, "mei", question)
    Presence.objects.update(
        seen_at=timezone.now() - timedelta(hours=30)
    )  # now() is the beginning of this module's transaction
    assert here("bo") == []
    Presence.objects.update(seen_at=timezone.now() - timedelta(hours=40))
    forget_old()
    assert Presence.objects.count() == 0


def test_unread_is_counted_and_read_by_looking(sandbox: World) -> None:
    pk, other = add_customers(sandbox, "mei", ["Looked at", "Not looked at"])
    bo = sandbox.users["bo"].pk
    for number, each in enumerate((pk, pk, other)):
        tell(
            {sandbox.users["mei"].pk: "changed"},
            record_type="customer",
            record_id=each,
            actor_id=bo,
            source=f"change:{number}",
        )

    assert ask(sandbox, "mei", {})["unread"] == 3
    assert ask(sandbox, "bo", {})["unread"] == 0
    assert ask(sandbox, "mei", {"open": [at("customers", pk)]})["unread"] == 1
    assert ask(sandbox, "mei", {})["unread"] == 1


@pytest.mark.parametrize(
    "body",
    ["[", "[]", '{"rows": 3}', '{"open": [{"path": "customers", "id": "x"}]}', '{"browser": 1}', '{"other": 1}', "\xff",
     json.dumps({"rows": {"customers": {str(number): 0 for number in range(600)}}}),
     json.dumps({"open": [{"path": "customers", "id": 1}] * 20})],
)  # fmt: skip
def test_a_question_that_no_page_asks_is_refused(sandbox: World, body: str) -> None:
    ask(sandbox, "mei", body, 422)
    assert Presence.objects.count() == 0


def test_odd_numbers_and_unknown_types_answer_nothing(sandbox: World) -> None:
    rows = {"customers": {"99999999999999999": 1, "x": 1, "-1": 2}, "nowhere": {"1": 1}}
    answer = ask(
        sandbox, "mei", {"rows": rows, "open": [at("customers", 2**61), at("nowhere", 1), at("customers", -4)]}
    )

    assert answer["gone"] == {"customers": [99999999999999999]}
    assert answer["open"] == {f"customers/{2**61}": None}


def test_who_is_signed_out_is_told_to_sign_in(sandbox: World) -> None:
    answer = sandbox.clients["anonymous"].post(
        "/live", b"{}", content_type="application/json", HTTP_HX_REQUEST="true", **HOST
    )

    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/login/")


def test_a_question_costs_few_queries_however_much_is_shown(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", [f"Row {number}" for number in range(40)])
    rows = {"customers": {str(pk): 1 for pk in ids}}
    ask(sandbox, "mei", {"browser": "b", "rows": rows, "open": [at("customers", ids[0], 1)]})

    def queries(body: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            ask(sandbox, "mei", body)
        return len(captured)

    assert queries({"browser": "b", "rows": rows}) == 3  # session and rights, versions, unread
    opened = {"browser": "b", "rows": rows, "open": [at("customers", ids[0], 1)]}
    around = {**opened, "open": [{**at("customers", ids[0], 1), "around": True}]}
    assert queries(opened) <= 7
    assert queries(around) == queries(opened) + 1  # one for the lists around the record, however many there are


def mark(world: World, name: str, path: str, pk: int) -> str:
    """What somebody's open page is told of the cards around a record."""
    told = ask(world, name, {"browser": name, "open": [{**at(path, pk), "around": True}]})["open"][f"{path}/{pk}"]
    return str(told["around"])


def lists_around(record: RecordType) -> set[tuple[str, str]]:
    """The lists on the page of a record, by record type and reference field: related ones, and those of its cards."""
    related = {(each.type_name, each.through) for each in record.related}
    return related | {pair for panel in panels(record.name, "side") for pair in panel.shows}


AROUND = [
    pytest.param(record, *pair, id=f"{record.name}-{'.'.join(pair)}")
    for record in record_types() for pair in sorted(lists_around(record))
]  # fmt: skip


@pytest.mark.parametrize(("record", "child_name", "through"), AROUND)
def test_the_mark_of_the_cards_moves_with_every_list_around_a_record_and_with_nothing_else(
    sandbox: World, record: RecordType, child_name: str, through: str
) -> None:
    own, target = sandbox.own[record.name], type_named(child_name)
    column, later = target[through].column, timezone.now() + timedelta(hours=1)
    rows = target.model._default_manager.all()
    child = rows.filter(pk=(sandbox.foreign if target.name == record.name else sandbox.own)[target.name])
    child.update(**{column: own, "deleted_at": None})
    other = rows.exclude(pk__in=child).order_by("-pk")
    for name, field in lists_around(record):
        other = other.exclude(**{target[field].column: own}) if name == target.name else other
    others = list(other.values_list("pk", flat=True))
    if not others:  # of what all share the cast has one
        others = [make(sandbox, target, "root", 99)]
        rows.filter(pk__in=others).update(**{column: None})
    calm = mark(sandbox, "root", record.path, own)

    assert rows.filter(pk__in=others).update(updated_at=later) > 0
    record.model._default_manager.filter(pk=own).update(updated_at=later)
    assert mark(sandbox, "root", record.path, own) == calm, "neither what lies elsewhere nor the record itself counts"
    child.update(updated_at=later)
    changed = mark(sandbox, "root", record.path, own)
    assert changed != calm
    if target.deletable:
        child.update(deleted_at=later)
        assert mark(sandbox, "root", record.path, own) not in (calm, changed)
        child.update(deleted_at=None)
        assert mark(sandbox, "root", record.path, own) == changed


def test_a_file_that_somebody_adds_moves_the_mark_of_its_customer_and_of_no_other(sandbox: World, folder: Path) -> None:
    own, other = sandbox.own["customer"], sandbox.foreign["customer"]
    before = [mark(sandbox, "root", "customers", pk) for pk in (own, other)]

    assert upload(sandbox, "mei", "contract.pdf").status_code == 200

    after = [mark(sandbox, "root", "customers", pk) for pk in (own, other)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]


def test_what_one_may_not_see_around_a_record_moves_no_mark_and_no_page_asks_unasked(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Surrounded"])[0]
    role = Role._default_manager.get(key="mei")
    before = mark(sandbox, "mei", "customers", pk)
    task = create_record(
        TASK,
        actor=sandbox.actor("root"),
        values={"subject": "Visible", "customer": pk, "owner": sandbox.users["mei"].pk},
    )
    seen = mark(sandbox, "mei", "customers", pk)
    assert seen != before
    role.hidden_fields = {"task": ["customer"]}
    role.save()
    access_changed()
    hidden = mark(sandbox, "mei", "customers", pk)
    change_record(task, actor=sandbox.actor("root"), subject="Changed")
    assert mark(sandbox, "mei", "customers", pk) == hidden
    assert "around" not in ask(sandbox, "mei", {"open": [at("customers", pk)]})["open"][f"customers/{pk}"]


def test_a_page_carries_what_it_shows_and_where_to_ask(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Carried"])[0]
    page = read(sandbox.clients["mei"], f"/customers/{pk}")

    assert 'data-live-url="/live"' in page
    assert 'data-version="1"' in page
    assert 'id="live-strip"' in page


def test_what_was_being_written_while_a_page_was_read_is_told_to_it_as_new(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Busy"])[0]
    add_comment(CUSTOMER, pk, "begun before the page and committed after it", actor=sandbox.actor("root"))
    page = read(sandbox.clients["mei"], f"/customers/{pk}")
    told = ask(sandbox, "mei", {"open": [at("customers", pk, 1)]})["open"][f"customers/{pk}"]
    shown = re.search(r'data-at="([0-9.]+)"', page)
    assert shown is not None
    assert told["talk"] > float(shown[1])
