"""E-mail and push: what settled is gathered by record, after quiet hours, and put in the outbox.

The outbox gets who is told of which rows, not what they say: that is worked out when it is sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min

from guanxi.identity.actors import actor_of
from guanxi.identity.user.models import User
from guanxi.records.outbox.queue import queue_message
from guanxi.work.notification.models import Notification, PushSubscription
from guanxi.work.notification.queries import wishes_of
from guanxi.work.notification.rules import MENTION, Wishes, quiet_until

SETTLED = timedelta(seconds=15)
LONGEST = timedelta(minutes=3)
MAIL, PUSH = "told_mail", "told_push"


def send_settled(now: datetime | None = None) -> int:
    """Queue e-mail and push for everybody with something that has settled; returns the number of messages queued.

    What came within the last seconds waits for what may still come of the same, three minutes at most.
    """
    now = now or datetime.now(UTC)
    waiting = Notification.objects.filter(is_outward=True).values("user_id").annotate(Min("at"), Max("at"))
    due = [row["user_id"] for row in waiting if row["at__max"] <= now - SETTLED or row["at__min"] <= now - LONGEST]
    return sum(_send_to(user_id, now) for user_id in due)


def _send_to(user_id: int, now: datetime) -> int:
    actor = actor_of(user_id)
    with transaction.atomic():
        rows = list(
            Notification.objects.select_for_update(skip_locked=True).filter(user_id=user_id, is_outward=True)
            .order_by("at", "pk")
        )  # fmt: skip
        if actor is None:
            _settle(rows)
            return 0
        wishes = wishes_of([user_id])[user_id]
        ready = list(_allowed(rows, wishes, now, actor.time_zone))
        unread = [row for row in ready if row.read_at is None]
        user = User._default_manager.get(pk=user_id)
        browsers = _browsers(user_id) if unread else []
        count = sum(_queue(user, browsers, wishes, group) for group in _by_record(unread))
        _settle(ready)
    return count


def _allowed(rows: Iterable[Notification], wishes: Wishes, now: datetime, time_zone: str) -> Iterable[Notification]:
    """Yield what may go out now: all, or in quiet hours mentions where these come through."""
    is_quiet = quiet_until(wishes, now, time_zone) is not None
    return (row for row in rows if not is_quiet or (row.event == MENTION and wishes.mentions_break_quiet))


def _by_record(rows: Iterable[Notification]) -> list[list[Notification]]:
    groups: dict[Any, list[Notification]] = {}
    for row in rows:
        groups.setdefault((row.record_type, row.record_id or row.source), []).append(row)
    return list(groups.values())


def _browsers(user_id: int) -> list[int]:
    """Return the subscriptions of the browsers in which a user is told by push."""
    found = PushSubscription.objects.filter(user_id=user_id) if settings.PUSH_KEY else PushSubscription.objects.none()
    return list(found.values_list("pk", flat=True))


def _queue(user: User, browsers: Sequence[int], wishes: Wishes, rows: Sequence[Notification]) -> int:
    count = 0
    mailed = [row.pk for row in rows if wishes.wants(row.event, "mail")]
    if mailed:
        payload = {"user": user.pk, "ids": mailed, "message_id": f"<{uuid.uuid4()}@{_host()}>"}
        queue_message(kind=MAIL, recipient=user.email, payload=payload, key=f"{MAIL}:{user.pk}:{mailed[-1]}")
        count += 1
    pushed = [row.pk for row in rows if wishes.wants(row.event, "push")]
    for browser in browsers if pushed else ():
        payload = {"user": user.pk, "ids": pushed, "subscription": browser}
        queue_message(kind=PUSH, recipient=user.email, payload=payload, key=f"{PUSH}:{browser}:{pushed[-1]}")
        count += 1
    return count


def _settle(rows: Sequence[Notification]) -> None:
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(is_outward=False)


def _host() -> str:
    return str(settings.PUBLIC_URL).split("//")[-1].split("/")[0].split(":")[0] or "localhost"
