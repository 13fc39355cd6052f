"""Computed custom fields: formulas over the record itself, and roll-ups over records that point at it.

They are computed whenever they are read, so they are never out of date; a list can show, filter and sort by them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Avg, BigIntegerField, Count, DecimalField, Max, Min, OuterRef, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import Invalid, type_text
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field, Kind
from guanxi.records.filters import Context, compile_filter, computed_for, named_fields
from guanxi.records.registry import find_record_type
from guanxi.records.shaping.formula.checking import Checked, Scope, check_formula
from guanxi.records.shaping.formula.computing import as_expression
from guanxi.records.shaping.formula.nodes import Node
from guanxi.records.shaping.formula.reading import read_formula
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.words import in_language

ADDITIONS = ("count", "sum", "average", "smallest", "largest")
_AGGREGATES: dict[str, Any] = {"sum": Sum, "average": Avg, "smallest": Min, "largest": Max}
_MEASURED = ("integer", "decimal", "money", "percent")
_ORDERED = (*_MEASURED, "date", "datetime")
_KINDS: dict[str, Kind] = {"number": "decimal", "text": "text", "date": "date", "datetime": "datetime",
                           "boolean": "boolean"}  # fmt: skip


def is_computed(item: CustomField) -> bool:
    """Say whether a custom field has no column."""
    return KINDS[item.kind].column is None


def currency_label(item: CustomField) -> type_text:
    """Return the label of the currency beside an amount."""
    ends = {"en": " (currency)", "zh-hans": "（币种）"}
    return in_language({language: f"{text}{ends.get(language, '')}" for language, text in item.labels.items() if text})


def declare_all(base: RecordType, added: Sequence[Field], wanted: Sequence[CustomField]) -> list[Field]:
    """Return the computed fields of a type as it declares them.

    One whose inputs are gone is left out rather than break every page of its type; its settings say why.
    """
    found: list[Field] = []
    known = {item.name: item for item in (*base.fields, *added)}
    for item in wanted:
        if item.kind == "rollup":
            made = _rollup(item)
            if made is not None:
                found.append(made)
                known[made.name] = made
    formulas = formulas_of(wanted)
    labelled = [item for item in wanted if item.name in formulas]
    known |= {item.name: Field(item.name, label=in_language(item.labels)) for item in labelled}
    for item in labelled:
        try:
            found.append(_formula(item, Scope(known, formulas)))
        except Invalid:
            continue
    return found


def formulas_of(wanted: Sequence[CustomField]) -> dict[str, Node]:
    """Return the formulas of a type that can be read, by field name."""
    found: dict[str, Node] = {}
    for item in wanted:
        if item.kind == "formula":
            try:
                found[item.name] = read_formula(str(item.options.get("formula", "")))
            except Invalid:
                continue
    return found


def _formula(item: CustomField, scope: Scope) -> Field:
    checked = check_formula(scope.formulas[item.name], _opened(scope, item.name))
    decimals = int(item.options.get("decimals", 2))
    return Field(
        item.name, label=in_language(item.labels), help=in_language(item.helps), kind=_KINDS[checked.type],
        expression=_made(checked, decimals), editable=False, decimals=decimals, reads=tuple(_inputs(checked)),
    )  # fmt: skip


def _opened(scope: Scope, name: str) -> Scope:
    return replace(scope, open=[name])


def _made(checked: Checked, decimals: int) -> Callable[[Actor], Combinable]:
    return lambda actor: as_expression(checked, actor, decimals)


def _inputs(part: Checked) -> list[tuple[str, str]]:
    """Return the fields that a formula reads: who may not see one of them doesn't see the formula."""
    if part.item is not None:
        return [*part.item.reads] if part.item.reads else [("", part.item.name)]
    return list(dict.fromkeys(pair for item in part.parts for pair in _inputs(item)))


def _rollup(item: CustomField) -> Field | None:
    plan = item.options.get("rollup", {})
    try:
        source, through, measure = check_rollup(item.record_type, plan)
    except Invalid:
        return None
    how = str(plan["how"])
    kind: Kind = "integer" if how == "count" else "decimal" if measure is None else measure.kind
    if how == "average" and kind == "integer":
        kind = "decimal"
    reads = [(source.name, through.name), *([(source.name, measure.name)] if measure else [])]
    reads += [(source.name, name) for name in filtered(plan)]
    return Field(
        item.name, label=in_language(item.labels), help=in_language(item.helps), kind="decimal" if kind == "money" else
        kind, expression=lambda actor: _sum_up(source, through, measure, plan, actor), editable=False,
        decimals=0 if kind == "integer" else 2, reads=tuple(dict.fromkeys(reads)),
    )  # fmt: skip


def filtered(plan: Mapping[str, Any]) -> list[str]:
    """Return the fields by which a roll-up chooses the records that it adds up."""
    return sorted(named_fields(plan.get("filter") or {}))


def _sum_up(
    source: RecordType, through: Field, measure: Field | None, plan: Mapping[str, Any], actor: Actor
) -> Combinable:
    """Return the sum over those records of ``source`` that the actor may see: a sum over others would tell of them."""
    rows = access.visible_to(actor, source).filter(**{through.column: OuterRef("pk")})
    if plan.get("filter"):
        condition = compile_filter(source, plan["filter"], Context.of(actor))
        rows = computed_for(rows, source, plan["filter"], actor).filter(condition)
    each = rows.order_by().values(through.column)
    if plan["how"] == "count" or measure is None:
        counted = each.annotate(found_=Count("pk")).values("found_")
        return Coalesce(Subquery(counted, output_field=BigIntegerField()), Value(0))
    field: Any = DecimalField(max_digits=40, decimal_places=2) if measure.kind in _MEASURED else None
    made = each.annotate(found_=_AGGREGATES[str(plan["how"])](measure.column)).values("found_")
    return Subquery(made, output_field=field) if field is not None else Subquery(made)


def check_rollup(type_name: str, plan: Mapping[str, Any]) -> tuple[RecordType, Field, Field | None]:
    """Return the record type added up, its reference to ``type_name`` and the field that is measured.

    Raises ``Invalid`` (under ``rollup``, ``measure`` or ``only``) for a plan that doesn't fit.
    """
    source = find_record_type(str(plan.get("type", "")))
    through = source.get(str(plan.get("through", ""))) if source else None
    if source is None or through is None or through.kind != "reference" or through.reference != type_name:
        raise Invalid({"rollup": [_("Choose records that point at this type.")]})
    if plan.get("filter"):
        try:
            compile_filter(source, plan["filter"], Context.of(SYSTEM))
        except Invalid as refusal:
            raise Invalid({"only": [*refusal.sentences]}) from refusal
    how = plan.get("how")
    if how not in ADDITIONS:
        raise Invalid({"rollup": [_("Choose how the records are added up.")]})
    if how == "count":
        return source, through, None
    measure = source.get(str(plan.get("measure", "")))
    fitting = _ORDERED if how in ("smallest", "largest") else _MEASURED
    if measure is None or measure.kind not in fitting or measure.expression is not None:
        raise Invalid({"measure": [_("Choose a stored number to add up.")]})
    return source, through, measure
