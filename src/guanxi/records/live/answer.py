"""The answer to a browser with open pages: which records moved on, by whom and in which fields, as far as its user may
see. Nothing is told of a record that isn't asked about, and one that may not be seen is as one that was deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from guanxi.core.actor import Actor
from guanxi.records import access, changes
from guanxi.records.declaration import RecordType
from guanxi.records.live.around import mark_of
from guanxi.records.live.question import Opened, Question
from guanxi.records.models import Change
from guanxi.records.registry import type_at
from guanxi.records.screens.sources import names_of
from guanxi.records.statements import ActorCache, Statement, any_of

Part = Callable[[Actor, Question, dict[str, Any]], None]
WAIT_MS = 1_200
MOST_STEPS = 20
_PARTS: list[Part] = []
_VERSIONS: ActorCache[Statement] = ActorCache()


def add_part(part: Part) -> Part:
    """Let a feature add to each answer: it gets the actor, the question with only what may be seen, and the answer."""
    _PARTS.append(part)
    return part


def answer_live(actor: Actor, question: Question) -> dict[str, Any]:
    """Return what moved on since the versions in the question.

    ``rows``: per type the new versions; ``gone``: per type what is deleted or may not be seen any more; ``open``: for
    each open record its version and, where it changed, who changed which fields; None for one that is gone. One query
    for each type asked about, one more for an open record that changed and for cards asked about, and those of the
    parts.
    """
    versions = _versions(actor, question)
    answer: dict[str, Any] = {"rows": {}, "gone": {}, "open": {}, "wait": WAIT_MS}
    for path, known in question.rows.items():
        found = versions.get(path, {})
        moved = {str(pk): found[pk] for pk, version in known.items() if pk in found and found[pk] != version}
        gone = [pk for pk in known if pk not in found]
        if moved:
            answer["rows"][path] = moved
        if gone:
            answer["gone"][path] = gone
    visible = []
    for item in question.opened:
        version = versions.get(item.record_type.path, {}).get(item.id)
        answer["open"][item.key] = None if version is None else _opened(actor, item, version)
        if version is not None:
            visible.append(item)
    seen = replace(question, opened=tuple(visible))
    for part in _PARTS:
        part(actor, seen, answer)
    return answer


def _versions(actor: Actor, question: Question) -> dict[str, dict[int, int]]:
    """Return the versions of all records asked about that the actor may see, by the path of their type."""
    wanted = {path: set(rows) for path, rows in question.rows.items()}
    for item in question.opened:
        wanted.setdefault(item.record_type.path, set()).add(item.id)
    found: dict[str, dict[int, int]] = {}
    for path, ids in wanted.items():
        record_type = type_at(path)
        if record_type is not None and ids and actor.may("view", record_type.name):
            statement = _VERSIONS.get(actor, record_type.name, lambda kind=record_type: _statement(actor, kind))  # type: ignore[misc]
            found[path] = dict(statement.rows({"ids": sorted(ids)}))
    return found


def _statement(actor: Actor, record_type: RecordType) -> Statement:
    rows = access.visible_to(actor, record_type).filter(any_of("pk", "ids")).order_by()
    return Statement.of(rows.values_list("pk", "version"))


def _opened(actor: Actor, item: Opened, version: int) -> dict[str, Any]:
    told: dict[str, Any] = {"version": version}
    if item.around:
        told["around"] = mark_of(actor, item.record_type, item.id)
    steps = version - item.version
    if item.version and steps > 0:
        rows = changes.history(item.record_type.name, item.id, limit=min(steps, MOST_STEPS))
        told |= _who(actor, item.record_type, rows)
    return told


def _who(actor: Actor, record_type: RecordType, rows: list[Change]) -> dict[str, Any]:
    """Return who made changes and the labels of the fields changed, hidden ones left out."""
    names = names_of(rows)
    fields = dict.fromkeys(
        item.title()
        for row in rows
        for name in row.fields
        if (item := record_type.get(name)) is not None and actor.sees_field(record_type.name, name)
    )
    people = dict.fromkeys(names.person(row.actor_id) for row in rows)
    mine = bool(rows) and all(row.actor_id == actor.user_id for row in rows)
    return {"by": list(people), "fields": list(fields), "mine": mine}
