"""Telling people, and what they do with what they were told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.records.declaration import RecordType
from guanxi.records.writing import type_field
from guanxi.work.notification.models import Notification, NotificationWishes
from guanxi.work.notification.queries import wishes_of
from guanxi.work.notification.rules import ASSIGNED, CHANGED, CHANNELS, EVENTS, Wishes

SOON_SECONDS = 20
_SET = """
INSERT INTO work_notification (user_id, event, record_type, actor_id, source, fields, at, is_outward)
SELECT told.user_id, min(told.event), %(type)s, %(actor)s, %(source)s,
       (SELECT coalesce(array_agg(DISTINCT name), '{{}}') FROM records_change c, jsonb_object_keys(c.fields) AS name
         WHERE c.change_set_id = %(set)s AND c.record_type = %(type)s AND c.at > now() - interval '1 day'), now(), true
  FROM ({told}) AS told
 WHERE told.user_id IS DISTINCT FROM %(actor)s GROUP BY told.user_id ON CONFLICT DO NOTHING"""
_FOLLOWED = f"""
SELECT f.user_id, '{CHANGED}' AS event FROM records_change c
  JOIN work_follow f ON f.record_type = c.record_type AND f.record_id = c.record_id AND f.is_on
 WHERE c.change_set_id = %(set)s AND c.record_type = %(type)s AND c.at > now() - interval '1 day'"""
_OWNED = f"""
UNION ALL
SELECT r.{{owner}}, CASE WHEN c.fields ? 'owner' THEN '{ASSIGNED}' ELSE '{CHANGED}' END FROM records_change c
  JOIN {{table}} r ON r.id = c.record_id AND r.{{owner}} IS NOT NULL
 WHERE c.change_set_id = %(set)s AND c.record_type = %(type)s AND c.at > now() - interval '1 day'
   AND NOT EXISTS (SELECT 1 FROM work_follow f WHERE f.record_type = c.record_type AND f.record_id = c.record_id
                      AND f.user_id = r.{{owner}} AND NOT f.is_on)"""


def tell(
    events: Mapping[int, str], *, record_type: str, record_id: int, actor_id: int | None, source: str,
    fields: Sequence[str] = (),
) -> int:  # fmt: skip
    """Tell users of one thing: ``events`` maps each user's id to what it is to that user.

    The one who did it is never told, nobody twice of the same ``source``, and nobody who wants no channel for it.
    Returns to how many it was written down.
    """
    wanted = {user_id: event for user_id, event in events.items() if user_id != actor_id}
    if not wanted:
        return 0
    wishes = wishes_of(list(wanted))
    rows = [
        Notification(
            user_id=user_id, event=event, record_type=record_type, record_id=record_id, actor_id=actor_id,
            source=source, fields=list(fields), is_outward=_goes_out(wishes[user_id], event),
        )
        for user_id, event in wanted.items()
        if any(wishes[user_id].wants(event, channel) for channel in CHANNELS)
    ]  # fmt: skip
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.is_outward for row in rows):
        send_soon()
    return len(rows)


def send_soon() -> None:
    """Have e-mail and push looked at once what came has settled, unless that is arranged already."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        later = app.configure_task(
            "notification:send_told", queueing_lock="send_told", schedule_in={"seconds": SOON_SECONDS}
        )
        later.defer(timestamp=0)


def _goes_out(wishes: Wishes, event: str) -> bool:
    return wishes.wants(event, "mail") or wishes.wants(event, "push")


def tell_of_set(record_type: RecordType, change_set_id: int, actor_id: int | None) -> None:
    """Tell followers and owners once of a change of many records, however many of theirs it touched; one statement."""
    told = _FOLLOWED
    if record_type.get("owner") is not None:
        owner = connection.ops.quote_name(type_field(record_type, "owner"))
        told += _OWNED.format(owner=owner, table=connection.ops.quote_name(record_type.model._meta.db_table))
    values: dict[str, str | int | None] = {
        "type": record_type.name,
        "set": change_set_id,
        "actor": actor_id,
        "source": f"set:{change_set_id}",
    }
    with connection.cursor() as cursor:
        cursor.execute(_SET.format(told=told), values)


def mark_read(actor: Actor, record_type: str = "", record_id: int | None = None, upto: int | None = None) -> int:
    """Mark what the actor was told as read: of one record, or of all; ``upto`` the last one seen. Returns how many."""
    if actor.user_id is None:
        raise NotAllowed
    rows = Notification.objects.filter(user_id=actor.user_id, read_at=None)
    if record_type:
        rows = rows.filter(record_type=record_type, record_id=record_id)
    if upto is not None:
        rows = rows.filter(pk__lte=upto)
    return rows.update(read_at=datetime.now(UTC))


def save_wishes(actor: Actor, wishes: Wishes) -> None:
    """Keep how the actor wants to be told; raises ``Invalid`` for quiet hours of which one end is missing."""
    if actor.user_id is None:
        raise NotAllowed
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        name = "quiet_from" if wishes.quiet_from is None else "quiet_to"
        raise Invalid({name: [_("Enter both ends of the quiet hours, or none.")]})
    known = {item.key for item in EVENTS}
    channels = {
        event: [item for item in CHANNELS if item in given]
        for event, given in wishes.channels.items()
        if event in known
    }
    NotificationWishes.objects.update_or_create(
        user_id=actor.user_id,
        defaults={
            "channels": channels, "quiet_from": wishes.quiet_from, "quiet_to": wishes.quiet_to,
            "mentions_break_quiet": wishes.mentions_break_quiet,
        },
    )  # fmt: skip
