"""How the background work is doing: workers, jobs by task, and the last failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from guanxi.identity.administration.task_titles import title_of

FRESH = timedelta(seconds=60)
_BY_TASK = """SELECT task_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
                     count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'failed')
              FROM procrastinate_jobs GROUP BY task_name ORDER BY task_name"""
_FAILED = """SELECT j.id, j.task_name, j.attempts, max(e.at) FROM procrastinate_jobs j
             LEFT JOIN procrastinate_events e ON e.job_id = j.id
             WHERE j.status = 'failed' GROUP BY j.id ORDER BY j.id DESC LIMIT 20"""


@dataclass(frozen=True, slots=True)
class TaskCount:
    """A task with the number of its jobs in each state."""

    name: str
    waiting: int
    running: int
    done: int
    failed: int

    @property
    def title(self) -> str:
        """What the task is called on the page."""
        return title_of(self.name)


@dataclass(frozen=True, slots=True)
class Failure:
    """A job that failed for good."""

    id: int
    task: str
    attempts: int
    at: datetime | None

    @property
    def title(self) -> str:
        """What its task is called on the page."""
        return title_of(self.task)


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the background work; ``oldest_wait`` is how long the job that is due longest has waited."""

    workers: int
    last_sign: datetime | None
    oldest_wait: timedelta | None
    tasks: tuple[TaskCount, ...]
    failures: tuple[Failure, ...]

    @property
    def is_well(self) -> bool:
        """Say whether a worker is alive."""
        return self.workers > 0


def health(now: datetime | None = None) -> Health:
    """Return how the background work is doing; five queries."""
    moment = now or datetime.now(UTC)
    workers = list(ProcrastinateWorker.objects.values_list("last_heartbeat", flat=True))
    alive = [seen for seen in workers if moment - seen < FRESH]
    return Health(len(alive), max(workers, default=None), _oldest_wait(moment), _tasks(), _failures())


def _oldest_wait(now: datetime) -> timedelta | None:
    job = ProcrastinateJob.objects.filter(status="todo").order_by("pk").first()
    if job is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(%s, min(at)) FROM procrastinate_events WHERE job_id = %s",
                       [job.scheduled_at, job.pk])  # fmt: skip
        row = cursor.fetchone()
    return max(now - row[0], timedelta(0)) if row and row[0] else None


def _tasks() -> tuple[TaskCount, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_TASK)
        return tuple(TaskCount(*row) for row in cursor.fetchall())


def _failures() -> tuple[Failure, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_FAILED)
        return tuple(Failure(*row) for row in cursor.fetchall())
