"""Fields and record types of one's own have a past like all others, and a field that was deleted stops nobody."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.records.bulk import Selection, change_many
from guanxi.records.listing import Query
from guanxi.records.registry import record_type
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.services import delete_field, save_rule
from guanxi.records.time_machine.lists import read_page_as_of
from guanxi.records.time_machine.undo import find_change_set, preview_undo, undo_change_set
from guanxi.records.writing import change_record, create_record
from tests.records.importing.conftest import Load, load
from tests.records.shaping.conftest import said, settle
from tests.records.time_machine.test_replay import History
from tests.world import HOST, World, taken_back

__all__ = ["load"]


@pytest.mark.parametrize("name", ["customer", "x_project"])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories_of_shaped_records_replay(sandbox: World, load: Load, name: str, seed: int) -> None:
    with taken_back():
        history = History(sandbox, record_type(name), sandbox.actor("root"), random.Random(seed), load)
        history.run(20)
        history.compare()
        assert history.edits == 20


def test_a_custom_field_answers_for_then_on_pages_and_in_the_api(sandbox: World) -> None:
    record = create_record(record_type("customer"), actor=SYSTEM, values={"name": "Then", "x_grade": "best"})
    at = datetime.now(UTC)
    change_record(record, actor=SYSTEM, x_grade="poor")
    tree = {
        "all": [{"field": "name", "op": "is", "value": "Then"}, {"field": "x_grade", "op": "in", "value": ["best"]}]
    }

    found = read_page_as_of(record_type("customer"), Query(("name", "x_grade"), filter=tree), SYSTEM, at)

    assert [(row["id"], row["x_grade"]) for row in found.rows] == [(record.pk, "best")]
    url = f"/customers/{record.pk}?as_of={at:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert "Best" in sandbox.clients["root"].get(url, **HOST).content.decode()
    api = sandbox.clients["root"].get(f"/api/v1{url}", **HOST).json()
    assert api["x_grade"] == "best"
    refused = sandbox.clients["root"].get("/api/v1/customers?fields=x_fee&as_of=2026-01-01", **HOST)
    assert refused.status_code == 422  # a formula is computed


def test_undo_leaves_out_a_field_that_was_deleted_since_and_says_so(sandbox: World) -> None:
    pk = create_record(record_type("customer"), actor=SYSTEM, values={"name": "Gone", "x_grade": "best"}).pk
    made = change_many(record_type("customer"), Selection((pk,)), SYSTEM, "x_grade", "poor")
    with taken_back():
        delete_field(CustomField.objects.get(name="x_grade"), actor=SYSTEM)
        settle()

        preview = preview_undo(SYSTEM, find_change_set(SYSTEM, made.change_set_id))

        assert (preview.unknown, preview.total) == (("x_grade",), 0)
    settle()
    assert undo_change_set(SYSTEM, made.change_set_id).total == 1
    assert Customer.objects.get(pk=pk).x_grade == "best"  # type: ignore[attr-defined]


def test_undo_brings_back_no_value_that_a_rule_of_administrators_refuses_by_now(sandbox: World) -> None:
    customer = record_type("customer")
    big, small = (
        create_record(customer, actor=SYSTEM, values={"name": "Ruled", "x_seats": Decimal(seats)}).pk
        for seats in (2000, 20)
    )
    made = change_many(customer, Selection((big, small)), SYSTEM, "x_seats", Decimal(5))
    with taken_back():
        save_rule(customer, actor=SYSTEM, name="Seats", condition="[Seats] > 1000", sentences=said("Too many."))
        settle()

        preview = preview_undo(SYSTEM, find_change_set(SYSTEM, made.change_set_id))
        done = undo_change_set(SYSTEM, made.change_set_id)

        assert [(item.record_id, item.reason) for item in preview.conflicts] == [(big, "unsound")]
        assert (done.total, done.kept) == (1, 1)
        rows = Customer.objects.filter(pk__in=(big, small)).order_by("pk")
        assert list(rows.values_list("x_seats", flat=True)) == [Decimal(5), Decimal(20)]
    settle()
