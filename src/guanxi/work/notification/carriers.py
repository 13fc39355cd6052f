"""Hands notifications over: to the mail server, and to the push services of browsers."""

from __future__ import annotations

import base64
import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

from guanxi.identity.user.models import User
from guanxi.records.outbox.carriers import Carrier, Transport, Withdrawn, add_carrier
from guanxi.records.outbox.smtp import MailServer, TemporaryFailure
from guanxi.work.notification.message import bodies_of, letter_of, subject_of
from guanxi.work.notification.models import PushSubscription
from guanxi.work.notification.outward import MAIL, PUSH
from guanxi.work.notification.queries import count_unread

PATIENCE_SECONDS = 10
KEPT_SECONDS = 24 * 3600
_GONE = (404, 410)


class _Mail:
    """Writes each letter when it leaves and gives it to the mail server."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def send(self, payload: dict[str, Any]) -> str:
        """Send one letter; raises what the mail server raises, and ``Withdrawn``."""
        with letter_of(payload) as letter:
            text, html = bodies_of(letter)
            mail = {
                "from": settings.DEFAULT_FROM_EMAIL, "to": _address(payload), "subject": subject_of(letter),
                "text": text, "html": html, "message_id": payload["message_id"], "resent": payload.get("resent", False),
            }  # fmt: skip
        return self.server.send(mail)


class _Push:
    """Encrypts each notification for one browser and gives it to that browser's push service."""

    def send(self, payload: dict[str, Any]) -> str:
        """Send one notification; a subscription that its service has forgotten is forgotten here too."""
        subscription = PushSubscription.objects.filter(pk=payload["subscription"], user_id=payload["user"]).first()
        if subscription is None:
            raise Withdrawn("The browser does not want to be told any more.")
        with letter_of(payload) as letter:
            first = letter.lines[0]
            data = {
                "title": subject_of(letter), "body": first.text, "url": first.url, "unread": count_unread(letter.actor),
                "tag": f"{first.record_type}:{first.record_id or first.source}",
            }  # fmt: skip
        return _post(subscription, json.dumps(data).encode())


def _address(payload: dict[str, Any]) -> str:
    return User._default_manager.get(pk=payload["user"]).email


def is_push_address(address: str) -> bool:
    """Say whether an address belongs to a push service that this installation talks to; nothing else is ever called."""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    is_known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in settings.PUSH_HOSTS)
    return is_known and (parts.scheme == "https" or host == "127.0.0.1") and not parts.username


def _post(subscription: PushSubscription, data: bytes) -> str:
    if not is_push_address(subscription.endpoint):
        raise ValueError(f"{subscription.endpoint[:80]!r} is no push service")
    parts = urlsplit(subscription.endpoint)
    signed = Vapid02.from_string(settings.PUSH_KEY).sign(
        {"sub": settings.PUSH_CONTACT, "aud": f"{parts.scheme}://{parts.netloc}"}
    )
    body = http_ece.encrypt(
        data, salt=os.urandom(16), private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(subscription.p256dh), auth_secret=_bytes(subscription.auth), version="aes128gcm",
    )  # fmt: skip
    headers = {**signed, "Content-Encoding": "aes128gcm", "TTL": str(KEPT_SECONDS), "Urgency": "normal"}
    request = urllib.request.Request(subscription.endpoint, body, headers, method="POST")
    try:
        with _opener().open(request, timeout=PATIENCE_SECONDS) as answer:
            return str(answer.headers.get("Location") or "")[:200]
    except urllib.error.HTTPError as refusal:
        if refusal.code in _GONE:
            subscription.delete()
            raise Withdrawn("The browser has forgotten this subscription.") from refusal
        if refusal.code == 429 or refusal.code >= 500:
            raise TemporaryFailure(f"{refusal.code} {refusal.reason}") from refusal
        raise
    except (OSError, http.client.HTTPException) as failure:
        raise TemporaryFailure(str(failure)) from failure


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A push service that sends us elsewhere is not followed."""

    def redirect_request(self, *_what: Any, **_more: Any) -> None:
        """Follow nothing."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler())


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextmanager
def _mail() -> Iterator[Transport]:
    with MailServer() as server:
        yield _Mail(server)


@contextmanager
def _push() -> Iterator[Transport]:
    yield _Push()


add_carrier(Carrier(MAIL, lambda: bool(settings.SMTP_URL), _mail))
add_carrier(Carrier(PUSH, lambda: bool(settings.PUSH_KEY), _push))
