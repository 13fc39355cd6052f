"""Says in each answer to open pages who else is at the same record."""

from __future__ import annotations

from typing import Any

from guanxi.core.actor import Actor
from guanxi.records.live.answer import add_part
from guanxi.records.live.question import Question
from guanxi.records.statements import ask
from guanxi.ui.names import color_of, initials, is_chinese

ALIVE_SECONDS, FRESH_SECONDS = 10, 3
# One statement notes that somebody is here and reads who else is; what it reads is as it was before.
_HERE = f"""
WITH t (name, id, mode, seen) AS (SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bool[])),
me AS (
  INSERT INTO work_presence (user_id, browser, record_type, record_id, mode, seen_at)
  SELECT %s, %s, t.name, t.id, t.mode, now() FROM t WHERE t.seen
  ON CONFLICT (record_type, record_id, user_id, browser) DO UPDATE SET mode = excluded.mode, seen_at = now()
  WHERE work_presence.mode <> excluded.mode OR work_presence.seen_at < now() - interval '{FRESH_SECONDS} seconds')
SELECT p.record_type, p.record_id, u.name, min(p.mode)
  FROM t JOIN work_presence p ON p.record_type = t.name AND p.record_id = t.id JOIN identity_user u ON u.id = p.user_id
 WHERE p.user_id <> %s AND p.seen_at > now() - interval '{ALIVE_SECONDS} seconds'
 GROUP BY p.record_type, p.record_id, u.id, u.name ORDER BY u.name"""
_LEFT = """
DELETE FROM work_presence p USING unnest(%s::text[], %s::bigint[]) AS t (name, id)
WHERE p.user_id = %s AND p.browser = %s AND p.record_type = t.name AND p.record_id = t.id"""
_OLD = "DELETE FROM work_presence WHERE seen_at < now() - interval '1 hour'"


@add_part
def say_who_is_here(actor: Actor, question: Question, answer: dict[str, Any]) -> None:
    """Note that the actor is at the open records and add to each who else is: ``here`` with name, picture, mode."""
    if actor.user_id is None:
        return
    if question.left:
        names, ids = zip(*question.left, strict=True)
        _run(_LEFT, [list(names), list(ids), actor.user_id, question.browser])
    if not question.opened:
        return
    opened = question.opened
    for item in opened:
        answer["open"][item.key]["here"] = []
    paths = {item.record_type.name: item.record_type.path for item in opened}
    columns = [[item.record_type.name for item in opened], [item.id for item in opened],
               [item.mode for item in opened], [item.seen for item in opened]]  # fmt: skip
    found = ask(_HERE, [*columns, actor.user_id, question.browser, actor.user_id])
    for type_name, record_id, name, mode in found:
        person = {"name": name, "initials": initials(name, 24), "color": color_of(name), "mode": mode,
                  "cjk": is_chinese(name)}  # fmt: skip
        answer["open"][f"{paths[type_name]}/{record_id}"]["here"].append(person)


def forget_old() -> None:
    """Take away what was heard of more than an hour ago."""
    _run(_OLD, [])


def _run(sql: str, values: list[Any]) -> None:
    ask(f"{sql} RETURNING 1", values)
