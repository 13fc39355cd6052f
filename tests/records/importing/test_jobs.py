"""Import jobs: resumed after a kill, paused, cancelled, undone; every row of the file counted exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection, connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from guanxi.catalog.product.models import Product
from guanxi.core.actor import SYSTEM
from guanxi.core.errors import DomainError, NotFound
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.customer.models import Customer
from guanxi.customers.order.models import Order, OrderLine
from guanxi.customers.tag.models import Tag
from guanxi.records.importing import matching, running
from guanxi.records.importing.job import (
    NotNow,
    State,
    create_job,
    get_job,
    request_cancel,
    request_pause,
    request_run,
    source_system,
)
from guanxi.records.importing.proposing import propose_mapping
from guanxi.records.importing.running import only_runner, run_job
from guanxi.records.importing.tasks import silent_jobs
from guanxi.records.importing.undo import preview_undo, request_undo, undo_job
from guanxi.records.models import Change, ExternalKey, ImportJob, ImportReject
from guanxi.records.sql import rows_of
from guanxi.records.time_machine.providers import Part
from guanxi.records.undoing import TooOld
from guanxi.records.writing import change_record
from tests.records.importing.conftest import Load, job_of, rows, user_with

ROWS, BATCH = 50, 7


def text_of(count: int) -> str:
    """Customers of whom every tenth has a birthday that is none."""
    lines = [
        f"{n},Customer {n},c{n}@example.com,{'never' if n % 10 == 0 else '1990-01-02'}" for n in range(1, count + 1)
    ]
    return "customer id,name,e-mail,birthday\n" + "\n".join(lines) + "\n"


def job_for(path: Path, plan: str = "customer") -> ImportJob:
    """A mapped job for a file, with small batches, ready to run."""
    job = create_job(SYSTEM, path, path.name, plan, source=source_system("shop"))
    job.mapping, job.options = propose_mapping(job, SYSTEM).to_json(), {"batch": BATCH}
    job.save()
    return request_run(SYSTEM, job.pk, defer=False)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that other processes see; removed again afterwards."""
    tables = "customers_customer, customers_contactpoint, records_externalkey, records_importreject, records_importjob"
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables}, records_changeset, records_sourcesystem CASCADE")
            cursor.execute("TRUNCATE records_change")
        connections.close_all()


STEPS = [
    ("rows written", 1),
    ("rows written", 4),
    ("rejects written", 3),
    ("counts written", 3),
    ("batch committed", 5),
    ("counts written", 8),
]


@pytest.mark.parametrize(("step", "batch"), STEPS)
def test_an_import_killed_at_any_step_goes_on_from_the_last_committed_batch(
    committed: None, tmp_path: Path, step: str, batch: int
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text_of(ROWS))
    job = job_for(path)
    script = Path(__file__).with_name("dying_import.py")
    words = [sys.executable, str(script), str(job.pk), step, str(batch), connection.settings_dict["NAME"]]
    assert subprocess.run(words, check=False, env=dict(os.environ), timeout=240).returncode == -9
    job.refresh_from_db()
    kept = batch * BATCH if step == "batch committed" else (batch - 1) * BATCH
    assert (job.state, job.rows_done) == (State.RUNNING, kept)
    assert Customer.objects.count() == kept - kept // 10
    assert silent_jobs(datetime.now(UTC) + timedelta(seconds=31)) == [job.pk]
    done = run_job(job.pk)
    assert done is not None
    assert (done.state, done.rows_done, done.error) == (State.DONE, ROWS, "")
    assert {name: done.counts[name] for name in ("created", "updated", "unchanged", "skipped", "errors")} == {
        "created": 45, "updated": 0, "unchanged": 0, "skipped": 0, "errors": 5,
    }  # fmt: skip
    assert (Customer.objects.count(), ContactPoint.objects.count(), ExternalKey.objects.count()) == (45, 45, 45)
    assert Change.objects.filter(verb="created", change_set_id=job.change_set_id).count() == 90
    assert list(ImportReject.objects.order_by("row_number").values_list("row_number", flat=True)) == [
        11,
        21,
        31,
        41,
        51,
    ]


def test_two_processes_never_work_on_one_job(committed: None, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text_of(5))
    job = job_for(path)
    script = Path(__file__).with_name("dying_import.py")
    with only_runner(job.pk) as held:
        assert held
        words = [sys.executable, str(script), str(job.pk), "", "0", connection.settings_dict["NAME"]]
        assert subprocess.run(words, check=False, env=dict(os.environ), timeout=240).returncode == 0
        assert Customer.objects.count() == 0
    assert run_job(job.pk) is not None
    assert Customer.objects.count() == 5


@pytest.mark.django_db
def test_a_paused_import_goes_on_and_a_cancelled_one_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text_of(ROWS))
    job = job_for(path)
    request_pause(SYSTEM, job.pk)
    paused = run_job(job.pk)
    assert paused is not None
    assert (paused.state, paused.rows_done, Customer.objects.count()) == (State.PAUSED, 7, 7)
    request_run(SYSTEM, job.pk, defer=False)
    request_cancel(SYSTEM, job.pk)
    cancelled = run_job(job.pk)
    assert cancelled is not None
    assert (cancelled.state, cancelled.rows_done, Customer.objects.count()) == (State.CANCELLED, 14, 13)
    with pytest.raises(NotNow):
        request_run(SYSTEM, job.pk)


@pytest.mark.django_db
def test_an_import_belongs_to_who_made_it(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text_of(3))
    job = job_for(path)
    stranger = user_with({}, ())
    for attempt in (get_job, request_pause, request_cancel, request_run, preview_undo, request_undo):
        with pytest.raises(NotFound):
            attempt(stranger, job.pk)
    assert ImportJob.objects.get(pk=job.pk).state == State.QUEUED


def undo(job: ImportJob) -> ImportJob:
    """Undo a job as the worker does."""
    request_undo(SYSTEM, job.pk)
    done = undo_job(job.pk)
    assert done is not None
    assert (done.state, done.error) == (State.UNDONE, "")
    return done


@pytest.mark.django_db
def test_undo_removes_what_was_made_restores_what_was_changed_and_leaves_what_people_touched(load: Load) -> None:
    load("customer id,name,city,e-mail\n1,Anna,Leeds,a@example.com\n2,Ben,York,\n", "customer")
    result = load(
        "customer id,name,city,e-mail\n1,王芳,London,\n2,Ben,Bath,b@example.com\n3,Cora,Kent,c@example.com\n4,Dan,Hull,\n"
        "1,王芳,Paris,\n", "customer", batch=2,
    )  # fmt: skip
    assert rows(result) == {"created": 2, "updated": 3}
    change_record(Customer.objects.get(name="Ben"), actor=SYSTEM, city="Dover")
    change_record(Customer.objects.get(name="Dan"), actor=SYSTEM, status="lost")
    preview = preview_undo(SYSTEM, result.job_id)
    ben, dan = Customer.objects.get(name="Ben").pk, Customer.objects.get(name="Dan").pk
    assert preview.parts == (Part("contact_point", binned=2), Part("customer", restored=1, binned=1))
    kept = [(item.record_id, item.reason) for item in preview.conflicts]
    assert (preview.conflict_count, kept) == (2, sorted([(ben, "changed_since"), (dan, "changed_since")]))
    undo(job_of(result))
    assert list(Customer.objects.filter(deleted_at=None).order_by("id").values_list("name", "city", "search_name")) == [
        ("Anna", "Leeds", "anna"), ("Ben", "Dover", "ben"), ("Dan", "Hull", "dan"),
    ]  # fmt: skip
    assert list(ContactPoint.objects.filter(deleted_at=None).values_list("value", flat=True)) == ["a@example.com"]
    anna = Change.objects.filter(record_type="customer", verb="changed", via="undo").get()
    assert anna.fields == {"name": ["王芳", "Anna"], "city": ["Paris", "Leeds"]}
    assert sorted(ExternalKey.objects.values_list("external_id", flat=True)) == ["1", "2", "4"]
    with pytest.raises(NotNow):
        request_undo(SYSTEM, result.job_id)


@pytest.mark.django_db
def test_a_file_can_be_loaded_again_after_its_import_was_undone(load: Load) -> None:
    text = "sku,product name,category\nA1,Lamp,Light\nA2,Chair,\n"
    result = load(text, "product")
    undo(job_of(result))
    again = load(text, "product")
    assert rows(again) == {"updated": 2}
    assert list(Product.objects.filter(deleted_at=None).order_by("sku").values_list("sku", "name")) == [
        ("A1", "Lamp"),
        ("A2", "Chair"),
    ]


@pytest.mark.django_db
def test_undoing_lines_adds_up_the_orders_anew_and_keeps_what_other_imports_use(load: Load) -> None:
    head = "Invoice,StockCode,Quantity,Price,Invoice Date,Customer ID\n"
    first = load(head + "500,A1,2,1.50,2026-03-01,7\n", "order_line")
    second = load(head + "500,B2,1,4.00,2026-03-01,7\n600,A1,1,1.00,2026-03-02,8\n", "order_line")
    assert Order.objects.get(number="500").total == Decimal("7.00")
    preview = preview_undo(SYSTEM, second.job_id)
    assert preview.parts == tuple(Part(name, binned=1) for name in ("customer", "order", "product"))
    assert (preview.lines, preview.conflict_count) == (2, 0)
    undo(job_of(second))
    order = Order.objects.get(number="500")
    assert (order.total, order.line_count, OrderLine.objects.count()) == (Decimal("3.00"), 1, 1)
    third = load(head + "700,A1,1,1.00,2026-03-02,7\n", "order_line")
    kept = preview_undo(SYSTEM, first.job_id)
    # Order 700 of the third import needs customer 7 and product A1.
    assert (kept.parts, kept.lines, kept.conflict_count) == ((Part("order", binned=1),), 1, 2)
    assert [item.reason for item in kept.conflicts] == ["in_use", "in_use"]
    undo(job_of(third))
    undo(job_of(first))
    assert (Customer.objects.filter(deleted_at=None).count(), OrderLine.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_after_thirty_days_an_import_cannot_be_undone(load: Load) -> None:
    result = load("customer id,name\n1,Anna\n", "customer")
    ImportJob.objects.filter(pk=result.job_id).update(finished_at=datetime.now(UTC) - timedelta(days=31))
    with pytest.raises(TooOld):
        request_undo(SYSTEM, result.job_id)
    assert Customer.objects.filter(deleted_at=None).count() == 1


@pytest.mark.django_db
def test_a_failed_import_says_why_and_can_go_on(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text_of(20))
    job = job_for(path)

    def refuse(*_arguments: object) -> int:
        raise DomainError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("guanxi.records.importing.running.keep_rejects", refuse)
        failed = run_job(job.pk)
    assert failed is not None
    assert (failed.state, failed.error, failed.rows_done, Customer.objects.count()) == (
        State.FAILED,
        "The disk is full.",
        0,
        0,
    )
    with transaction.atomic():
        request_run(SYSTEM, job.pk, defer=False)
    done = run_job(job.pk)
    assert done is not None
    assert (done.state, done.counts["created"], done.counts["errors"]) == (State.DONE, 18, 2)


@pytest.mark.django_db
def test_a_batch_that_meets_another_writer_is_done_again_with_what_that_one_wrote(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("customer id,name\n1,Anna\n", "customer")
    find, looks = matching._existing, 0

    def too_early(*arguments: Any) -> pl.DataFrame:
        nonlocal looks
        looks += 1
        found: pl.DataFrame = find(*arguments)
        return found.clear() if looks == 1 else found

    monkeypatch.setattr(matching, "_existing", too_early)
    again = load("customer id,name,tags\n1,Anne,vip\n2,Ben,vip\n", "customer")

    assert (rows(again), looks) == ({"created": 1, "updated": 1}, 2)
    assert list(Customer.objects.values_list("name", "tags").order_by("name")) == [
        ("Anne", [Tag.objects.get().pk]), ("Ben", [Tag.objects.get().pk]),
    ]  # fmt: skip
    assert Change.objects.filter(change_set_id=job_of(again).change_set_id, record_type="customer").count() == 2


@pytest.mark.django_db
def test_only_the_commit_of_a_batch_after_which_others_follow_may_be_lost_in_a_crash(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[tuple[str, str]] = []
    move_on = running._move_on

    def told(job: ImportJob, *arguments: Any) -> None:
        move_on(job, *arguments)
        waits.append((str(job.state), rows_of("SHOW synchronous_commit")[0][0]))
        if len(waits) == 2:
            request_pause(SYSTEM, job.pk)

    monkeypatch.setattr(running, "_move_on", told)
    result = load("customer id,name\n1,A\n2,B\n3,C\n4,D\n", "customer", batch=1)

    assert waits == [("running", "off"), ("running", "off"), ("paused", "on")]
    assert job_of(result).rows_done == 3
