"""Sending what waits in the outbox: claim under a lease, hand over, confirm; never twice for one key if we can know.

After a crash between the server's “250 OK” and our confirmation nobody can know whether a mail went out. Such a message
is resolved by its purpose: a transactional one is sent once more with the same Message-ID (a duplicate is better than a
loss), a campaign one is left ``unknown`` and counted.
"""

from __future__ import annotations

import logging
import random
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from django.db import transaction

from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.carriers import Transport, Withdrawn, ready_carriers
from guanxi.records.outbox.smtp import TemporaryFailure, Unconfirmed

log = logging.getLogger(__name__)
LEASE_SECONDS = 180  # longer than all steps of one hand-over may take together
MAX_ATTEMPTS = 10
_CLAIM = """
UPDATE records_outboundmessage SET state = 'sending', attempts = attempts + 1, lease_token = %s,
       lease_until = now() + make_interval(secs => %s)
WHERE id = (SELECT id FROM records_outboundmessage
            WHERE state = 'queued' AND kind = ANY(%s) AND (not_before IS NULL OR not_before <= now())
            ORDER BY not_before NULLS FIRST, id FOR UPDATE SKIP LOCKED LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM identity_company WHERE is_quarantined)
RETURNING *
"""


def deliver_waiting(limit: int = 100) -> int:
    """Send up to ``limit`` waiting messages; returns how many were handed over. Must not run inside a transaction.

    What nothing takes at present waits: e-mail without a mail server (``GUANXI_SMTP_URL``).
    """
    reconcile()
    carriers = ready_carriers()
    if not carriers:
        return 0
    sent = 0
    with ExitStack() as stack:
        ways = {carrier.kind: stack.enter_context(carrier.open()) for carrier in carriers}
        for _attempt in range(limit):
            message = _claim(list(ways))
            if message is None:
                break
            sent += _send(message, ways[message.kind])
    return sent


def reconcile() -> int:
    """Resolve messages whose lease ran out because their worker died; returns how many there were."""
    with transaction.atomic():
        lost = list(
            OutboundMessage.objects.select_for_update(skip_locked=True).filter(
                state="sending", lease_until__lt=datetime.now(UTC)
            )
        )
        for message in lost:
            _resolve(message, "The worker died while sending.")
    return len(lost)


def _resolve(message: OutboundMessage, reason: str) -> None:
    """Decide about a message of which nobody knows whether it went out."""
    again = message.purpose == "transactional" and not message.payload.get("resent")
    message.state = "queued" if again else "unknown"
    message.payload = {**message.payload, "resent": True}
    message.lease_token = message.lease_until = None
    message.error = reason[:2000]
    message.save(update_fields=["state", "payload", "lease_token", "lease_until", "error"])


def _claim(kinds: list[str]) -> OutboundMessage | None:
    """Return the next message of these kinds that is due, ours until its lease runs out."""
    with transaction.atomic():
        return next(iter(OutboundMessage.objects.raw(_CLAIM, [uuid.uuid4(), LEASE_SECONDS, kinds])), None)


def _send(message: OutboundMessage, server: Transport) -> bool:
    mine = OutboundMessage.objects.filter(pk=message.pk, lease_token=message.lease_token, state="sending")
    try:
        provider_id = server.send(message.payload)
    except Unconfirmed as failure:
        with transaction.atomic():
            held = mine.select_for_update().first()
            if held is not None:
                _resolve(held, str(failure))
        return False
    except TemporaryFailure as failure:
        if message.attempts >= MAX_ATTEMPTS:
            mine.update(state="dead", error=str(failure)[:2000], lease_token=None)
            return False
        wait = timedelta(seconds=random.uniform(1, min(3600, 2**message.attempts * 5)))
        mine.update(state="queued", not_before=datetime.now(UTC) + wait, error=str(failure)[:2000], lease_token=None)
        return False
    except Withdrawn as reason:
        mine.update(state="dead", error=str(reason)[:2000], lease_token=None)
        return False
    except Exception as failure:
        log.exception("outbound message %s was refused", message.pk)
        mine.update(state="dead", error=str(failure)[:2000], lease_token=None)
        return False
    return bool(mine.update(state="sent", sent_at=datetime.now(UTC), provider_id=provider_id, error=""))
