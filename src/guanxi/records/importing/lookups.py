"""References and tags by the names that stand in files."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from guanxi.core.actor import Actor
from guanxi.records import access, registry
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.importing.rows import ROW, Reject
from guanxi.records.writing import create_record

AMBIGUOUS = -1


@dataclass(slots=True)
class Lookups:
    """Finds the ids of referenced records by title or e-mail address, and remembers them for the whole file.

    Words that name no tag make one; other references must exist and be visible to the actor.
    """

    actor: Actor
    change_set_id: int | None
    is_dry: bool
    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def ids(self, item: Field, words: list[str]) -> dict[str, int | None]:
        """Return the id of each word for a reference or tags field: None for none, ``AMBIGUOUS`` for several."""
        target = registry.record_type(item.reference)
        known = self._known.setdefault(target.name, {})
        missing = [word for word in dict.fromkeys(words) if _folded(word) not in known]
        if missing:
            known.update(self._found(target, missing))
        if item.kind == "tags":
            self._make(target, [word for word in missing if _folded(word) not in known], known)
        return {word: known.get(_folded(word)) for word in words}

    def _found(self, target: RecordType, words: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        names = [target.title] + (["email"] if target.get("email") and not target["email"].expression else [])
        rows = access.visible_to(self.actor, target)
        wanted = {_folded(word) for word in words}
        for name in names:
            path = target[name].column if target.get(name) else name
            for key, value in rows.filter(**{f"{path}__in": _spellings(words)}).values_list("pk", path):
                folded = _folded(str(value))
                if folded in wanted:
                    found[folded] = AMBIGUOUS if found.get(folded, key) != key else key
        return found

    def _make(self, target: RecordType, words: list[str], known: dict[str, int]) -> None:
        for word in words:
            if self.is_dry:
                known[_folded(word)] = 0
            elif _folded(word) not in known:
                made = create_record(
                    target, actor=self.actor, values={target.title: word}, change_set_id=self.change_set_id
                )
                known[_folded(word)] = made.pk


def _folded(word: str) -> str:
    return word.strip().casefold()


def _spellings(words: list[str]) -> list[str]:
    """Names are compared without regard to case as far as an index allows: as written, lower, title and upper case."""
    return list(
        {
            form
            for word in words
            for form in (word.strip(), word.strip().lower(), word.strip().title(), word.strip().upper())
        }
    )


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
    rejects = [
        Reject(int(row), _code(found[word]), header, {"value": word, "label": str(item.label)})
        for row, word in frame.filter(bad).select(ROW, key).iter_rows()
    ] if bad.any() else []  # fmt: skip
    return frame.with_columns(numbers.set(bad, None).alias(key)), rejects


def _code(found: int | None) -> str:
    return "unknown_reference" if found is None else "ambiguous_reference"


def is_looked_up(item: Field | None) -> bool:
    """Say whether the cells of a field hold names of records."""
    return item is not None and bool(item.reference) and item.kind in ("reference", "tags")
