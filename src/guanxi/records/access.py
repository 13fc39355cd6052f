"""The one access layer: every read of a record starts here, every write passes ``require``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Field, Model, Q, QuerySet

from guanxi.core.actor import Actor, Scope
from guanxi.core.errors import NotAllowed, NotFound
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_types, type_of
from guanxi.records.statements import ActorCache, Slot, Statement

HIGHEST_ID = 2**63 - 1
Rows = QuerySet[Any, Any]
_ONE: ActorCache[Statement] = ActorCache()
_READS: ActorCache[Statement] = ActorCache()


def scope_condition(actor: Actor, record_type: RecordType, verb: str = "view", through: str = "") -> Q:
    """Return the condition on ``record_type`` rows to which the actor may apply ``verb``.

    An empty ``Q`` means all rows; deleted rows are not excluded here. Records without an owner of their own follow the
    record at ``scope_through``; shared records (``scope="shared"``) have no owner, so any scope means all; the
    records of a ledger nobody edits. ``through`` is the ORM path of a reference at which the record stands when the
    condition is asked of another type's rows.
    """
    scope = Scope.NONE if is_closed(record_type, verb) else actor.scope(verb, record_type.name)
    start = f"{through}__" if through else ""
    if scope is Scope.NONE:
        return Q(**{f"{start}pk__in": ()})
    if scope is Scope.ALL or record_type.scope == "shared":
        return Q()
    prefix = f"{start}{record_type.scope_through}__" if record_type.scope_through else start
    reach = Q(**{f"{prefix}owner_id": actor.user_id})
    if scope >= Scope.TEAM and actor.team_ids:
        reach |= Q(**{f"{prefix}team_id__in": actor.team_ids})
    if scope >= Scope.TERRITORY and actor.territory_ids:
        reach |= Q(**{f"{prefix}territory_id__in": actor.territory_ids})
    return reach


def is_closed(record_type: RecordType, verb: str) -> bool:
    """Say whether ``verb`` is open to nobody, whatever the role: editing the records of a ledger."""
    return verb == "edit" and not record_type.editable


def visible_to(
    actor: Actor, record_type: RecordType, verb: str = "view", *, deleted: bool = False
) -> QuerySet[Any, Any]:
    """Return the rows of ``record_type`` to which the actor may apply ``verb``.

    ``deleted`` asks for the bin instead of the living rows. What follows a record that lies in the bin isn't there
    either until that one is restored. The only way in this system to start a read of records.
    """
    rows: QuerySet[Any, Any] = record_type.model._default_manager.filter(deleted_at__isnull=not deleted)
    if record_type.scope_through:
        rows = rows.filter(**{f"{record_type.scope_through}__deleted_at__isnull": True})
    condition = scope_condition(actor, record_type, verb)
    return rows.filter(condition) if condition else rows


def get_visible(
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    verb: str = "view",
    *,
    lock: bool = False,
    deleted: bool = False,
) -> Any:
    """Return one record to which the actor may apply ``verb``, locked for the transaction when ``lock`` is set.

    Raises ``NotFound`` when it does not exist or the actor may not see it, ``NotAllowed`` when the actor may see it
    but not apply ``verb``.
    """
    if not 0 < record_id <= HIGHEST_ID:
        raise NotFound
    question = (record_type.name, verb, lock, deleted)
    statement = _ONE.get(actor, question, lambda: _one(actor, record_type, verb, lock=lock, deleted=deleted))
    found = statement.records(record_type.model, {"pk": record_id})
    if found:
        return found[0]
    if verb != "view" and visible_to(actor, record_type, deleted=deleted).filter(pk=record_id).exists():
        # Waiting for a lock may have outlasted a deletion and a restoring: then it is there again.
        again = statement.records(record_type.model, {"pk": record_id}) if lock else []
        if again:
            return again[0]
        raise NotAllowed
    raise NotFound


def _one(actor: Actor, record_type: RecordType, verb: str, *, lock: bool, deleted: bool) -> Statement:
    rows = visible_to(actor, record_type, verb, deleted=deleted).filter(pk=Slot("pk")).order_by()
    return Statement.of(rows.select_for_update(of=("self",)) if lock else rows)


def read_rows(
    actor: Actor, record_type: RecordType, question: str, narrow: Callable[[Rows], Rows], values: Mapping[str, Any]
) -> list[Any]:
    """Return the rows that ``narrow`` leaves of those that the actor may see, as instances of the record's model.

    ``question`` names the read within its type: the SQL is compiled once per actor and question, so ``narrow`` leaves
    every value that changes open as a ``Slot``, filled from ``values``. References are not joined; annotate what is
    needed of them. Fields hidden from the actor are empty; a date or figure that a row can't be without stands in it.
    """
    statement = _READS.get(
        actor, (record_type.name, question), lambda: Statement.of(narrow(visible_to(actor, record_type)))
    )
    rows = statement.records(record_type.model, values)
    for attribute, empty in _concealed(actor, record_type):
        for row in rows:
            setattr(row, attribute, empty)
    return rows


def _concealed(actor: Actor, record_type: RecordType) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that hold fields hidden from the actor, with what stands in their place."""
    for name in actor.hidden.get(record_type.name, ()) if not actor.is_system else ():
        item = record_type.get(name)
        if item is None or item.expression is not None or "__" in item.path:
            continue
        column = record_type.model._meta.get_field(item.path or name)
        if not isinstance(column, Field):
            continue
        if column.empty_strings_allowed and not column.null:
            yield column.attname, ""
        elif column.null:
            yield column.attname, None
        elif column.has_default():
            yield column.attname, column.get_default()


def hidden_with_inputs(actor: Actor) -> dict[str, frozenset[str]]:
    """Return the fields hidden from an actor by record type, with all that is computed from one of them."""
    hidden = {name: set(fields) for name, fields in actor.hidden.items()}
    for record_type in record_types():
        for item in record_type.fields:
            if any(field in hidden.get(type_name or record_type.name, ()) for type_name, field in item.reads):
                hidden.setdefault(record_type.name, set()).add(item.name)
    return {name: frozenset(fields) for name, fields in hidden.items()}


def require(actor: Actor, verb: str, record: Model) -> None:
    """Refuse unless the actor may apply ``verb`` to this very record as it stands in the database.

    Raises ``NotFound`` or ``NotAllowed`` as ``get_visible`` does.
    """
    record_type = type_of(record)
    if actor.scope(verb, record_type.name) is Scope.ALL and not is_closed(record_type, verb):
        return
    deleted = getattr(record, "deleted_at", None) is not None
    get_visible(actor, record_type, record.pk, verb, deleted=deleted)


def require_may(actor: Actor, verb: str, record_type: RecordType) -> None:
    """Refuse unless the actor may apply ``verb`` to records of this type at all (raises ``NotAllowed``)."""
    if is_closed(record_type, verb) or not actor.may(verb, record_type.name):
        raise NotAllowed
