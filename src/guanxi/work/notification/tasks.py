"""E-mail and push in the background: once a minute, and soon after somebody was told something."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.work.notification.outward import send_settled
from guanxi.work.presence.attached import forget_old

blueprint = Blueprint()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="send_told", queueing_lock="send_told", pass_context=False)
def send_told(timestamp: int) -> None:
    """Queue what has settled and may go out now."""
    send_settled()


@blueprint.periodic(cron="23 * * * *")
@blueprint.task(name="forget_presence", queueing_lock="forget_presence", pass_context=False)
def forget_presence(timestamp: int) -> None:
    """Take away what was heard of open pages long ago."""
    forget_old()
