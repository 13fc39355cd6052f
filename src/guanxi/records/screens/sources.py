"""Where the values of a record come from: who or which system, when, by which way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.records import access, changes
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import find_record_type
from guanxi.records.registry import record_type as type_named
from guanxi.records.screens import cells, places
from guanxi.records.statements import ActorCache, Slot, Statement, any_of
from guanxi.records.titles import title_of
from guanxi.ui import quick_formats
from guanxi.ui.record_page import Source
from guanxi.ui.said import said as _

WAYS = {
    "web": gettext_lazy("by hand"), "api": gettext_lazy("through the API"), "import": gettext_lazy("by import"),
    "job": gettext_lazy("by a background job"), "system": gettext_lazy("by the system"),
    "bulk": gettext_lazy("by bulk edit"), "undo": gettext_lazy("by undo"),
}  # fmt: skip
_MAY: ActorCache[Statement] = ActorCache()


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind changes: people by user id, and per change set its source system (name, colour) and what tells
    its title (kind, counts, stored title)."""

    people: Mapping[int, str]
    sets: Mapping[int, tuple[str, str]]
    titles: Mapping[int, tuple[str, Mapping[str, Any], str]]

    def person(self, actor_id: int | None) -> str:
        """Return who made a change; the program itself where no user did."""
        return self.people.get(actor_id or 0, "") or (_("Guanxi") if actor_id is None else _("a former user"))


@dataclass(frozen=True, slots=True)
class PastValue:
    """A value that a field had, with who set it, when and how."""

    value: str
    who: str
    way: str
    at: datetime
    system: str = ""


def names_of(found: Iterable[Change | changes.Origin]) -> Names:
    """Return the names of people, change sets and source systems behind some changes; two queries at most."""
    rows = list(found)
    people = {row.actor_id for row in rows if row.actor_id is not None}
    sets = {row.change_set_id for row in rows if row.change_set_id is not None}
    known = dict(_people().rows({"ids": list(people)})) if people and find_record_type("user") else {}
    found_sets = _sets().rows({"ids": list(sets)}) if sets else []
    systems = {pk: (name or "", color or "gray") for pk, name, color, *_told in found_sets}
    return Names(
        known, systems, {pk: (kind, json.loads(counts), title) for pk, _n, _c, kind, counts, title in found_sets}
    )


@cache
def _people() -> Statement:
    users = type_named("user").model._default_manager
    return Statement.of(users.filter(any_of("pk", "ids")).values_list("pk", "name"))


@cache
def _sets() -> Statement:
    rows = ChangeSet.objects.filter(any_of("pk", "ids"))
    return Statement.of(rows.values_list("pk", "source__name", "source__color", "kind", "counts", "title"))


def field_sources(
    record_type: RecordType, record_id: int, fields: Iterable[Field], rows: Sequence[Change], names: Names
) -> dict[str, Source]:
    """Return a mark for each field whose value has a known origin; it opens the card with earlier values.

    ``rows`` are the newest changes of the record and ``names`` the names behind them.
    """
    wanted = [item.name for item in fields if not item.is_derived and item.expression is None]
    found = changes.origins(record_type.name, record_id, wanted, rows)
    marks: dict[str, Source] = {}
    said: dict[tuple[int | None, int | None, datetime, str], Source] = {}  # many fields were set by one change
    for name, origin in found.items():
        key = (origin.change_set_id, origin.actor_id, origin.at, origin.via)
        mark = said.get(key) or said.setdefault(key, source_of(origin, names))
        marks[name] = replace(mark, url=places.part_url(record_type, record_id, f"source/{name}"))
    return marks


def source_of(origin: Change | changes.Origin, names: Names) -> Source:
    """Return the mark of a change: the system that told it or the person who made it, when and how."""
    system, color = names.sets.get(origin.change_set_id or 0, ("", "gray"))
    who = system or names.person(origin.actor_id)
    label = _("%(who)s, %(when)s, %(way)s") % {
        "who": who, "when": quick_formats.moment(origin.at), "way": way_text(origin.via)}  # fmt: skip
    return Source(mark_of(who), label, color=color if system else "gray")


def way_text(via: str) -> str:
    """Return how a change came in, as words."""
    return str(WAYS.get(via, via))


def mark_of(name: str) -> str:
    """Return the one or two letters that stand for a system or person."""
    words = name.split()
    if not words:
        return "?"
    letters = words[0][0] + (words[1][0] if len(words) > 1 else "")
    return letters.upper()


def past_values(record_type: RecordType, record_id: int, item: Field, actor: Actor, limit: int = 8) -> list[PastValue]:
    """Return the values that a field had, newest first, for an actor who may see record and field."""
    rows = [row for row in changes.history(record_type.name, record_id, limit=500) if item.name in row.fields][:limit]
    names = names_of(rows)
    labels = cells.reference_labels(
        record_type, [(item.name, value) for row in rows for value in row.fields[item.name]], actor
    )
    return [
        PastValue(cells.text_of(item, row.fields[item.name][1], labels) or _("empty"), names.person(row.actor_id),
                  way_text(row.via), row.at, names.sets.get(row.change_set_id or 0, ("", ""))[0])
        for row in rows
    ]  # fmt: skip


def may_edit(record_type: RecordType, record_id: int, actor: Actor, verb: str = "edit") -> bool:
    """Say whether the actor may apply ``verb`` to this very record."""
    if access.is_closed(record_type, verb) or not actor.may(verb, record_type.name):
        return False
    if not access.scope_condition(actor, record_type, verb):
        return True
    statement = _MAY.get(actor, (record_type.name, verb), lambda: _reached(actor, record_type, verb))
    return bool(statement.rows({"pk": record_id}))


def _reached(actor: Actor, record_type: RecordType, verb: str) -> Statement:
    return Statement.of(access.visible_to(actor, record_type, verb).filter(pk=Slot("pk")).order_by().values_list("pk"))


def set_title(names: Names, change_set_id: int | None, actor: Actor) -> str:
    """Return the title of the change set that a change belongs to, if any, in the language of the reader."""
    known = names.titles.get(change_set_id or 0)
    return title_of(*known, actor) if known is not None else ""
