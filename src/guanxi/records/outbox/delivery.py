"""Sending what waits in the outbox: claim under a lease, hand over, confirm; never twice for one key if we can know.

After a crash between the server's “250 OK” and our confirmation nobody can know whether a mail went out. Such a message is
resolved by its purpose: a transactional one is sent once more with the same Message-ID (a duplicate is better than a loss), a campaign
one is left ``unknown`` and counted.
"""

from __future__ import annotations

import logging
import random
import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.smtp import TemporaryFailure, send_smtp

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10
_CLAIM = """
UPDATE records_outboundmessage SET state = 'sending', attempts = attempts + 1, lease_token = %s,
       lease_until = now() + %s
WHERE id = (SELECT id FROM records_outboundmessage
            WHERE state = 'queued' AND (not_before IS NULL OR not_before <= now())
            ORDER BY not_before NULLS FIRST, id FOR UPDATE SKIP LOCKED LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM identity_company WHERE is_quarantined)
RETURNING id
"""


def deliver_waiting(limit: int = 100) -> int:
    """Send up to ``limit`` waiting messages; returns how many were handed over. Must not run inside a transaction."""
    reconcile()
    sent = 0
    for _attempt in range(limit):
        message, token = _claim()
        if message is None:
            break
        sent += _send(message, token)
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
            again = message.purpose == "transactional" and not message.payload.get("resent")
            message.state = "queued" if again else "unknown"
            message.payload = {**message.payload, "resent": True}
            message.lease_token = message.lease_until = None
            message.save(update_fields=["state", "payload", "lease_token", "lease_until"])
    return len(lost)


def _claim() -> tuple[OutboundMessage | None, uuid.UUID]:
    token = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE])
        row = cursor.fetchone()
    return (OutboundMessage.objects.get(pk=row[0]) if row else None), token


def _send(message: OutboundMessage, token: uuid.UUID) -> bool:
    mine = OutboundMessage.objects.filter(pk=message.pk, lease_token=token, state="sending")
    try:
        provider_id = send_smtp(message.payload)
    except TemporaryFailure as failure:
        if message.attempts >= MAX_ATTEMPTS:
            mine.update(state="dead", error=str(failure), lease_token=None)
            return False
        wait = timedelta(seconds=random.uniform(1, min(3600, 2**message.attempts * 5)))
        mine.update(state="queued", not_before=datetime.now(UTC) + wait, error=str(failure), lease_token=None)
        return False
    except Exception as failure:
        log.exception("outbound message %s was refused", message.pk)
        mine.update(state="dead", error=str(failure)[:2000], lease_token=None)
        return False
    return bool(mine.update(state="sent", sent_at=datetime.now(UTC), provider_id=provider_id, error=""))


def retry_dead(message_id: int) -> bool:
    """Queue a message that was given up once more; returns whether it was there."""
    waiting = OutboundMessage.objects.filter(pk=message_id, state__in=["dead", "unknown"])
    return bool(waiting.update(state="queued", attempts=0, not_before=None, error=F("error")))
