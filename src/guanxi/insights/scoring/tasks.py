"""Scoring in the background: nightly, and whenever an import asks for it."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.insights.scoring.services import ScoringBusy, run_scores

blueprint = Blueprint()


@blueprint.periodic(cron="30 2 * * *")
@blueprint.task(name="nightly_scores", queueing_lock="scores", lock="scores", pass_context=False)
def nightly_scores(timestamp: int) -> None:
    """Compute all scores once a night."""
    compute_scores_now()


@blueprint.task(name="compute_scores", queueing_lock="compute_scores", lock="scores")
def compute_scores() -> None:
    """Compute all scores now; a run already going on is enough."""
    compute_scores_now()


def compute_scores_now() -> None:
    """Compute unless another run holds the lock."""
    try:
        run_scores()
    except ScoringBusy:
        return
