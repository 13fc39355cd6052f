"""Two people at once want the same value of a unique field: the database lets one of them have it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import DomainError
from guanxi.customers.models import Customer
from guanxi.records.registry import record_type
from guanxi.records.shaping import building, live, schema, services
from guanxi.records.shaping.models import CustomField
from guanxi.records.writing import change_record, create_record, delete_record, restore_record
from tests.at_once import at_once
from tests.journeys import server

CUSTOMER = record_type("customer")
WRITERS = 6


@pytest.fixture(scope="module", autouse=True)
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of these tests alone, in which every connection sees what is written, with a unique field."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "queue_build", lambda: None)
        name = server.copy_database("unique")
        try:
            with server.database(name):
                services.add_field(CUSTOMER, actor=SYSTEM, kind="text", labels={"en": "Ticket"},
                                   options={"unique": True})  # fmt: skip
                building.build()
                yield
        finally:
            server.drop_database("unique")
            live.load()


def create(name: str, ticket: str) -> int:
    """Create a customer and return its id."""
    return int(create_record(CUSTOMER, actor=SYSTEM, values={"name": name, "x_ticket": ticket}).pk)


def waiting() -> bool:
    """Say whether somebody waits for a transaction of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        return bool(cursor.fetchone()[0])


def test_whoever_comes_while_another_still_writes_waits_and_is_told_who_was_faster() -> None:
    written = Event()

    def first() -> int:
        with transaction.atomic():
            made = create("Ann", "T-1")
            written.set()
            for _step in range(500):
                if waiting():
                    return made
                time.sleep(0.01)
        raise AssertionError("Nobody waited.")

    def second() -> int:
        assert written.wait(5)
        return create("Bea", "t-1")

    made, refused = at_once([first, second])
    assert refused.errors == {"x_ticket": ["Ticket “t-1” is taken: “Ann” has it already."]}
    assert dict(Customer.objects.filter(x_ticket__iexact="T-1").values_list("pk", "name")) == {made: "Ann"}


@pytest.mark.parametrize("how", ["create", "change", "restore"])
def test_of_many_who_want_the_same_value_at_once_exactly_one_gets_it(how: str) -> None:
    ticket = f"T-{how}"
    ids = [create(f"{how} {n}", "") for n in range(WRITERS)] if how != "create" else []
    if how == "restore":
        for pk in ids:
            record = change_record(Customer.objects.get(pk=pk), actor=SYSTEM, x_ticket=ticket)
            delete_record(record, actor=SYSTEM)
    before = Customer.objects.count()

    def write(n: int) -> Any:
        if how == "create":
            return create(f"create {n}", ticket)
        if how == "change":
            return change_record(Customer.objects.get(pk=ids[n]), actor=SYSTEM, x_ticket=ticket)
        return restore_record(CUSTOMER, ids[n], actor=SYSTEM)

    answers = at_once([lambda n=n: write(n) for n in range(WRITERS)])  # type: ignore[misc]
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert len(refused) == WRITERS - 1
    (winner,) = Customer.objects.filter(x_ticket=ticket, deleted_at=None)
    assert {str(answer.words) for answer in refused} == {f"Ticket “{ticket}” is taken: “{winner.name}” has it already."}
    assert Customer.objects.count() == before + (how == "create")


def test_a_value_that_came_twice_while_the_index_was_being_made_leaves_the_field_as_it_was() -> None:
    made = services.add_field(CUSTOMER, actor=SYSTEM, kind="text", labels={"en": "Locker"})
    building.build()
    services.change_field(made, actor=SYSTEM, options={"unique": True})
    # What another process writes in the moment before the index is there.
    for pk in (create("Cid", ""), create("Dan", "")):
        Customer.objects.filter(pk=pk).update(x_locker="L-1")
    building.build()
    kept = CustomField.objects.get(pk=made.pk)
    assert ("unique" in kept.options, kept.state, CUSTOMER["x_locker"].unique) == (False, "live", False)
    assert kept.problem == "Not unique: 2 records share their value with another: “L-1” (2)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = %s",
                       [schema.index_of("customers_customer", "x_locker")])  # fmt: skip
        assert cursor.fetchone()[0] == 0
    Customer.objects.filter(name="Dan").update(x_locker="L-2")
    services.change_field(kept, actor=SYSTEM, options={"unique": True})
    building.build()
    assert (CustomField.objects.get(pk=made.pk).problem, CUSTOMER["x_locker"].unique) == ("", True)


def test_a_lookup_of_who_has_a_value_walks_the_unique_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("EXPLAIN " + schema_lookup(), ["T-1"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    assert schema.index_of("customers_customer", "x_ticket") in plan, plan


def schema_lookup() -> str:
    """Return the question that a write asks."""
    from guanxi.records.sameness import same_living

    same = same_living("text", '"x_ticket"', "g.v")
    return f"SELECT t.id FROM customers_customer t, (SELECT %s::text AS v) g WHERE {same}"
