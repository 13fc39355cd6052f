"""Edits that meet: what a record said when somebody read it, what is theirs to decide, and both values in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from guanxi.records.changes import MOST_SEARCHED, history
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.undoing import stored_value
from guanxi.records.writing import type_field

TEXT_SEPARATORS = {"text": " / ", "long_text": "\n"}


def values_read(record_type: RecordType, record: Any, version: int, names: Iterable[str]) -> dict[str, Any]:
    """Return the typed values that fields had at an earlier version of a record, reconstructed from the event log.

    A field that wasn't changed since has its present value. Values that no longer fit their field are left out.
    """
    found = {name: getattr(record, type_field(record_type, name)) for name in names}
    steps = record.version - version
    if not 0 < steps <= MOST_SEARCHED:
        return found
    for change in history(record_type.name, record.pk, limit=steps):
        for name in found.keys() & change.fields.keys():
            try:
                found[name] = stored_value(record_type, name, change.fields[name][0])
            except ValueError:
                found.pop(name)
    return found


def can_combine(item: Field) -> bool:
    """Say whether two values of a field can stand in one: texts, and fields of several values."""
    return (item.kind in TEXT_SEPARATORS and not item.codes) or item.kind in ("choices", "tags")


def combined(item: Field, theirs: Any, mine: Any) -> Any:
    """Return both values of a field in one: members of both, or one text after the other, each said once.

    None where that is longer than the field holds, or the field is of a kind with one value only.
    """
    if not can_combine(item):
        return None
    if item.kind in ("choices", "tags"):
        return list(dict.fromkeys([*(theirs or ()), *(mine or ())]))
    texts = [text for text in (str(theirs or "").strip(), str(mine or "").strip()) if text]
    if len(texts) == 2 and (texts[0] in texts[1] or texts[1] in texts[0]):
        return max(texts, key=len)
    joined = TEXT_SEPARATORS[item.kind].join(texts)
    return joined if not item.max_length or len(joined) <= item.max_length else None
