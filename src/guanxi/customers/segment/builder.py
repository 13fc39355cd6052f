"""What the builder shows of a rule: groups and conditions as rows with their inputs, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.customers.segment.draft import LIST, Draft, allowed_operators
from guanxi.customers.segment.queries import problems, type_at
from guanxi.customers.segment.rules import Condition, Group, Node, find, place, to_text
from guanxi.customers.segment.wording import JOIN_WORDS, list_label, sentence_of
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.registry import find_record_type, record_type
from guanxi.records.screens.filter_editor import value_inputs
from guanxi.records.screens.words import operator_word
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField

DEEPEST = 4
_ICONS = {
    "text": "text-cursor-input", "long_text": "text", "email": "mail", "phone": "phone", "url": "link",
    "integer": "hash", "decimal": "hash", "money": "banknote", "percent": "percent", "date": "calendar",
    "datetime": "calendar", "boolean": "toggle-left", "choice": "list", "choices": "list", "tags": "tag",
    "reference": "user",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A condition: its field as a button, operator and value inputs. ``slot`` is its place as an id."""

    at: str
    slot: str
    label: str
    icon: str
    menu_url: str
    operators: tuple[Option, ...] = ()
    op: str = ""
    inputs: tuple[FormField, ...] = ()
    is_derived: bool = False
    error: str = ""
    focus: bool = False
    is_group: bool = False

    @property
    def is_typed(self) -> bool:
        """Say whether its value is typed, so that it counts while typing and not only on leaving the input."""
        return any(item.kind not in ("choice", "choices", "reference", "tags") for item in self.inputs)


@dataclass(frozen=True, slots=True)
class Block:
    """A group with its parts; ``list_label`` names the related list that it is about, if any."""

    at: str
    slot: str
    op: str
    joins: tuple[Option, ...]
    parts: tuple[Row | Block, ...]
    depth: int
    error: str = ""
    list_label: str = ""
    icon: str = ""
    menu_url: str = ""
    bound: str = "least"
    number: str = "1"
    focus: bool = False
    is_group: bool = True

    @property
    def may_nest(self) -> bool:
        """Say whether a further group may stand in this one."""
        return self.depth < DEEPEST and not self.list_label


@dataclass(frozen=True, slots=True)
class Builder:
    """The rule as it stands: its blocks, its sentence, its hidden state and what keeps it from being saved."""

    main: Block
    excluded: tuple[Block, ...]
    sentence: str
    draft: Draft
    draft_text: str
    error: str = ""


def builder(draft: Draft, actor: Actor, wrong: Mapping[str, str] | None = None) -> Builder:
    """Return what the builder shows; ``wrong`` are the problems to mark (those of finished parts when left out)."""
    root = draft.root
    marked = early(root, actor) if wrong is None else wrong
    view = _View(root, actor, marked, draft.focus)
    main = view.block("", root, 0)
    outside = tuple(part for part in main.parts if isinstance(part, Block) and _stands_outside(root, part))
    inside = tuple(part for part in main.parts if part not in outside)
    return Builder(
        replace(main, parts=inside), outside, sentence_of(root, actor), draft, to_text(root), marked.get("", "")
    )


def _stands_outside(root: Group, block: Block) -> bool:
    return root.op == "all" and block.op == "not" and not block.list_label


def early(root: Group, actor: Actor) -> dict[str, str]:
    """Return the problems worth marking while somebody still builds: not those of parts that are merely unfinished."""
    return {at: text for at, text in problems(root, actor).items() if at and not _is_unfinished(find(root, at))}


def _is_unfinished(node: Node | None) -> bool:
    if isinstance(node, Condition):
        return not node.field or not node.values
    return isinstance(node, Group) and not node.parts


class _View:
    def __init__(self, root: Group, actor: Actor, wrong: Mapping[str, str], focus: str) -> None:
        self.root, self.actor, self.wrong, self.focus = root, actor, wrong, focus

    def block(self, at: str, node: Group, depth: int) -> Block:
        parts = tuple(self._part(place(at, i), part, depth + 1) for i, part in enumerate(node.parts))
        target = type_at(self.root, at) or record_type("customer")
        inner = target.related_list(node.has) if node.has else None
        related = find_record_type(inner.type_name) if inner is not None else None
        joins = ("all", "any", "not") if at and not node.has else ("all", "any")
        return Block(
            at, slot_of(at), node.op, tuple(Option(word, str(JOIN_WORDS[word])) for word in joins), parts, depth,
            self.wrong.get(at, "") if at else "", list_label(target, node.has) if node.has else "",
            related.icon if related is not None else "", menu_url(target, at), node.bound, node.number,
            at == self.focus and bool(at),
        )  # fmt: skip

    def _part(self, at: str, node: Node, depth: int) -> Row | Block:
        return self.block(at, node, depth) if isinstance(node, Group) else self._row(at, node)

    def _row(self, at: str, node: Condition) -> Row:
        target = type_at(self.root, at)
        item = target.condition_field(node.field) if target is not None else None
        url = menu_url(target, at) if target is not None else ""
        error, focus = self.wrong.get(at, ""), at == self.focus
        if target is None or item is None or not self.actor.sees_field(target.name, item.name):
            label = node.field or _("Choose a field")
            return Row(at, slot_of(at), label, "list-filter", url, error=error, focus=focus)
        operators = tuple(Option(op, operator_word(item, op)) for op in allowed_operators(item))
        return Row(
            at, slot_of(at), item.title(), icon_of(item), url, operators, node.op,
            tuple(self._inputs(target, item, at, node, error)), item.is_derived, error, focus,
        )  # fmt: skip

    def _inputs(self, target: RecordType, item: Field, at: str, node: Condition, error: str) -> Iterator[FormField]:
        for index, made in enumerate(value_inputs(target, self.actor, item, node.op, node.values)):
            label = made.label or _("Value")
            wrong = (error,) if error else ()
            suffix = "%" if item.kind == "percent" else made.suffix
            yield replace(made, name=f"c.{at}.v{index}", label=label, errors=wrong, suffix=suffix, autofocus=False)


def slot_of(at: str) -> str:
    """Return a place as the end of an element id."""
    return at.replace(".", "-") if at else "all"


def icon_of(item: Field) -> str:
    """Return the icon that stands before a field."""
    target = find_record_type(item.reference) if item.kind == "reference" else None
    return target.icon if target is not None else _ICONS.get(item.kind, "list-filter")


def menu_url(target: RecordType, at: str) -> str:
    """Return the address of the menu of fields for a place."""
    return f"{reverse('segment.rule.fields')}?type={target.name}&at={at}"


@dataclass(frozen=True, slots=True)
class MenuField:
    """A field or related list to choose, with the action that puts it into the rule."""

    label: str
    icon: str
    action: str
    words: str = ""
    is_derived: bool = False


def menu_fields(target: RecordType, at: str, actor: Actor) -> list[tuple[str, list[MenuField]]]:
    """Return everything a condition may be about, under headings: facts, computed figures, related lists."""
    facts: list[MenuField] = []
    figures: list[MenuField] = []
    for item in target.condition_fields(actor):
        if item.kind == "json":
            continue
        made = MenuField(item.title(), icon_of(item), f"field:{at}:{item.name}",
                         " ".join((item.name, *item.synonyms)), item.is_derived)  # fmt: skip
        (figures if item.is_derived else facts).append(made)
    lists = [
        MenuField(list_label(target, relation.key), _list_icon(relation.type_name), f"field:{at}:{LIST}{relation.key}",
                  relation.key)
        for relation in target.related if actor.may("view", relation.type_name)
    ]  # fmt: skip
    groups = [(_("Fields"), facts), (_("Computed figures"), figures), (_("Related lists"), lists)]
    return [(label, found) for label, found in groups if found]


def _list_icon(name: str) -> str:
    target = find_record_type(name)
    return target.icon if target is not None else "list"
