"""What administrators may do to the shape of records, what is refused with which sentence, and what comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.customers.customer.models import Customer
from guanxi.records.changes import history
from guanxi.records.models import SavedView
from guanxi.records.registry import find_record_type, record_type
from guanxi.records.shaping import building, services
from guanxi.records.shaping.models import Configuration, CustomField, CustomType, ValidationRule
from guanxi.records.shaping.transfer import differences, present, read_configuration, take_in, write_configuration
from guanxi.records.shaping.usage import uses_of
from guanxi.records.writing import create_record
from tests.records.shaping.conftest import field, said, settle
from tests.security.matrix import send
from tests.world import HOST, World

CUSTOMER = record_type("customer")


def columns(table: str) -> set[str]:
    """Return the columns of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                       "AND NOT attisdropped", [table])  # fmt: skip
        return {row[0] for row in cursor.fetchall()}


def refused(**wanted: Any) -> dict[str, list[str]]:
    """Return why a field of customers is refused, and make sure that nothing was written."""
    before = (CustomField.objects.count(), Configuration.objects.get().version)
    with pytest.raises(Invalid) as refusal:
        services.add_field(CUSTOMER, **{"actor": SYSTEM, "kind": "text", "labels": said("Nickname"), **wanted})
    assert (CustomField.objects.count(), Configuration.objects.get().version) == before
    return refusal.value.errors


@pytest.mark.parametrize(
    ("wanted", "errors"),
    [
        ({"labels": {}}, {"label_en": ["Give it a name in at least one language."]}),
        ({"labels": said("x" * 61)}, {"label_en": ["Use between 1 and 60 characters."]}),
        ({"labels": said("City")}, {"label_en": ["Customers have a field called “City” already."]}),
        ({"labels": said("Seats [old]")}, {"label_en": ["Use between 1 and 60 characters."]}),
        ({"kind": "sql"}, {"kind": ["Choose a kind of field."]}),
        ({"kind": "choice"}, {"choices": ["Enter at least one choice."]}),
        ({"kind": "choice", "options": {"choices": [{"labels": said("A")}, {"labels": said("a")}]}},
         {"choices": ["Two choices have the same words."]}),
        ({"kind": "number", "options": {"decimals": "9"}}, {"decimals": ["Enter a whole number from 0 to 8."]}),
        ({"kind": "reference", "options": {"reference": "ghost"}}, {"reference": ["Choose what the field links to."]}),
        ({"kind": "number_series", "options": {"prefix": "'; DROP"}},
         {"prefix": ["Use at most 12 letters, digits or signs, without quotes."]}),
        ({"name": "x_a; DROP TABLE identity_user"},
         {"name": ["“x_a; DROP TABLE identity_user” can't be the name of a field here."]}),
        ({"name": "x_seats"}, {"name": ["“x_seats” can't be the name of a field here."]}),
        ({"kind": "formula", "options": {"formula": "[Seats] +"}},
         {"formula": ["The formula ends too early. Look for a missing bracket or value."]}),
        ({"kind": "rollup", "options": {"rollup": {"type": "product", "through": "category", "how": "count"}}},
         {"rollup": ["Choose records that point at this type."]}),
    ],
)  # fmt: skip
def test_a_field_that_makes_no_sense_is_refused(
    sandbox: World, wanted: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    assert refused(**wanted) == errors


def test_only_administrators_shape_records(sandbox: World) -> None:
    with pytest.raises(NotAllowed):
        services.add_field(CUSTOMER, actor=sandbox.actor("bo"), kind="text", labels=said("Nickname"))
    with pytest.raises(NotAllowed):
        services.add_type(actor=sandbox.actor("mei"), labels=said("boat"), plurals=said("boats"))
    assert sandbox.clients["bo"].get("/settings/records/", **HOST).status_code == 403


def test_hostile_labels_are_text_everywhere(sandbox: World) -> None:
    label = "<script>alert(1)</script> {{ 7*7 }} %(x)s"
    made = field("customer", "text", label)
    assert made.name == "x_script_alert_1_script_7_7_x_s"
    for path in ("/customers/new", f"/customers/?cols=name,{made.name}", "/settings/records/customer/"):
        page = sandbox.clients["root"].get(path, **HOST).content.decode()
        assert "<script>alert" not in page
        assert "{{ 7*7 }}" in page


def test_chinese_labels_make_names_of_their_pinyin(sandbox: World) -> None:
    made = services.add_field(CUSTOMER, actor=SYSTEM, kind="text", labels={"zh-hans": "重庆门店"})
    assert made.name == "x_chong_qing_men_dian"
    again = services.add_field(CUSTOMER, actor=SYSTEM, kind="text", labels=said("Chong Qing Men Dian!"))
    assert again.name == "x_chong_qing_men_dian_2"


def test_a_deleted_field_is_nowhere_and_comes_back_with_its_values(sandbox: World) -> None:
    pk = create_record(CUSTOMER, actor=SYSTEM, values={"name": "Chen Wei", "x_fax": "+862112345678"}).pk
    item = CustomField.objects.get(name="x_fax")
    services.delete_field(item, actor=SYSTEM)
    settle()
    assert CUSTOMER.get("x_fax") is None
    assert "x_fax" not in send(sandbox, "root", "GET", f"/api/v1/customers/{pk}").json()
    assert create_record(CUSTOMER, actor=SYSTEM, values={"name": "Without"}).pk
    services.restore_field(item, actor=SYSTEM)
    settle()
    assert send(sandbox, "root", "GET", f"/api/v1/customers/{pk}").json()["x_fax"] == "+862112345678"
    assert [entry.verb for entry in history("custom_field", item.pk)] == ["restored", "deleted", "created"]


def test_after_thirty_days_in_the_bin_the_column_is_dropped(sandbox: World) -> None:
    item = CustomField.objects.get(name="x_fax")
    services.delete_field(item, actor=SYSTEM)
    settle()
    building.clear(datetime.now(UTC) + timedelta(days=29))
    assert "x_fax" in columns("customers_customer")
    building.clear(datetime.now(UTC) + timedelta(days=31))
    assert "x_fax" not in columns("customers_customer")
    assert not CustomField.objects.filter(pk=item.pk).exists()


def test_a_field_that_a_formula_needs_is_not_deleted(sandbox: World) -> None:
    with pytest.raises(Invalid) as refusal:
        services.delete_field(CustomField.objects.get(name="x_seats"), actor=SYSTEM)
    assert refusal.value.errors == {"": ["“Seats” is needed by: the formula “Fee”. Change these first."]}
    assert CustomField.objects.get(name="x_seats").state == "live"


def test_the_uses_of_a_field_are_counted_before_it_is_deleted(sandbox: World) -> None:
    create_record(CUSTOMER, actor=SYSTEM, values={"name": "Chen Wei", "x_grade": "best"})
    number = Customer.objects.exclude(x_grade="").filter(deleted_at=None).count()
    SavedView.objects.create(record_type="customer", name="Best", owner=sandbox.users["mei"],
                             state={"f": ["x_grade:in:best"]})  # fmt: skip
    uses = [use.text for use in uses_of(CUSTOMER, CustomField.objects.get(name="x_grade"))]
    assert uses == ["the view “Best”", f"{number} records with a value"]


def test_a_choice_that_records_have_is_not_taken_away(sandbox: World) -> None:
    create_record(CUSTOMER, actor=SYSTEM, values={"name": "Chen Wei", "x_grade": "poor"})
    number = Customer.objects.filter(x_grade="poor").count()
    item = CustomField.objects.get(name="x_grade")
    fewer = [choice for choice in item.options["choices"] if choice["value"] != "poor"]
    with pytest.raises(Invalid) as refusal:
        services.change_field(item, actor=SYSTEM, options={"choices": fewer})
    assert refusal.value.errors == {
        "choices": [f"Records still have: Poor ({number}). Change them first, or retire the choice."]
    }
    renamed = [{**choice, "labels": said("Bad")} if choice["value"] == "poor" else choice
               for choice in item.options["choices"]]  # fmt: skip
    services.change_field(item, actor=SYSTEM, options={"choices": renamed})
    settle()
    assert CUSTOMER["x_grade"].choice_label("poor") == "Bad"


def test_formulas_that_would_compute_each_other_are_refused(sandbox: World) -> None:
    field("customer", "formula", "First", formula="[Seats] + 1")
    field("customer", "formula", "Second", formula="[First] * 2")
    with pytest.raises(Invalid) as refusal:
        services.change_field(CustomField.objects.get(name="x_first"), actor=SYSTEM, options={"formula": "[Second]"})
    assert refusal.value.errors == {"formula": ["“x_first” would compute itself."]}


def test_a_new_required_field_is_asked_of_new_records_only(sandbox: World) -> None:
    old = sandbox.own["customer"]
    field("customer", "text", "Tax office", required=True)
    answer = send(sandbox, "mei", "POST", "/api/v1/customers", {"name": "Chen Wei"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["x_tax_office"])
    assert send(sandbox, "mei", "PATCH", f"/api/v1/customers/{old}", {"city": "Suzhou"}).status_code == 200


def test_existing_records_are_numbered_in_the_order_in_which_they_came(sandbox: World) -> None:
    first, second = (create_record(record_type("x_project"), actor=SYSTEM, values={"name": name}).pk for name in "ab")
    field("x_project", "number_series", "Number", prefix="PR-", digits=3)
    third = create_record(record_type("x_project"), actor=SYSTEM, values={"name": "c"}).pk
    rows = dict(record_type("x_project").model._default_manager.values_list("pk", "x_number"))
    numbers = [int(rows[pk].removeprefix("PR-")) for pk in (first, second, third)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert sorted(rows, key=lambda pk: rows[pk]) == sorted(rows)


def test_types_and_fields_with_long_names_that_begin_alike_share_nothing(sandbox: World) -> None:
    names = []
    for end in ("north", "south"):
        plural = said(f"Maintenance agreements of the region {end}")
        names.append(services.add_type(actor=SYSTEM, labels=plural, plurals=plural).name)
        settle()
        for what in ("outside", "inside"):
            labels = f"Number under which it is filed {what} the office"
            field(names[-1], "number_series", labels, prefix=f"{end}-", digits=2)
    for end, name in zip(("north", "south"), names, strict=True):
        first = create_record(record_type(name), actor=SYSTEM, values={"name": "Kitchen"})
        numbers = {item.name: getattr(first, item.name) for item in CustomField.objects.filter(record_type=name)}
        assert set(numbers.values()) == {f"{end}-01"}, numbers


def test_a_record_type_is_gone_with_its_addresses_and_comes_back_with_its_records(sandbox: World) -> None:
    made = create_record(record_type("x_project"), actor=SYSTEM, values={"name": "Kitchen"}).pk
    for item in CustomField.objects.filter(record_type="customer", kind="rollup"):
        services.delete_field(item, actor=SYSTEM)
    custom = CustomType.objects.get(name="x_project")
    services.delete_type(custom, actor=SYSTEM)
    settle()
    assert find_record_type("x_project") is None
    assert sandbox.clients["root"].get("/projects/", **HOST).status_code == 404
    assert send(sandbox, "root", "GET", "/api/v1/projects").status_code == 404
    services.restore_type(custom, actor=SYSTEM)
    settle()
    assert send(sandbox, "root", "GET", f"/api/v1/projects/{made}").json()["name"] == "Kitchen"
    assert sandbox.clients["root"].get(f"/projects/{made}", **HOST).status_code == 200


def test_a_layout_arranges_pages_lists_and_boards_and_can_be_taken_back(sandbox: World) -> None:
    declared = CUSTOMER.columns
    plan = {"columns": ["name", "x_seats"], "board": "x_grade", "sections": [
        {"key": "main", "labels": said("First"), "fields": ["name", "x_grade"]}]}  # fmt: skip
    services.change_layout(CUSTOMER, actor=SYSTEM, plan=plan)
    settle()
    assert (CUSTOMER.columns, CUSTOMER.board, str(CUSTOMER.sections[0].label)) == (
        ("name", "x_seats"),
        "x_grade",
        "First",
    )
    assert CUSTOMER.sections[0].fields == ("name", "x_grade")
    services.change_layout(CUSTOMER, actor=SYSTEM, plan={})
    settle()
    assert (CUSTOMER.columns, CUSTOMER.board) == (declared, "status")
    with pytest.raises(Invalid) as refusal:
        services.change_layout(CUSTOMER, actor=SYSTEM, plan={"columns": ["name", "ghost"]})
    assert refusal.value.errors == {"": ["There is no field “ghost”."]}


def test_a_configuration_goes_into_a_file_and_comes_back_the_same(sandbox: World) -> None:
    services.save_rule(CUSTOMER, actor=SYSTEM, name="Seats", condition="[Seats] > 1000", sentences=said("Too many."))
    services.change_layout(CUSTOMER, actor=SYSTEM, plan={"columns": ["name", "x_seats"]})
    settle()
    data = write_configuration()
    assert differences(read_configuration(data)) == []
    wanted = present()
    pk = create_record(CUSTOMER, actor=SYSTEM, values={"name": "Chen Wei", "x_seats": Decimal(7)}).pk

    CustomField.objects.filter(kind__in=("formula", "rollup")).delete()
    ValidationRule.objects.all().delete()
    services.delete_field(CustomField.objects.get(name="x_seats"), actor=SYSTEM)
    services.change_field(CustomField.objects.get(name="x_fax"), actor=SYSTEM, labels=said("Telefax"))
    settle()
    told = [(item.how, item.what) for item in differences(read_configuration(data))]
    assert ("new", "field · Customers › Seats") in told
    assert ("changed", "field · Customers › Fax") in told

    assert take_in(read_configuration(data), SYSTEM) == len(told)
    settle()
    assert {(item.record_type, item.name) for item in present().fields} == {
        (item.record_type, item.name) for item in wanted.fields
    }
    assert differences(read_configuration(data)) == []
    assert Customer.objects.get(pk=pk).x_seats == Decimal(7)
    assert take_in(read_configuration(data), SYSTEM) == 0


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"format": 2}', b'{"format": 1, "sql": []}', b"\xff" * 10])
def test_a_file_that_is_no_configuration_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="This isn't a configuration of Guanxi"):
        read_configuration(data)
