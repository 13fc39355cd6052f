"""What administrators do to the shape of records: add, change, delete and restore fields, types, layouts and rules.

Each writes the configuration, its history and the new version in one transaction. Columns and tables are made by the
worker right after; until then what was added is “being set up” and stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from guanxi.records.shaping.models import (
    Configuration,
    CustomField,
    CustomType,
    Layout,
    Picklist,
    State,
    ValidationRule,
)
from guanxi.records.shaping.picklists import check_picklist, has_picklist
from guanxi.records.shaping.rules import check_condition
from guanxi.records.shaping.tasks import queue_build
from guanxi.records.shaping.words import in_words, name_from, path_from

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
    with _shaping(actor):
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
    with _shaping(actor):
        current = _locked(CustomField, item.pk)
        record_type = type_of(current)
        new = {**current.options, **(options or {})}
        settled = checks.check_field(
            record_type, current.kind, labels or current.labels, current.helps if helps is None else helps, new,
            frozenset(), current.name,
        )  # fmt: skip
        checks.check_change(record_type, current, settled.options)
        if settled.options.get("unique") != current.options.get("unique"):
            current.problem = ""
            transaction.on_commit(queue_build)
        fields = _set(current, {"labels": settled.labels, "helps": settled.helps, "options": settled.options})
        checks.check_computed(record_type, current)
        _keep(current, actor, "custom_field", fields)
    return current


def delete_field(item: CustomField, *, actor: Actor) -> CustomField:
    """Put a custom field in the bin: it stands nowhere any more, its values are kept for thirty days.

    Raises ``Invalid`` naming what still needs it: formulas, roll-ups and rules would fall silent without it.
    """
    with _shaping(actor):
        current = _locked(CustomField, item.pk)
        needed = checks.needed_by(current)
        if needed:
            raise Invalid({"": [_("“%(name)s” is needed by: %(users)s. Change these first.")
                                % {"name": in_words(current.labels), "users": ", ".join(needed)}]})  # fmt: skip
        _discard(current, actor, "custom_field")
    return current


def restore_field(item: CustomField, *, actor: Actor) -> CustomField:
    """Take a custom field out of the bin again, with the values it had."""
    with _shaping(actor):
        current = _locked(CustomField, item.pk)
        checks.check_computed(type_of(current), current)
        _take_back(current, actor, "custom_field", State.LIVE if is_computed(current) else State.PLANNED)
    return current


def add_type(
    *, actor: Actor, labels: Mapping[str, str], plurals: Mapping[str, str], icon: str = "box", name: str = "",
    change_set_id: int | None = None,
) -> CustomType:  # fmt: skip
    """Add a record type with a name, an owner, a team and a territory; the worker makes its table.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for words or an icon that don't fit.
    """
    with _shaping(actor):
        taken = {*(item.name for item in record_types()), *CustomType.objects.values_list("name", flat=True)}
        paths = {*(item.path for item in record_types()), *CustomType.objects.values_list("path", flat=True)}
        settled = checks.check_type(labels, plurals, icon, name, taken)
        name = name or name_from(settled.labels, taken)
        path = path_from(name_from({**settled.labels, **settled.plurals}, ()), paths | checks.PATHS)
        custom = CustomType(name=name, path=path, labels=settled.labels, plurals=settled.plurals, icon=icon)
        custom.save(force_insert=True)
        news = _news(custom, ("name", "labels", "plurals"))
        record_change(actor, "custom_type", custom.pk, "created", news, change_set_id)
        _announce(custom)
    return custom


def change_type(
    custom: CustomType, *, actor: Actor, labels: Mapping[str, str], plurals: Mapping[str, str], icon: str
) -> CustomType:
    """Rename a custom record type or give it another icon; its name for programs and its address stay."""
    with _shaping(actor):
        current = _locked(CustomType, custom.pk)
        settled = checks.check_type(labels, plurals, icon, current.name, frozenset())
        fields = _set(current, {"labels": settled.labels, "plurals": settled.plurals, "icon": icon})
        _keep(current, actor, "custom_type", fields)
    return current


def delete_type(custom: CustomType, *, actor: Actor) -> CustomType:
    """Put a custom record type in the bin with all its records; both are kept for thirty days.

    Raises ``Invalid`` where another type's field still points at it.
    """
    with _shaping(actor):
        current = _locked(CustomType, custom.pk)
        needed = checks.pointing_at(current.name)
        if needed:
            raise Invalid({"": [_("These fields point at it: %(fields)s. Delete them first.")
                                % {"fields": ", ".join(needed)}]})  # fmt: skip
        _discard(current, actor, "custom_type")
    return current


def restore_type(custom: CustomType, *, actor: Actor) -> CustomType:
    """Take a custom record type out of the bin with its records."""
    with _shaping(actor):
        current = _locked(CustomType, custom.pk)
        _take_back(current, actor, "custom_type", State.PLANNED)
    return current


def change_layout(record_type: RecordType, *, actor: Actor, plan: Mapping[str, Any]) -> None:
    """Arrange the pages, forms, lists and boards of a record type; an empty plan takes back every arrangement.

    Raises ``NotAllowed``, ``Invalid`` for a plan that names fields the type doesn't have.
    """
    with _shaping(actor):
        settled = checks.check_layout(record_type, plan)
        layout, _made = Layout.objects.select_for_update().get_or_create(record_type=record_type.name)
        _keep(layout, actor, "layout", _set(layout, {"plan": settled}))


def change_choices(record_type: RecordType, field: str, *, actor: Actor, choices: Sequence[Mapping[str, Any]]) -> None:
    """Rename, recolour, order, retire and add choices of a declared field; none at all takes back every change.

    Raises ``NotAllowed``, ``NotFound`` where the field has no choices to arrange, ``Invalid`` (under ``choices``).
    """
    with _shaping(actor):
        declared = live.declared(record_type.name).get(field)
        if declared is None or not has_picklist(declared):
            raise NotFound
        rows = Picklist.objects.select_for_update()
        kept, _made = rows.get_or_create(record_type=record_type.name, field=field)
        settled = check_picklist(record_type, declared, kept.choices, choices)
        _keep(kept, actor, "picklist", _set(kept, {"choices": settled}))


def save_rule(
    record_type: RecordType, *, actor: Actor, rule: ValidationRule | None = None, name: str, condition: str,
    sentences: Mapping[str, str], field: str = "", is_active: bool = True,
) -> ValidationRule:  # fmt: skip
    """Add a validation rule, or change one: records for which ``condition`` is true are refused with the sentence.

    Raises ``NotAllowed``, ``Invalid`` for a condition that can't be computed or a rule without a sentence.
    """
    with _shaping(actor):
        checks.check_rule(record_type, name, sentences, field, None if rule is None else rule.pk)
        check_condition(record_type, condition)
        kept = rule or ValidationRule(record_type=record_type.name)
        new = {"name": name.strip(), "condition": condition, "sentences": dict(sentences), "field": field,
               "is_active": is_active}  # fmt: skip
        verb = "changed" if kept.pk else "created"
        _keep(kept, actor, "validation_rule", _set(kept, new), verb)
    return kept


def delete_rule(rule: ValidationRule, *, actor: Actor) -> None:
    """Delete a validation rule; its history keeps what it said."""
    with _shaping(actor):
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


def _set(item: models.Model, new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Give a row its new values; returns those that differ, or all of a row that is new."""
    fields = {name: (getattr(item, name) if item.pk else None, value) for name, value in new.items()
              if not item.pk or getattr(item, name) != value}  # fmt: skip
    for name, value in new.items():
        setattr(item, name, value)
    return fields


def _keep(
    item: models.Model, actor: Actor, what: str, fields: dict[str, tuple[Any, Any]], verb: str = "changed"
) -> None:
    """Save a row whose ``fields`` differ, with its history; nothing happens where none do."""
    if fields:
        item.save()
        record_change(actor, what, item.pk, verb, fields)
        _announce(item)


def _discard(item: CustomField | CustomType, actor: Actor, what: str) -> None:
    item.state, item.removed_at = State.REMOVED, datetime.now(UTC)
    item.save(update_fields=["state", "removed_at"])
    record_change(actor, what, item.pk, "deleted", {})
    _announce(item)


def _take_back(item: CustomField | CustomType, actor: Actor, what: str, state: State) -> None:
    """Take a row out of the bin; raises ``NotFound`` where it isn't there."""
    if item.state != State.REMOVED:
        raise NotFound
    item.state, item.removed_at = state, None
    item.save(update_fields=["state", "removed_at"])
    record_change(actor, what, item.pk, "restored", {})
    _announce(item)


def _announce(item: models.Model) -> None:
    """Let every process know, and have the worker make what is planned."""
    changed()
    if getattr(item, "state", State.LIVE) == State.PLANNED:
        transaction.on_commit(queue_build)
    transaction.on_commit(live.keep_up_now)


@contextmanager
def _shaping(actor: Actor) -> Iterator[None]:
    """Let one administrator shape at a time: what is checked must still be so when it is written."""
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    with transaction.atomic():
        Configuration.objects.select_for_update().get_or_create(pk=1)
        yield


def _locked(model: type[Shaped], pk: int) -> Shaped:
    found: Shaped | None = model._default_manager.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _news(item: models.Model, names: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(item, name)) for name in names}
