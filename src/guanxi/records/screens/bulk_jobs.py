"""Bulk actions in the background: handed over, done once by the worker, and asked for until they are done."""

from __future__ import annotations

from django.db import transaction
from django.http import QueryDict
from django.utils import translation
from procrastinate import Blueprint

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import DomainError, NotFound
from guanxi.records.changes import record_change
from guanxi.records.declaration import RecordType
from guanxi.records.failures import reason_for
from guanxi.records.importing.surroundings import acting
from guanxi.records.models import BulkJob
from guanxi.records.registry import record_type as type_named
from guanxi.records.screens.bulk_acts import act

AT_ONCE = 5_000
"""Rows that are changed while the person waits; more are handed to the worker."""
blueprint = Blueprint()


def queue(record_type: RecordType, actor: Actor, verb: str, posted: QueryDict, rows: int) -> BulkJob:
    """Have the worker do what a dialog asks for and return the job."""
    with transaction.atomic():
        job = BulkJob.objects.create(
            actor_id=actor.user_id or 0, record_type=record_type.name, verb=verb, posted=posted.urlencode(), rows=rows
        )
        work_on_bulk.defer(job_id=job.pk)
    return job


def own_job(record_type: RecordType, actor: Actor, job_id: int) -> BulkJob:
    """Return a job of this actor; raises ``NotFound`` for those of others."""
    job = BulkJob.objects.filter(pk=job_id, actor_id=actor.user_id or 0, record_type=record_type.name).first()
    if job is None:
        raise NotFound
    return job


@blueprint.task(name="work_on_bulk")
def work_on_bulk(job_id: int) -> None:
    """Do a job with the present rights of its person and announce its end; one that is done already is left alone."""
    asked_by = BulkJob.objects.values_list("actor_id", flat=True).get(pk=job_id)
    BulkJob.objects.filter(pk=job_id, state=BulkJob.State.QUEUED).update(state=BulkJob.State.RUNNING)
    try:
        with transaction.atomic():
            job = BulkJob.objects.select_for_update().get(pk=job_id)
            if job.state in (BulkJob.State.DONE, BulkJob.State.FAILED):
                return
            _work(job, acting(job.actor_id))
    except Exception as error:
        _fail(job_id, reason_for(error, asked_by, f"bulk change {job_id}"))
        if not isinstance(error, DomainError):
            raise


def _work(job: BulkJob, actor: Actor) -> None:
    with translation.override(actor.language):
        result = act(type_named(job.record_type), actor, job.verb, QueryDict(job.posted))
    job.state, job.changed, job.change_set_id = BulkJob.State.DONE, result.changed, result.change_set_id
    job.save(update_fields=["state", "changed", "change_set_id"])
    record_change(actor, "bulk_job", job.pk, "finished", {"changed": (None, job.changed)})


def _fail(job_id: int, sentence: str) -> None:
    with transaction.atomic():
        BulkJob.objects.filter(pk=job_id).update(state=BulkJob.State.FAILED, problem=sentence)
        record_change(SYSTEM, "bulk_job", job_id, "failed", {"error": (None, sentence)})
