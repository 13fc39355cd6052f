"""A unique field and files: rows are refused one by one, and an undone import leaves alone what is taken by now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.records.importing.refusals import explain_code
from guanxi.records.importing.rejects import rejects_file
from guanxi.records.importing.run import import_file, preview_undo, undo_import
from guanxi.records.models import ImportJob, ImportReject
from guanxi.records.registry import record_type
from guanxi.records.shaping.models import CustomField
from guanxi.records.writing import change_record, delete_record
from tests.records.shaping.conftest import field
from tests.records.shaping.unique import customer, stored
from tests.world import World


def load(folder: Path, text: str, **more: Any) -> Any:
    """Import customers from a file."""
    path = folder / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(path, record_type="customer", source="shop", **more)


@pytest.mark.parametrize("batch", [0, 1])
def test_an_import_refuses_row_by_row_what_is_taken_and_what_stands_twice_in_the_file(
    member: CustomField, tmp_path: Path, batch: int
) -> None:
    customer("Ann", x_member_number="M-1")
    text = ("id,Name,Member number\nK1,Bea,m-1\nK2,Cid,M-2\nK3,Dan,M-2\nK4,Eva,\nK5,Fay,\nK2,Cid,M-2\n")  # fmt: skip
    rehearsed = load(tmp_path, text, dry_run=True, batch=batch)
    told = [(item["row"], item["code"], item["column"]) for item in rehearsed.rejects]
    twice = "taken" if batch else "twice"
    assert told == [(2, "taken", "Member number"), (4, "twice", "Member number")]
    done = load(tmp_path, text, batch=batch)
    counted = {name: done.counts[name] for name in ("created", "unchanged", "errors")}
    assert counted == {name: rehearsed.counts[name] for name in counted} == {"created": 3, "unchanged": 1, "errors": 2}
    lines = b"".join(rejects_file(ImportJob.objects.get(pk=done.job_id))).decode("utf-8-sig").splitlines()
    reasons = {"twice": "“M-2” stands in an earlier row of this file; only one record may have it.",
               "taken": "“M-2” is taken: “Cid” has it already."}  # fmt: skip
    assert lines[1:] == [
        "K1,Bea,m-1,taken,Member number,“m-1” is taken: “Ann” has it already.",
        f"K3,Dan,M-2,{twice},Member number,{reasons[twice]}",
    ]
    assert stored() == {"Ann": "M-1", "Cid": "M-2"}


def test_an_import_changes_records_that_keep_or_change_their_own_value(member: CustomField, tmp_path: Path) -> None:
    assert load(tmp_path, "id,Name,Member number\nK1,Ann,M-1\nK2,Bea,M-2\n").counts["created"] == 2
    again = load(tmp_path, "id,Name,Member number\nK1,Ann,M-1\nK2,Bea,M-3\nK3,Cid,M-1\n").counts
    assert (again["unchanged"], again["updated"], again["errors"]) == (1, 1, 1)
    swapped = load(tmp_path, "id,Name,Member number\nK1,Ann,M-3\nK2,Bea,M-1\n").counts
    assert (swapped["updated"], swapped["errors"]) == (0, 2)
    assert stored() == {"Ann": "M-1", "Bea": "M-3"}


def test_an_import_leaves_a_record_in_the_bin_whose_value_another_one_has_by_now(
    sandbox: World, tmp_path: Path
) -> None:
    field("product", "text", "Shelf", unique=True)
    product = record_type("product")
    path = tmp_path / "products.csv"

    def load_products(text: str) -> Any:
        path.write_text(text, encoding="utf-8")
        return import_file(path, record_type="product", source="shop")

    def shelves() -> dict[str, tuple[str, bool]]:
        rows = product.model._default_manager.filter(sku__in=("S-1", "S-2")).values_list("sku", "x_shelf", "deleted_at")
        return {sku: (shelf, deleted is None) for sku, shelf, deleted in rows}

    assert load_products("SKU,Name,Shelf\nS-1,Tea,A1\n").counts["created"] == 1
    delete_record(product.model._default_manager.get(sku="S-1"), actor=SYSTEM)
    assert load_products("SKU,Name,Shelf\nS-2,Rice,a1\n").counts["created"] == 1
    assert shelves() == {"S-1": ("A1", False), "S-2": ("a1", True)}
    again = load_products("SKU,Name\nS-1,Green tea\n")
    assert (again.counts["errors"], again.counts["updated"]) == (1, 0)
    assert shelves() == {"S-1": ("A1", False), "S-2": ("a1", True)}
    (reject,) = ImportReject._default_manager.filter(job_id=again.job_id)
    assert explain_code(reject.code, reject.params) == (
        "This product is in the bin, and another record has its “A1” by now."
    )  # fmt: skip
    change_record(product.model._default_manager.get(sku="S-2"), actor=SYSTEM, x_shelf="B2")
    assert load_products("SKU,Name\nS-1,Green tea\n").counts["updated"] == 1
    assert shelves() == {"S-1": ("A1", True), "S-2": ("B2", True)}


def test_an_undone_import_leaves_alone_whose_old_value_another_record_has_by_now(
    member: CustomField, tmp_path: Path
) -> None:
    load(tmp_path, "id,Name,Member number\nK1,Ann,M-1\nK2,Bea,M-2\n")
    second = load(tmp_path, "id,Name,Member number\nK1,Ann,M-7\nK2,Bea,M-8\n")
    customer("Cid", x_member_number="M-1")
    seen = preview_undo(SYSTEM, second.job_id)
    assert [(item.record_id, item.reason) for item in seen.conflicts] == [
        (Customer.objects.get(name="Ann").pk, "taken")
    ]
    done = undo_import(second.job_id)
    assert (done.restored, done.kept) == (1, 1)
    assert stored() == {"Ann": "M-7", "Bea": "M-2", "Cid": "M-1"}


def test_an_undone_import_frees_the_values_of_what_it_made_for_what_it_changed(
    member: CustomField, tmp_path: Path
) -> None:
    load(tmp_path, "id,Name,Member number\nK1,Ann,M-1\n")
    load(tmp_path, "id,Name,Member number\nK1,Ann,M-2\n")
    job = load(tmp_path, "id,Name,Member number\nK1,Ann,M-3\n").job_id
    assert undo_import(job).restored == 1
    assert stored() == {"Ann": "M-2"}
