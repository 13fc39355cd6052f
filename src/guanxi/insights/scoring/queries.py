"""Reading runs, and whether one is waiting or going on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from guanxi.core.actor import Actor, Scope
from guanxi.core.errors import NotFound
from guanxi.customers.score.models import ScoreRun
from guanxi.insights.scoring.rules import LOCK


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest run while it goes on (``run``), and whether one is asked for (``is_waiting``) and not done yet."""

    run: ScoreRun | None
    is_waiting: bool

    @property
    def is_busy(self) -> bool:
        """Say whether scores are being computed or soon will be."""
        return self.run is not None or self.is_waiting


def runs() -> QuerySet[ScoreRun, ScoreRun]:
    """Return all runs, newest first, with who started them."""
    return ScoreRun.objects.select_related("started_by").order_by("-id")


def run_of(run_id: int) -> ScoreRun:
    """Return one run; raises ``NotFound``."""
    run = runs().filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run


_STATE = """
SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
               WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = %s AND l.granted),
       EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name LIKE '%%compute_scores' AND status IN ('todo', 'doing'))
"""


def progress() -> Progress:
    """Return what is going on with scores now; a run that was killed holds no lock and is not going on."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [LOCK])
        is_locked, is_queued = cursor.fetchone() or (False, False)
    run = runs().filter(state="running").first() if is_locked else None
    return Progress(run, is_queued)


def sees_totals(actor: Actor) -> bool:
    """Say whether the actor may see sums over all customers, which a run keeps."""
    fields = ("value", "profit", "revenue", "margin", "cost_to_serve")
    return actor.scope("view", "customer") is Scope.ALL and all(actor.sees_field("customer", name) for name in fields)
