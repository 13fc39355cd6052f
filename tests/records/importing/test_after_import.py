"""What follows an import by itself: the scores are computed anew, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from guanxi.core.actor import SYSTEM
from guanxi.records.importing.undo import request_undo, undo_job
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
