"""Doing a request once, however often it is sent: the answer is kept in the transaction that did the work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid
from guanxi.records.api.errors import KeyReused
from guanxi.records.models import KeptAnswer
from guanxi.records.screens.creating import FORM_KEYS

HEADER = "Idempotency-Key"
KEPT_FOR, FORMS_KEPT_FOR = timedelta(days=1), timedelta(days=30)
_HEADERS = ("ETag", "Location")
_CLAIM = """INSERT INTO records_keptanswer (actor_id, key, fingerprint, status, headers, body, created_at)
            VALUES (%s, %s, %s, 0, '{}', '', now()) ON CONFLICT (actor_id, key) DO NOTHING RETURNING id"""


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with ``act()``, or with the kept answer when this actor sent this key with this very request before.

    A refusal leaves the key unused. A second request that arrives while the first is under way waits for it. Raises
    ``KeyReused`` for a key that belongs to another request, ``Invalid`` for one that can't be a key.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return act()
    if len(key) > 200 or not key.isprintable() or not key.isascii():
        raise Invalid({HEADER: [_("Use at most 200 visible ASCII characters.")]})
    actor_id = request.actor.user_id  # type: ignore[attr-defined]
    parts = (str(request.method), request.get_full_path(), hashlib.sha256(request.body).hexdigest())
    fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [actor_id, key, fingerprint])
            claimed = cursor.fetchone()
        if claimed is None:
            return _kept(actor_id, key, fingerprint)
        response = act()
        headers = {name: response[name] for name in _HEADERS if name in response}
        KeptAnswer.objects.filter(pk=claimed[0]).update(
            status=response.status_code, headers=headers, body=response.content
        )
    return response


def _kept(actor_id: int, key: str, fingerprint: str) -> HttpResponse:
    kept = KeptAnswer.objects.get(actor_id=actor_id, key=key)
    if kept.fingerprint != fingerprint:
        raise KeyReused
    headers = {**kept.headers, "Idempotent-Replay": "true"}
    return HttpResponse(bytes(kept.body), content_type="application/json", status=kept.status, headers=headers)


def forget_kept_answers() -> int:
    """Delete the answers kept longer than a day and return how many there were.

    Those of forms stay for a month: a phone without a connection may send a form again days later.
    """
    now = datetime.now(UTC)
    old = Q(created_at__lt=now - KEPT_FOR) & ~Q(key__startswith=FORM_KEYS)
    return KeptAnswer.objects.filter(old | Q(created_at__lt=now - FORMS_KEPT_FOR)).delete()[0]
