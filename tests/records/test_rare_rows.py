"""Lists of a large table whose filter few rows match: found by the filter's index first, and sorted then."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import Actor, Scope
from guanxi.customers.customer.models import Customer
from guanxi.records import listing
from guanxi.records.listing import Query, read_page
from guanxi.records.registry import record_type

pytestmark = pytest.mark.django_db
CUSTOMER = record_type("customer")
LOST = {"field": "status", "op": "in", "value": ["lost"]}
ACTIVE = {"field": "status", "op": "in", "value": ["active"]}
FOUND_FIRST = '"customers_customer"."id" IN (SELECT'


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Somebody who sees forty active customers and five lost ones, in a table that counts as large, and five as few."""
    Customer.objects.bulk_create(
        Customer(name=f"C{at:02}", sort_key=f"c{at:02}", status="lost" if at % 9 == 0 else "active", currency="CNY")
        for at in range(1, 46)
    )
    monkeypatch.setattr(listing, "LARGE", -1)
    monkeypatch.setattr(listing, "FEW", 5)
    return Actor(user_id=986, name="Reader", grants={"customer": {"view": Scope.ALL}})


def names_of(tree: dict[str, object], actor: Actor, limit: int = 50) -> tuple[list[str], bool]:
    """The names of all pages in order, and whether the rows were found before they were sorted."""
    names: list[str] = []
    after = ""
    with CaptureQueriesContext(connection) as told:
        while True:
            page = read_page(CUSTOMER, Query(("name",), filter=tree, sort=("-name",), after=after, limit=limit), actor)
            names += [row["name"] for row in page.rows]
            after = page.next
            if not after:
                break
    return names, any(FOUND_FIRST in each["sql"] for each in told.captured_queries)


def test_few_rows_are_found_first_and_stand_in_the_order_of_the_list_over_its_pages(reader: Actor) -> None:
    assert names_of(LOST, reader) == (["C45", "C36", "C27", "C18", "C09"], True)
    assert names_of(LOST, reader, limit=2) == (["C45", "C36", "C27", "C18", "C09"], True)


def test_many_rows_are_read_along_the_order(reader: Actor) -> None:
    names, found_first = names_of(ACTIVE, reader)
    assert names == [f"C{at:02}" for at in range(44, 0, -1) if at % 9]
    assert not found_first


def test_it_is_asked_anew_each_time_whether_they_are_few(reader: Actor) -> None:
    assert names_of(LOST, reader)[1]
    Customer.objects.create(name="C99", sort_key="c99", status="lost", currency="CNY")
    assert names_of(LOST, reader) == (["C99", "C45", "C36", "C27", "C18", "C09"], False)


def test_what_an_actor_may_not_see_is_not_found_either(reader: Actor) -> None:
    stranger = Actor(user_id=987, name="Stranger", grants={"customer": {"view": Scope.OWN}})
    assert names_of(LOST, stranger)[0] == []


def test_a_filter_that_no_index_serves_is_not_looked_through_first(
    reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_CHEAP", 0)
    assert names_of(LOST, reader) == (["C45", "C36", "C27", "C18", "C09"], False)
