"""What a save sends to the database: the fields that changed, and what is derived from them where it came out anew."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.records.registry import record_type
from guanxi.records.writing import change_record, create_record

pytestmark = pytest.mark.django_db
DERIVED = ("search_name", "pinyin", "initials", "sort_key", "bigrams")


@pytest.fixture
def customer() -> Customer:
    values = {"name": "王伟", "status": "active"}
    made: Customer = create_record(record_type("customer"), actor=SYSTEM, values=values)
    return made


def updated(asked: CaptureQueriesContext) -> list[str]:
    """Return the statements among some queries that change customers."""
    return [query["sql"] for query in asked if query["sql"].startswith('UPDATE "customers_customer"')]


def test_a_save_that_leaves_the_name_alone_does_not_write_the_keys_derived_from_it(customer: Customer) -> None:
    with CaptureQueriesContext(connection) as asked:
        change_record(customer, actor=SYSTEM, occupation="Baker")

    (statement,) = updated(asked)
    assert [name for name in ("occupation", "version", "updated_at", *DERIVED) if f'"{name}" = ' in statement] == [
        "occupation",
        "version",
        "updated_at",
    ]


def test_a_new_name_writes_the_keys_that_come_out_differently(customer: Customer) -> None:
    change_record(customer, actor=SYSTEM, name="王薇")

    stored = Customer._default_manager.values_list(*DERIVED).get(pk=customer.pk)
    assert stored == ("王薇", "wangwei", "ww", "wang wei", ["王薇"])
