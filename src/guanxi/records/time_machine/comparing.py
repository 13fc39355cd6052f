"""Two instants side by side: what a list gained and lost, and what changed, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.columns import Row
from guanxi.records.declaration import RecordType
from guanxi.records.listing import Query
from guanxi.records.sql import rows_of
from guanxi.records.time_machine.answerable import kept_names
from guanxi.records.time_machine.lists import ids_as_of, rows_by_id_as_of
from guanxi.records.time_machine.past import TooMuchChanged
from guanxi.records.time_machine.records import PastRecord, read_record_as_of
from guanxi.records.values import to_json

MOST_COMPARED, MOST_LISTED = 20_000, 100_000
_RELATIVE = frozenset({"period", "last_days", "next_days", "older_than_days"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that differs: its rows at both instants (None where it wasn't in the list) and the names that differ."""

    record_id: int
    before: Row | None
    after: Row | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a list: records that came, that went, and that stayed but changed, each in the order of ids."""

    added: tuple[Difference, ...]
    gone: tuple[Difference, ...]
    changed: tuple[Difference, ...]


def compare_lists(
    record_type: RecordType, query: Query, actor: Actor, first: datetime, second: datetime
) -> Comparison:  # fmt: skip
    """Return how what ``query`` means differs between two instants.

    Only records that changed in between are looked at, and where the filter asks for related records or for days
    counted from today, which at each instant is that day, also those that came or went without a change of their own.
    Raises ``Invalid`` for a filter that has no past, ``TooMuchChanged`` beyond ``MOST_COMPARED`` such records and for a
    list of more than ``MOST_LISTED`` whose records come and go by themselves.
    """
    ids = changed_between(record_type, first, second)
    if moves_by_itself(query.filter):
        one, other = (_all_ids(record_type, query, actor, at) for at in (first, second))
        ids = sorted({*ids, *(one ^ other)})
        if len(ids) > MOST_COMPARED:
            raise TooMuchChanged
    names = tuple(name for name in kept_names(record_type, actor) if record_type[name].kind != "json")
    whole = replace(query, columns=names, sort=(), after="")
    before, after = (rows_by_id_as_of(record_type, ids, whole, actor, at) for at in (first, second))
    pairs = [Difference(pk, before.get(pk), after.get(pk)) for pk in ids if pk in before or pk in after]
    changed = []
    for pair in pairs:
        if pair.before is not None and pair.after is not None:
            differing = differing_names(pair.before, pair.after, names)
            if differing:
                changed.append(replace(pair, names=differing))
    return Comparison(
        tuple(pair for pair in pairs if pair.before is None), tuple(pair for pair in pairs if pair.after is None),
        tuple(changed),
    )  # fmt: skip


def changed_between(record_type: RecordType, first: datetime, second: datetime) -> list[int]:
    """Return the ids of the records of a type with an entry in the event log between two instants."""
    rows = rows_of(
        "SELECT DISTINCT record_id FROM records_change WHERE record_type = %s AND at > %s AND at <= %s"
        f" ORDER BY 1 LIMIT {MOST_COMPARED + 1}",
        [record_type.name, first, second],
    )
    if len(rows) > MOST_COMPARED:
        raise TooMuchChanged
    return [int(row[0]) for row in rows]


def differing_names(before: Mapping[str, Any], after: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names under which two rows differ; the name of a referenced record is no difference."""
    return tuple(name for name in names if _plain(before.get(name)) != _plain(after.get(name)))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value["id"] if "id" in value else to_json(value.get("amount"))
    return None if value in (None, "", []) else to_json(value)


def moves_by_itself(tree: Any) -> bool:
    """Say whether a filter can answer differently of a record that didn't change: by related records, or by the day."""
    return any("has" in node for node in _nodes(tree)) or counts_days(tree)


def counts_days(tree: Any) -> bool:
    """Say whether a filter asks for days counted from today."""
    return any(node.get("op") in _RELATIVE for node in _nodes(tree))


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            yield node
            for word in ("all", "any"):
                waiting += node[word] if isinstance(node.get(word), (list, tuple)) else ()
            waiting += (node.get("not"), node.get("where"))


def _all_ids(record_type: RecordType, query: Query, actor: Actor, at: datetime) -> set[int]:
    ids = ids_as_of(record_type, query, actor, at, MOST_LISTED + 1)
    if len(ids) > MOST_LISTED:
        sentence = _("This list is too long to be compared by related records or by days counted from today."
                     " Narrow its filter.")  # fmt: skip
        raise Invalid({"filter": [sentence]})
    return ids


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """One record at two instants, and the names of the fields that differ."""

    before: PastRecord
    after: PastRecord
    names: tuple[str, ...]


def compare_record(
    record_type: RecordType, record_id: int, actor: Actor, first: datetime, second: datetime
) -> RecordComparison:
    """Return how one record differs between two instants; raises ``NotFound``."""
    names = tuple(name for name in kept_names(record_type, actor) if record_type[name].kind != "json")
    before, after = (read_record_as_of(record_type, record_id, names, actor, at) for at in (first, second))
    return RecordComparison(before, after, differing_names(before.row or {}, after.row or {}, names))
