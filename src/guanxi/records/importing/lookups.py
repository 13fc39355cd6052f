"""References and tags by the names that stand in files."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
from django.utils import translation

from guanxi.core.actor import Actor
from guanxi.records import access, registry
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.importing.rows import ROW, Reject
from guanxi.records.importing.ways import folded, ways_of
from guanxi.records.writing import create_record

AMBIGUOUS = -1
_REMEMBERED = 200_000


@dataclass(slots=True)
class Lookups:
    """Finds the ids of referenced records in the ways their type knows, and remembers them for the whole file.

    Words that name no tag make one; other references must exist and be visible to the actor.
    """

    actor: Actor
    source_id: int
    change_set_id: int | None
    is_dry: bool
    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def ids(self, item: Field, words: list[str]) -> dict[str, int | None]:
        """Return the id of each word for a reference or tags field: None for none, ``AMBIGUOUS`` for several."""
        target = registry.record_type(item.reference)
        known = self._known.setdefault(target.name, {})
        if len(known) > _REMEMBERED:
            known.clear()
        # External ids tell upper from lower case, words for tags don't: both are remembered as they are compared.
        key = folded if item.kind == "tags" else str.strip
        missing = list(dict.fromkeys(key(word) for word in words if key(word) not in known))
        if missing:
            known.update(self._found(target, missing))
        if item.kind == "tags":
            spelt = {folded(word): word for word in reversed(words)}
            self._make(target, [spelt[word] for word in missing if word not in known], known)
        return {word: known.get(key(word)) for word in words}

    def ways(self, item: Field) -> list[str]:
        """Return what may stand in the cells of a reference field, in the language of the source."""
        target = registry.record_type(item.reference)
        with translation.override("en"):
            return [str(way.label) for way in ways_of(self.actor, target, self.source_id)]

    def _found(self, target: RecordType, words: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for way in ways_of(self.actor, target, self.source_id):
            left = [word for word in words if word not in found]
            pairs = list(way.find(left)) if left else []
            if not pairs:
                continue
            numbers = {number for _word, number in pairs}
            visible = set(access.visible_to(self.actor, target).filter(pk__in=numbers).values_list("pk", flat=True))
            for word, number in pairs:
                if number in visible:
                    found[word] = AMBIGUOUS if found.get(word, number) != number else number
        return found

    def _make(self, target: RecordType, words: list[str], known: dict[str, int]) -> None:
        for word in words:
            if self.is_dry:
                known[folded(word)] = 0
            elif folded(word) not in known:
                made = create_record(
                    target, actor=self.actor, values={target.title: word}, change_set_id=self.change_set_id
                )
                known[folded(word)] = made.pk


def resolve_references(
    frame: pl.DataFrame, key: str, item: Field, lookups: Lookups, header: str
) -> tuple[pl.DataFrame, list[Reject]]:
    """Replace the names in column ``key`` by ids; rows with an unknown or ambiguous name are returned as rejects."""
    column = frame[key]
    if item.kind == "tags":
        words = column.explode(empty_as_null=True).drop_nulls().unique().to_list() if len(column) else []
        ids = {word: number for word, number in lookups.ids(item, words).items() if number is not None}
        mapped = [None if cell is None else [ids[word] for word in cell if word in ids] for cell in column.to_list()]
        return frame.with_columns(pl.Series(key, mapped, dtype=pl.List(pl.Int64))), []
    words = column.drop_nulls().unique().to_list()
    found = lookups.ids(item, words)
    numbers = column.replace_strict(
        {word: number for word, number in found.items() if number is not None}, default=None, return_dtype=pl.Int64
    )
    bad = column.is_not_null() & (numbers.is_null() | (numbers == AMBIGUOUS))
    label, ways = (str(registry.record_type(item.reference).label), lookups.ways(item)) if bad.any() else ("", [])
    rejects = [
        Reject(int(row), _code(found[word]), header, {"value": word, "label": label, "ways": ways})
        for row, word in frame.filter(bad).select(ROW, key).iter_rows()
    ] if bad.any() else []  # fmt: skip
    return frame.with_columns(numbers.set(bad, None).alias(key)), rejects


def _code(found: int | None) -> str:
    return "unknown_reference" if found is None else "ambiguous_reference"


def is_looked_up(item: Field | None) -> bool:
    """Say whether the cells of a field hold names of records."""
    return item is not None and bool(item.reference) and item.kind in ("reference", "tags")
