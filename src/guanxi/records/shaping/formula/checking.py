"""Whether a formula makes sense for a record type: known fields, fitting types, no circle. Says what is wrong where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from guanxi.core.errors import Invalid
from guanxi.records.fields import Field, Kind
from guanxi.records.shaping.formula.functions import FUNCTIONS, OVERLOADS
from guanxi.records.shaping.formula.nodes import Call, Constant, Name, Node, Type
from guanxi.records.shaping.words import LANGUAGES

TYPES: dict[Kind, Type] = {
    "text": "text", "long_text": "text", "email": "text", "phone": "text", "url": "text", "choice": "text",
    "integer": "number", "decimal": "number", "money": "number", "percent": "number", "date": "date",
    "datetime": "datetime", "boolean": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """A part of a formula with its type. ``item`` is the field that a part without a function reads."""

    type: Type
    function: str = ""
    parts: tuple[Checked, ...] = ()
    value: Any = None
    item: Field | None = None


@dataclass(slots=True)
class Scope:
    """What a formula may name: the fields of its record type, and other formulas of it, which stand for themselves."""

    fields: Mapping[str, Field]
    formulas: Mapping[str, Node] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def find(self, text: str) -> Field | str:
        """Return the field, or the name of the formula, that is called so; raises ``Invalid``."""
        if text in self.formulas:
            return text
        if text in self.fields:
            return self.fields[text]
        wanted = text.casefold()
        found = [item for item in self.fields.values() if wanted in {label.casefold() for label in labels_of(item)}]
        if len(found) > 1:
            raise _refused(_("Several fields are called “%(name)s”. Use the name of one: %(names)s.")
                           % {"name": text[:60], "names": ", ".join(item.name for item in found)})  # fmt: skip
        if not found:
            raise _refused(_("There is no field “%(name)s”.") % {"name": text[:60]})
        return found[0].name if found[0].name in self.formulas else found[0]


def labels_of(item: Field) -> list[str]:
    """Return the labels of a field in both languages, as they stand on pages."""
    labels = []
    for language in LANGUAGES:
        with override(language):
            labels.append(capfirst(str(item.label or item.name)))
    return labels


def check_formula(node: Node, scope: Scope) -> Checked:
    """Return the formula with types, other formulas put in place; raises ``Invalid`` (under ``formula``)."""
    if isinstance(node, Constant):
        return _constant(node.value)
    if isinstance(node, Name):
        return _named(node.text, scope)
    parts = tuple(check_formula(part, scope) for part in node.parts)
    return _called(node, parts)


def _constant(value: Decimal | str | bool | date | None) -> Checked:
    if value is None:
        return Checked("blank")
    kind: Type = "boolean" if isinstance(value, bool) else "number" if isinstance(value, Decimal) else "text"
    return Checked(kind, value=value)


def _named(text: str, scope: Scope) -> Checked:
    found = scope.find(text)
    if isinstance(found, Field):
        kind = TYPES.get(found.kind)
        if kind is None or (found.expression is not None and found.name not in scope.formulas and not found.reads):
            raise _refused(_("The field “%(name)s” can't stand in a formula.") % {"name": found.title()})
        return Checked(kind, item=found)
    if found in scope.open:
        raise _refused(_("“%(name)s” would compute itself.") % {"name": found})
    scope.open.append(found)
    made = check_formula(scope.formulas[found], scope)
    scope.open.pop()
    return made


def _called(node: Call, parts: tuple[Checked, ...]) -> Checked:
    name = node.name
    if name == "IF" and len(parts) == 2:
        parts = (*parts, Checked("blank"))
    if name in ("+", "-") and len(parts) == 2:
        left, right = ("date" if part.type == "datetime" else part.type for part in parts)
        name = OVERLOADS.get((name, left, right), name)
    function = FUNCTIONS.get(name)
    if function is None:
        raise _refused(_("There is no function %(name)s.") % {"name": node.name[:40]})
    wanted = function.takes
    if function.more and parts:
        wanted = (*wanted, *([wanted[-1]] * (len(parts) - len(wanted))))
    if len(parts) != len(wanted):
        raise _refused(_("%(name)s takes %(wanted)s values, not %(given)s.")
                       % {"name": node.name, "wanted": len(wanted), "given": len(parts)})  # fmt: skip
    same = _same(node, name, [part for part, want in zip(parts, wanted, strict=True) if want == "same"])
    fitted = tuple(
        _fitted(node, part, same if want == "same" else want) for part, want in zip(parts, wanted, strict=True)
    )
    if name in ("<", "<=", ">", ">=") and same in ("text", "boolean"):
        raise _refused(_("Only numbers and dates can be compared with “%(sign)s”.") % {"sign": name})
    gives = same if function.gives == "same" else function.gives
    return Checked(gives, name, fitted)  # type: ignore[arg-type]


def _same(node: Call, name: str, parts: list[Checked]) -> str:
    types = {part.type for part in parts} - {"blank"}
    if types == {"date", "datetime"}:
        return "date"
    if len(types) > 1:
        raise _refused(_("%(name)s needs values of one type; these are: %(types)s.")
                       % {"name": node.name, "types": ", ".join(sorted(map(type_name, types)))})  # fmt: skip
    return next(iter(types), "text")


def _fitted(node: Call, part: Checked, wanted: str) -> Checked:
    if part.type == wanted:
        return part
    if part.type == "blank":
        return Checked(wanted, value=None)  # type: ignore[arg-type]
    if (part.type, wanted) == ("datetime", "date"):
        return Checked("date", "DATE", (part,))
    raise _refused(_("%(name)s needs %(wanted)s here, not %(given)s.")
                   % {"name": node.name, "wanted": type_name(wanted), "given": type_name(part.type)})  # fmt: skip


def type_name(kind: str) -> str:
    """Return a type of values in words."""
    names = {
        "number": _("a number"), "text": _("a text"), "date": _("a date"), "datetime": _("a date and time"),
        "boolean": _("yes or no"), "blank": _("nothing"),
    }  # fmt: skip
    return names[kind]


def _refused(sentence: str) -> Invalid:
    return Invalid({"formula": [sentence]})
