"""Reading one record for its pages: values by field name, and its title."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.screens.cells import text_of
from guanxi.records.writing import type_field


def read_values(record_type: RecordType, record: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the stored values of fields of a record that the caller may already see; references as ids."""
    return {name: getattr(record, type_field(record_type, name)) for name in names}


def title_of(record_type: RecordType, record_id: int, actor: Actor) -> str:
    """Return the title of a record that the actor may see; raises ``NotFound``."""
    if not actor.sees_field(record_type.name, record_type.title):
        listing.read_record(record_type, record_id, (), actor)
        return f"#{record_id}"
    row = listing.read_record(record_type, record_id, (record_type.title,), actor)
    return title_text(record_type, row)


def title_text(record_type: RecordType, row: dict[str, Any]) -> str:
    """Return the title of a row that was read with its title field."""
    item = record_type[record_type.title]
    value = row.get(record_type.title)
    if isinstance(value, dict):
        value = value.get("label")
    text = text_of(item, value) if item.kind in ("choice", "date", "datetime") else str(value or "")
    return " ".join(text.split())[:120] or _("%(record)s %(number)s") % {
        "record": record_type.label,
        "number": row["id"],
    }
