"""The planner knows how many customers a filter by city leaves, so that a list walks the index of its order."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.records import listing


@pytest.mark.django_db
def test_a_common_city_is_taken_for_common() -> None:
    Customer.objects.bulk_create(
        Customer(name=f"C{number}", sort_key=f"c{number:04}", city="上海市" if number % 5 == 0 else f"City {number}")
        for number in range(2_000)
    )
    rows = listing.matching(
        CUSTOMER, listing.Query(("name",), {"field": "city", "op": "is", "value": "上海市"}), SYSTEM
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    estimate = re.search(r"rows=(\d+)", rows.explain())
    assert estimate is not None
    assert 350 <= int(estimate.group(1)) <= 450
