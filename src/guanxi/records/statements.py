"""Compiled reads: the SQL of a question is built once per actor and shape, then run with new values.

Building a query with the ORM costs more than running it. A statement keeps the finished SQL together with the very
``Actor`` it was built for: an actor is a new object whenever rights change, so a statement can never outlive them.

Planning costs the server more than running, too. So what is known when a statement is built stands in its SQL, where
the planner sees it; only open places are sent beside it, and a connection that asks a few times keeps the plan.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, Expression, F, Func, Model, QuerySet
from psycopg.types.datetime import TimestamptzLoader

from guanxi.core.actor import Actor

MOST_STATEMENTS = 2_000
MOST_PLANS = 150  # kept by each connection; one takes the server 20 to 100 KB
Kept = TypeVar("Kept")
M = TypeVar("M", bound=Model)
_CURSOR = "guanxi_cursor"
_CACHES: list[ActorCache[Any]] = []


@dataclass(frozen=True, slots=True)
class Place:
    """Stands among the parameters of a statement for a value that is known only when it runs."""

    name: str


class Slot(Expression):
    """A value left open in a query; ``Statement.rows`` fills it by name."""

    def __init__(self, name: str, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a placeholder whose parameter is this slot's place."""
        return "%s", (Place(self.name),)


def any_of(path: str, name: str) -> Func:
    """Return the condition that the value at an ORM path is one of the list that is filled in as ``name``."""
    shape = {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
    return Func(F(path), Slot(name), **shape, output_field=BooleanField())


def ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run ``sql`` with ``values`` in its ``%s`` places and return all rows as the driver gives them.

    For questions whose best plan doesn't hang on the values, as those for one record: the plan is kept and used again.
    The server must be able to tell the type of each place from where it stands. Joins the running transaction.
    """
    cursor = _cursor()
    cursor.execute(sql, values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _cursor() -> CursorWrapper:
    """Return a cursor that sends values beside the SQL; Django's own writes them into it, so that no plan is kept.

    A connection carries one, used again for every question: each is read to its end before the next is asked.
    """
    connection.ensure_connection()
    raw = cast(psycopg.Connection[Any], connection.connection)
    cursor: psycopg.Cursor[Any] | None = vars(raw).get(_CURSOR)
    if cursor is None:
        raw.prepared_max = MOST_PLANS
        cursor = vars(raw)[_CURSOR] = psycopg.Cursor(raw)
        # Django reads instants in Python to fit any time zone; ours are UTC, and the driver's own reader is in C.
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
    return cast(CursorWrapper, connection._prepare_cursor(cursor))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its open places in order and the names of its columns; an empty ``sql`` means that nothing can match."""

    sql: str
    places: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Statement:
        """Compile a query, whole rows or a ``values_list``; columns come back in the order they were asked for."""
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return cls("")
        texts = ("%s" if type(item) is Place else _literal(item) for item in params)
        columns = (
            alias or getattr(getattr(item, "target", None), "column", "") for item, _sql, alias in compiler.select
        )
        return cls(
            sql.replace("%%", "%%%%") % tuple(texts),
            tuple(item.name for item in params if type(item) is Place),
            tuple(columns),
        )

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement with ``values`` in its open places and return all rows as the driver gives them."""
        return ask(self.sql, [values[name] for name in self.places]) if self.sql else []

    def records(self, model: type[M], values: Mapping[str, Any]) -> list[M]:
        """Run a statement compiled from whole rows of ``model`` and return them; annotations become attributes."""
        read = _reader(model, self.columns)
        return [read(row) for row in self.rows(values)]


def _literal(value: Any) -> str:
    """Return a value as it stands in SQL that is filled once more."""
    written: str = connection.ops.compose_sql("%s", [value])  # type: ignore[attr-defined]
    return written.replace("%", "%%")


@lru_cache(maxsize=512)
def _reader(model: type[M], columns: tuple[str, ...]) -> Callable[[Sequence[Any]], M]:
    """Return the function that makes a record of ``model`` from a row with these columns, as Django's ``raw`` does."""
    fields = [item for item in model._meta.concrete_fields if item.column in columns]
    names = [item.attname for item in fields]
    places = [columns.index(item.column) for item in fields]
    in_order = places == list(range(len(places)))
    converters = [
        (columns.index(item.column), convert, item.cached_col)
        for item in fields
        for convert in item.get_db_converters(connection)
    ]
    beside = [(name, at) for at, name in enumerate(columns) if at not in set(places)]

    def read(row: Sequence[Any]) -> M:
        values = list(row)
        for at, convert, column in converters:
            values[at] = convert(values[at], column, connection)
        record = model.from_db(
            connection.alias, names, values[: len(names)] if in_order else [values[at] for at in places]
        )
        for name, at in beside:
            setattr(record, name, values[at])
        return record

    return read


def forget_statements() -> None:
    """Drop everything that was worked out from the declarations of record types: they have changed."""
    for cache in _CACHES:
        cache.forget()
    _reader.cache_clear()


class ActorCache(Generic[Kept]):
    """Keeps what was worked out for one actor and one question, the least recently used going first."""

    def __init__(self, most: int = MOST_STATEMENTS) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Actor, Kept]] = OrderedDict()
        self._lock = Lock()
        _CACHES.append(self)

    def forget(self) -> None:
        """Drop everything that is kept."""
        with self._lock:
            self._kept.clear()

    def get(self, actor: Actor, question: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what is kept for this very actor object and question, or make and keep it."""
        key = (id(actor), question)
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found[0] is actor:
                self._kept.move_to_end(key)
                return found[1]
        made = make()
        with self._lock:
            self._kept[key] = (actor, made)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
