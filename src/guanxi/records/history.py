"""The history of one record as somebody may see it: hidden fields are absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guanxi.core.actor import Actor
from guanxi.records import access, changes
from guanxi.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: ``fields`` maps field names to ``[old, new]`` in JSON form."""

    at: datetime
    actor_id: int | None
    verb: str
    via: str
    change_set_id: int | None
    fields: Mapping[str, Any]


def read_history(
    actor: Actor, record_type: RecordType, record_id: int, *, before: datetime | None = None, limit: int = 50
) -> tuple[list[Entry], datetime | None]:
    """Return the changes of a record the actor may see, newest first, strictly before ``before``.

    Only fields that are declared and that the actor may see appear; a change of other fields alone is left out. The
    second value is the instant before which older changes lie, or None at the end. Raises ``NotFound``.
    """
    access.get_visible(actor, record_type, record_id)
    seen = {item.name for item in record_type.visible_fields(actor)}
    rows = changes.history(record_type.name, record_id, before=before, limit=limit)
    entries: list[Entry] = []
    for row in rows:
        fields = {name: pair for name, pair in row.fields.items() if name in seen}
        if fields or not row.fields:
            entries.append(Entry(row.at, row.actor_id, row.verb, row.via, row.change_set_id, fields))
    return entries, rows[-1].at if len(rows) == limit else None
