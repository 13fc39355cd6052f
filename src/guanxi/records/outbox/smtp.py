"""Handing e-mails to the mail server that ``GUANXI_SMTP_URL`` names (``smtp://user:password@host:587?tls=1``)."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

PATIENCE_SECONDS = 10
OK = 250


class TemporaryFailure(Exception):
    """The server can't be reached or says “later”: the message stays in the queue."""


class Unconfirmed(Exception):
    """The message was handed over but the server's answer never came: it may have gone out or not."""


class MailServer:
    """A connection to the mail server, opened when the first message needs it and kept for the next ones.

    A mail a connection is slow and is refused by large providers after some hundred; so one is kept while a worker has
    mail to hand over. After any failure it is dropped: its state is not known. Use it as a context manager.
    """

    def __init__(self) -> None:
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, *_what: object) -> None:
        self._drop()

    def send(self, payload: dict[str, Any]) -> str:
        """Send one queued e-mail and return its Message-ID.

        Raises ``TemporaryFailure`` for anything worth another try, ``Unconfirmed`` when nobody can know whether the
        server took it, ``smtplib.SMTPException`` or ``ValueError`` for a final refusal.
        """
        message = build_message(payload)
        try:
            _hand_over(self._ready(), message)
        except BaseException:
            self._drop()
            raise
        return str(message["Message-ID"])

    def _ready(self) -> smtplib.SMTP:
        """Return a connection that the server answers on: a kept one may have been closed while it was idle."""
        if self._open is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._open.rset()[0] == OK:
                    return self._open
            self._drop()
        try:
            self._open = _connect(settings.SMTP_URL)
        except OSError as error:  # a refused greeting or password is one too, and for the owner to mend
            raise TemporaryFailure(str(error)) from error
        return self._open

    def _drop(self) -> None:
        # What follows the server's “250 OK” can't change that it took the message.
        held, self._open = self._open, None
        if held is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                held.quit()


def build_message(payload: dict[str, Any]) -> EmailMessage:
    """Return the MIME message of a queued e-mail; raises ``ValueError`` for header values with line breaks."""
    message = EmailMessage(policy=SMTP)
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


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.ehlo_or_helo_if_needed()
        _expect(server.mail(envelope_address(str(message["From"]))))
        _expect(server.rcpt(envelope_address(str(message["To"]))))
    except smtplib.SMTPResponseException:
        raise
    except OSError as error:
        raise TemporaryFailure(str(error)) from error
    try:
        _expect(server.data(message.as_bytes()))
    except smtplib.SMTPResponseException as error:
        if 400 <= error.smtp_code < 500:
            raise TemporaryFailure(str(error)) from error
        raise
    except OSError as error:
        raise Unconfirmed(str(error)) from error


def _expect(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if 400 <= code < 500:
        raise TemporaryFailure(f"{code} {text.decode(errors='replace')}")
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, text)


def envelope_address(header: str) -> str:
    """Return the bare address of a header, its domain in ASCII (IDNA); raises ``ValueError`` where there is none."""
    local, at, domain = parseaddr(header)[1].rpartition("@")
    if not (local and at and domain):
        raise ValueError(f"no address in {header[:80]!r}")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port or 465, timeout=PATIENCE_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=PATIENCE_SECONDS)
        if parse_qs(parts.query).get("tls") == ["1"]:
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
