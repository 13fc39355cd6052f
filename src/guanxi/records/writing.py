"""The one write path: permission, validation, save, one row in the event log, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid, NotAllowed, type_text
from guanxi.records import access
from guanxi.records.changes import history, record_change
from guanxi.records.declaration import RecordType
from guanxi.records.registry import find_record_type, type_of
from guanxi.records.registry import record_type as type_named
from guanxi.records.uniqueness import taken, unique_fields
from guanxi.records.validation import refusal_of, validate
from guanxi.records.values import to_json


def create_record(
    record_type: RecordType, *, actor: Actor, values: Mapping[str, Any], known: Mapping[str, Any] | None = None,
    verb: str = "created", change_set_id: int | None = None,
) -> Any:  # fmt: skip
    """Create one record and its first row of history.

    ``values`` are what the actor says, typed, by field name; ``known`` is what the program found out itself (the size
    of a file), for which nobody needs a right. The actor becomes the owner unless another is given. Raises
    ``NotAllowed`` without the right to create, ``Invalid`` when values are refused or a reference points at a record
    that the actor may not see.
    """
    access.require_may(actor, "create", record_type)
    _check_fields(record_type, actor, values)
    _check_references(record_type, actor, values)
    given = _with_owner(record_type, actor, {**values, **(known or {})})
    if record_type.draw is not None:
        given |= record_type.draw()
    with transaction.atomic():
        record = record_type.model()
        _assign(record_type, record, given)
        validate(record_type, record, facts_of(record_type, record), actor, given.keys())
        _save(record_type, record, actor, given.keys(), force_insert=True)
        _require_reach(record_type, actor, record)
        stored = {name: _value(record_type, record, name) for name in given}
        fields = {name: (None, value) for name, value in stored.items() if value not in (None, "", [])}
        record_change(actor, record_type.name, record.pk, verb, fields, change_set_id)
    return record


def change_record(
    record: Model, *, actor: Actor, verb: str = "changed", version: int | None = None, right: str = "edit",
    base: Mapping[str, Any] | None = None, change_set_id: int | None = None, **values: Any,
) -> Any:  # fmt: skip
    """Change fields of one record and append one row of history; without a difference nothing is written.

    ``version`` is the version that the actor read. When the record has moved on, fields that only this actor changed
    are merged; a field that both changed raises ``Conflict`` with both values. ``base`` maps fields to what they said
    when the actor read them: a value that still says so is none of the actor's changes. ``right`` is the permission the
    change needs. Returns the record as saved. Raises ``NotFound``, ``NotAllowed``, ``Invalid``, ``Conflict``.
    """
    record_type = type_of(record)
    with transaction.atomic():
        current = access.get_visible(actor, record_type, record.pk, right, lock=True)
        if right == "edit":
            _check_fields(record_type, actor, values)
        old = {name: _value(record_type, current, name) for name in values}
        changed = {name: value for name, value in values.items() if to_json(old[name]) != to_json(value)}
        if base is not None:
            changed = {n: value for n, value in changed.items() if n not in base or not is_same(base[n], value)}
        if not changed:
            return current
        _check_references(record_type, actor, changed)
        if version is not None and version != current.version:
            _check_conflict(record_type, current, version, changed)
        facts = facts_of(record_type, current)
        touched = _assign(record_type, current, changed)
        validate(record_type, current, facts_of(record_type, current), actor, changed.keys())
        changed |= _moved_facts(record_type, current, facts, touched, changed)
        old |= {name: facts[name] for name in changed if name not in old}
        current.version += 1
        _save(record_type, current, actor, changed.keys(), update_fields=[*touched, "version", "updated_at"])
        _require_reach(record_type, actor, current)
        fields = {name: (old[name], _value(record_type, current, name)) for name in changed}
        record_change(actor, record_type.name, current.pk, verb, fields, change_set_id)
    return current


def _moved_facts(
    record_type: RecordType, record: Any, facts: Mapping[str, Any], touched: set[str], changed: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields that came out differently though nobody gave them: a rule masks a number of another kind.

    They belong to the history like all others.
    """
    return {
        item.name: getattr(record, attribute)
        for item in record_type.fields
        if item.name not in changed and (attribute := type_field(record_type, item.name)) in touched
        and to_json(facts[item.name]) != to_json(getattr(record, attribute))
    }  # fmt: skip


def is_same(one: Any, other: Any) -> bool:
    """Say whether two values of a field mean the same; nothing is nothing, however it is written."""
    empty: tuple[Any, ...] = (None, "", [])
    return (one in empty and other in empty) or to_json(one) == to_json(other)


def delete_record(record: Model, *, actor: Actor, change_set_id: int | None = None) -> Any:
    """Put one record in the bin, from which it can be restored; raises ``NotFound`` or ``NotAllowed``."""
    record_type = type_of(record)
    with transaction.atomic():
        current = access.get_visible(actor, record_type, record.pk, "delete", lock=True)
        current.deleted_at = datetime.now(UTC)
        current.version += 1
        current.save(update_fields=["deleted_at", "version", "updated_at"])
        record_change(actor, record_type.name, current.pk, "deleted", {}, change_set_id)
    return current


def restore_record(record_type: RecordType, record_id: int, *, actor: Actor, change_set_id: int | None = None) -> Any:
    """Take one record out of the bin.

    Raises ``NotFound`` when it is not there or not the actor's to restore, ``Invalid`` where another record has taken
    its place meanwhile.
    """
    with transaction.atomic():
        current = access.get_visible(actor, record_type, record_id, "delete", lock=True, deleted=True)
        errors = taken(record_type, current, None, actor)
        if errors:
            raise Invalid(errors)
        current.deleted_at = None
        current.version += 1
        _save(record_type, current, actor, None, update_fields=["deleted_at", "version", "updated_at"])
        record_change(actor, record_type.name, current.pk, "restored", {}, change_set_id)
    return current


def _with_owner(record_type: RecordType, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Give a new record the acting user as owner and the user's team, where it has such fields and none was given."""
    if record_type.get("owner") and values.get("owner") is None and actor.user_id is not None:
        values["owner"] = actor.user_id
    if record_type.get("team") and values.get("team") is None and actor.team_id is not None:
        values["team"] = actor.team_id
    return values


def _require_reach(record_type: RecordType, actor: Actor, record: Model) -> None:
    """Refuse a write that would leave the record outside what the actor may create or edit."""
    condition = access.scope_condition(actor, record_type, "view")
    if condition and not record_type.model._default_manager.filter(condition, pk=record.pk).exists():
        raise NotAllowed(_("You can't put a record where you may not see it. Choose another owner, team or territory."))


def _check_fields(record_type: RecordType, actor: Actor, values: Mapping[str, Any]) -> None:
    errors: dict[str, list[type_text]] = {}
    for name in values:
        if record_type.get(name) is None:
            errors[name] = [_("There is no such field.")]
        elif not actor.edits_field(record_type.name, name):
            errors[name] = [_("You may not change this field.")]
    if errors:
        raise Invalid(errors)


def _check_references(record_type: RecordType, actor: Actor, values: Mapping[str, Any]) -> None:
    """Refuse references to records that the actor may not see: a foreign key is a way to read, too."""
    for name, value in values.items():
        item = record_type.get(name)
        if item is None or item.kind not in ("reference", "tags") or not value or not item.reference:
            continue
        target = find_record_type(item.reference)
        keys = set(value) if item.kind == "tags" else {getattr(value, "pk", value)}
        if target is not None and access.visible_to(actor, target).filter(pk__in=keys).count() < len(keys):
            raise Invalid({name: [_("This record was deleted or moved, or you may not see it.")]})


def _check_conflict(record_type: RecordType, current: Any, version: int, changed: Mapping[str, Any]) -> None:
    """Raise ``Conflict`` when somebody changed one of the same fields after ``version``."""
    steps = current.version - version
    theirs: set[str] = set()
    for change in history(record_type.name, current.pk, limit=max(1, steps)):
        theirs |= change.fields.keys()
    both = theirs & changed.keys()
    if both or steps < 0:
        pairs = {n: (to_json(_value(record_type, current, n)), to_json(changed[n])) for n in both or changed.keys()}
        raise Conflict(pairs, current.version)


def _value(record_type: RecordType, record: Any, name: str) -> Any:
    return getattr(record, type_field(record_type, name))


def type_field(record_type: RecordType, name: str) -> str:
    """Return the attribute of the model that stores field ``name`` (``owner`` → ``owner_id``)."""
    item = record_type[name]
    return f"{item.path or name}_id" if item.kind == "reference" else item.path or name


def _assign(record_type: RecordType, record: Any, values: Mapping[str, Any]) -> set[str]:
    """Set values and what the type derives from them; return the attributes that were given or came out differently."""
    given = {type_field(record_type, name): getattr(value, "pk", value) for name, value in values.items()}
    for attribute, value in given.items():
        setattr(record, attribute, _stored(record, attribute, value))
    derived = record_type.derive(facts_of(record_type, record)) if record_type.derive is not None else {}
    moved = {attribute: value for attribute, value in derived.items() if getattr(record, attribute) != value}
    for attribute, value in moved.items():
        setattr(record, attribute, value)
    return given.keys() | moved.keys()


def _stored(record: Any, attribute: str, value: Any) -> Any:
    """Empty text columns hold an empty string, never null; others that can't be null go back to their default."""
    if value is None:
        model_field = record._meta.get_field(attribute)
        if not model_field.null and model_field.empty_strings_allowed:
            return ""
        if not model_field.null and model_field.has_default():
            return model_field.get_default()
    return value


def facts_of(record_type: RecordType, record: Any) -> dict[str, Any]:
    """Return the values of a record by field name, as rules get them; computed fields are None."""
    return {item.name: getattr(record, type_field(record_type, item.name), None) for item in record_type.fields}


def _save(record_type: RecordType, record: Model, actor: Actor, written: Collection[str] | None, **how: Any) -> None:
    """Save; what only the database notices (two people at once) is a refusal, too.

    Where a unique field is among those ``written`` (None: all of them), the refusal names who was faster.
    """
    is_unique = bool(unique_fields(record_type, written))
    try:
        with transaction.atomic() if is_unique else nullcontext():
            record.save(**how)
    except IntegrityError as error:
        errors = taken(record_type, record, written, actor) if is_unique else {}
        raise (Invalid(errors) if errors else refusal_of(record, error)) from error


def meant(record_type: RecordType, record_id: int) -> Any:
    """Return a record that says which one is meant and nothing else; no query, and no defaults worked out."""
    return record_type.model.from_db(None, [record_type.model._meta.pk.attname], [record_id])


def named(name: str) -> RecordType:
    """Return the record type with this name (for callers that import only the write path)."""
    return type_named(name)
