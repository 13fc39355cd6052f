"""Imports in the background: the work of a job, and taking up jobs whose process died.

What reads and loads files is imported by the job itself: it is large, and every process that queues jobs loads this.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from procrastinate import Blueprint
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.records.models import ImportJob

blueprint = Blueprint()
STALE_AFTER = timedelta(seconds=30)
State = ImportJob.State
WORKING = (State.CHECKING, State.QUEUED, State.RUNNING, State.UNDOING)


@blueprint.task(name="work_on_import")
def work_on_import(job_id: int) -> None:
    """Do what the state of a job asks for: check it, run it or undo it."""
    from guanxi.records.importing.checking import check_job
    from guanxi.records.importing.running import run_job
    from guanxi.records.importing.undo import undo_job

    job = ImportJob._default_manager.filter(pk=job_id).first()
    if job is None:
        return
    if job.state == State.CHECKING:
        check_job(job_id)
    elif job.state in (State.QUEUED, State.RUNNING):
        run_job(job_id)
    elif job.state == State.UNDOING:
        undo_job(job_id)


def queue_job(job_id: int) -> None:
    """Have the worker take up a job; one that waits already is not queued twice."""
    try:
        with transaction.atomic():
            work_on_import.configure(queueing_lock=f"import-{job_id}").defer(job_id=job_id)
    except AlreadyEnqueued:
        return


@blueprint.periodic(cron="* * * * * */20")
@blueprint.task(name="take_up_imports", queueing_lock="take_up_imports", pass_context=False)
def take_up_imports(timestamp: int) -> None:
    """Queue again the jobs that should be worked on but whose process has gone silent."""
    from guanxi.records.importing.running import only_runner

    for job_id in silent_jobs(datetime.now(UTC)):
        with only_runner(job_id) as is_free:
            if is_free:
                queue_job(job_id)


def silent_jobs(now: datetime) -> list[int]:
    """Return the jobs in work without a sign of life since ``STALE_AFTER``."""
    rows = ImportJob._default_manager.filter(state__in=WORKING, heartbeat_at__lt=now - STALE_AFTER)
    return list(rows.values_list("pk", flat=True))
