"""Handing one e-mail to the mail server that ``GUANXI_SMTP_URL`` names (``smtp://user:password@host:587?tls=1``)."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings


class TemporaryFailure(Exception):
    """The server can't be reached or says “later”: the message stays in the queue."""


def send_smtp(payload: dict[str, Any]) -> str:
    """Send one queued e-mail and return its Message-ID.

    Raises ``TemporaryFailure`` for anything worth another try, ``smtplib.SMTPException`` for a final refusal.
    """
    if not settings.SMTP_URL:
        raise TemporaryFailure("No mail server is set: GUANXI_SMTP_URL is empty.")
    message = build_message(payload)
    try:
        with _connect(settings.SMTP_URL) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        if 400 <= code < 500:
            raise TemporaryFailure(str(error)) from error
        raise
    except smtplib.SMTPResponseException as error:
        if 400 <= error.smtp_code < 500:
            raise TemporaryFailure(str(error)) from error
        raise
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise TemporaryFailure(str(error)) from error
    return str(message["Message-ID"])


def build_message(payload: dict[str, Any]) -> EmailMessage:
    """Return the MIME message of a queued e-mail; header values with line breaks are refused by the library."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = payload["from"], payload["to"], payload["subject"]
    message["Date"], message["Message-ID"] = formatdate(usegmt=True), payload["message_id"]
    if payload.get("reply_to"):
        message["Reply-To"] = ", ".join(payload["reply_to"])
    if payload.get("resent"):
        message["X-Guanxi-Resent"] = "1"
    message.set_content(payload["text"])
    if payload.get("html"):
        message.add_alternative(payload["html"], subtype="html")
    return message


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port or 465, timeout=10, context=context)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=10)
        if parse_qs(parts.query).get("tls") == ["1"]:
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
