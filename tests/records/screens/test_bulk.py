"""Bulk actions reach exactly the rows that were confirmed, once, and can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.core.actor import SYSTEM
from guanxi.customers.models import Customer
from guanxi.records import changes
from guanxi.records.bulk import Selection, change_many, read_together, selected
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_type
from guanxi.records.screens.bulk_jobs import work_on_bulk
from guanxi.records.writing import change_record
from tests.records.screens.pages import BULK_ROWS, add_customers, ask_for_many, hidden_value, read, send
from tests.world import HOST, World


def _statuses(ids: list[int]) -> list[str]:
    return list(Customer.objects.filter(pk__in=ids).order_by("pk").values_list("status", flat=True))


def _edit(world: World, field: str, value: object, query: str = BULK_ROWS, **more: str) -> str:
    html = read(world.clients["mei"], f"/customers/bulk/edit?{query}&field={field}")
    token = hidden_value(html, "selection")
    send(
        world.clients["mei"], "/customers/bulk/edit", {"selection": token, "field": field, "value": value, **more}, 204
    )
    return str(world.clients["mei"].session["notice"]["undo"])


def test_the_confirmation_names_the_exact_number_and_examples(sandbox: World) -> None:
    add_customers(sandbox, "mei", [f"Bulk {number:02d}" for number in range(75)])
    add_customers(sandbox, "carla", ["Bulk of Carla"])

    html = read(sandbox.clients["mei"], f"/customers/bulk/edit?{BULK_ROWS}")

    assert "Edit 75 customers" in html
    assert "Bulk 00, Bulk 01, Bulk 02 and 72 more" in html


def test_all_matching_rows_change_in_one_set_and_undo_restores_each_old_value(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", [f"Bulk {number:02d}" for number in range(60)], status="active")
    Customer.objects.filter(pk__in=ids[::2]).update(status="prospect")
    before = _statuses(ids)

    undo = _edit(sandbox, "status", "lost")

    assert _statuses(ids) == ["lost"] * 60
    rows = Change.objects.filter(change_set_id=ChangeSet.objects.latest("id").pk)
    assert rows.count() == 60
    assert {tuple(row.fields["status"]) for row in rows} == {("active", "lost"), ("prospect", "lost")}
    send(sandbox.clients["mei"], undo, {}, 204)
    assert _statuses(ids) == before
    send(sandbox.clients["mei"], undo, {}, 409)
    assert _statuses(ids) == before


def test_whoever_listens_hears_of_each_record_that_a_bulk_edit_changed_and_of_its_undoing(
    sandbox: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[tuple[int, str, list[Any]]] = []
    monkeypatch.setitem(
        changes._LISTENERS, ("customer", "*"),
        [lambda change: heard.append((change.record_id, change.verb, change.fields["status"]))],
    )  # fmt: skip
    ids = add_customers(sandbox, "mei", ["Bulk A", "Bulk B"], status="active")

    with django_capture_on_commit_callbacks(execute=True):
        undo = _edit(sandbox, "status", "lost")
    with django_capture_on_commit_callbacks(execute=True):
        send(sandbox.clients["mei"], undo, {}, 204)

    assert sorted(heard[:2]) == [(pk, "changed", ["active", "lost"]) for pk in ids]
    assert sorted((pk, fields) for pk, _verb, fields in heard[2:]) == [(pk, ["lost", "active"]) for pk in ids]


def test_undo_leaves_alone_what_somebody_changed_since(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["Bulk A", "Bulk B"], status="active")
    undo = _edit(sandbox, "status", "lost")
    change_record(Customer.objects.get(pk=ids[0]), actor=SYSTEM, status="blocked")

    send(sandbox.clients["mei"], undo, {}, 204)

    assert _statuses(ids) == ["blocked", "active"]


def test_rows_that_have_the_value_already_get_no_history(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["Bulk A"], status="lost") + add_customers(
        sandbox, "mei", ["Bulk B"], status="active"
    )

    _edit(sandbox, "status", "lost")

    assert Change.objects.filter(record_id__in=ids, record_type="customer", verb="changed").count() == 1


def test_rows_of_others_are_left_alone_however_they_are_named(sandbox: World) -> None:
    mine = add_customers(sandbox, "mei", ["Bulk Mine"], status="active")
    theirs = add_customers(sandbox, "carla", ["Bulk Theirs"], status="active")

    _edit(sandbox, "status", "lost", f"id={mine[0]}&id={theirs[0]}")

    assert _statuses(mine + theirs) == ["lost", "active"]


def test_tags_are_added_removed_and_put_back(sandbox: World) -> None:
    tag = sandbox.own["tag"]
    ids = add_customers(sandbox, "mei", ["Bulk A"], tags=[tag]) + add_customers(sandbox, "mei", ["Bulk B"])

    undo = _edit(sandbox, "tags", [str(tag)], mode="add")
    assert [row.tags for row in Customer.objects.filter(pk__in=ids).order_by("pk")] == [[tag], [tag]]
    send(sandbox.clients["mei"], undo, {}, 204)
    assert [row.tags for row in Customer.objects.filter(pk__in=ids).order_by("pk")] == [[tag], []]


def test_a_bulk_deletion_goes_to_the_bin_and_comes_back(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", [f"Bulk {number}" for number in range(5)])
    token = hidden_value(read(sandbox.clients["mei"], f"/customers/bulk/delete?{BULK_ROWS}"), "selection")

    send(sandbox.clients["mei"], "/customers/bulk/delete", {"selection": token}, 204)

    assert Customer.objects.filter(pk__in=ids, deleted_at=None).count() == 0
    send(sandbox.clients["mei"], sandbox.clients["mei"].session["notice"]["undo"], {}, 204)
    assert Customer.objects.filter(pk__in=ids, deleted_at=None).count() == 5


def test_when_the_number_has_changed_the_question_is_asked_again(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["Bulk A"], status="active")
    token = hidden_value(read(sandbox.clients["mei"], f"/customers/bulk/edit?{BULK_ROWS}&field=status"), "selection")
    ids += add_customers(sandbox, "mei", ["Bulk B"], status="active")

    html = send(sandbox.clients["mei"], "/customers/bulk/edit",
                {"selection": token, "field": "status", "value": "lost"}, 422).content.decode()  # fmt: skip

    assert "2 records match instead of 1" in html
    assert _statuses(ids) == ["active", "active"]


def test_a_selection_signed_for_one_person_is_useless_to_another(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["Bulk A"], status="active")
    token = hidden_value(read(sandbox.clients["mei"], f"/customers/bulk/edit?{BULK_ROWS}&field=status"), "selection")

    send(sandbox.clients["bo"], "/customers/bulk/edit", {"selection": token, "field": "status", "value": "lost"}, 400)

    assert _statuses(ids) == ["active"]


def test_fields_with_keys_computed_from_them_are_not_offered(sandbox: World) -> None:
    assert {"name", "latin_name", "kind"} <= read_together(record_type("customer"))
    assert "value" in read_together(record_type("contact_point"))
    send(sandbox.clients["mei"], "/customers/bulk/edit",
         {"selection": hidden_value(read(sandbox.clients["mei"], "/customers/bulk/edit?id=1"), "selection"),
          "field": "name", "value": "All the same"}, 422)  # fmt: skip


def test_readers_edit_and_delete_nothing(sandbox: World) -> None:
    for verb in ("edit", "delete"):
        read(sandbox.clients["rita"], f"/customers/bulk/{verb}?id={sandbox.own['customer']}", 403)


def test_a_bulk_edit_grows_the_version_so_that_open_editors_notice(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Bulk A"], status="active")[0]
    version = hidden_value(read(sandbox.clients["mei"], f"/customers/{pk}/field/status"), "version")
    change_many(record_type("customer"), Selection((pk,)), sandbox.actor("bo"), "status", "blocked")

    send(sandbox.clients["mei"], f"/customers/{pk}/field/status", {"status": "lost", "version": version}, 409)
    assert selected(record_type("customer"), Selection((pk,)), sandbox.actor("mei"), "edit").get().status == "blocked"


def test_many_rows_are_changed_in_the_background_and_taken_back(
    sandbox: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add_customers(sandbox, "mei", [f"Bulk {number}" for number in range(5)], status="active")
    job = ask_for_many(sandbox, monkeypatch, "edit", field="status", value="lost")
    address = f"/customers/bulk/jobs/{job.pk}"

    assert _statuses(ids) == ["active"] * 5
    assert "hx-trigger" in read(sandbox.clients["mei"], address)
    read(sandbox.clients["bo"], address, 404)
    work_on_bulk.func(job_id=job.pk)
    work_on_bulk.func(job_id=job.pk)  # a second time changes nothing

    assert _statuses(ids) == ["lost"] * 5
    assert ChangeSet.objects.filter(kind="bulk_edit").count() == 1
    done = sandbox.clients["mei"].get(address, **HOST)
    assert done["HX-Refresh"] == "true"
    notice = sandbox.clients["mei"].session["notice"]
    assert notice["text"] == "Changed Status of 5 customers"
    send(sandbox.clients["mei"], notice["undo"], {}, 204)
    assert _statuses(ids) == ["active"] * 5


def test_a_job_that_meets_another_number_than_agreed_changes_nothing_and_says_so(
    sandbox: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add_customers(sandbox, "mei", [f"Bulk {number}" for number in range(5)])
    job = ask_for_many(sandbox, monkeypatch, "delete")
    add_customers(sandbox, "mei", ["Bulk, come meanwhile"])

    work_on_bulk.func(job_id=job.pk)

    assert Customer.objects.filter(pk__in=ids, deleted_at=None).count() == 5
    assert "Meanwhile 6 records match instead of 5" in read(sandbox.clients["mei"], f"/customers/bulk/jobs/{job.pk}")


def test_a_picklist_that_knows_no_none_is_not_emptied(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["Bulk 1", "Bulk 2"], status="active")
    token = hidden_value(read(sandbox.clients["mei"], f"/customers/bulk/edit?{BULK_ROWS}&field=status"), "selection")

    answer = send(
        sandbox.clients["mei"], "/customers/bulk/edit", {"selection": token, "field": "status", "value": ""}, 422
    )

    assert "Enter status" in answer.content.decode()
    assert _statuses(ids) == ["active", "active"]
