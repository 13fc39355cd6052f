"""Computes the scores anew when a file was loaded or an import taken back."""

from __future__ import annotations

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.insights.scoring.tasks import compute_scores
from guanxi.records.changes import listen
from guanxi.records.models import Change


@listen("import_job")
def score_again(change: Change) -> None:
    """Queue a run by the system, unless one waits already or the file changed nothing."""
    if change.verb == "finished" and not any(change.fields.get(name, [0, 0])[1] for name in ("created", "updated")):
        return
    try:
        with transaction.atomic():
            compute_scores.defer()
    except AlreadyEnqueued:
        return
