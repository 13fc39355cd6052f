"""Tries a formula out while it is being written: is it right, and what does it give for a few records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.shaping import computed
from guanxi.records.shaping.formula.checking import Scope, check_formula, type_name
from guanxi.records.shaping.formula.computing import as_expression
from guanxi.records.shaping.formula.reading import read_formula
from guanxi.records.shaping.models import CustomField

SAMPLES = 3


def try_out(
    record_type: RecordType, posted: QueryDict, fields: Sequence[CustomField], actor: Actor
) -> dict[str, Any]:  # fmt: skip
    """Return what the page says of a formula: its problem, or its type and what it gives for the newest records."""
    text, own = str(posted.get("formula", "")), str(posted.get("own", ""))
    if not text.strip():
        return {}
    try:
        formulas = computed.formulas_of([item for item in fields if item.name != own])
        scope = Scope({item.name: item for item in record_type.fields}, formulas, [own] if own else [])
        made = check_formula(read_formula(text), scope)
    except Invalid as refusal:
        return {"problem": " ".join(refusal.errors.get("formula", []))}
    asked = str(posted.get("decimals", "2"))
    decimals = min(int(asked), 8) if asked.isdecimal() else 2
    rows = access.visible_to(actor, record_type).order_by("-pk").annotate(tried_=as_expression(made, actor, decimals))
    found = rows.values_list(record_type.title, "tried_")[:SAMPLES]
    samples = [(str(title or "—"), _said(value)) for title, value in found]
    return {"type": type_name(made.type), "samples": samples, "is_condition": made.type == "boolean"}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)
