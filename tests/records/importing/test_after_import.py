"""What follows an import: the scores are computed anew, once, and the command line takes it back by its number."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import NotFound
from guanxi.customers.customer.models import Customer
from guanxi.records.importing.job import NotNow
from guanxi.records.importing.run import UndoResult, undo_import
from guanxi.records.importing.undo import request_undo, undo_job
from guanxi.records.writing import change_record
from tests.records.importing.conftest import Load, rows

pytestmark = pytest.mark.django_db


def waiting_scores() -> int:
    """How many runs of the scores wait in the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE %s AND status = 'todo'", ["%compute_scores"]
        )
        return int(cursor.fetchone()[0])


def test_scores_are_queued_after_an_import_that_changed_something(
    load: Load, django_capture_on_commit_callbacks: Any
) -> None:
    text = "customer id,name\n1,Anna\n"
    with django_capture_on_commit_callbacks(execute=True):
        result = load(text, "customer")
    assert waiting_scores() == 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    with django_capture_on_commit_callbacks(execute=True):
        assert rows(load(text, "customer")) == {"unchanged": 1}
    assert waiting_scores() == 0
    with django_capture_on_commit_callbacks(execute=True):
        request_undo(SYSTEM, result.job_id)
        undo_job(result.job_id)
    assert waiting_scores() == 1


def test_an_import_is_counted_and_taken_back_by_its_number_but_for_what_somebody_changed(load: Load) -> None:
    load("customer id,name,city\n1,Anna,Leeds\n", "customer")
    result = load("customer id,name,city\n1,Anna,Bath\n2,Ben,York\n3,Cora,Kent\n", "customer")
    change_record(Customer.objects.get(name="Ben"), actor=SYSTEM, city="Dover")

    seen = undo_import(result.job_id, dry_run=True)
    assert seen == UndoResult(result.job_id, deleted=1, restored=1, lines=0, kept=1, is_dry=True)
    assert set(Customer.objects.values_list("name", "city")) == {("Anna", "Bath"), ("Ben", "Dover"), ("Cora", "Kent")}

    assert undo_import(result.job_id) == UndoResult(result.job_id, deleted=1, restored=1, lines=0, kept=1)
    left = Customer.objects.filter(deleted_at=None).values_list("name", "city")
    assert set(left) == {("Anna", "Leeds"), ("Ben", "Dover")}
    with pytest.raises(NotNow):
        undo_import(result.job_id)
    with pytest.raises(NotFound):
        undo_import(result.job_id + 1)
