"""The fields that a column of a file may be mapped to, derived from the declarations of the record types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed, type_text
from guanxi.records.fields import Field
from guanxi.records.importing.parsing import FieldSpec
from guanxi.records.importing.plan import EXTERNAL_ID, Detail, ImportPlan, Part

_LANGUAGES = ("en", "zh-hans")
_TEXT_KINDS = {"reference": "text", "json": "text"}


@dataclass(frozen=True, slots=True)
class Target:
    """One field of one part. ``key`` is ``part.field``; ``item`` is None for the external id."""

    key: str
    part: str
    name: str
    label: type_text
    group: type_text
    item: Field | None
    required: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Kind of the values: that of the field; text for references, whose names stand in files."""
        return "text" if self.item is None else _TEXT_KINDS.get(self.item.kind, self.item.kind)

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Further words for the field, for the recognition of headers."""
        return () if self.item is None else self.item.synonyms


def targets_of(plan: ImportPlan, actor: Actor) -> list[Target]:
    """Return every target of a plan that the actor may fill, in the order of its parts."""
    found: list[Target] = []
    for part in plan.parts:
        found += _targets_of_part(plan, part, actor)
    if plan.detail is not None:
        found += _targets_of_detail(plan.detail)
    return found


def _targets_of_part(plan: ImportPlan, part: Part, actor: Actor) -> list[Target]:
    label = part.label or part.record_type.label
    found: list[Target] = []
    if not part.natural:
        found.append(
            Target(f"{part.key}.{EXTERNAL_ID}", part.key, EXTERNAL_ID, _("ID in the source system"), label, None)
        )
    offered = [*(item for item in part.offered() if item.kind != "json"), *part.extra]
    for item in offered:
        if item in part.extra or actor.edits_field(part.type_name, item.name):
            # A part of one field is known by its own name: “mobile phone”, not “value”.
            name = label if len(offered) == 1 else item.label
            required = item.required and part.key == plan.root
            words = part.words.get(item.name, {})
            found.append(Target(f"{part.key}.{item.name}", part.key, item.name, name, label, item, required, words))
    return found


def _targets_of_detail(detail: Detail) -> list[Target]:
    return [
        Target(f"{detail.key}.{item.name}", detail.key, item.name, item.label, detail.label, item, item.required)
        for item in detail.fields
    ]


def require_import(actor: Actor, plan: ImportPlan) -> None:
    """Refuse unless the actor may import, create and edit every type that a plan fills (raises ``NotAllowed``).

    Only parts that some column could fill count: types that a plan merely may fill are checked when they are mapped.
    """
    root = plan.root_part
    for verb in ("import", "create", "edit"):
        if not actor.may(verb, root.type_name):
            raise NotAllowed


def require_parts(actor: Actor, plan: ImportPlan, filled: set[str]) -> None:
    """Refuse unless the actor may import, create and edit each type among the filled parts (raises ``NotAllowed``)."""
    require_import(actor, plan)
    for part in plan.parts:
        if part.key in filled and not all(actor.may(verb, part.type_name) for verb in ("import", "create", "edit")):
            raise NotAllowed(
                _("You may not import %(plural)s, which this file would fill. Leave their columns out."),
                plural=str(part.record_type.plural),
            )


def spec_of(target: Target, model: type[models.Model] | None, **settings: Any) -> FieldSpec:
    """Return how the cells of a column mapped to ``target`` are read.

    ``settings`` are those of the company: ``region``, ``time_zone``; and what a person said of the column.
    """
    item = target.item
    if item is None:
        return FieldSpec(kind="text", max_length=200, **settings)
    digits = 18
    if model is not None and item.kind in ("decimal", "money", "percent"):
        stored = {each.name: each for each in model._meta.concrete_fields}.get(item.path or item.name)
        digits = getattr(stored, "max_digits", None) or 18
    return FieldSpec(
        kind=target.kind,  # type: ignore[arg-type]
        max_length=item.max_length if target.kind not in ("choice", "choices") else None,
        max_digits=digits,
        decimals=item.decimals,
        choices=choice_words(item, target.words),
        **settings,
    )


def choice_words(item: Field, more: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return, for each stored choice, its labels in every language of the product and further words for it."""
    words: dict[str, tuple[str, ...]] = {}
    for choice in item.choices:
        labels = []
        for language in _LANGUAGES:
            with translation.override(language):
                labels.append(str(choice.label))
        words[choice.value] = tuple(dict.fromkeys([*labels, *more.get(choice.value, ())]))
    return words
