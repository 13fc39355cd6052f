"""Choices of declared fields as a company keeps them: stages and grades in its own words, order and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import lazystr
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid, type_text
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Choice, Field
from guanxi.records.shaping.checks import Errors, kept_choices, refuse_used, values_of
from guanxi.records.shaping.kinds import made_choice

Kept = Sequence[Mapping[str, Any]]
_DECLARED: dict[models.Field[Any, Any], list[tuple[Any, Any]]] = {}


class _Renamed:
    """Words of a company for a declared choice; where a language has none, those of the declaration."""

    def __init__(self, said: Mapping[str, str], declared: type_text) -> None:
        self.said, self.declared = said, declared

    def __str__(self) -> str:
        wanted = "zh-hans" if (get_language() or "").startswith("zh") else "en"
        return self.said.get(wanted) or str(self.declared)


def has_picklist(item: Field) -> bool:
    """Say whether the choices of a declared field can be arranged: they are entered, not computed."""
    return item.kind in ("choice", "choices") and bool(item.choices) and is_writable(item)


def with_choices(item: Field, kept: Kept) -> Field:
    """Return a declared field with its choices as they are kept; those that were declared since follow at the end."""
    if not kept:
        return item
    declared = {choice.value: choice for choice in item.choices}
    made = [_merged(each, declared.get(str(each["value"]))) for each in kept
            if item.extensible or str(each["value"]) in declared]  # fmt: skip
    since = [choice for choice in item.choices if choice.value not in values_of(kept)]
    return replace(item, choices=(*made, *since))


def _merged(kept: Mapping[str, Any], declared: Choice | None) -> Choice:
    made = made_choice(kept)
    if declared is None:
        return made
    label = lazystr(_Renamed(kept["labels"], declared.label)) if kept.get("labels") else declared.label
    return replace(declared, label=label, color=made.color, is_retired=made.is_retired)


def allow(model_field: models.Field[Any, Any], item: Field) -> None:
    """Have the model take every choice of a field, and no others: what was declared and what a company added."""
    holder = model_field.base_field if isinstance(model_field, ArrayField) else model_field
    declared = _DECLARED.setdefault(holder, list(holder.flatchoices))
    known = {str(value) for value, _label in declared}
    added = [(choice.value, choice.label) for choice in item.choices if choice.value not in known]
    if len(holder.flatchoices) != len(declared) + len(added) or added:
        holder.choices = [*declared, *added]


def check_picklist(record_type: RecordType, declared: Field, before: Kept, given: Any) -> list[dict[str, Any]]:
    """Return the choices of a declared field as they are kept, none where the declared ones shall stand again.

    Raises ``Invalid`` (under ``choices``) for what can't be.
    """
    errors: Errors = {}
    kept = kept_choices(given, errors, declared.choices) if given else []
    known = {choice.value: choice for choice in declared.choices}
    if not declared.extensible and values_of(kept) - set(known):
        errors["choices"] = [_("Guanxi computes with these choices: they can be renamed and retired, not added to.")]
    wanted = _needed(record_type, declared)
    needed = [known[item["value"]] for item in kept if item.get("retired") and item["value"] in wanted]
    if needed:
        told = ", ".join(str(choice.label) for choice in needed)
        errors["choices"] = [_("Guanxi sets these itself, so they can't be retired: %(choices)s.") % {"choices": told}]
    if errors:
        raise Invalid(errors)
    added = [item for item in before if item["value"] not in known]
    refuse_used(record_type, declared, added, kept)
    return kept


def _needed(record_type: RecordType, declared: Field) -> set[str]:
    """Return the choices that records begin with or that end a deadline."""
    column = record_type.model._meta.get_field(declared.path or declared.name)
    start = column.get_default() if isinstance(column, models.Field) and column.has_default() else ""
    ends = (item.kept_by for item in record_type.fields if item.kept_by is not None)
    ended = {value for name, values in ends if name == declared.name for value in values}
    return ended | ({str(start)} if isinstance(start, str) else {str(value) for value in start or ()})
