"""Loading order lines: customer, product, order and line from one row, and files that overlap."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from django.db.models import Count, F, Q, Sum

from guanxi.catalog.product.models import Product
from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.rules import search_keys
from guanxi.customers.order.models import Order, OrderLine
from guanxi.records.importing.run import import_file
from guanxi.records.models import Change
from guanxi.records.writing import delete_record
from tests.records.importing.conftest import Load, job_of, rows

pytestmark = pytest.mark.django_db

HEAD = "Invoice,StockCode,Quantity,Price,Invoice Date,Customer ID\n"
LINES = (
    "500,A1,2,1.50,2026-03-01 10:00,7\n"
    "500,A1,2,1.50,2026-03-01 10:00,7\n"
    "500,POST,1,9.99,2026-03-01 10:00,7\n"
    "C501,A1,-1,1.50,2026-03-02 10:00,7\n"
    "502,B2,3,0.335,2026-03-03 10:00,\n"
)


def test_one_row_fills_customer_product_order_and_line(load: Load) -> None:
    result = load(HEAD + LINES, "order_line", constants={"order.currency": "GBP"})
    assert rows(result) == {"created": 5}
    assert {name: each["created"] for name, each in result.counts["records"].items()} == {
        "customer": 1, "product": 3, "order": 3, "line": 5,
    }  # fmt: skip
    orders = Order.objects.order_by("number").values_list(
        "number", "customer__name", "is_return", "line_count", "total", "currency"
    )
    assert list(orders) == [
        ("500", "7", False, 3, Decimal("15.99"), "GBP"),
        ("502", None, False, 1, Decimal("1.01"), "GBP"),
        ("C501", "7", True, 1, Decimal("-1.50"), "GBP"),
    ]
    assert dict(Product.objects.values_list("sku", "kind")) == {"A1": "goods", "B2": "goods", "POST": "service"}


def test_equal_lines_of_one_order_are_kept_apart_and_loaded_once(load: Load) -> None:
    load(HEAD + LINES, "order_line")
    assert rows(load(HEAD + LINES, "order_line")) == {"unchanged": 5}
    assert OrderLine.objects.filter(order__number="500", product__sku="A1").count() == 2


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_equal_lines_that_fall_into_two_batches_are_not_lost(load: Load, batch: int) -> None:
    assert rows(load(HEAD + LINES, "order_line", batch=batch)) == {"created": 5}
    assert Order.objects.values_list("line_count", "total").get(number="500") == (3, Decimal("15.99"))
    assert rows(load(HEAD + LINES, "order_line", batch=batch)) == {"unchanged": 5}
    assert OrderLine.objects.count() == 5


def test_lines_added_later_raise_the_totals_with_one_row_of_history(load: Load) -> None:
    load(HEAD + LINES, "order_line")
    assert rows(load(HEAD + LINES + "500,B2,1,4.00,2026-03-01 10:00,7\n", "order_line")) == {
        "created": 1,
        "unchanged": 5,
    }
    order = Order.objects.get(number="500")
    assert (order.line_count, order.total) == (4, Decimal("19.99"))
    change = Change.objects.get(record_type="order", record_id=order.pk, verb="lines_added")
    assert change.fields == {
        "line_count": [3, 4], "total": ["15.99", "19.99"], "discount": ["0.00", "0.00"], "total_cost": [None, None],
    }  # fmt: skip


def test_costs_are_summed_only_where_all_lines_have_one(load: Load) -> None:
    head = "order number,sku,quantity,unit price,cost\n"
    load(head + "1,A,2,5,3.10\n1,B,1,5,2.05\n2,A,1,5,\n2,B,1,5,1.00\n", "order_line",
         mapping={"columns": {"order number": "order.number", "sku": "product.sku", "quantity": "line.quantity",
                              "unit price": "line.unit_price", "cost": "line.cost"},
                  "constants": {"order.ordered_at": "2026-03-01"}})  # fmt: skip
    assert dict(Order.objects.values_list("number", "total_cost")) == {"1": Decimal("5.15"), "2": None}


def test_a_dry_run_of_lines_counts_like_the_run(load: Load) -> None:
    load(HEAD + LINES[: LINES.index("C501")], "order_line")
    dry = load(HEAD + LINES, "order_line", dry_run=True)
    assert (rows(dry), OrderLine.objects.count(), Order.objects.count()) == ({"created": 2, "unchanged": 3}, 3, 1)
    assert rows(load(HEAD + LINES, "order_line")) == rows(dry)


def test_a_line_without_order_or_date_is_refused(load: Load) -> None:
    result = load(HEAD + ",A1,1,1,2026-03-01,7\n600,A1,1,1,,7\n601,A1,1,1,2026-03-01,7\n", "order_line")
    assert rows(result) == {"created": 1, "errors": 2}


RETAIL = ("online_retail_2009_2010.parquet", "online_retail_2010_2011_to_aug.parquet")


def test_two_overlapping_years_of_online_retail_load_without_doubles(db: None, shared_data: Path) -> None:
    """The counts are those of the data set's README, and of the files themselves read independently."""
    paths = [shared_data / "online-retail" / name for name in RETAIL]
    first, second = (
        import_file(path, record_type="order_line", source="retail", constants={"order.currency": "GBP"})
        for path in paths
    )
    assert (rows(first), first.unmapped) == ({"created": 525_461}, ())
    assert rows(second) == {"created": 298_182, "unchanged": 22_523}
    _check_first_year(first.job_id)
    both = pl.concat([pl.read_parquet(path) for path in paths])
    assert OrderLine.objects.count() == 823_643
    assert Order.objects.count() == both["InvoiceNo"].n_unique() == 44_187
    assert Customer.objects.count() == both["CustomerID"].drop_nulls().n_unique() == 5_314
    # One code has a blank at its end in some rows.
    assert Product.objects.count() == both["StockCode"].str.strip_chars().n_unique() == 5_034
    cancelled = both.filter(pl.col("InvoiceNo").str.starts_with("C"))["InvoiceNo"].n_unique()
    assert Order.objects.filter(is_return=True, number__startswith="C").count() == cancelled
    assert (
        Product.objects.filter(
            kind="service", sku__in=["POST", "D", "DOT", "M", "BANK CHARGES", "AMAZONFEE", "CRUK"]
        ).count()
        == 7
    )
    assert OrderLine.objects.filter(order__customer=None).exists()
    orders = Order.objects.aggregate(lines=Sum("line_count"), total=Sum("total"))
    assert orders == {"lines": 823_643, "total": OrderLine.objects.aggregate(total=Sum("amount"))["total"]}


def _check_first_year(job_id: int) -> None:
    from guanxi.core.actor import SYSTEM
    from guanxi.records.importing.job import get_job

    facts = OrderLine.objects.filter(
        change_set_id=get_job(SYSTEM, job_id).change_set_id, order__customer__isnull=False, order__is_return=False,
        quantity__gt=0, unit_price__gt=0,
    )  # fmt: skip
    counted = facts.aggregate(
        lines=Count("id"), orders=Count("order_id", distinct=True), customers=Count("order__customer", distinct=True),
        exact=Sum(F("quantity") * F("unit_price")), doubles=Count("id", filter=Q(deleted_at__isnull=False)),
    )  # fmt: skip
    assert (counted["lines"], counted["orders"], counted["customers"], counted["doubles"]) == (
        407_664,
        19_213,
        4_312,
        0,
    )
    assert round(counted["exact"], 2) == Decimal("8832003.27")


def test_a_product_in_the_bin_comes_back_with_a_line_that_names_it(load: Load) -> None:
    load(HEAD + "500,A1,2,1.50,2026-03-01,7\n500,B2,2,1.50,2026-03-01,7\n", "order_line")
    lamp = Product.objects.get(sku="A1")
    delete_record(lamp, actor=SYSTEM)

    result = load(HEAD + "600,A1,1,1.50,2026-03-02,7\n600,B2,1,1.50,2026-03-02,7\n", "order_line")

    assert Product.objects.get(sku="A1").deleted_at is None
    ours = Change.objects.filter(change_set_id=job_of(result).change_set_id, record_type="product")
    assert list(ours.values_list("record_id", "verb", "fields")) == [(lamp.pk, "restored", {})]
    versions = dict(Product.objects.values_list("sku", "version"))
    assert versions == {"A1": lamp.version + 2, "B2": 1}


def test_lines_fill_what_an_order_or_product_lacks_and_leave_what_it_says(load: Load) -> None:
    head = "Invoice,StockCode,Quantity,Price,Invoice Date,Customer ID,Channel,Unit,Brand\n"
    load(head + "500,A1,2,1.50,2026-03-01,7,,,Lux\n501,B2,1,1.50,2026-03-01,7,web,box,\n", "order_line")

    text = head + "500,A1,3,1.50,2026-03-01,7,store,piece,Rex\n501,B2,4,1.50,2026-03-01,7,store,piece,\n"
    result = load(text, "order_line")

    one_of_two = {"created": 0, "updated": 1, "unchanged": 1}
    assert result.counts["records"] == {
        "product": one_of_two, "customer": {"created": 0, "updated": 0, "unchanged": 1}, "order": one_of_two,
        "line": {"created": 2},
    }  # fmt: skip
    assert sorted(Order.objects.values_list("number", "channel")) == [("500", "store"), ("501", "web")]
    assert sorted(Product.objects.values_list("sku", "unit", "brand")) == [("A1", "piece", "Lux"), ("B2", "box", "")]
    changed = Change.objects.filter(change_set_id=job_of(result).change_set_id, verb="changed")
    assert sorted(changed.values_list("record_type", "fields"), key=str) == [
        ("order", {"channel": ["", "store"]}), ("product", {"unit": ["", "piece"]}),
    ]  # fmt: skip


def test_customers_known_from_lines_alone_are_found_by_their_name_like_any_other(load: Load) -> None:
    head = "Invoice,StockCode,Quantity,Price,Invoice Date,Customer ID,Customer Name\n"
    load(head + "500,A1,2,1.50,2026-03-01,7,单雄信\n501,A1,2,1.50,2026-03-01,8,O'Neil & Sons\n", "order_line")

    for customer in Customer.objects.all():
        expected = search_keys({"name": customer.name})
        assert {name: getattr(customer, name) for name in expected} == expected
    assert sorted(Customer.objects.values_list("name", flat=True)) == sorted(["单雄信", "O'Neil & Sons"])
