"""What administrators do to the shape of records: add, change, delete and restore fields, types, layouts and rules.

Each writes the configuration, its history and the new version in one transaction. Columns and tables are made by the
worker right after; until then what was added is “being set up” and stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed, NotFound
from guanxi.records.changes import record_change
from guanxi.records.declaration import RecordType
from guanxi.records.registry import find_record_type, record_types
from guanxi.records.shaping import checks, live
from guanxi.records.shaping.building import changed
from guanxi.records.shaping.computed import is_computed
from guanxi.records.shaping.models import Configuration, CustomField, CustomType, Layout, State, ValidationRule
from guanxi.records.shaping.rules import check_condition
from guanxi.records.shaping.tasks import queue_build
from guanxi.records.shaping.words import Words, name_from, path_from

Shaped = TypeVar("Shaped", bound=models.Model)
MOST_FIELDS = 150


def add_field(
    record_type: RecordType, *, actor: Actor, kind: str, labels: Mapping[str, str],
    helps: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None, name: str = "",
) -> CustomField:  # fmt: skip
    """Add a field to a record type; computed ones are in use at once, others when the worker has made their column.

    ``name`` is made of the labels where left out. Raises ``NotAllowed`` unless the actor is an administrator,
    ``Invalid`` with a sentence for each input that doesn't fit.
    """
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        mine = CustomField.objects.filter(record_type=record_type.name)
        if mine.filter(state__in=(State.PLANNED, State.LIVE)).count() >= MOST_FIELDS:
            raise Invalid({"": [_("%(records)s have %(most)s fields of their own already. Delete one first.")
                                % {"records": record_type.plural, "most": MOST_FIELDS}]})  # fmt: skip
        taken = {*mine.values_list("name", flat=True), *(item.name for item in record_type.fields)}
        settled = checks.check_field(record_type, kind, labels, helps or {}, options or {}, taken, name)
        last = mine.aggregate(last=Max("position"))["last"]
        item = CustomField(
            record_type=record_type.name, name=name or name_from(settled.labels, taken), kind=kind,
            labels=settled.labels, helps=settled.helps, options=settled.options, position=(last or 0) + 1,
        )  # fmt: skip
        item.state = State.LIVE if is_computed(item) else State.PLANNED
        checks.check_computed(record_type, item)
        item.save(force_insert=True)
        record_change(actor, "custom_field", item.pk, "created", _news(item, ("record_type", "name", "kind", "labels")))
        _announce(item)
    return item


def change_field(
    item: CustomField, *, actor: Actor, labels: Mapping[str, str] | None = None,
    helps: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None,
) -> CustomField:  # fmt: skip
    """Change the words or options of a custom field; its kind and name stay. Raises as ``add_field`` does."""
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        current = _locked(CustomField, item.pk)
        record_type = type_of(current)
        new = {**current.options, **(options or {})}
        settled = checks.check_field(
            record_type, current.kind, labels or current.labels, current.helps if helps is None else helps, new,
            frozenset(), current.name,
        )  # fmt: skip
        checks.check_change(record_type, current, settled.options)
        old = {name: getattr(current, name) for name in ("labels", "helps", "options")}
        current.labels, current.helps, current.options = settled.labels, settled.helps, settled.options
        checks.check_computed(record_type, current)
        fields = {name: (value, getattr(current, name)) for name, value in old.items()
                  if value != getattr(current, name)}  # fmt: skip
        if fields:
            current.save()
            record_change(actor, "custom_field", current.pk, "changed", fields)
            _announce(current)
    return current


def delete_field(item: CustomField, *, actor: Actor) -> CustomField:
    """Put a custom field in the bin: it stands nowhere any more, its values are kept for thirty days.

    Raises ``Invalid`` naming what still needs it: formulas, roll-ups and rules would fall silent without it.
    """
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        current = _locked(CustomField, item.pk)
        needed = checks.needed_by(current)
        if needed:
            raise Invalid({"": [_("“%(name)s” is needed by: %(users)s. Change these first.")
                                % {"name": str(Words(current.labels)), "users": ", ".join(needed)}]})  # fmt: skip
        current.state, current.removed_at = State.REMOVED, datetime.now(UTC)
        current.save(update_fields=["state", "removed_at"])
        record_change(actor, "custom_field", current.pk, "deleted", {})
        _announce(current)
    return current


def restore_field(item: CustomField, *, actor: Actor) -> CustomField:
    """Take a custom field out of the bin again, with the values it had."""
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        current = _locked(CustomField, item.pk)
        if current.state != State.REMOVED:
            raise NotFound
        checks.check_computed(type_of(current), current)
        current.state = State.LIVE if is_computed(current) else State.PLANNED
        current.removed_at = None
        current.save(update_fields=["state", "removed_at"])
        record_change(actor, "custom_field", current.pk, "restored", {})
        _announce(current)
    return current


def add_type(
    *, actor: Actor, labels: Mapping[str, str], plurals: Mapping[str, str], icon: str = "box", name: str = ""
) -> CustomType:
    """Add a record type with a name, an owner, a team and a territory; the worker makes its table.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for words or an icon that don't fit.
    """
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        taken = {*(item.name for item in record_types()), *CustomType.objects.values_list("name", flat=True)}
        paths = {*(item.path for item in record_types()), *CustomType.objects.values_list("path", flat=True)}
        settled = checks.check_type(labels, plurals, icon, name, taken)
        name = name or name_from(settled.labels, taken)
        path = path_from(name_from({**settled.labels, **settled.plurals}, ()), paths | checks.PATHS)
        custom = CustomType(name=name, path=path, labels=settled.labels, plurals=settled.plurals, icon=icon)
        custom.save(force_insert=True)
        record_change(actor, "custom_type", custom.pk, "created", _news(custom, ("name", "labels", "plurals")))
        _announce(custom)
    return custom


def change_type(
    custom: CustomType, *, actor: Actor, labels: Mapping[str, str], plurals: Mapping[str, str], icon: str
) -> CustomType:
    """Rename a custom record type or give it another icon; its name for programs and its address stay."""
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        current = _locked(CustomType, custom.pk)
        settled = checks.check_type(labels, plurals, icon, current.name, frozenset())
        old = {name: getattr(current, name) for name in ("labels", "plurals", "icon")}
        current.labels, current.plurals, current.icon = settled.labels, settled.plurals, icon
        fields = {name: (value, getattr(current, name)) for name, value in old.items()
                  if value != getattr(current, name)}  # fmt: skip
        if fields:
            current.save()
            record_change(actor, "custom_type", current.pk, "changed", fields)
            _announce(current)
    return current


def delete_type(custom: CustomType, *, actor: Actor) -> CustomType:
    """Put a custom record type in the bin with all its records; both are kept for thirty days.

    Raises ``Invalid`` where another type's field still points at it.
    """
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        current = _locked(CustomType, custom.pk)
        needed = checks.pointing_at(current.name)
        if needed:
            raise Invalid({"": [_("These fields point at it: %(fields)s. Delete them first.")
                                % {"fields": ", ".join(needed)}]})  # fmt: skip
        current.state, current.removed_at = State.REMOVED, datetime.now(UTC)
        current.save(update_fields=["state", "removed_at"])
        record_change(actor, "custom_type", current.pk, "deleted", {})
        _announce(current)
    return current


def restore_type(custom: CustomType, *, actor: Actor) -> CustomType:
    """Take a custom record type out of the bin with its records."""
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        current = _locked(CustomType, custom.pk)
        if current.state != State.REMOVED:
            raise NotFound
        current.state, current.removed_at = State.PLANNED, None
        current.save(update_fields=["state", "removed_at"])
        record_change(actor, "custom_type", current.pk, "restored", {})
        _announce(current)
    return current


def change_layout(record_type: RecordType, *, actor: Actor, plan: Mapping[str, Any]) -> None:
    """Arrange the pages, forms, lists and boards of a record type; an empty plan takes back every arrangement.

    Raises ``NotAllowed``, ``Invalid`` for a plan that names fields the type doesn't have.
    """
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        settled = checks.check_layout(record_type, plan)
        layout, _made = Layout.objects.select_for_update().get_or_create(record_type=record_type.name)
        if layout.plan != settled:
            record_change(actor, "layout", layout.pk, "changed", {"plan": (layout.plan, settled)})
            layout.plan = settled
            layout.save()
            _announce(layout)


def save_rule(
    record_type: RecordType, *, actor: Actor, rule: ValidationRule | None = None, name: str, condition: str,
    sentences: Mapping[str, str], field: str = "", is_active: bool = True,
) -> ValidationRule:  # fmt: skip
    """Add a validation rule, or change one: records for which ``condition`` is true are refused with the sentence.

    Raises ``NotAllowed``, ``Invalid`` for a condition that can't be computed or a rule without a sentence.
    """
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        checks.check_rule(record_type, name, sentences, field, None if rule is None else rule.pk)
        check_condition(record_type, condition)
        kept = rule or ValidationRule(record_type=record_type.name)
        new = {"name": name.strip(), "condition": condition, "sentences": dict(sentences), "field": field,
               "is_active": is_active}  # fmt: skip
        fields = {key: (getattr(kept, key, None), value) for key, value in new.items()
                  if kept.pk is None or getattr(kept, key) != value}  # fmt: skip
        for key, value in new.items():
            setattr(kept, key, value)
        verb = "changed" if kept.pk else "created"
        kept.save()
        if fields:
            record_change(actor, "validation_rule", kept.pk, verb, fields)
            _announce(kept)
    return kept


def delete_rule(rule: ValidationRule, *, actor: Actor) -> None:
    """Delete a validation rule; its history keeps what it said."""
    _require_administrator(actor)
    with transaction.atomic():
        _lock()
        gone = {name: (getattr(rule, name), None) for name in ("record_type", "name", "condition", "sentences")}
        record_change(actor, "validation_rule", rule.pk, "deleted", gone)
        rule.delete()
        _announce(rule)


def type_of(item: CustomField) -> RecordType:
    """Return the record type that a custom field belongs to; raises ``NotFound`` where it is gone."""
    found = find_record_type(item.record_type)
    if found is None:
        raise NotFound
    return found


def _announce(item: models.Model) -> None:
    """Let every process know, and have the worker make what is planned."""
    changed()
    if getattr(item, "state", State.LIVE) == State.PLANNED:
        transaction.on_commit(queue_build)
    transaction.on_commit(live.keep_up_now)


def _lock() -> None:
    """Let one administrator shape at a time: what is checked must still be so when it is written."""
    Configuration.objects.select_for_update().get_or_create(pk=1)


def _locked(model: type[Shaped], pk: int) -> Shaped:
    found: Shaped | None = model._default_manager.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _news(item: models.Model, names: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(item, name)) for name in names}


def _require_administrator(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
