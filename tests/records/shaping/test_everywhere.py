"""A custom field is everywhere a built-in one is: files in and out, search, filters, groups, history, bulk edits, undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid
from guanxi.customers.customer.models import Customer
from guanxi.records.bulk import Selection, change_many
from guanxi.records.changes import history
from guanxi.records.importing.run import import_file
from guanxi.records.listing import Query, read_page
from guanxi.records.models import ChangeSet
from guanxi.records.registry import record_type
from guanxi.records.search import find_everywhere
from guanxi.records.shaping.models import ValidationRule
from guanxi.records.shaping.services import save_rule
from guanxi.records.time_machine.undo import undo_change_set
from guanxi.records.writing import change_record, create_record
from tests.records.shaping.conftest import field, said, settle
from tests.security.matrix import send
from tests.world import HOST, World


def customer(name: str, **values: Any) -> Any:
    """Create a customer and return it as stored."""
    made = create_record(record_type("customer"), actor=SYSTEM, values={"name": name, **values})
    return Customer.objects.get(pk=made.pk)


def load(folder: Path, text: str, plan: str) -> dict[str, int]:
    """Import a file and return its counts that aren't zero."""
    path = folder / f"{plan}.csv"
    path.write_text(text, encoding="utf-8")
    counts = import_file(path, record_type=plan, source="shop").counts
    return {name: counts[name] for name in ("created", "updated", "unchanged", "errors") if counts[name]}


def test_files_fill_custom_fields_by_their_labels_in_either_language(sandbox: World, tmp_path: Path) -> None:
    text = (
        'id,Name,客户编码,Seats,等级,Interests,Renewal,重点客户\nK1,Chen Wei,AC-7,12.5,优,"Best,Poor",2027-01-31,是\n'
    )
    assert load(tmp_path, text, "customer") == {"created": 1}
    made = Customer.objects.get(name="Chen Wei")
    assert (made.x_account_code, made.x_seats, made.x_grade) == ("AC-7", Decimal("12.50"), "best")
    assert (made.x_interests, made.x_renewal, made.x_key_account) == (["best", "poor"], date(2027, 1, 31), True)
    assert load(tmp_path, text, "customer") == {"unchanged": 1}
    assert load(tmp_path, text.replace("12.5", "13"), "customer") == {"updated": 1}


def test_imported_records_draw_the_next_number_of_a_series(sandbox: World, tmp_path: Path) -> None:
    before = customer("Before").x_file_number
    assert load(tmp_path, "id,Name\nN1,First\nN2,Second\n", "customer") == {"created": 2}
    after = customer("After").x_file_number
    first, second = (Customer.objects.get(name=name).x_file_number for name in ("First", "Second"))
    assert {first, second} == {f"C-{int(before[2:]) + step:04d}" for step in (1, 2)}
    assert after == f"C-{int(before[2:]) + 3:04d}"


def test_a_file_of_an_own_record_type_names_the_customers_it_belongs_to(sandbox: World, tmp_path: Path) -> None:
    assert load(tmp_path, "id,Name\nK1,Chen Wei\n", "customer") == {"created": 1}
    text = "id,Name,Customer,Stage,Budget,Due\nP1,Kitchen,K1,Good,120000.50,2026-12-01\n"
    assert load(tmp_path, text, "x_project") == {"created": 1}
    made = record_type("x_project").model._default_manager.get(name="Kitchen")
    assert (made.x_customer.name, made.x_stage, made.x_budget) == ("Chen Wei", "good", Decimal("120000.50"))


def test_exports_hold_custom_fields_and_formulas(sandbox: World) -> None:
    pk = customer("Chen Wei", x_seats=Decimal(20), x_grade="best").pk
    answer = sandbox.clients["root"].get("/customers/export/csv?cols=name,x_seats,x_fee,x_grade&q=Chen%20Wei", **HOST)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["id,Name,Seats,Fee,Grade", f"{pk},Chen Wei,20,1990.00,best"]


def test_the_search_finds_what_stands_in_a_searchable_field_and_nothing_in_others(sandbox: World) -> None:
    pk = customer("Chen Wei", x_account_code="ZX-4711", x_story="ZQ-story").pk
    found = [hit.id for group in find_everywhere(SYSTEM, "x-471") for hit in group.hits]
    assert found == [pk]
    assert [hit.id for group in find_everywhere(SYSTEM, "ZQ-story") for hit in group.hits] == []


def test_formulas_sort_and_filter_lists(sandbox: World) -> None:
    small, large = customer("Small", x_seats=Decimal(1)).pk, customer("Large", x_seats=Decimal(100)).pk
    query = Query(("name", "x_fee"), {"field": "x_fee", "op": "gt", "value": "5000"}, sort=("-x_fee",))
    assert [(row["id"], row["x_fee"]) for row in read_page(record_type("customer"), query, SYSTEM).rows] == [
        (large, Decimal("9950.00"))
    ]
    ids = [row["id"] for row in read_page(record_type("customer"), Query(("name",), sort=("x_fee",)), SYSTEM).rows]
    assert ids.index(small) < ids.index(large)


def test_a_roll_up_counts_what_its_reader_may_see(sandbox: World) -> None:
    own = sandbox.own["customer"]
    project = record_type("x_project")
    create_record(
        project, actor=SYSTEM, values={"name": "Theirs", "x_customer": own, "owner": sandbox.users["carla"].pk}
    )
    path = f"/api/v1/customers/{own}?fields=x_projects"
    assert send(sandbox, "mei", "GET", path).json()["x_projects"] == 1
    assert send(sandbox, "root", "GET", path).json()["x_projects"] == 2


def test_changes_of_custom_fields_are_kept_and_a_bulk_edit_of_one_is_undone(sandbox: World) -> None:
    one, two = customer("One", x_grade="best"), customer("Two", x_grade="poor")
    kind = record_type("customer")
    change_record(one, actor=SYSTEM, x_seats=Decimal("3.00"))
    assert history("customer", one.pk)[0].fields == {"x_seats": [None, "3.00"]}
    done = change_many(kind, Selection(ids=(one.pk, two.pk)), SYSTEM, "x_grade", "good")
    assert set(Customer.objects.filter(pk__in=(one.pk, two.pk)).values_list("x_grade", flat=True)) == {"good"}
    assert done.changed == 2
    undo_change_set(SYSTEM, done.change_set_id)
    assert dict(Customer.objects.filter(pk__in=(one.pk, two.pk)).values_list("name", "x_grade")) == {
        "One": "best", "Two": "poor",
    }  # fmt: skip


def test_a_bulk_edit_after_which_records_break_a_rule_changes_none_of_them(sandbox: World) -> None:
    kind = record_type("customer")
    one, two = customer("One", x_seats=Decimal(5)), customer("Two", x_seats=Decimal(5), x_story="Long ago")
    save_rule(
        kind, actor=SYSTEM, name="Seats", condition="[Seats] > 1000 and ISBLANK([Story])",
        sentences=said("So many seats need a story."), field="x_story",
    )  # fmt: skip
    settle()
    rows = Customer.objects.filter(pk__in=(one.pk, two.pk))
    before = list(rows.order_by("pk").values_list("x_seats", "version"))
    sets = ChangeSet.objects.count()
    with pytest.raises(Invalid) as refused:
        change_many(kind, Selection(ids=(one.pk, two.pk)), SYSTEM, "x_seats", Decimal(2000))
    assert refused.value.errors == {"x_seats": ["1 of the records is refused: So many seats need a story."]}
    assert list(rows.order_by("pk").values_list("x_seats", "version")) == before
    assert ChangeSet.objects.count() == sets
    assert change_many(kind, Selection(ids=(one.pk, two.pk)), SYSTEM, "x_seats", Decimal(1000)).changed == 2
    assert change_many(kind, Selection(ids=(two.pk,)), SYSTEM, "x_seats", Decimal(2000)).changed == 1


def test_a_rule_refuses_forms_imports_and_the_api_with_its_sentence(sandbox: World, tmp_path: Path) -> None:
    save_rule(
        record_type("customer"), actor=SYSTEM, name="Seats", condition="[Seats] > 1000 and ISBLANK([Story])",
        sentences=said("So many seats need a story.", "席位过多时请填写故事。"), field="x_story",
    )  # fmt: skip
    settle()
    number = Customer.objects.count()
    with pytest.raises(Invalid) as refused:
        customer("Chen Wei", x_seats=Decimal(2000))
    assert refused.value.errors == {"x_story": ["So many seats need a story."]}
    assert load(tmp_path, "id,Name,Seats\nK1,Chen Wei,2000\n", "customer") == {"errors": 1}
    body = {"name": "Chen Wei", "x_seats": "2000"}
    answer = send(sandbox, "mei", "POST", "/api/v1/customers", body)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"x_story": ["So many seats need a story."]})
    assert Customer.objects.count() == number
    assert customer("Chen Wei", x_seats=Decimal(2000), x_story="long").x_seats == Decimal("2000.00")
    ValidationRule.objects.all().delete()


def test_a_formula_over_a_hidden_field_is_hidden_too(sandbox: World) -> None:
    from tests.security.test_hidden_fields import rule

    kind = record_type("customer")
    field("customer", "formula", "Half", formula="[Fee] / 2")
    with rule("hidden", kind, "x_seats"):
        row = send(sandbox, "mei", "GET", f"/api/v1/customers/{sandbox.own['customer']}").json()
        assert not {"x_seats", "x_fee", "x_half"} & row.keys()
        for question in ("fields=x_half", "sort=x_fee", "f=x_fee:gt:1"):
            assert send(sandbox, "mei", "GET", f"/api/v1/customers?{question}").status_code == 422
