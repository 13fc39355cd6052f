"""What changes changed, in words: for the timeline of a record, for messages, and for the log of all changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from guanxi.core.actor import Actor
from guanxi.records.declaration import completed
from guanxi.records.fields import Field, Kind
from guanxi.records.models import Change
from guanxi.records.registry import Line, Told, find_record_type, record_types, subjects, told_as
from guanxi.records.screens.cells import labels_behind, text_of
from guanxi.ui.said import said as _

_Key = tuple[str, str]
_PLAIN: dict[type, Kind] = {bool: "boolean", int: "integer"}


def lines_of_changes(rows: Iterable[Change], actor: Actor, *, undeclared: bool = False) -> dict[int, tuple[Line, ...]]:
    """Return what changes of any types changed, by the id of the change: label, old and new value of each field.

    Fields that the actor may not see are absent, and so are those that are no field of a record type, unless
    ``undeclared`` asks for them, too. The number of queries depends on the types referred to, not on the changes.
    """
    found = list(rows)
    told = {key: _told(*key, undeclared) for row in found for key in ((row.record_type, name) for name in row.fields)}
    seen = {key: item for key, item in told.items() if item is not None and actor.sees_field(*key)}
    pairs = {(row.pk, name): _pair(pair) for row in found for name, pair in row.fields.items()}
    labels = labels_behind(_values(found, seen, pairs), actor)
    special = _special(found, seen, pairs, actor)
    return {
        row.pk: tuple(
            line
            for name in row.fields
            if (item := seen.get((row.record_type, name))) is not None
            for line in special.get((row.pk, name)) or [_line(item.field, pairs[row.pk, name], labels)]
            if line[1] or line[2]
        )
        for row in found
    }


def field_title(type_name: str, name: str) -> str:
    """Return what a field is called in changes, as it begins a line; nothing where nobody gives it a name any more."""
    item = _told(type_name, name, True)
    return item.field.title() if item is not None and item.field.label else ""


def _told(type_name: str, name: str, undeclared: bool) -> Told | None:
    """Return how changes of a field are told: as its feature says, else as it is declared, else as its model says."""
    record_type = find_record_type(type_name)
    item = record_type.get(name) if record_type is not None else None
    if item is None and not undeclared:
        return None
    said = told_as(type_name, name)
    if said is not None:
        return said
    return Told(item if item is not None else _undeclared(type_name, name))


def _undeclared(type_name: str, name: str) -> Field:
    record_type, subject = find_record_type(type_name), subjects().get(type_name)
    words = subject.words.get(name, "") if subject is not None else ""
    model = record_type.model if record_type is not None else subject.model if subject is not None else None
    return of_model(Field(name, label=words), model)


def of_model(item: Field, model: type[models.Model] | None) -> Field:
    """Return a field with what its model says of it, also of what it refers to; as it is where the model has none."""
    try:
        column = model._meta.get_field(item.name) if model is not None else None
    except FieldDoesNotExist:
        column = None
    if model is None or not isinstance(column, models.Field):
        return item
    target = next((each.name for each in record_types() if each.model is column.related_model), "")
    return completed(Field(item.name, item.label, reference=target, choices=item.choices), model)


def _pair(pair: Any) -> tuple[Any, Any]:
    return (pair[0], pair[1]) if isinstance(pair, (list, tuple)) and len(pair) == 2 else (None, pair)


def _values(
    rows: Sequence[Change], seen: Mapping[_Key, Told], pairs: Mapping[tuple[int, str], tuple[Any, Any]]
) -> list[tuple[Field, Any]]:
    return [
        (item.field, value)
        for row in rows
        for name in row.fields
        if (item := seen.get((row.record_type, name))) is not None and item.lines is None
        for value in pairs[row.pk, name]
    ]


def _special(
    rows: Sequence[Change], seen: Mapping[_Key, Told], pairs: Mapping[tuple[int, str], tuple[Any, Any]], actor: Actor
) -> dict[tuple[int, str], Sequence[Line]]:
    """Return the lines of fields that say them in words of their own, all changes of one field at once."""
    lines: dict[tuple[int, str], Sequence[Line]] = {}
    for (type_name, name), item in seen.items():
        if item.lines is None:
            continue
        keys = [(row.pk, name) for row in rows if row.record_type == type_name and name in row.fields]
        said = item.lines(actor, [pairs[key] for key in keys])
        lines.update({key: own or [("", "", "")] for key, own in zip(keys, said, strict=True)})
    return lines


def _line(item: Field, pair: tuple[Any, Any], labels: Mapping[tuple[str, int], str]) -> Line:
    old, new = (_text(item, value, labels) for value in pair)
    return item.title(), old, new or (_("empty") if old else "")


def _text(item: Field, value: Any, labels: Mapping[tuple[str, int], str]) -> str:
    if item.kind in ("text", "json") and type(value) in _PLAIN:
        return text_of(Field(item.name, kind=_PLAIN[type(value)]), value)
    if isinstance(value, Mapping):
        parts = dict.fromkeys(text if isinstance(text, str) else f"{key}: {text}" for key, text in value.items())
        return text_of(item, " / ".join(parts))
    return text_of(item, value, labels)
