"""A small company for generated tests: a cast of users, and records of every type owned by two of them.

Mei sells and sees what is hers, Bo manages her team, Carla sells in another team, Rita only reads, Sam has no role at
all, Root administers. Everything is made from the declarations, so a new record type is covered without a line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.test import Client

from guanxi.core.actor import SYSTEM, Actor
from guanxi.identity.actors import actor_of
from guanxi.identity.models import Company, Role, Team, Territory, User
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Field
from guanxi.records.registry import record_type, record_types
from guanxi.records.writing import create_record, type_field

SELLER = {"view": "own", "create": "all", "edit": "own", "delete": "own", "export": "own", "import": "own"}
MANAGER = {verb: "team" if scope == "own" else scope for verb, scope in SELLER.items()}
READER = {"view": "all"}
PARENTS = ("tag", "territory", "team", "product_category", "product", "customer")
HOST = {"secure": True, "HTTP_HOST": "localhost"}
# What the kind of a field doesn't tell: values that a rule of the record type asks for.
VALUES = {("contact_point", "value"): "x{salt}@example.com", ("identifier", "value"): "{salt}-4711"}


@dataclass
class World:
    """The cast and its records: ``own`` and ``foreign`` map a type name to an id; foreign is Carla's."""

    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    second: dict[str, dict[str, int]] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The actor of one of the cast as a request would have it."""
        found = actor_of(self.users[name].pk)
        assert found is not None
        return found


def build_world() -> World:
    """Create the cast, then one record of each type for Mei and one for Carla (two customers each)."""
    Company._default_manager.get_or_create(pk=1)
    world = World(second={"mei": {}, "carla": {}})
    north, south = (Team._default_manager.create(name=name) for name in ("North", "South"))
    Territory._default_manager.create(name="Coast")
    for name, team, grants in (
        ("sam", north, None), ("rita", None, READER), ("mei", north, SELLER), ("bo", north, MANAGER),
        ("carla", south, SELLER), ("root", None, {}),
    ):  # fmt: skip
        world.users[name] = _user(name, team, grants)
    for index, name in enumerate(("mei", "carla")):
        for record in _types_in_order():
            made = _shared(world, record) if record.scope == "shared" else make(world, record, name, 2 + 30 * index)
            (world.own if name == "mei" else world.foreign)[record.name] = made
            if record.name == "customer":
                world.second[name]["customer"] = make(world, record, name, 10 + 30 * index)
    world.clients = {"anonymous": Client(), **{name: Client() for name in world.users}}
    for name, user in world.users.items():
        world.clients[name].force_login(user)
    return world


def _user(name: str, team: Team | None, grants: dict[str, str] | None) -> User:
    user = User.objects.create_user(f"{name}@example.com", "correct horse battery", name=name.title(), team=team)
    if grants is not None:
        owned = {item.name: READER if item.scope == "shared" else grants for item in record_types()}
        role = Role._default_manager.create(
            key=name, name=name.title(), is_administrator=name == "root", permissions=owned if grants else {}
        )
        user.roles.add(role)
    return user


def _types_in_order() -> list[RecordType]:
    known = {item.name: item for item in record_types()}
    first = [known[name] for name in PARENTS if name in known]
    return first + [item for item in known.values() if item.name not in PARENTS]


def _shared(world: World, record: RecordType) -> int:
    """Records without an owner exist once for all."""
    known = world.own.get(record.name)
    if known is None:
        found = record.model._default_manager.order_by("pk").values_list("pk", flat=True).first()
        known = found if found is not None else make(world, record, "mei", 2)
    return known


def make(world: World, record: RecordType, owner: str, salt: int) -> int:
    """Create one record of a type for ``owner`` and return its id."""
    values = valid_values(world, record, owner, salt)
    if record.creatable:
        return int(create_record(record, actor=SYSTEM, values=values).pk)
    row = record.model(**{type_field(record, name): value for name, value in values.items()})
    for column in record.model._meta.concrete_fields:
        empty = getattr(row, column.attname) in (None, "") and not column.primary_key
        if empty and not column.null and not column.has_default() and not getattr(column, "auto_now_add", False):
            setattr(row, column.attname, _stand_in(world, column, owner, salt))
    row.save()
    return int(row.pk)


def _stand_in(world: World, column: models.Field[Any, Any], owner: str, salt: int) -> Any:
    if isinstance(column, models.ForeignKey):
        return reference(world, record_type(column.remote_field.model.__name__.lower()), owner)
    if isinstance(column, models.IntegerField):
        return salt
    return datetime(2026, 3, 2, tzinfo=UTC) if isinstance(column, models.DateTimeField) else f"{column.name}-{salt}"


def valid_values(world: World, record: RecordType, owner: str, salt: int, *, required: bool = False) -> dict[str, Any]:
    """Return a valid typed value for every writable field of a type (or only for those it requires)."""
    used: list[int] = []
    values: dict[str, Any] = {}
    for item in record.fields:
        if not is_writable(item) or (required and not item.required):
            continue
        value = valid_value(world, record, item, owner, salt)
        if item.kind == "reference" and item.reference == "customer" and value is not None:
            value = world.second[owner].get("customer", value) if value in used else value
            used.append(value)
        values[item.name] = value
    return values


def valid_value(world: World, record: RecordType, item: Field, owner: str, salt: int) -> Any:
    """Return a valid typed value for one field."""
    special = VALUES.get((record.name, item.name))
    if special is not None:
        return special.format(salt=salt)
    if item.kind == "reference":
        return reference(world, record_type(item.reference), owner)
    if item.kind in ("choice", "choices"):
        choice = item.choices[salt % len(item.choices)].value
        typed = int(choice) if item.is_numbered else choice
        return [typed] if item.kind == "choices" else typed
    if item.kind == "tags":
        return [world.own["tag"]] if "tag" in world.own else []
    if item.kind in ("text", "long_text"):
        return "CNY" if item.max_length == 3 else f"{item.name} {salt}"[: item.max_length]
    return _PLAIN[item.kind]


_PLAIN: dict[str, Any] = {
    "email": "mei@example.com", "phone": "+8613800138000", "url": "https://example.com", "integer": 3,
    "decimal": Decimal("12.50"), "money": Decimal("12.50"), "percent": Decimal("12.50"), "date": date(2026, 3, 2),
    "datetime": datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "boolean": True, "json": {},
}  # fmt: skip


def reference(world: World, target: RecordType, owner: str) -> int | None:
    """Return the id of a record of ``target`` that ``owner`` may refer to, or None when there is none yet."""
    if target.name == "user":
        return world.users[owner].pk
    if target.name == "team":
        return world.users[owner].team_id
    if target.scope == "shared":
        return target.model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    return (world.own if owner == "mei" else world.foreign).get(target.name)


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo everything that the block writes, even where it left the transaction broken."""
    saved = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(saved)
        transaction.get_connection().needs_rollback = False
        transaction.savepoint_commit(saved)  # else the next block lies inside this one, and each level takes a lock


class Tables:
    """Fingerprints of all tables: two are equal exactly when no row was added, removed or written in between."""

    IGNORED = ("django_session", "identity_cache", "django_migrations")

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace ORDER BY relname"
            )
            names = [row[0] for row in cursor.fetchall() if row[0] not in self.IGNORED]
        one = "SELECT '{0}', count(*), sum(hashtextextended(concat({1}t::text), 0)) FROM \"{0}\" t"
        self.sql = " UNION ALL ".join(one.format(name, "t.xmin::text, ") for name in names)

    def fingerprint(self) -> list[tuple[Any, ...]]:
        """Read all tables; a write without a difference shows too, by the transaction that wrote the row."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            return cursor.fetchall()
