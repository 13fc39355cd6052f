"""What a notification says to its reader: looked up when it is shown or sent, with only what the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.registry import find_record_type
from guanxi.records.registry import record_type as type_named
from guanxi.records.screens.places import list_url, record_url
from guanxi.records.screens.reading import title_text
from guanxi.ui.said import said as _
from guanxi.work.comment.models import Comment
from guanxi.work.comment.rules import excerpt
from guanxi.work.note.record_type import NOTE
from guanxi.work.notification.jobs import KINDS, JobWords, job_words
from guanxi.work.notification.models import Notification
from guanxi.work.notification.rules import ASSIGNED, CHANGED, MENTION


@dataclass(frozen=True, slots=True)
class Line:
    """One notification in words: what it is about (``title``, ``url``, ``icon``), what happened, and what was said."""

    id: int
    event: str
    record_type: str
    record_id: int | None
    source: str
    title: str
    url: str
    icon: str
    who: str
    sentence: str
    text: str
    at: datetime
    is_read: bool
    fields: tuple[str, ...] = ()

    @property
    def group(self) -> tuple[str, Any]:
        """Return what it is about: the record, or the change of many."""
        return self.record_type, self.record_id if self.record_id is not None else self.source


def lines_of(rows: Sequence[Notification], actor: Actor) -> list[Line]:
    """Return rows in words, in their order. Left out: records that the actor may not see or that lie in the bin,
    comments and notes that are gone, changes of hidden fields alone. The number of queries depends on the record types
    among the rows, not on the rows.
    """
    titles = _titles(rows, actor)
    said = _texts(rows, actor)
    people = _people({row.actor_id for row in rows if row.actor_id is not None})
    jobs = job_words(rows, actor)
    found = (
        _line_of_job(row, jobs.get(row.pk)) if row.record_type in KINDS else _line(row, actor, titles, said, people)
        for row in rows
    )
    return [line for line in found if line is not None]


def _line_of_job(row: Notification, words: JobWords | None) -> Line | None:
    if words is None:
        return None
    return Line(
        row.pk, row.event, row.record_type, row.record_id, row.source, words.title, words.url, words.icon, _("Guanxi"),
        words.sentence, "", row.at, row.read_at is not None,
    )  # fmt: skip


def _line(
    row: Notification, actor: Actor, titles: Mapping[tuple[str, int], str], said: Mapping[str, str],
    people: Mapping[int, str],
) -> Line | None:  # fmt: skip
    record_type = find_record_type(row.record_type)
    if record_type is None or not actor.may("view", record_type.name):
        return None
    kind = row.source.partition(":")[0]
    is_set = row.record_id is None
    title = capfirst(str(record_type.plural)) if is_set else titles.get((row.record_type, row.record_id or 0))
    if title is None or (kind in ("comment", "note") and row.source not in said):
        return None
    fields = tuple(_labels(record_type, row.fields, actor))
    if row.event == CHANGED and row.fields and not fields:
        return None
    url = list_url(record_type) if is_set else record_url(record_type, row.record_id or 0)
    return Line(
        row.pk, row.event, row.record_type, row.record_id, row.source, title, url, record_type.icon,
        people.get(row.actor_id or 0, "") or _("Guanxi"), _sentence(row, fields, is_set), said.get(row.source, ""),
        row.at, row.read_at is not None, fields,
    )  # fmt: skip


def _sentence(row: Notification, fields: Sequence[str], is_set: bool) -> str:
    if row.event == MENTION:
        return _("addressed you")
    if row.event == ASSIGNED:
        return _("gave you several of these") if is_set else _("gave this to you")
    if row.event == CHANGED:
        if not fields:
            return _("changed several that you follow") if is_set else _("changed this")
        said = _("changed %(fields)s of several that you follow") if is_set else _("changed %(fields)s")
        return said % {"fields": _(", ").join(fields)}
    return _("wrote a note") if row.source.startswith("note:") else _("commented")


def _labels(record_type: RecordType, names: Sequence[str], actor: Actor) -> list[str]:
    found = (record_type.get(name) for name in names if actor.sees_field(record_type.name, name))
    return [item.title() for item in found if item is not None]


def _titles(rows: Sequence[Notification], actor: Actor) -> dict[tuple[str, int], str]:
    """Return the titles of the records that the actor may see; one query for each type."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.record_id is not None:
            wanted[row.record_type].add(row.record_id)
    found: dict[tuple[str, int], str] = {}
    for name, ids in wanted.items():
        record_type = find_record_type(name)
        if record_type is None or not actor.may("view", name):
            continue
        for pk, title in _titles_of(record_type, ids, actor):
            found[name, pk] = title
    return found


def _titles_of(record_type: RecordType, ids: set[int], actor: Actor) -> list[tuple[int, str]]:
    visible = access.visible_to(actor, record_type).filter(pk__in=ids).order_by()
    item = record_type.get(record_type.title)
    if item is None or not actor.sees_field(record_type.name, record_type.title) or item.expression is not None:
        return [(pk, f"#{pk}") for pk in visible.values_list("pk", flat=True)]
    rows = visible.values_list("pk", item.path or item.name)
    return [(pk, title_text(record_type, {"id": pk, record_type.title: value})) for pk, value in rows]


def _texts(rows: Sequence[Notification], actor: Actor) -> dict[str, str]:
    """Return what the comments and notes behind the rows say; those that are gone or not the actor's to see are not
    among them.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        kind, _colon, number = row.source.partition(":")
        if kind in ("comment", "note"):
            ids[kind].add(int(number))
    said: dict[str, str] = {}
    if ids["comment"]:
        living = Comment.objects.filter(pk__in=ids["comment"], deleted_at=None).values_list("pk", "body")
        said |= {f"comment:{pk}": excerpt(body) for pk, body in living}
    if ids["note"] and actor.may("view", NOTE.name) and actor.sees_field(NOTE.name, "body"):
        notes = access.visible_to(actor, NOTE).filter(pk__in=ids["note"]).values_list("pk", "body")
        said |= {f"note:{pk}": excerpt(body) for pk, body in notes}
    return said


def _people(ids: set[int]) -> dict[int, str]:
    users = type_named("user").model._default_manager
    return dict(users.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
