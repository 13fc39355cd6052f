"""Delivery in the background, once a minute and whenever something was queued."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.records.outbox.delivery import deliver_waiting

blueprint = Blueprint()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="deliver_outbox", queueing_lock="outbox", pass_context=False)
def deliver_outbox(timestamp: int) -> None:
    """Send what waits."""
    deliver_waiting()
