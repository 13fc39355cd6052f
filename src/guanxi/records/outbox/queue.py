"""Putting messages into the outbox, inside the transaction that causes them."""

from __future__ import annotations

import contextlib
import uuid
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage
from django.db import connection, transaction

from guanxi.records.models import OutboundMessage


def queue_message(
    *, kind: str, recipient: str, payload: dict[str, Any], key: str = "", purpose: str = "transactional",
    not_before: datetime | None = None,
) -> OutboundMessage:  # fmt: skip
    """Queue one message in the running transaction; the worker sends it after commit.

    ``key`` makes it unique: queueing the same key again returns the message already there. ``purpose`` decides what
    happens when delivery can't be confirmed: ``transactional`` is sent once more, ``campaign`` is not.
    """
    message, _created = OutboundMessage.objects.get_or_create(
        key=key or uuid.uuid4().hex,
        defaults={
            "kind": kind, "recipient": recipient, "payload": payload, "purpose": purpose, "not_before": not_before,
        },
    )  # fmt: skip
    wake_worker()
    return message


def queue_email(message: EmailMessage, *, key: str = "", purpose: str = "transactional") -> list[OutboundMessage]:
    """Queue an e-mail, one row for each recipient, so that one failing address stops no other.

    Raises ``BadHeaderError`` when a subject or address has a line break, which would smuggle in headers.
    """
    html = next((body for body, mime in getattr(message, "alternatives", ()) if mime == "text/html"), "")
    queued = []
    for recipient in message.recipients():
        row_key = f"{key}:{recipient}" if key else uuid.uuid4().hex
        payload = {
            "from": message.from_email or settings.DEFAULT_FROM_EMAIL, "to": recipient, "subject": str(message.subject),
            "text": str(message.body), "html": str(html), "reply_to": list(message.reply_to),
            "message_id": f"<{uuid.uuid4()}@{_domain(message.from_email)}>",
        }  # fmt: skip
        _refuse_line_breaks(payload)
        queued.append(queue_message(kind="email", recipient=recipient, payload=payload, key=row_key, purpose=purpose))
    return queued


def _refuse_line_breaks(payload: dict[str, Any]) -> None:
    for name in ("from", "to", "subject", "message_id"):
        if "\n" in payload[name] or "\r" in payload[name]:
            raise BadHeaderError(f"line break in {name!r}")
    if any("\n" in address or "\r" in address for address in payload["reply_to"]):
        raise BadHeaderError("line break in 'reply_to'")


def wake_worker() -> None:
    """Ask for a delivery as soon as the transaction commits; once a transaction, however many messages it queues."""
    if not any(entry[1] is defer_delivery for entry in connection.run_on_commit):
        transaction.on_commit(defer_delivery, robust=True)


def defer_delivery() -> None:
    """Put a delivery into the queue of jobs, unless one waits there."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("outbox:deliver_outbox", queueing_lock="outbox").defer(timestamp=0)


def _domain(address: str | None) -> str:
    return parseaddr(address or "")[1].rpartition("@")[2] or "localhost"
