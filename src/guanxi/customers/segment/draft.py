"""A rule while somebody builds it in the browser: read from the form, changed by one action, with its past."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from guanxi.core.errors import DomainError
from guanxi.customers.segment.queries import type_at
from guanxi.customers.segment.rules import (
    MOST_STEPS,
    NO_VALUE,
    Condition,
    Group,
    Tree,
    find,
    from_text,
    parent_of,
    place,
    root_of,
    to_text,
    walk,
)
from guanxi.records.fields import Field
from guanxi.records.filters import operators

LIST = "list."
_USUAL = {
    "integer": "gte",
    "decimal": "gte",
    "money": "gte",
    "percent": "gte",
    "date": "last_days",
    "datetime": "last_days",
}


@dataclass(slots=True)
class Draft:
    """A rule, the rules it was before (oldest first), and those that were undone (next first).

    ``focus`` is the place of the part that was just made or changed.
    """

    root: Group
    past: list[str] = field(default_factory=list)
    future: list[str] = field(default_factory=list)
    focus: str = ""

    def past_text(self) -> str:
        """Return the past as the form carries it."""
        return json.dumps(self.past, ensure_ascii=False)

    def future_text(self) -> str:
        """Return the undone rules as the form carries them."""
        return json.dumps(self.future, ensure_ascii=False)


def open_draft(definition: Tree) -> Draft:
    """Return the draft of a stored rule; a new one begins with one empty condition."""
    try:
        root = root_of(definition)
    except ValueError:
        root = Group()
    if not root.parts:
        root.parts.append(Condition())
    return Draft(root)


def read_draft(form: QueryDict, action: str = "") -> Draft:
    """Return the draft that a form holds after what was typed and after ``action``.

    Actions: ``add``, ``group``, ``exclude``, ``remove`` and ``list`` with a place, ``field:<place>:<name>``, ``undo``,
    ``redo``. Raises ``DomainError`` for a form that isn't ours.
    """
    try:
        draft = Draft(from_text(form.get("draft", "")), _steps(form.get("past", "")), _steps(form.get("future", "")))
    except ValueError as error:
        raise DomainError from error
    before = to_text(draft.root)
    _take_in(draft.root, form)
    _remember(draft, before)
    before = to_text(draft.root)
    word, _colon, rest = action.partition(":")
    if word in ("undo", "redo"):
        _step(draft, word)
    elif word:
        _apply(draft, word, rest)
        _remember(draft, before)
    return draft


def _steps(text: str) -> list[str]:
    if len(text) > 400_000:
        return []
    steps = json.loads(text or "[]")
    return [str(step) for step in steps][-MOST_STEPS:] if isinstance(steps, list) else []


def _remember(draft: Draft, before: str) -> None:
    if to_text(draft.root) != before:
        draft.past = [*draft.past, before][-MOST_STEPS:]
        draft.future = []


def _step(draft: Draft, word: str) -> None:
    """Go one step back or forward; a step that can't be read is left out."""
    source, other = (draft.past, draft.future) if word == "undo" else (draft.future, draft.past)
    if source:
        other.append(to_text(draft.root))
        draft.root = from_text(source.pop())


def _take_in(root: Group, form: QueryDict) -> None:
    """Take over what was typed and chosen in the inputs of the form."""
    for at, node in walk(root):
        if isinstance(node, Condition):
            if f"c.{at}.op" in form:
                node.op = str(form[f"c.{at}.op"])
                node.values = _values(form, at) if node.op not in NO_VALUE else []
            continue
        node.op = str(form[f"g.{at}.op"]) if form.get(f"g.{at}.op") in ("all", "any", "not") else node.op
        node.bound = "most" if form.get(f"g.{at}.bound", node.bound) == "most" else "least"
        node.number = form.get(f"g.{at}.number", node.number).strip()[:7]


def _values(form: QueryDict, at: str) -> list[str]:
    start = f"c.{at}.v"
    names = sorted(name for name in form if name.startswith(start) and name[len(start) :].isdecimal())
    return [value.strip()[:400] for name in names for value in form.getlist(name) if value.strip()][:500]


def _apply(draft: Draft, word: str, rest: str) -> None:
    root = draft.root
    if word == "field":
        at, _colon, name = rest.partition(":")
        _choose(draft, at, name)
    elif word == "remove":
        held = parent_of(root, rest)
        if held is not None:
            held[0].parts.pop(held[1])
    elif word == "exclude":
        group = next(
            (part for part in root.parts if isinstance(part, Group) and part.op == "not" and not part.has), None
        )
        if root.op != "all":
            root = draft.root = Group("all", [root])
        if group is None or group not in root.parts:
            group = Group("not")
            root.parts.append(group)
        group.parts.append(Condition())
        draft.focus = place(str(root.parts.index(group)), len(group.parts) - 1)
    elif word in ("add", "group"):
        target = find(root, rest)
        if isinstance(target, Group):
            target.parts.append(Condition() if word == "add" else Group("any", [Condition()]))
            draft.focus = place(rest, len(target.parts) - 1)


def _choose(draft: Draft, at: str, name: str) -> None:
    """Put a field or a related list at a place; what was chosen there before goes, unless it still fits."""
    held, target = parent_of(draft.root, at), type_at(draft.root, at)
    if held is None or target is None:
        return
    group, index = held
    draft.focus = at
    if name.startswith(LIST):
        group.parts[index] = Group("all", [], has=name[len(LIST) :])
        return
    old, item = group.parts[index], target.condition_field(name)
    if item is None:
        return
    known = target.condition_field(old.field) if isinstance(old, Condition) and old.field else None
    keeps = isinstance(old, Condition) and known is not None and known.kind == item.kind and not item.choices
    if keeps and isinstance(old, Condition) and item.kind not in ("reference", "tags"):
        group.parts[index] = Condition(name, old.op, old.values)
    else:
        group.parts[index] = Condition(name, usual_operator(item), ["true"] if item.kind == "boolean" else [])


def usual_operator(item: Field) -> str:
    """Return the operator that a new condition on a field begins with."""
    return _USUAL.get(item.kind, allowed_operators(item)[0])


def allowed_operators(item: Field) -> Sequence[str]:
    """Return the operators that fit a field in a rule: a rule is about customers, never about its reader."""
    return [op for op in operators(item) if op not in ("me", "my_team")]
