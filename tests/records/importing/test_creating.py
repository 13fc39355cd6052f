"""What new records say of themselves: values, defaults, search keys and history, whatever characters a file holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.rules import search_keys
from guanxi.records.models import Change
from tests.records.importing.conftest import Load, rows

pytestmark = pytest.mark.django_db

COLUMNS = {
    "id": "customer.external_id", "name": "customer.name", "latin": "customer.latin_name", "tags": "customer.tags",
    "note": "customer.description", "limit": "customer.credit_limit",
}  # fmt: skip
ODD = (
    'id,name,latin,tags,note,limit\n1,"Ann ""A"" O\'Neil \\ Co",,"VIP,a\\b","first ""line""\nsecond",1234.5\n2,Bo,,,,\n'
)


def test_quotes_backslashes_and_lines_reach_record_and_history_as_they_are(load: Load) -> None:
    assert rows(load(ODD, "customer", mapping={"columns": COLUMNS})) == {"created": 2}
    ann = Customer.objects.get(name__startswith="Ann")
    assert (ann.name, ann.description) == ('Ann "A" O\'Neil \\ Co', 'first "line"\nsecond')
    fields = Change.objects.get(record_type="customer", record_id=ann.pk).fields
    assert fields == {
        "name": [None, ann.name], "description": [None, ann.description], "tags": [None, ann.tags],
        "credit_limit": [None, "1234.50"],
    }  # fmt: skip
    assert len(ann.tags) == 2


def test_what_a_file_leaves_out_has_the_defaults_of_the_write_path_and_no_history(load: Load) -> None:
    load(ODD, "customer", mapping={"columns": COLUMNS})
    bo, usual = Customer.objects.get(name="Bo"), Customer(name="Bo")
    technical = {"id", "created_at", "updated_at", *search_keys({"name": "Bo"})}
    names = [item.attname for item in Customer._meta.concrete_fields if item.attname not in technical]
    assert {name: getattr(bo, name) for name in names} == {name: getattr(usual, name) for name in names}
    assert Change.objects.get(record_type="customer", record_id=bo.pk).fields == {"name": [None, "Bo"]}
    assert bo.created_at == bo.updated_at


def test_search_keys_hold_what_two_rows_of_a_customer_say_together(load: Load) -> None:
    text = "id,name,latin\n1,罗瑞龙,\n2,Bo,\n1,,Luo Ruilong\n"
    columns = {name: key for name, key in COLUMNS.items() if name in ("id", "name", "latin")}
    assert rows(load(text, "customer", mapping={"columns": columns})) == {"created": 2, "updated": 1}
    luo = Customer.objects.get(name="罗瑞龙")
    assert luo.latin_name == "Luo Ruilong"
    expected = search_keys({"name": "罗瑞龙", "latin_name": "Luo Ruilong"})
    assert {name: getattr(luo, name) for name in expected} == expected


def test_a_record_and_its_history_begin_at_the_moment_of_their_batch(load: Load) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")  # of the transaction around this test
        began = cursor.fetchone()[0]
    load(ODD, "customer", mapping={"columns": COLUMNS})

    moments = {*Customer.objects.values_list("created_at", flat=True), *Change.objects.values_list("at", flat=True)}
    assert began in moments
    assert all(began <= moment <= datetime.now(UTC) for moment in moments)
    assert set(Customer.objects.values_list("created_at", "updated_at")) == {(began, began)}


def test_ids_with_quotes_backslashes_commas_and_braces_are_found_again(load: Load) -> None:
    text = """id,name\n"a""b",Ann\n"c\\d",Bo\n"e,f",Cy\n{g},Di\nNULL,Ed\n"""
    columns = {"id": "customer.external_id", "name": "customer.name"}

    assert rows(load(text, "customer", mapping={"columns": columns})) == {"created": 5}
    assert rows(load(text, "customer", mapping={"columns": columns})) == {"unchanged": 5}
