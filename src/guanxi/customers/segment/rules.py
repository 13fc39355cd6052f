"""The rule of a segment while it is being built: groups, conditions, their places, their truth. Nothing of Django.

A stored rule is a filter tree (``records.filters``). The builder works on a ``Group`` whose parts have places: the
place of a node is its index at each level, joined by dots (``0.2.1``), the outermost group being the empty text.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Tree = dict[str, Any]
NO_VALUE = frozenset({"empty", "not_empty", "me", "my_team"})
MANY = frozenset({"in", "not_in", "any_of", "all_of", "none_of", "between"})
MOST_STEPS = 30
MOST_TEXT = 20_000


@dataclass(slots=True)
class Condition:
    """One comparison; ``values`` are texts as typed. Without ``field`` nothing has been chosen yet."""

    field: str = ""
    op: str = ""
    values: list[str] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class Group:
    """Parts joined by ``op``: all of them, any of them, or none of them (``not``).

    With ``has`` it is about the related records of that list: at least (``bound`` ``least``) or at most (``most``)
    ``number`` of them meet all parts.
    """

    op: str = "all"
    parts: list[Node] = dataclasses.field(default_factory=list)
    has: str = ""
    bound: str = "least"
    number: str = "1"


Node = Condition | Group


def tree_of(node: Node) -> Tree:
    """Return the filter tree that a node means, complete or not."""
    if isinstance(node, Condition):
        tree: Tree = {"field": node.field, "op": node.op}
        if node.op in MANY:
            tree["value"] = list(node.values)
        elif node.op not in NO_VALUE:
            tree["value"] = node.values[0] if node.values else ""
        return tree
    parts = [tree_of(part) for part in node.parts]
    if node.has:
        return _related_tree(node, parts)
    return {"not": {"any": parts}} if node.op == "not" else {node.op: parts}


def _related_tree(node: Group, parts: list[Tree]) -> Tree:
    number: Any = int(node.number) if node.number.isdecimal() and len(node.number) < 7 else node.number
    bounds = {"at_least": number} if node.bound == "least" else {"at_least": 0, "at_most": number}
    where = {} if not parts else {"where": parts[0] if len(parts) == 1 else {"all": parts}}
    return {"has": node.has, **where, **bounds}


def node_of(tree: Any) -> Node:
    """Return the node that a filter tree means; raises ``ValueError`` for anything that is no filter tree."""
    if not isinstance(tree, Mapping):
        raise ValueError("not a filter tree")
    keys = set(tree)
    for word in ("all", "any"):
        if keys == {word} and isinstance(tree[word], (list, tuple)):
            return Group(word, [node_of(part) for part in tree[word]])
    if keys == {"not"}:
        inner = node_of(tree["not"])
        plain = isinstance(inner, Group) and not inner.has and inner.op == "any"
        return Group("not", inner.parts if plain and isinstance(inner, Group) else [inner])
    if "has" in keys and keys <= {"has", "where", "at_least", "at_most"}:
        return _related_node(tree)
    if {"field", "op"} <= keys <= {"field", "op", "value"}:
        return Condition(str(tree["field"]), str(tree["op"]), _texts(tree.get("value")))
    raise ValueError("not a filter tree")


def _related_node(tree: Mapping[str, Any]) -> Group:
    where = node_of(tree["where"]) if tree.get("where") else None
    plain = isinstance(where, Group) and not where.has and where.op == "all"
    parts = where.parts if plain and isinstance(where, Group) else [where] if where is not None else []
    most = tree.get("at_most")
    if most is not None and tree.get("at_least") not in (0, None):
        raise ValueError("a number of related records has one bound")
    number = most if most is not None else tree.get("at_least", 1)
    return Group("all", parts, str(tree["has"]), "least" if most is None else "most", str(number))


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else [] if value in (None, "") else [value]
    return [("true" if part else "false") if isinstance(part, bool) else str(part) for part in values]


def root_of(tree: Any) -> Group:
    """Return a rule as its outermost group of all or any; raises ``ValueError`` for anything that is no filter tree."""
    node = node_of(tree) if tree else Group()
    return node if isinstance(node, Group) and not node.has and node.op != "not" else Group("all", [node])


def place(parent: str, index: int) -> str:
    """Return the place of a part of the group at ``parent``."""
    return f"{parent}.{index}" if parent else str(index)


def walk(node: Node, at: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every node with its place, groups before their parts."""
    yield at, node
    if isinstance(node, Group):
        for index, part in enumerate(node.parts):
            yield from walk(part, place(at, index))


def find(root: Group, at: str) -> Node | None:
    """Return the node at a place, or None."""
    node: Node = root
    for word in at.split(".") if at else ():
        if not isinstance(node, Group) or not word.isdecimal() or int(word) >= len(node.parts):
            return None
        node = node.parts[int(word)]
    return node


def parent_of(root: Group, at: str) -> tuple[Group, int] | None:
    """Return the group that holds the node at a place, and its index there; None for the outermost group."""
    before, _dot, last = at.rpartition(".")
    parent = find(root, before) if at else None
    if isinstance(parent, Group) and last.isdecimal() and int(last) < len(parent.parts):
        return parent, int(last)
    return None


def lists_above(root: Group, at: str) -> list[str]:
    """Return the related lists in which the node at a place stands, from the outside in (itself not counted)."""
    words = at.split(".") if at else []
    above = [find(root, ".".join(words[:depth])) for depth in range(len(words))]
    return [node.has for node in above if isinstance(node, Group) and node.has]


def leaves(node: Node, at: str = "") -> Iterator[tuple[str, Node]]:
    """Yield what is decided for a customer as a whole, with its place: plain conditions and related lists."""
    if isinstance(node, Condition) or node.has:
        yield at, node
        return
    for index, part in enumerate(node.parts):
        yield from leaves(part, place(at, index))


def is_true(node: Node, truth: Mapping[str, bool], at: str = "") -> bool:
    """Return whether a rule holds, from the truth of its leaves by place."""
    if isinstance(node, Condition) or node.has:
        return truth[at]
    inner = (is_true(part, truth, place(at, index)) for index, part in enumerate(node.parts))
    return all(inner) if node.op == "all" else any(inner) if node.op == "any" else not any(inner)


def would_bring_in(root: Group, truth: Mapping[str, bool]) -> list[str]:
    """Return the places of the leaves each of which alone, were it the other way round, would make the rule hold."""
    if is_true(root, truth):
        return []
    return [at for at in truth if is_true(root, {**truth, at: not truth[at]})]


def without(root: Group, wrong: Collection[str]) -> Group:
    """Return a rule without the parts at the places in ``wrong`` and without groups that this leaves empty.

    What is being typed does not count yet; the rest does.
    """

    def kept(node: Node, at: str) -> Node | None:
        if at and at in wrong and (isinstance(node, Condition) or node.has):
            return None
        if isinstance(node, Condition):
            return node
        parts = [part for i, each in enumerate(node.parts) if (part := kept(each, place(at, i))) is not None]
        lost = len(parts) < len(node.parts) and not parts
        return None if at and not node.has and (lost or not parts) else dataclasses.replace(node, parts=parts)

    found = kept(root, "")
    return found if isinstance(found, Group) else Group()


def to_text(root: Group) -> str:
    """Return a rule that is being built as one line of JSON, incomplete parts included."""
    return json.dumps(_plain(root), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Group:
    """Return the rule written by ``to_text``; raises ``ValueError`` for anything else."""
    if len(text) > MOST_TEXT:
        raise ValueError("too long")
    try:
        node = _node(json.loads(text))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a rule") from error
    if not isinstance(node, Group):
        raise ValueError("not a rule")
    return node


def _plain(node: Node) -> dict[str, Any]:
    if isinstance(node, Condition):
        return {"f": node.field, "o": node.op, "v": node.values}
    about = {"h": node.has, "b": node.bound, "n": node.number} if node.has else {}
    return {"op": node.op, "parts": [_plain(part) for part in node.parts], **about}


def _node(data: dict[str, Any]) -> Node:
    if "op" in data:
        parts = [_node(part) for part in data["parts"]]
        about = (str(data.get(key, usual)) for key, usual in (("h", ""), ("b", "least"), ("n", "1")))
        return Group(str(data["op"]), parts, *about)
    return Condition(str(data["f"]), str(data["o"]), [str(value) for value in data["v"]])


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie in each of the bars of equal width from ``low`` to ``high``.

    The last bar also holds what lies above ``high`` (``is_open``), the first what lies below ``low``. ``median`` is
    that of all values.
    """

    low: float
    high: float
    bars: tuple[int, ...]
    median: Decimal
    is_open: bool

    @property
    def median_share(self) -> float:
        """Return where the median lies between ``low`` (0) and ``high`` (1)."""
        return max(0.0, min(1.0, (float(self.median) - self.low) / (self.high - self.low)))


def histogram(values: Sequence[Decimal], bars: int = 10) -> Histogram | None:
    """Return the histogram of some amounts; the upper twentieth goes into the last bar. None where all are equal."""
    ordered = sorted(values)
    if not ordered or ordered[0] == ordered[-1]:
        return None
    low = min(0.0, float(ordered[len(ordered) // 100]))
    high = float(ordered[min(len(ordered) - 1, len(ordered) * 19 // 20)])
    if high <= low:
        low, high = float(ordered[0]), float(ordered[-1])
    step = _round_up((high - low) / bars)
    low = step * (low // step)
    high = low + step * bars
    counts = [0] * bars
    for value in ordered:
        counts[max(0, min(bars - 1, int((float(value) - low) // step)))] += 1
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Histogram(low, high, tuple(counts), median, float(ordered[-1]) >= high)


def _round_up(step: float) -> float:
    """Return the next 1, 2, 2.5 or 5 times a power of ten."""
    power = 1.0
    while power * 10 <= step:
        power *= 10
    while power > step:
        power /= 10
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= step * (1 - 1e-9))
