"""How the columns of a record type are read: ORM paths, computed values, labels of references, and ready rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.db.models.expressions import Combinable

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.registry import find_record_type

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to select for some columns: ORM paths without repetition, and how a row becomes a dict.

    A row begins with the values of the sort fields and the id; ``key`` says at which places they stand.
    """

    paths: tuple[str, ...]
    key: tuple[int, ...]
    build: Callable[[Sequence[Any]], Row]


def label_name(item: Field) -> str:
    """Return the annotation that holds the label of a reference."""
    return f"label_of_{item.name}"


def sort_path(item: Field) -> str:
    """Return the ORM path or annotation by which a field sorts: a key column, a reference's label, or the value."""
    if item.sort_by:
        return item.sort_by
    return label_name(item) if has_label(item) else item.column


def has_label(item: Field) -> bool:
    """Say whether the field is a reference to a declared record type, shown by its title."""
    return item.kind == "reference" and bool(item.reference) and find_record_type(item.reference) is not None


def annotations_of(record_type: RecordType, items: Iterable[Field], actor: Actor) -> dict[str, Combinable]:
    """Return what a query must compute before these fields can be shown, sorted or filtered."""
    found: dict[str, Combinable] = {}
    for item in items:
        if item.expression is not None:
            found[item.column] = item.expression(actor)
        elif has_label(item):
            found[label_name(item)] = _label(record_type, item, actor)
    return found


def annotated(
    rows: QuerySet[Any, Any], record_type: RecordType, items: Iterable[Field], actor: Actor
) -> QuerySet[Any, Any]:
    """Return ``rows`` with what must be computed before these fields can be shown, sorted or filtered."""
    needed = annotations_of(record_type, items, actor)
    new = {name: made for name, made in needed.items() if name not in rows.query.annotations}
    return rows.annotate(**new) if new else rows


def expressions(record_type: RecordType, names: Iterable[str], actor: Actor) -> dict[str, Combinable]:
    """Return the computed fields among ``names``, as annotations."""
    items = (record_type.get(name) for name in names)
    return {item.column: item.expression(actor) for item in items if item is not None and item.expression is not None}


def _label(record_type: RecordType, item: Field, actor: Actor) -> Combinable:
    """Return the title of the referenced record, or nothing where the actor may not see that record."""
    target = find_record_type(item.reference)
    base = item.path or item.name
    if target is None:
        raise LookupError(f"{record_type.name}.{item.name} refers to {item.reference!r}, which is not declared")
    title = F(f"{base}__{target.title}")
    follows = item.name == record_type.scope_through
    if follows and actor.scope("view", target.name) >= actor.scope("view", record_type.name):
        return title
    condition = access.scope_condition(actor, target, through=base)
    return Case(When(condition, then=title)) if condition else title


def selection(columns: Sequence[Field], first: Sequence[str] = (), *, with_version: bool = False) -> Selection:
    """Return what to select for ``columns``, after the paths in ``first``.

    Every row also has its ``id``, and its ``version`` if asked for.
    """
    paths: dict[str, int] = {}
    key = tuple(paths.setdefault(path, len(paths)) for path in (*first, "pk"))
    plain: dict[str, int] = {"id": paths["pk"]}
    if with_version:
        plain["version"] = paths.setdefault("version", len(paths))
    pairs: list[tuple[str, int, int, str, str]] = []
    texts: list[str] = []
    for item in columns:
        at = plain[item.name] = paths.setdefault(item.column, len(paths))
        if has_label(item):
            pairs.append((item.name, at, paths.setdefault(label_name(item), len(paths)), "id", "label"))
        elif item.kind == "money" and item.currency:
            pairs.append((item.name, at, paths.setdefault(item.currency, len(paths)), "amount", "currency"))
        elif item.kind == "json":
            texts.append(item.name)
    return Selection(tuple(paths), key, _builder(plain, pairs, texts))


def _builder(
    plain: dict[str, int], pairs: list[tuple[str, int, int, str, str]], texts: list[str]
) -> Callable[[Sequence[Any]], Row]:
    """Return the function that makes a row; it runs for every row of every list, so it does no more than it must."""
    names, places = tuple(plain), tuple(plain.values())

    def build(values: Sequence[Any]) -> Row:
        row = {name: values[at] for name, at in zip(names, places, strict=True)}
        for name, at, beside, one, other in pairs:
            if values[at] is not None:
                row[name] = {one: values[at], other: values[beside]}
        for name in texts:
            if isinstance(row[name], str):
                row[name] = json.loads(row[name])
        return row

    return build
