"""One record as it stood at an instant: its fields, and whether it was there at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from guanxi.core.actor import Actor
from guanxi.core.errors import NotFound
from guanxi.records import access
from guanxi.records.access import HIGHEST_ID
from guanxi.records.columns import Row, selection
from guanxi.records.declaration import RecordType
from guanxi.records.listing import shown_columns
from guanxi.records.statements import Statement
from guanxi.records.time_machine.answerable import require_kept
from guanxi.records.time_machine.lists import labelled
from guanxi.records.time_machine.past import looking_back


@dataclass(frozen=True, slots=True)
class PastRecord:
    """A record at an instant. ``state`` says whether it was there, in the bin, or not made yet (``row`` is None then).

    ``created_at`` is when it was made; ``deleted_at`` when it went to the bin in which it lies today.
    """

    state: Literal["there", "deleted", "not_yet"]
    row: Row | None
    created_at: datetime
    deleted_at: datetime | None


def read_record_as_of(
    record_type: RecordType, record_id: int, names: tuple[str, ...], actor: Actor, at: datetime
) -> PastRecord:
    """Return the named fields of one record as they stood at ``at``; titles of references are those of today.

    A record that lies in the bin today can be looked at, too. Raises ``NotFound`` where the actor may not see it today,
    ``Invalid`` for fields whose past isn't kept. Costs what changed on this record since, not what changed at all.
    """
    if not 0 < record_id <= HIGHEST_ID:
        raise NotFound
    columns = shown_columns(record_type, names, actor)
    require_kept(record_type, actor, names, None)
    seen = record_type.model._default_manager.filter(access.scope_condition(actor, record_type, "view"), pk=record_id)
    present = seen.values_list("created_at", "deleted_at").first()
    if present is None:
        raise NotFound
    chosen = selection(columns, ("deleted_at",))
    with looking_back(at, actor, only=(record_type.name, record_id)) as past:
        rows = labelled(record_type.model._default_manager.filter(pk=record_id).order_by(), columns, past.reader)
        found = past.rows(Statement.of(rows.values_list(*chosen.paths)), {})
    if not found:
        return PastRecord("not_yet", None, *present)
    deleted_then = found[0][chosen.key[0]] is not None
    return PastRecord("deleted" if deleted_then else "there", chosen.build(found[0]), *present)
