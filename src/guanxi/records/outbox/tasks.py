"""Delivery in the background, once a minute and whenever something was queued."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.records.outbox.delivery import deliver_waiting
from guanxi.records.outbox.queue import defer_delivery

blueprint = Blueprint()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="deliver_outbox", queueing_lock="outbox", pass_context=False)
def deliver_outbox(timestamp: int) -> None:
    """Send what waits, in jobs short enough that a worker can stop between them."""
    if deliver_waiting():
        defer_delivery()
