"""`doctor` finds rows whose reference leads nowhere, where the database does not check references."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from guanxi.cli.checks import Finding, django_findings
from guanxi.customers.order.models import Order, OrderLine
from guanxi.records.models import ExternalKey, SourceSystem

pytestmark = pytest.mark.django_db


def references() -> Finding:
    """What `doctor` says of references."""
    (found,) = (item for item in django_findings() if item.check == "references")
    return found


def line(order_id: int, product_id: int | None = None) -> None:
    """A line of an order, which nothing checks."""
    OrderLine.objects.create(
        created_at=datetime.now(UTC), order_id=order_id, product_id=product_id, line_key=order_id, quantity=1,
        amount=Decimal("1.00"),
    )  # fmt: skip


def test_references_that_lead_to_rows_are_good() -> None:
    order = Order.objects.create(number="1", ordered_at=datetime.now(UTC))
    line(order.pk)
    shop = SourceSystem.objects.create(key="shop", name="Shop")
    ExternalKey.objects.create(record_type="order", source=shop, external_id="1", record_id=order.pk)

    assert references() == Finding("references", "good", "all lead to a row")


def test_references_that_lead_nowhere_are_counted_by_their_column() -> None:
    line(1_001, 5)
    line(1_002)
    ExternalKey.objects.create(record_type="order", source_id=77, external_id="1", record_id=1)

    found = references()

    assert found.verdict == "bad"
    assert found.found.endswith(" lead nowhere")
    assert set(found.found.removesuffix(" lead nowhere").split(", ")) == {
        "2 of customers_orderline.order_id", "1 of customers_orderline.product_id", "1 of records_externalkey.source_id",
    }  # fmt: skip
