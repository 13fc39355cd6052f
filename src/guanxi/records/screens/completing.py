"""Completing a record by one press or key: the choice that ends its deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.screens import cells


def completion(record_type: RecordType, actor: Actor, row: Mapping[str, Any] | None = None) -> str:
    """Return what a form would send to complete a record (``status=done``).

    Empty where the type has no deadline that one choice ends, the actor may not set it, or ``row`` is complete.
    """
    for item in record_type.fields:
        if item.kept_by is None or len(item.kept_by[1]) != 1:
            continue
        name, (end,) = item.kept_by[0], tuple(item.kept_by[1])
        field = record_type.get(name)
        if field is not None and actor.sees_field(record_type.name, name) and cells.can_edit(record_type, field, actor):
            return "" if row is not None and row.get(name) == end else urlencode({name: end})
    return ""
