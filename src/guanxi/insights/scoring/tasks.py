"""Scoring in the background: nightly, and whenever an import or a person asks for it.

The engine that computes is imported by the job itself: it is large, and every process that queues jobs loads this.
"""

from __future__ import annotations

from django.db import transaction
from procrastinate import Blueprint
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.core.actor import SYSTEM, Actor
from guanxi.identity.actors import actor_of
from guanxi.insights.scoring.errors import ScoringBusy
from guanxi.insights.scoring.rules import require_scoring

blueprint = Blueprint()


@blueprint.periodic(cron="30 2 * * *")
@blueprint.task(name="nightly_scores", queueing_lock="scores", lock="scores", pass_context=False)
def nightly_scores(timestamp: int) -> None:
    """Compute all scores once a night."""
    compute_scores_now()


@blueprint.task(name="compute_scores", queueing_lock="compute_scores", lock="scores")
def compute_scores(user_id: int | None = None) -> None:
    """Compute all scores now, on behalf of a user where one asked; a run already going on is enough."""
    actor = actor_of(user_id) if user_id is not None else None
    compute_scores_now(actor or SYSTEM)


def compute_scores_now(actor: Actor = SYSTEM) -> None:
    """Compute unless another run holds the lock."""
    from guanxi.insights.scoring.services import run_scores

    try:
        run_scores(actor=actor)
    except ScoringBusy:
        return


def ask_for_scores(actor: Actor) -> bool:
    """Have all scores computed in the background; returns False when that has been asked for already.

    Raises ``NotAllowed`` unless the actor may compute scores.
    """
    require_scoring(actor)
    try:
        with transaction.atomic():
            compute_scores.defer(user_id=actor.user_id)
    except AlreadyEnqueued:
        return False
    return True
