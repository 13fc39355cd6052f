"""Says in each answer to open pages when something was last said there, so that they show it."""

from __future__ import annotations

from typing import Any

from guanxi.core.actor import Actor
from guanxi.records.live.answer import add_part
from guanxi.records.live.question import Question
from guanxi.records.statements import ask
from guanxi.work.note.record_type import NOTE

_SAID = """
SELECT c.record_type, c.record_id, extract(epoch FROM max(c.updated_at))::float8 FROM work_comment c
  JOIN unnest(%s::text[], %s::bigint[]) AS t (name, id) ON c.record_type = t.name AND c.record_id = t.id
 GROUP BY c.record_type, c.record_id
UNION ALL
SELECT %s::text, customer_id, extract(epoch FROM max(updated_at))::float8 FROM work_note WHERE customer_id = ANY(%s)
 GROUP BY customer_id"""


@add_part
def say_when_it_was_talked(actor: Actor, question: Question, answer: dict[str, Any]) -> None:
    """Add to each open record when its newest comment or note was written, changed or taken away, in seconds (Unix)."""
    if not question.opened:
        return
    keys = {(item.record_type.name, item.id): item.key for item in question.opened}
    names, ids = zip(*keys, strict=True)
    about = NOTE["customer"].reference
    sees_notes = actor.may("view", NOTE.name)
    customers = [record_id for type_name, record_id in keys if type_name == about and sees_notes]
    for type_name, record_id, at in ask(_SAID, [list(names), list(ids), about, customers]):
        told = answer["open"][keys[type_name, record_id]]
        told["talk"] = max(at, told.get("talk", 0.0))
