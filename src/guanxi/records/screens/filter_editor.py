"""The popover that adds or changes a filter: first the field, then operator and value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.filters import (
    MANY,
    NO_VALUE,
    OPERATORS,
    Context,
    Tree,
    compile_filter,
    format_condition,
    parse_condition,
)
from guanxi.records.screens import cells
from guanxi.records.screens.asked import Listing, with_look
from guanxi.records.screens.inputs import form_field, options_of
from guanxi.records.screens.state import read_tree
from guanxi.records.screens.words import PERIOD_WORDS, operator_word, operators_of
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField

_DAYS = frozenset({"last_days", "next_days", "older_than_days"})


@dataclass(frozen=True, slots=True)
class Place:
    """A field to filter by, as the menu shows it; ``words`` are further words to find it by."""

    label: str
    url: str
    words: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class FilterEditor:
    """The editor of one condition; its ``inputs`` depend on field and operator, ``hidden`` is the state of the list."""

    title: str
    action: str
    operator: FormField
    inputs: tuple[FormField, ...]
    hidden: tuple[tuple[str, str], ...]
    error: str = ""


def filter_places(found: Listing) -> Iterator[Place]:
    """Yield the fields by which the actor may filter."""
    query = found.state.first_page().query()
    for item in found.record_type.condition_fields(found.actor):
        url = f"{found.filter_base}field={item.name}&{query}"
        yield Place(item.title(), url, " ".join((item.name, *item.synonyms)), item.is_derived)


def filter_editor(found: Listing, params: QueryDict, error: str = "") -> FilterEditor:
    """Return the editor for the condition that ``params`` name: a field, or the chip number ``edit``.

    Raises ``Invalid`` for a field that the actor may not filter by.
    """
    node = _edited(found, params)
    item = _field(found, str(params.get("field") or (node or {}).get("field", "")))
    allowed = operators_of(item, OPERATORS)
    op = str(params.get("op") or (node or {}).get("op", "") or allowed[0])
    op = op if op in allowed else allowed[0]
    values = params.getlist("v") or _stored_values(node if node and node.get("field") == item.name else None)
    operator = FormField("op", _("Condition"), "choice", value=op, required=True, autofocus=op in NO_VALUE,
                         options=tuple(
        Option(word, operator_word(item, word)) for word in allowed))  # fmt: skip
    hidden = [("field", item.name), *found.state.first_page().pairs()]
    if params.get("edit", "").isdecimal():
        hidden.append(("edit", params.get("edit", "")))
    if found.base_part:
        hidden.append(("in", found.base_part))
    inputs = tuple(value_inputs(found.record_type, found.actor, item, op, values))
    return FilterEditor(item.title(), found.filter_base.partition("?")[0], operator, inputs,
                        tuple(hidden), error)  # fmt: skip


def filtered_url(found: Listing, params: QueryDict) -> str:
    """Return the address of the list with the condition of the editor added or replaced.

    Raises ``Invalid`` when the condition isn't complete or its value doesn't fit the field.
    """
    item = _field(found, params.get("field", ""))
    op = params.get("op", "")
    values = [value.strip() for value in params.getlist("v") if value.strip()]
    node: Tree = {"field": item.name, "op": op}
    if op not in NO_VALUE:
        node["value"] = values if op in MANY or op == "between" else (values[0] if values else "")
    compile_filter(found.record_type, node, Context.of(found.actor))
    words = format_condition(node)
    conditions = list(found.look.conditions)
    at = int(params.get("edit", "")) if params.get("edit", "").isdecimal() else len(conditions)
    conditions[at : at + 1] = [words]
    return with_look(found, replace(found.look, conditions=tuple(conditions)))


def tree_sentences(found: Listing) -> list[tuple[int, str]]:
    """Return the nested filter of the list as indented lines: depth and words."""
    if not found.look.tree:
        return []
    return list(_lines(found, read_tree(found.look.tree), 0))


def _lines(found: Listing, node: Tree, depth: int) -> Iterator[tuple[int, str]]:
    for word, heading in (("all", _("All of these")), ("any", _("Any of these"))):
        if word in node:
            yield depth, heading
            for part in node[word]:
                yield from _lines(found, part, depth + 1)
            return
    if "not" in node:
        yield depth, _("None of these")
        yield from _lines(found, node["not"], depth + 1)
    elif "has" in node:
        relation = found.record_type.related_list(str(node["has"]))
        yield depth, _("Has %(list)s") % {"list": relation.label if relation else node["has"]}
    else:
        item = found.record_type.condition_field(str(node.get("field")))
        label, op = (item.title(), operator_word(item, str(node["op"]))) if item else (str(node.get("field")), "")
        value = node.get("value", "")
        yield depth, f"{label} {op} {value if not isinstance(value, list) else ', '.join(map(str, value))}".strip()


def _edited(found: Listing, params: QueryDict) -> Tree | None:
    index = params.get("edit", "")
    if not index.isdecimal() or int(index) >= len(found.look.conditions):
        return None
    return parse_condition(found.look.conditions[int(index)])


def _field(found: Listing, name: str) -> Field:
    item = found.record_type.condition_field(name)
    if item is None or not item.filterable or not found.actor.sees_field(found.record_type.name, name):
        raise Invalid({"filter": [_("There is no field “%(name)s” to filter by.") % {"name": name[:60]}]})
    return item


def _stored_values(node: Tree | None) -> list[str]:
    value = (node or {}).get("value", [])
    return [str(part) for part in value] if isinstance(value, (list, tuple)) else [str(value)]


def value_inputs(
    record_type: RecordType, actor: Actor, item: Field, op: str, values: Sequence[str]
) -> Iterator[FormField]:
    """Yield the inputs of a value: none, one, two ends of a range, a list of choices, a period, a number of days.

    All are named ``v``; ``values`` are those typed before.
    """
    first = values[0] if values else ""
    label = _("Value")
    if op in NO_VALUE:
        return
    if op == "period":
        yield FormField("v", label, "choice", value=first, options=_periods(), autofocus=True)
    elif op in _DAYS:
        yield FormField("v", label, "integer", value=first, suffix=_("days"), autofocus=True)
    elif op == "between":
        kind: Any = "date" if item.kind in ("date", "datetime") else "decimal"
        yield FormField("v", _("From"), kind, value=first, autofocus=True)
        yield FormField("v", _("To"), kind, value=values[1] if len(values) > 1 else "")
    elif item.kind in ("choice", "choices", "tags"):
        inner = form_field(replace(item, required=False), actor, list(values), name="v")
        yield replace(inner, kind="choices", label=label, required=False, options=options_of(item, actor))
    elif item.kind == "reference":
        yield from _reference_inputs(record_type, actor, item, values)
    elif item.kind == "boolean":
        yes_no = (Option("true", _("yes")), Option("false", _("no")))
        yield FormField("v", label, "choice", value=first or "true", options=yes_no, required=True)
    else:
        simple: Any = (
            "date" if item.kind in ("date", "datetime") else "decimal" if item.kind in cells.NUMERIC else "text"
        )
        yield FormField("v", label, simple, value=first, autofocus=True, max_length=200 if simple == "text" else None)


def _reference_inputs(record_type: RecordType, actor: Actor, item: Field, values: Sequence[str]) -> Iterator[FormField]:
    labels = cells.reference_labels(record_type, [(item.name, list(values))], actor)
    for value in (*[value for value in values if value], ""):
        inner = form_field(replace(item, required=False), actor, value, name="v", labels=labels)
        yield replace(inner, label=_("Value") if not value else "", autofocus=not value)


def _periods() -> tuple[Option, ...]:
    return tuple(Option(key, str(word)) for key, word in PERIOD_WORDS.items())
