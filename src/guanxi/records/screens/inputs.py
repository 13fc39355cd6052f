"""Inputs of forms and editors from declared fields: kind, options, present value as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.fields import Field
from guanxi.records.registry import find_record_type
from guanxi.ui.code_names import code_options
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField

MAX_TAGS = 100


def form_field(
    item: Field, actor: Actor, value: Any = None, *, name: str = "", errors: Sequence[str] = (),
    labels: Mapping[tuple[str, int], str] | None = None,
) -> FormField:  # fmt: skip
    """Return the input of one field. ``value`` is a typed value, or text as typed in a form that comes back.

    Retired choices are offered no more, except where the value is one.

    ``labels`` gives the titles of referenced records by type and id.
    """
    texts = values_text(value)
    retired = {choice.value for choice in item.choices if choice.is_retired} - set(texts)
    options = tuple(option for option in options_of(item, actor) if option.value not in retired)
    kind = "text" if item.kind == "json" else item.kind
    field = FormField(
        name=name or item.name, label=item.title(), kind=kind, value=input_text(item, value), values=texts,
        required=item.required, help=str(item.help), errors=tuple(errors), max_length=_max_length(item),
        options=options, is_place=item.is_place,
    )  # fmt: skip
    if item.codes:
        return _code_field(field, code_options(item.codes))
    if item.kind == "reference":
        number = texts[0] if texts else ""
        title = (labels or {}).get((item.reference, int(number)), "") if number.isdecimal() else ""
        return replace(field, value_label=title, search_url=reverse("lookup", args=(item.reference,)))
    return field


def _code_field(field: FormField, options: tuple[Option, ...]) -> FormField:
    """Offer the names of codes; a value that is none of the codes stays in the list as it is."""
    known = next((option.value for option in options if option.value.lower() == field.value.lower()), "")
    if known or not field.value:
        return replace(field, kind="choice", value=known, options=options)
    return replace(field, kind="choice", options=(Option(field.value, field.value), *options))


def options_of(item: Field, actor: Actor) -> tuple[Option, ...]:
    """Return the choices of a picklist, or the tags that exist."""
    if item.kind == "tags":
        target = find_record_type(item.reference)
        if target is None:
            return ()
        rows = access.visible_to(actor, target).order_by(target.title).values_list("pk", target.title, "color")
        return tuple(Option(str(pk), str(title), color=color or "") for pk, title, color in rows[:MAX_TAGS])
    return tuple(Option(choice.value, capfirst(str(choice.label)), color=choice.color) for choice in item.choices)


def input_text(item: Field, value: Any) -> str:
    """Return a value as an input holds it: ISO dates, instants in the reader's zone to the minute, plain numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return input_text(item, value.get("id", value.get("amount")))
    if isinstance(value, (list, tuple)):
        return ",".join(str(part) for part in value)
    return str(value)


def values_text(value: Any) -> tuple[str, ...]:
    """Return the values of an input that takes several, as text."""
    if isinstance(value, (list, tuple)):
        return tuple(str(part) for part in value)
    return (input_text(Field("value"), value),) if value not in (None, "") else ()


def _max_length(item: Field) -> int | None:
    return item.max_length if item.kind in ("text", "long_text", "email", "phone", "url") else None
