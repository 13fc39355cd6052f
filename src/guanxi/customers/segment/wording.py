"""A rule as people say it: one sentence in the reader's language, and each condition as a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from guanxi.core.actor import Actor
from guanxi.customers.segment.queries import type_at
from guanxi.customers.segment.rules import Condition, Group, Node, place, walk
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.registry import find_record_type
from guanxi.records.screens.cells import NUMERIC, reference_labels
from guanxi.records.screens.words import PERIOD_WORDS
from guanxi.ui import formats

Words = Promise | str
_ALWAYS: dict[str, Words] = {
    "empty": gettext_lazy("%(field)s is empty"), "not_empty": gettext_lazy("%(field)s is not empty"),
    "me": gettext_lazy("%(field)s is me"), "my_team": gettext_lazy("%(field)s is in my team"),
}  # fmt: skip
_TEXT: dict[str, Words] = {
    "contains": gettext_lazy("%(field)s contains “%(value)s”"), "is": gettext_lazy("%(field)s is “%(value)s”"),
    "is_not": gettext_lazy("%(field)s is not “%(value)s”"), "starts": gettext_lazy("%(field)s starts with “%(value)s”"),
}  # fmt: skip
_NUMBER: dict[str, Words] = {
    "eq": gettext_lazy("%(field)s is %(value)s"), "ne": gettext_lazy("%(field)s is not %(value)s"),
    "gt": gettext_lazy("%(field)s is more than %(value)s"), "gte": gettext_lazy("%(field)s is at least %(value)s"),
    "lt": gettext_lazy("%(field)s is less than %(value)s"), "lte": gettext_lazy("%(field)s is at most %(value)s"),
    "between": gettext_lazy("%(field)s is between %(low)s and %(high)s"),
}  # fmt: skip
_DATE: dict[str, Words] = {
    "on": gettext_lazy("%(field)s is on %(value)s"), "before": gettext_lazy("%(field)s is before %(value)s"),
    "after": gettext_lazy("%(field)s is after %(value)s"),
    "between": gettext_lazy("%(field)s is from %(low)s to %(high)s"),
    "period": gettext_lazy("%(field)s is dated %(value)s"),
    "last_days": gettext_lazy("%(field)s is within the last %(value)s days"),
    "next_days": gettext_lazy("%(field)s is within the next %(value)s days"),
    "older_than_days": gettext_lazy("%(field)s is more than %(value)s days ago"),
}  # fmt: skip
_ONE_OF: dict[str, Words] = {
    "in": gettext_lazy("%(field)s is %(value)s"), "not_in": gettext_lazy("%(field)s is not %(value)s"),
    "any_of": gettext_lazy("%(field)s include %(value)s"), "all_of": gettext_lazy("%(field)s include %(value)s"),
    "none_of": gettext_lazy("%(field)s do not include %(value)s"),
}  # fmt: skip
_SEGMENT: dict[str, Words] = {
    "in": gettext_lazy("in the segment %(value)s"), "not_in": gettext_lazy("not in the segment %(value)s"),
    "empty": gettext_lazy("in no segment"), "not_empty": gettext_lazy("in any segment"),
}  # fmt: skip
_DAYS = frozenset({"last_days", "next_days", "older_than_days"})
_BLANK = "…"


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to say a rule: the rule itself, and the names of the records it refers to."""

    root: Group
    labels: Mapping[tuple[str, int], str]

    @classmethod
    def of(cls, root: Group, actor: Actor) -> Reader:
        """Read the names of the records that a rule refers to, as far as the actor may see them."""
        labels: dict[tuple[str, int], str] = {}
        for at, node in walk(root):
            target = type_at(root, at) if isinstance(node, Condition) and node.values else None
            if target is not None and isinstance(node, Condition):
                labels |= reference_labels(target, [(node.field, list(node.values))], actor)
        return cls(root, labels)

    def sentence(self) -> str:
        """Return the whole rule as one sentence; empty for a rule without conditions."""
        root = self.root
        without = [(at, part) for at, part in _parts(root, "") if _excludes(part)] if root.op == "all" else []
        kept = {at for at, _part in without}
        clauses = [self._who(at, part) for at, part in _parts(root, "") if at not in kept]
        refused = [text for at, part in without for text in self._inside(at, part)]
        who = _both(clauses) if root.op == "all" else _either(clauses)
        if not clauses and not refused:
            return ""
        if not refused:
            return _("Customers %(who)s") % {"who": who}
        if not clauses:
            return _("All customers but those %(excluded)s") % {"excluded": _either(refused)}
        return _("Customers %(who)s, but not those %(excluded)s") % {"who": who, "excluded": _either(refused)}

    def _who(self, at: str, node: Node) -> str:
        """Return a node as what a customer is like: “whose city is Shanghai”, “who have at least 2 orders”."""
        if isinstance(node, Condition):
            if node.field == "segment":
                return _("who are %(clause)s") % {"clause": self.line(at, node)}
            return _("whose %(clause)s") % {"clause": self.line(at, node)}
        if node.has:
            return _("who have %(clause)s") % {"clause": self._related(at, node)}
        inside = self._inside(at, node)
        text = _both(inside) if node.op == "all" else _either(inside)
        if node.op == "not":
            return _("not (%(clauses)s)") % {"clauses": text}
        return _("(%(clauses)s)") % {"clauses": text} if len(inside) > 1 else text

    def _inside(self, at: str, node: Node) -> list[str]:
        return [self._who(inner, part) for inner, part in _parts(node, at)]

    def line(self, at: str, node: Node) -> str:
        """Return one leaf as words without “whose”: a condition, or what is asked of a related list."""
        if isinstance(node, Group):
            return capfirst(_("has %(clause)s") % {"clause": self._related(at, node)}) if node.has else ""
        target = type_at(self.root, at)
        item = target.condition_field(node.field) if target is not None else None
        return self._condition(item, node) if item is not None else node.field or _BLANK

    def _related(self, at: str, node: Group) -> str:
        target = type_at(self.root, at)
        relation = target.related_list(node.has) if target is not None else None
        rows_of = find_record_type(relation.type_name) if relation is not None else None
        name = str(rows_of.plural) if rows_of is not None else node.has
        values = {"list": name, "number": node.number or _BLANK}
        if node.bound == "most":
            text = _("no %(list)s") if node.number == "0" else _("at most %(number)s %(list)s")
        else:
            text = _("some %(list)s") if node.number == "1" else _("at least %(number)s %(list)s")
        text = text % values
        rows = [self._row(inner, part) for inner, part in _parts(node, at)]
        return _("%(list)s where %(conditions)s") % {"list": text, "conditions": _both(rows)} if rows else text

    def _row(self, at: str, node: Node) -> str:
        """Return a node as what a related record is like."""
        if isinstance(node, Condition):
            return self.line(at, node)
        if node.has:
            return _("has %(clause)s") % {"clause": self._related(at, node)}
        rows = [self._row(inner, part) for inner, part in _parts(node, at)]
        text = _both(rows) if node.op == "all" else _either(rows)
        return (
            _("not (%(clauses)s)") % {"clauses": text} if node.op == "not" else _("(%(clauses)s)") % {"clauses": text}
        )

    def _condition(self, item: Field, node: Condition) -> str:
        values = [self._value(item, node.op, value) for value in node.values]
        field = str(item.label or item.name)
        if item.kind == "boolean":
            yes = not node.values or node.values[0] in ("true", "1")
            return (_("“%(field)s” is yes") if yes else _("“%(field)s” is no")) % {"field": field}
        if node.op in ("between",):
            low, high = (*values, _BLANK, _BLANK)[:2]
            return str(_pattern(item, node.op)) % {"field": field, "low": low, "high": high}
        joined = _and(values) if node.op == "all_of" else _or(values)
        return str(_pattern(item, node.op)) % {"field": field, "value": joined or _BLANK}

    def _value(self, item: Field, op: str, value: str) -> str:
        if op == "period":
            return str(PERIOD_WORDS.get(value, value))
        if op in _DAYS or item.kind in NUMERIC:
            return _number(value) + ("%" if item.kind == "percent" else "")
        if item.kind in ("date", "datetime"):
            return _day(value)
        if item.kind in ("choice", "choices"):
            choice = item.choice(value)
            return str(choice.label) if choice is not None else value
        if item.kind in ("reference", "tags") and value.isdecimal():
            return self.labels.get((item.reference, int(value)), f"#{value}")
        return value


def sentence_of(root: Group, actor: Actor) -> str:
    """Return a rule as one sentence in the active language; empty for a rule without conditions."""
    return Reader.of(root, actor).sentence()


def list_label(target: RecordType, key: str) -> str:
    """Return the name of a related list as it begins a line."""
    relation = target.related_list(key)
    return capfirst(str(relation.label)) if relation is not None else key


def _pattern(item: Field, op: str) -> Words:
    if item.name == "segment" and item.reference == "segment":
        return _SEGMENT.get(op, "%(field)s")
    if item.kind in NUMERIC:
        known = _NUMBER
    elif item.kind in ("date", "datetime"):
        known = _DATE
    elif item.kind in ("choice", "choices", "tags", "reference"):
        known = _ONE_OF
    else:
        known = _TEXT
    return _ALWAYS.get(op) or known.get(op, "%(field)s")


def _parts(node: Node, at: str) -> Iterator[tuple[str, Node]]:
    """Yield what there is to say of a group: its parts without those where nothing was chosen yet."""
    if isinstance(node, Group):
        for index, part in enumerate(node.parts):
            if not _is_blank(part):
                yield place(at, index), part


def _is_blank(node: Node) -> bool:
    if isinstance(node, Condition):
        return not node.field
    return not node.has and all(_is_blank(part) for part in node.parts)


def _excludes(node: Node) -> bool:
    return isinstance(node, Group) and node.op == "not" and not node.has and not _is_blank(node)


def _both(parts: Sequence[str]) -> str:
    return _chain(parts, pgettext("between clauses", ", "), pgettext("between clauses", " and "))


def _either(parts: Sequence[str]) -> str:
    return _chain(parts, pgettext("between alternatives", ", "), pgettext("between clauses", " or "))


def _and(parts: Sequence[str]) -> str:
    return _chain(parts, pgettext("between values", ", "), pgettext("between values", " and "))


def _or(parts: Sequence[str]) -> str:
    return _chain(parts, pgettext("between values", ", "), pgettext("between values", " or "))


def _chain(parts: Sequence[str], comma: str, last: str) -> str:
    return parts[0] if len(parts) == 1 else last.join((comma.join(parts[:-1]), parts[-1])) if parts else ""


def _number(text: str) -> str:
    try:
        number: Any = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text or _BLANK
    return formats.number(int(number) if number == number.to_integral_value() else number)


def _day(text: str) -> str:
    try:
        return formats.day(date.fromisoformat(text))
    except ValueError:
        return text or _BLANK


JOIN_WORDS: dict[str, Words] = {
    "all": pgettext_lazy("rule", "All of"), "any": pgettext_lazy("rule", "Any of"),
    "not": pgettext_lazy("rule", "But not any of"),
}  # fmt: skip
