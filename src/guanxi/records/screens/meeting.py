"""A form that comes back because somebody else saved first: what it shows, and what the reader may choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict
from guanxi.records import changes
from guanxi.records.declaration import RecordType
from guanxi.records.meeting import can_combine, combined
from guanxi.records.screens import cells
from guanxi.records.screens.forms import typed_values
from guanxi.records.screens.reading import read_values
from guanxi.records.screens.sources import names_of
from guanxi.records.writing import is_same
from guanxi.ui.record_page import MergeStrip


def merged(record_type: RecordType, record: Any, values: Mapping[str, Any], posted: QueryDict) -> dict[str, Any]:
    """Return the values to save after a choice: without fields that keep their value, with both where combined."""
    chosen: dict[str, Any] = {}
    present = read_values(record_type, record, values)
    for name, mine in values.items():
        way = posted.get(f"merge-{name}", "mine")
        if way == "theirs":
            continue
        both = combined(record_type[name], present[name], mine) if way == "combine" else None
        chosen[name] = mine if both is None else both
    return chosen


def shown_after(
    record_type: RecordType, record: Any, names: Sequence[str], base: Mapping[str, Any], values: Mapping[str, Any],
    posted: QueryDict,
) -> dict[str, Any]:  # fmt: skip
    """Return what the form shows when it comes back: what the reader typed, and of all else what stands there now."""
    now = read_values(record_type, record, names)
    typed = typed_values(record_type, names, posted)
    own = {name for name in names if name in values and (name not in base or not is_same(base[name], values[name]))}
    return {name: typed[name] if name in own and name in typed else now[name] for name in names}


def strips_of(record_type: RecordType, record: Any, conflict: Conflict, actor: Actor) -> dict[str, MergeStrip]:
    """Return, for each field that both changed, who it was and what may be chosen."""
    rows = changes.history(record_type.name, record.pk, limit=50)
    names = names_of(rows)
    strips: dict[str, MergeStrip] = {}
    for name, (theirs, mine) in conflict.fields.items():
        item = record_type[name]
        last = next((row for row in rows if name in row.fields), None)
        labels = cells.reference_labels(record_type, [(name, theirs), (name, mine)], actor)
        both = combined(item, theirs, mine) if can_combine(item) else None
        strips[name] = MergeStrip(
            names.person(last.actor_id) if last is not None else _("Somebody"),
            cells.text_of(item, theirs, labels) or _("empty"), cells.text_of(item, mine, labels) or _("empty"),
            cells.text_of(item, both, labels) if both is not None else "",
        )  # fmt: skip
    return strips
