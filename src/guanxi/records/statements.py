"""Compiled reads: the SQL of a question is built once per actor and shape, then run with new values.

Building a query with the ORM costs more than running it. A statement keeps the finished SQL together with the very
``Actor`` it was built for: an actor is a new object whenever rights change, so a statement can never outlive them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Model, QuerySet
from psycopg.types.datetime import TimestamptzLoader

from guanxi.core.actor import Actor

MOST_STATEMENTS = 2_000
Kept = TypeVar("Kept")
M = TypeVar("M", bound=Model)


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


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters; an empty ``sql`` means that nothing can match."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Statement:
        """Compile a ``values_list`` query; its columns come back in the order they were asked for."""
        try:
            sql, params = rows.query.sql_with_params()
        except EmptyResultSet:
            return cls("", ())
        return cls(sql, tuple(params))

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement with ``values`` in its open places and return all rows as the driver gives them."""
        if not self.sql:
            return []
        params = self._filled(values)
        with connection.cursor() as cursor:
            # Django reads instants in Python to fit any time zone; ours are UTC, and the driver's own reader is in C.
            cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
            cursor.execute(self.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def records(self, model: type[M], values: Mapping[str, Any]) -> list[M]:
        """Run a statement compiled from whole rows of ``model`` and return them; annotations become attributes."""
        return list(model._default_manager.raw(self.sql, self._filled(values))) if self.sql else []

    def _filled(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[item.name] if type(item) is Place else item for item in self.params]


class ActorCache(Generic[Kept]):
    """Keeps what was worked out for one actor and one question, the least recently used going first."""

    def __init__(self, most: int = MOST_STATEMENTS) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Actor, Kept]] = OrderedDict()
        self._lock = Lock()

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
