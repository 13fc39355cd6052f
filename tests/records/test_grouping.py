"""Counts and sums by the values of one field."""

from __future__ import annotations

import pytest

from guanxi.core.actor import SYSTEM, Actor, Scope
from guanxi.core.errors import Invalid
from guanxi.records.grouping import read_groups
from guanxi.records.listing import Query
from guanxi.records.registry import record_type
from guanxi.records.writing import create_record

pytestmark = pytest.mark.django_db
CUSTOMER = record_type("customer")
EVERYTHING = Query(())


@pytest.fixture(autouse=True)
def customers() -> None:
    for name, status, limit in (("Ann", "active", "10.50"), ("Bo", "active", "4.50"), ("Carla", "lost", None)):
        create_record(CUSTOMER, actor=SYSTEM, values={"name": name, "status": status, "credit_limit": limit})


def test_groups_count_rows_and_add_up_a_field_largest_group_first() -> None:
    found = read_groups(CUSTOMER, EVERYTHING, "status", SYSTEM, ("credit_limit",))

    assert [(row["value"], row["count"], str(row["credit_limit"])) for row in found] == [
        ("active", 2, "15.00"),
        ("lost", 1, "None"),
    ]


def test_groups_hold_only_what_the_actor_may_see() -> None:
    stranger = Actor(user_id=987, name="Stranger", grants={"customer": {"view": Scope.OWN}})

    assert read_groups(CUSTOMER, EVERYTHING, "status", stranger) == []


def test_a_hidden_field_can_neither_be_grouped_nor_summed() -> None:
    blind = Actor(
        user_id=987,
        name="Blind",
        grants={"customer": {"view": Scope.ALL}},
        hidden={"customer": frozenset({"status", "credit_limit"})},
    )

    with pytest.raises(Invalid, match="There is no field “status” to group by"):
        read_groups(CUSTOMER, EVERYTHING, "status", blind)
    with pytest.raises(Invalid, match="There is no field “credit_limit” to group by"):
        read_groups(CUSTOMER, EVERYTHING, "kind", blind, ("credit_limit",))


def test_free_text_cannot_be_grouped() -> None:
    with pytest.raises(Invalid, match="can't be grouped or summed"):
        read_groups(CUSTOMER, EVERYTHING, "name", SYSTEM)
