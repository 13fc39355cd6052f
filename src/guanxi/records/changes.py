"""The event log: writing changes, announcing them after commit, and reading the history of a record."""

from __future__ import annotations

import contextvars
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import CharField, DateTimeField
from psycopg.types.json import Jsonb

from guanxi.core.actor import Actor
from guanxi.records.models import Change
from guanxi.records.sql import run
from guanxi.records.statements import Slot, Statement, ask
from guanxi.records.values import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)
Listener = Callable[[Change], None]
_LISTENERS: dict[tuple[str, str], list[Listener]] = defaultdict(list)
_WATCHERS: list[Watcher] = []
MOST_SEARCHED = 500
_COLUMNS = ("at", "actor_id", "record_type", "record_id", "verb", "fields", "change_set_id", "via")
_PLACES = ", ".join(["%s"] * len(_COLUMNS))
_INSERT = f"INSERT INTO records_change ({', '.join(_COLUMNS)}) VALUES ({_PLACES}) RETURNING id"
_VIA: contextvars.ContextVar[str] = contextvars.ContextVar("via", default="system")


@dataclass(frozen=True, slots=True)
class Watcher:
    """Hears of the changes of every type: ``one`` of each that was made by itself, ``many`` of those of one type that
    one statement made, by the type's name and the change set.
    """

    one: Listener
    many: Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the present value of a field came from: when, who, by which way, in which change set."""

    at: datetime
    actor_id: int | None
    via: str
    change_set_id: int | None
    old: Any


@contextmanager
def changes_via(way: str) -> Iterator[None]:
    """Mark changes made inside the block as made by ``way`` (``web``, ``api``, ``import``, ``job`` …)."""
    token = _VIA.set(way)
    try:
        yield
    finally:
        _VIA.reset(token)


def record_change(
    actor: Actor, record_type: str, record_id: int, verb: str, fields: Mapping[str, tuple[Any, Any]],
    change_set_id: int | None = None,
) -> Change:  # fmt: skip
    """Append one row to the event log in the running transaction and announce it after commit.

    ``fields`` maps each field name to ``(old, new)``.
    """
    change = Change(
        at=datetime.now(UTC),
        actor_id=actor.user_id,
        record_type=record_type,
        record_id=record_id,
        verb=verb,
        fields={name: [to_json(old), to_json(new)] for name, (old, new) in fields.items()},
        change_set_id=change_set_id,
        via=_VIA.get(),
    )
    written = {name: getattr(change, name) for name in _COLUMNS} | {"fields": Jsonb(change.fields)}
    ((change.pk,),) = ask(_INSERT, list(written.values()))
    if _LISTENERS:
        transaction.on_commit(lambda: announce(change), robust=True)
    for watcher in _WATCHERS:
        transaction.on_commit(partial(watcher.one, change), robust=True)
    return change


def log_rows(
    actor: Actor, record_type: str, verb: str, change_set_id: int | None, via: str, *, rows: str, number: str = "r.id",
    fields: str = "'{}'::jsonb", values: Sequence[Any] = (),
) -> None:  # fmt: skip
    """Append one row of history for each of ``rows`` (what follows FROM in SQL), in one statement; announces nothing.

    ``number`` and ``fields`` are the SQL of the record's id and of its changes; ``values`` fill their places, then
    those of ``rows``. The instant is that of this statement, not of the transaction: the caller has locked the rows by
    now, so that the changes of each record stand in the log in the order in which they happened.
    """
    run(
        "INSERT INTO records_change (at, actor_id, record_type, verb, change_set_id, via, record_id, fields)"
        f" SELECT (SELECT clock_timestamp()), %s, %s, %s, %s, %s, {number}, {fields} FROM {rows}",
        [actor.user_id, record_type, verb, change_set_id, via, *values],
    )


def listen(record_type: str, verb: str = "*") -> Callable[[Listener], Listener]:
    """Register a function that is called after commit with each change of ``record_type`` (and ``verb``)."""

    def register(listener: Listener) -> Listener:
        _LISTENERS[record_type, verb].append(listener)
        return listener

    return register


def watch(one: Listener, many: Callable[[str, int], None]) -> None:
    """Let ``one`` and ``many`` hear of every change after its commit; a failure of theirs is logged and stops nothing.

    Unlike a listener a watcher is told of a set as a whole, so that a hundred thousand rows cost one call.
    """
    _WATCHERS.append(Watcher(one, many))


def announce(change: Change) -> None:
    """Call the listeners of one committed change; a failing listener is logged and stops no other."""
    for key in ((change.record_type, change.verb), (change.record_type, "*"), ("*", "*")):
        for listener in _LISTENERS.get(key, ()):
            try:
                listener(change)
            except Exception:
                log.exception("listener %s failed on %s.%s", listener, change.record_type, change.verb)


def announce_set(record_type: str, change_set_id: int) -> None:
    """Announce after commit every change that one statement wrote; they are read back only if anybody listens."""
    if any(name in (record_type, "*") for name, _verb in _LISTENERS):
        transaction.on_commit(lambda: _announce_rows(record_type, change_set_id), robust=True)
    for watcher in _WATCHERS:
        transaction.on_commit(partial(watcher.many, record_type, change_set_id), robust=True)


def _announce_rows(record_type: str, change_set_id: int) -> None:
    rows = Change.objects.filter(change_set_id=change_set_id, record_type=record_type)
    for change in rows.order_by("pk").iterator(chunk_size=1000):
        announce(change)


def history(record_type: str, record_id: int, *, before: datetime | None = None, limit: int = 50) -> list[Change]:
    """Return the changes of one record, newest first, strictly before ``before``."""
    values = {"type": record_type, "id": record_id, "before": before}
    return _history(before is not None, limit).records(Change, values)


@lru_cache(maxsize=64)
def _history(is_before: bool, limit: int) -> Statement:
    rows = Change.objects.filter(record_type=Slot("type", CharField()), record_id=Slot("id"))
    if is_before:
        rows = rows.filter(at__lt=Slot("before", DateTimeField()))
    return Statement.of(rows.order_by("-at", "-id")[:limit])


def origins(
    record_type: str, record_id: int, names: Iterable[str], known: Sequence[Change] | None = None
) -> dict[str, Origin]:
    """Return, for each named field that was ever set, where its present value came from.

    ``known`` are the newest changes of the record where the caller has read them already.
    """
    wanted = set(names)
    found: dict[str, Origin] = {}
    for change in history(record_type, record_id, limit=MOST_SEARCHED) if known is None else known:
        for name in wanted & change.fields.keys():
            old = change.fields[name][0]
            found[name] = Origin(change.at, change.actor_id, change.via, change.change_set_id, old)
        wanted -= found.keys()
        if not wanted:
            break
    return found
