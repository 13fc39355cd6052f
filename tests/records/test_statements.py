"""Compiled reads: what stands in their SQL, what is sent beside it, and what the server keeps of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.records.models import Change
from guanxi.records.registry import record_type
from guanxi.records.statements import Slot, Statement, any_of, ask
from guanxi.records.writing import create_record, meant

pytestmark = pytest.mark.django_db
CUSTOMER = record_type("customer")


@pytest.fixture
def customer() -> Customer:
    values = {"name": "50% Off %s Ltd", "status": "active", "credit_limit": Decimal("10.50"), "currency": "CNY"}
    made: Customer = create_record(CUSTOMER, actor=SYSTEM, values=values)
    return made


def plans(sql: str) -> list[int]:
    """Return how often each plan that this connection keeps of some SQL has run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{sql}%"]
        )
        return [count for (count,) in cursor.fetchall()]


def test_a_connection_keeps_the_plan_of_what_it_asks_again_whatever_the_values() -> None:
    connection.ensure_connection()
    assert connection.connection is not None
    connection.connection.prepare_threshold = 2

    answers = [ask("SELECT 7 * %s::int", [number]) for number in range(5)]

    assert answers == [[(0,)], [(7,)], [(14,)], [(21,)], [(28,)]]
    assert plans("SELECT 7 * $1") == [3]


def test_what_is_known_stands_in_the_sql_even_with_a_percent_sign(customer: Customer) -> None:
    rows = Customer._default_manager.filter(name="50% Off %s Ltd", pk=Slot("pk")).values_list("name", "credit_limit")
    statement = Statement.of(rows)

    assert statement.places == ("pk",)
    assert statement.columns == ("name", "credit_limit")
    assert statement.rows({"pk": customer.pk}) == [("50% Off %s Ltd", Decimal("10.50"))]
    assert statement.rows({"pk": customer.pk + 1}) == []


def test_a_pattern_keeps_its_percent_signs(customer: Customer) -> None:
    assert (
        len(Statement.of(Customer._default_manager.filter(name__contains="% Off %s").values_list("pk")).rows({})) == 1
    )
    assert Statement.of(Customer._default_manager.filter(name__contains="%x").values_list("pk")).rows({}) == []


def test_a_query_that_can_match_nothing_asks_nothing() -> None:
    statement = Statement.of(Customer._default_manager.filter(pk__in=()).values_list("pk"))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert statement.rows({}) == []
    assert len(asked) == 0


def test_records_are_what_the_orm_returns_with_annotations_as_attributes(customer: Customer) -> None:
    found = Statement.of(Customer._default_manager.filter(pk=Slot("pk")).annotate(again=F("name"))).records(
        Customer, {"pk": customer.pk}
    )

    expected = Customer._default_manager.get(pk=customer.pk)
    fields = [item.attname for item in Customer._meta.concrete_fields]
    assert {name: getattr(found[0], name) for name in fields} == {name: getattr(expected, name) for name in fields}
    assert found[0].get_deferred_fields() == set()
    assert (vars(found[0])["again"], found[0]._state.adding, found[0]._state.db) == ("50% Off %s Ltd", False, "default")


def test_json_columns_and_instants_come_back_as_values(customer: Customer) -> None:
    (change,) = Statement.of(Change.objects.filter(record_id=Slot("id"))).records(Change, {"id": customer.pk})

    assert change.fields["status"] == [None, "active"]
    assert change.at.utcoffset() == timedelta(0)
    assert datetime.now(UTC) - change.at < timedelta(minutes=5)


def test_one_of_several_values_is_one_open_place(customer: Customer) -> None:
    statement = Statement.of(Customer._default_manager.filter(any_of("pk", "ids")).values_list("pk"))

    assert statement.rows({"ids": [customer.pk, 987_654_321]}) == [(customer.pk,)]
    assert statement.rows({"ids": []}) == []


def test_statements_are_counted_among_the_queries_of_a_request(customer: Customer) -> None:
    with CaptureQueriesContext(connection) as asked:
        Statement.of(Customer._default_manager.filter(pk=Slot("pk")).values_list("name")).rows({"pk": customer.pk})
    assert [query["sql"].count('"customers_customer"."id" = ($1)') for query in asked] == [1]


def test_saying_which_record_is_meant_asks_nothing(customer: Customer) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert meant(CUSTOMER, customer.pk).pk == customer.pk
    assert len(asked) == 0
