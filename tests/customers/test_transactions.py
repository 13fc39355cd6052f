"""Transactions are a ledger: rows are added, seen by those who see the customer, and never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.urls import NoReverseMatch, reverse

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import NotAllowed
from guanxi.customers.holding.models import Holding
from guanxi.customers.transaction.models import Transaction
from guanxi.records import access
from guanxi.records.bulk import Selection, change_many, delete_many
from guanxi.records.registry import record_type
from guanxi.records.writing import change_record
from tests.security.matrix import send
from tests.security.test_hidden_fields import rule
from tests.world import HOST, World


def page_of(world: World, who: str, path: str) -> str:
    """The page as one of the cast gets it."""
    answer = world.clients[who].get(path, **HOST)  # type: ignore[arg-type]
    return str(answer.content.decode())


def movement(world: World, amount: str, **more: Any) -> dict[str, Any]:
    """What a system sends for a movement on Mei's account."""
    return {"customer": world.own["customer"], "holding": world.own["holding"], "kind": "deposit", "currency": "USD",
            "occurred_at": "2026-03-02T09:30:00Z", "description": "Cash desk 4", "amount": amount, **more}  # fmt: skip


def test_a_movement_is_added_and_then_stands_as_it_is(sandbox: World) -> None:
    added = send(sandbox, "mei", "POST", "/api/v1/transactions", movement(sandbox, "120.50", balance_after="120.50"))
    assert added.status_code == 201, added.content
    one = added["Location"]

    refusals = [send(sandbox, who, method, one, {"amount": "1.00"}) for who in ("mei", "root")
                for method in ("PATCH", "DELETE")]  # fmt: skip

    assert [answer.status_code for answer in refusals] == [405] * 4
    assert send(sandbox, "mei", "GET", one).json()["amount"] == {"amount": "120.50", "currency": "USD"}
    assert [entry["verb"] for entry in send(sandbox, "mei", "GET", f"{one}/history").json()["items"]] == ["created"]


def test_nobody_changes_a_movement_by_any_way_into_the_program(sandbox: World) -> None:
    kind, row = record_type("transaction"), Transaction.objects.get(pk=sandbox.own["transaction"])
    root, chosen = sandbox.actor("root"), Selection((row.pk,))
    ways = (
        lambda: change_record(row, actor=SYSTEM, amount=Decimal("1.00")),
        lambda: change_record(row, actor=root, amount=Decimal("1.00")),
        lambda: change_many(kind, chosen, root, "description", "mine"),
        lambda: delete_many(kind, chosen, root),
        lambda: access.require(root, "edit", row),
    )
    for way in ways:
        with pytest.raises(NotAllowed):
            way()

    again = Transaction.objects.get(pk=row.pk)
    assert (again.amount, again.description, again.version) == (row.amount, row.description, 1)


@pytest.mark.parametrize("name", ["edit", "field", "bulk_edit", "undo", "bulk_delete", "bin", "delete", "restore"])
def test_a_ledger_has_no_pages_that_would_change_it(name: str) -> None:
    reverse("transaction.list")
    with pytest.raises(NoReverseMatch):
        reverse(f"transaction.{name}", kwargs={"record_id": 1})
    with pytest.raises(NoReverseMatch):
        reverse(f"transaction.{name}")


def test_the_page_of_a_movement_offers_neither_editing_nor_deleting(sandbox: World) -> None:
    html = page_of(sandbox, "root", f"/transactions/{sandbox.own['transaction']}")

    assert "12.50" in html
    assert "/edit" not in html
    assert "/delete" not in html
    assert "/field/" not in html


def test_a_mistake_is_taken_back_by_a_row_that_names_the_wrong_one(sandbox: World) -> None:
    base = "/api/v1/transactions"
    wrong = send(sandbox, "mei", "POST", base, movement(sandbox, "75.00", description="Typed twice")).json()
    back = movement(sandbox, "-75.00", kind="reversal", description="Takes back", reverses=wrong["id"])
    right = send(sandbox, "mei", "POST", base, back).json()

    assert right["reverses"] == {"id": wrong["id"], "label": "Typed twice"}
    rows = Transaction.objects.filter(pk__in=(wrong["id"], right["id"]))
    assert sum(row.amount for row in rows) == Decimal("0.00")
    page = page_of(sandbox, "mei", f"/transactions/{wrong['id']}/around")
    assert "Taken back by" in page
    assert f"/transactions/{right['id']}" in page


def test_a_movement_of_a_foreign_customer_is_not_there(sandbox: World) -> None:
    foreign = sandbox.foreign["transaction"]

    assert sandbox.clients["mei"].get(f"/transactions/{foreign}", **HOST).status_code == 404  # type: ignore[arg-type]
    assert send(sandbox, "mei", "GET", f"/api/v1/transactions/{foreign}").status_code == 404
    listed = send(sandbox, "mei", "GET", "/api/v1/transactions").json()["items"]
    assert [row["id"] for row in listed] == [sandbox.own["transaction"]]
    onto = movement(sandbox, "1.00", holding=sandbox.foreign["holding"])
    refused = send(sandbox, "mei", "POST", "/api/v1/transactions", onto)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["holding"])


def test_movements_are_found_by_how_the_number_of_their_account_begins(sandbox: World) -> None:
    Holding.objects.filter(pk=sandbox.own["holding"]).update(number="KEY-1")
    Holding.objects.filter(pk=sandbox.foreign["holding"]).update(number="KEY-2")

    def found(who: str, text: str) -> set[int]:
        return {row["id"] for row in send(sandbox, who, "GET", f"/api/v1/transactions?q={text}").json()["items"]}

    both = {sandbox.own["transaction"], sandbox.foreign["transaction"]}
    assert [found("root", text) for text in ("KEY-", "KEY-2", "EY-")] == [both, {sandbox.foreign["transaction"]}, set()]
    assert found("mei", "KEY-") == {sandbox.own["transaction"]}
    with rule("hidden", record_type("holding"), "number"):
        assert found("mei", "KEY-") == set()


def test_a_holding_and_its_customer_show_their_movements_newest_first(sandbox: World) -> None:
    for day, amount in ((3, "10.00"), (5, "-4.00"), (4, "2.00")):
        sent = movement(sandbox, amount, occurred_at=f"2026-03-0{day}T09:30:00Z", description=f"On day {day}")
        assert send(sandbox, "mei", "POST", "/api/v1/transactions", sent).status_code == 201

    for page in (f"/holdings/{sandbox.own['holding']}", f"/customers/{sandbox.own['customer']}"):
        html = page_of(sandbox, "mei", f"{page}/around")
        places = [html.index(f"On day {day}") for day in (5, 4, 3)]
        assert places == sorted(places), page


def test_a_customer_who_only_uses_a_holding_sees_it(sandbox: World) -> None:
    user = sandbox.second["mei"]["customer"]
    Holding.objects.filter(pk=sandbox.own["holding"]).update(used_by=user, number="KEY-1")

    html = page_of(sandbox, "mei", f"/customers/{user}/around")

    assert f"/holdings/{sandbox.own['holding']}" in html
    assert "KEY-1" in html


def test_one_movement_and_the_movements_of_a_holding_are_found_by_index(sandbox: World) -> None:
    """In a filled table, over all months: no partition is read from end to end."""
    made = [
        Transaction(customer_id=sandbox.own["customer"], holding_id=900_000 + number // 20, currency="USD", amount=1,
                    occurred_at=datetime(2026, 3, 2, tzinfo=UTC), kind="deposit")
        for number in range(20_000)
    ]  # fmt: skip
    Transaction.objects.bulk_create(made)
    customers = [Transaction.objects.filter(customer_id=sandbox.own["customer"]).order_by("-occurred_at", "-id")[:5]]
    questions = [
        Transaction.objects.filter(pk=made[77].pk), Transaction.objects.filter(holding_id=900_007)[:6],
        Transaction.objects.filter(reverses_id=made[77].pk),
        Transaction.objects.order_by("-occurred_at", "-id").filter(deleted_at=None)[:50], *customers,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_transaction")

    assert [plan for rows in questions if "Seq Scan on customers_transaction_2" in (plan := rows.explain())] == []
