"""Whether the cards around an open record still show what there is: one mark over all their lists."""

from __future__ import annotations

from zlib import crc32

from guanxi.core.actor import Actor
from guanxi.records import access, registry
from guanxi.records.declaration import RecordType
from guanxi.records.statements import ActorCache, Slot, Statement

_MARKS: ActorCache[Statement] = ActorCache()


def mark_of(actor: Actor, record_type: RecordType, record_id: int) -> str:
    """Return a text that changes whenever a row of a list around this record comes, changes or goes.

    Lists are the related ones and what panels at the side show. Only rows that the actor may see count. The caller has
    found the record visible. One query.
    """
    statement = _MARKS.get(actor, record_type.name, lambda: _statement(actor, record_type))
    found = statement.rows({"pk": record_id})
    return format(crc32(repr(sorted(found)).encode()), "x")


def _statement(actor: Actor, record_type: RecordType) -> Statement:
    """Return the question for the number of rows and the last change of each list."""
    shown = {(item.type_name, item.through) for item in record_type.related}
    shown |= {pair for panel in registry.panels(record_type.name, "side") for pair in panel.shows}
    lists = [found for pair in sorted(shown) if (found := _rows(actor, *pair)) is not None and found.sql]
    parts = [
        f"SELECT {number}, count(*), max(at) FROM ({found.sql}) AS list{number} (at)"
        for number, found in enumerate(lists)
    ]
    return Statement(" UNION ALL ".join(parts), tuple(place for found in lists for place in found.places))


def _rows(actor: Actor, type_name: str, name: str) -> Statement | None:
    """Return when each row of one list last changed, or None where the actor may not see the list."""
    target = registry.find_record_type(type_name)
    through = target.get(name) if target else None
    if target is None or through is None or not actor.may("view", type_name) or not actor.sees_field(type_name, name):
        return None
    rows = access.visible_to(actor, target).filter(**{through.column: Slot("pk")}).order_by()
    return Statement.of(rows.values_list("updated_at"))
