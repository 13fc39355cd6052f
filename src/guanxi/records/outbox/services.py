"""What administrators do with messages that did not go out."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed, NotFound
from guanxi.records.changes import record_change
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.queue import wake_worker

_AGAIN = ("dead", "unknown")


def retry_message(message_id: int, *, actor: Actor) -> OutboundMessage:
    """Queue a message that was given up, or was never confirmed, once more.

    Raises ``NotAllowed`` unless the actor is an administrator, ``NotFound``, ``Invalid`` for another state.
    """
    with transaction.atomic():
        message = _locked(message_id, actor)
        if message.state not in _AGAIN:
            raise Invalid({"": [_("Only messages that were given up or never confirmed can be sent again.")]})
        old = message.state
        message.state, message.attempts, message.not_before = "queued", 0, None
        message.save(update_fields=["state", "attempts", "not_before"])
        record_change(actor, "outbound_message", message.pk, "retried", {"state": (old, "queued")})
        wake_worker()
    return message


def withdraw_message(message_id: int, *, actor: Actor) -> OutboundMessage:
    """Give up a message that still waits; a message already on its way can't be stopped.

    Raises ``NotAllowed`` unless the actor is an administrator, ``NotFound``, ``Invalid`` for another state.
    """
    with transaction.atomic():
        message = _locked(message_id, actor)
        if message.state != "queued":
            raise Invalid({"": [_("Only a message that still waits can be withdrawn.")]})
        message.state, message.error = "dead", "withdrawn"
        message.save(update_fields=["state", "error"])
        record_change(actor, "outbound_message", message.pk, "withdrawn", {"state": ("queued", "dead")})
    return message


def _locked(message_id: int, actor: Actor) -> OutboundMessage:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    message = OutboundMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        raise NotFound
    return message
