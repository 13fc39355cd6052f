"""Amounts whose currency nobody names are in the currency of the company."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.catalog.product.models import Product
from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.customers.holding.models import Holding
from guanxi.customers.order.models import Order
from guanxi.identity.company.models import Company
from guanxi.identity.company.queries import base_currency
from guanxi.records.importing.run import import_file
from guanxi.records.registry import record_type
from guanxi.records.writing import create_record

pytestmark = pytest.mark.django_db
LINES = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n536365,85123A,6,2010-12-01 08:26,2.55,17850\n"


def keep(currency: str) -> None:
    """Set the company's currency."""
    Company._default_manager.update_or_create(pk=1, defaults={"base_currency": currency})


def test_imported_orders_products_and_customers_are_in_the_currency_of_the_company(tmp_path: Path) -> None:
    keep("GBP")
    path = tmp_path / "lines.csv"
    path.write_text(LINES, encoding="utf-8")

    import_file(path, record_type="order_line", source="Shop")

    assert [Order.objects.get().currency, Product.objects.get().currency, Customer.objects.get().currency] == [
        "GBP", "GBP", "GBP"]  # fmt: skip


def test_a_currency_that_the_file_is_said_to_be_in_is_kept(tmp_path: Path) -> None:
    keep("GBP")
    path = tmp_path / "lines.csv"
    path.write_text(LINES, encoding="utf-8")

    import_file(path, record_type="order_line", source="Shop", constants={"order.currency": "EUR"})

    assert Order.objects.get().currency == "EUR"


def test_a_record_made_by_hand_is_in_the_currency_of_the_company() -> None:
    keep("JPY")
    made = create_record(record_type("customer"), actor=SYSTEM, values={"name": "Mei", "kind": "person"})
    holding = create_record(
        record_type("holding"), actor=SYSTEM, values={"customer": made, "kind": "account", "number": "1"}
    )

    assert Customer.objects.get(pk=made.pk).currency == "JPY"
    assert Holding.objects.get(pk=holding.pk).currency == "JPY"


def test_a_company_that_is_not_set_up_yet_counts_in_yuan() -> None:
    Company._default_manager.all().delete()
    assert base_currency() == "CNY"
