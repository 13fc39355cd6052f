"""Says in each answer to open pages how much is unread, and marks as read what is said of a record being looked at."""

from __future__ import annotations

import time
from typing import Any

from guanxi.core.actor import Actor
from guanxi.records.live.answer import add_part
from guanxi.records.live.question import Question
from guanxi.records.statements import ActorCache
from guanxi.work.notification.queries import count_unread, unread_state
from guanxi.work.notification.services import mark_read

_KNOWN: ActorCache[list[Any]] = ActorCache()
_KEPT_SECONDS = 10.0


@add_part
def say_what_is_unread(actor: Actor, question: Question, answer: dict[str, Any]) -> None:
    """Add ``unread``: the exact number of unread notifications that the actor may see.

    It is counted anew when a notification came or was read, and every ten seconds, since what may be seen changes too.
    """
    if actor.user_id is None:
        return
    state = unread_state(actor.user_id)
    looked_at = [item for item in question.opened if item.seen]
    if state[0] and looked_at and sum(mark_read(actor, item.record_type.name, item.id) for item in looked_at):
        state = unread_state(actor.user_id)
    if not state[0]:
        answer["unread"] = 0
        return
    known = _KNOWN.get(actor, "unread", list)
    now = time.monotonic()
    if not known or known[0] != state or now - known[1] > _KEPT_SECONDS:
        known[:] = [state, now, count_unread(actor)]
    answer["unread"] = known[2]
