"""What the API does in the background: forgetting kept answers."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.records.api.idempotency import forget_kept_answers as forget

blueprint = Blueprint()


@blueprint.periodic(cron="17 * * * *")
@blueprint.task(name="forget_kept_answers", queueing_lock="forget_kept_answers", pass_context=False)
def forget_kept_answers(timestamp: int) -> None:
    """Forget answers that nobody can ask for again."""
    forget()
