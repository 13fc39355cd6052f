"""The figures beside a rule: how many, reachable by which channel, how valuable, who for example, and why somebody."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.customers.consent.models import Consent
from guanxi.customers.segment import queries
from guanxi.customers.segment.builder import slot_of
from guanxi.customers.segment.queries import Reach, count_members
from guanxi.customers.segment.rules import (
    Condition,
    Group,
    Histogram,
    Node,
    Tree,
    find,
    histogram,
    leaves,
    place,
    tree_of,
    without,
    would_bring_in,
)
from guanxi.customers.segment.wording import Reader
from guanxi.records import listing
from guanxi.records.listing import Amount
from guanxi.records.registry import record_type
from guanxi.records.screens import places
from guanxi.records.screens.cells import chips_of, text_of
from guanxi.ui import formats
from guanxi.ui.parts import Chip

MOST_COUNTED = 24
PIECE_MS = 150
CHANNEL_ICONS = {"email": "mail", "sms": "hash", "phone": "phone", "wechat": "message-circle", "post": "map-pin"}


def usable(root: Group, actor: Actor) -> Group | None:
    """Return the finished part of a rule, or None where nothing is finished yet."""
    kept = without(root, queries.problems(root, actor))
    return kept if kept.parts and not queries.problems(kept, actor) else None


@dataclass(frozen=True, slots=True)
class Total:
    """How many customers a rule means, of how many that the reader may see, and how long counting took in seconds."""

    amount: Amount
    everybody: Amount
    seconds: float

    @property
    def share(self) -> float:
        """Return the share of all customers."""
        return self.amount.number / self.everybody.number if self.everybody.number else 0.0


def total_of(root: Group, actor: Actor) -> Total | None:
    """Count a rule as far as it is finished; None where nothing is."""
    kept = usable(root, actor)
    if kept is None:
        return None
    start = time.monotonic()
    amount = count_members(tree_of(kept), actor)
    seconds = time.monotonic() - start
    return Total(amount, everybody(actor), seconds)


def everybody(actor: Actor) -> Amount:
    """Count the customers that the actor may see."""
    return count_members({}, actor, PIECE_MS)


@dataclass(frozen=True, slots=True)
class Piece:
    """How many customers one part of the rule means; with ``minus``, how many an exclusion takes away."""

    slot: str
    amount: Amount
    share: float
    minus: bool


def pieces(root: Group, actor: Actor) -> Iterator[Piece]:
    """Yield the count of each finished condition and group of a rule, the first ``MOST_COUNTED`` of them."""
    wrong = set(queries.problems(root, actor))
    people = everybody(actor).number
    kept = [_kept(part, str(i), wrong) for i, part in enumerate(root.parts) if not _is_exclusion(root, part)]
    base = {root.op: [tree_of(part) for part in kept if part is not None]} if any(kept) else None
    counted = 0
    for at, node, minus in _countable(root, "", False):
        tree = base if node is root else _tree_of_piece(_kept(node, at, wrong), minus, base)
        if tree is None or counted >= MOST_COUNTED:
            continue
        counted += 1
        amount = count_members(tree, actor, PIECE_MS, 0)
        yield Piece(slot_of(at), amount, amount.number / people if people else 0.0, minus)


def _kept(node: Node, at: str, wrong: set[str]) -> Node | None:
    """Return the finished part of the node at a place, or None."""
    below = {each[len(at) + 1 :] if at else each for each in wrong if not at or each.startswith(f"{at}.")}
    if at in wrong and (isinstance(node, Condition) or node.has):
        return None
    if isinstance(node, Condition):
        return node
    kept = without(node, below)
    return kept if kept.parts or (kept.has and not node.parts) else None


def _tree_of_piece(node: Node | None, minus: bool, base: Tree | None) -> Tree | None:
    if node is None:
        return None
    if not minus:
        return tree_of(node)
    plain = Group("any", node.parts) if isinstance(node, Group) and node.op == "not" and not node.has else node
    return tree_of(plain) if base is None else {"all": [base, tree_of(plain)]}


def _is_exclusion(root: Group, part: Node) -> bool:
    return root.op == "all" and isinstance(part, Group) and part.op == "not" and not part.has


def _countable(node: Node, at: str, minus: bool) -> Iterator[tuple[str, Node, bool]]:
    minus = minus or (isinstance(node, Group) and node.op == "not" and not node.has)
    yield at, node, minus
    if isinstance(node, Group) and not node.has:
        for index, part in enumerate(node.parts):
            yield from _countable(part, place(at, index), minus)


@dataclass(frozen=True, slots=True)
class Way:
    """A channel by which members can be approached with offers."""

    label: str
    icon: str
    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands beside a rule; figures of large segments come from a sample (``is_sample``)."""

    is_sample: bool
    reach: Reach | None
    ways: tuple[Way, ...]
    reachable: int
    unreachable: int
    histogram: Histogram | None
    rects: tuple[tuple[float, float, float, float], ...]
    ticks: tuple[str, ...]
    median: str
    people: tuple[dict[str, Any], ...]


def figures_of(root: Group, actor: Actor) -> Figures | None:
    """Return the figures of a rule as far as it is finished; None where nothing is, or where nobody is in it."""
    kept = usable(root, actor)
    return None if kept is None else figures_of_members(tree_of(kept), actor)


def figures_of_members(tree: Tree, actor: Actor) -> Figures:
    """Return the figures of the customers whom a filter means, as far as the actor sees them."""
    amount = count_members(tree, actor)
    lots = max(1, amount.number // queries.SAMPLE_SIZE)
    some = queries.drawn(queries.members_of_rule(tree, actor), amount, random.randrange(lots), actor)
    reach = queries.reach(some, actor)
    values, currency = queries.member_values(some, actor)
    drawn = histogram(values)
    people = queries.sample_members(some, actor)
    sampled = not amount.exact or lots > 1
    scale = amount.number / reach.of if reach and reach.of and sampled else 1.0
    anyhow = round(reach.any_channel * scale) if reach else 0
    return Figures(
        sampled, reach, tuple(_ways(reach, scale)) if reach else (), anyhow, amount.number - anyhow, drawn,
        tuple(_rects(drawn)), tuple(_ticks(drawn, currency)),
        formats.money(drawn.median.quantize(Decimal(1)), currency, 0) if drawn else "",
        tuple(_person(row) for row in people),
    )  # fmt: skip


def _ways(reach: Reach, scale: float) -> Iterator[Way]:
    labels = dict(Consent.Channel.choices)
    for channel, number in sorted(reach.channels.items(), key=lambda pair: -pair[1]):
        share = number / reach.of if reach.of else 0.0
        yield Way(capfirst(str(labels[channel])), CHANNEL_ICONS[channel], round(number * scale), share)


def _rects(drawn: Histogram | None) -> Iterator[tuple[float, float, float, float]]:
    """Yield x, y, width and height of each bar in a box of 320 by 96 pixels."""
    if drawn is None:
        return
    step, most = 320 / len(drawn.bars), max(drawn.bars)
    for index, number in enumerate(drawn.bars):
        height = round(92 * number / most, 1)
        yield round(index * step, 1), round(96 - height, 1), round(step - 4, 1), height


def _ticks(drawn: Histogram | None, currency: str) -> Iterator[str]:
    if drawn is None:
        return
    for index in range(6):
        at = Decimal(str(drawn.low + (drawn.high - drawn.low) * index / 5))
        more = "+" if index == 5 and drawn.is_open else ""
        yield formats.money_compact(at, currency) + more


def _person(row: dict[str, Any]) -> dict[str, Any]:
    customer = record_type("customer")
    tier = customer["tier"].choice(row["tier"]) if row["tier"] else None
    chip = chips_of(customer["tier"]).get(str(row["tier"])) if tier is not None else None
    value = formats.money(row["value"], row["currency"], 0) if row["value"] is not None else ""
    return {"name": row["name"] or f"#{row['id']}", "url": places.record_url(customer, row["id"]), "chip": chip,
            "organization": row["kind"] == "organization", "value": value}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition for one customer: whether it holds, what it asks, and what the customer has."""

    text: str
    holds: bool
    excludes: bool
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why one customer is in or out; ``hints`` say what alone would bring them in."""

    name: str
    url: str
    is_in: bool
    organization: bool
    chip: Chip | None
    reasons: tuple[Reason, ...]
    hints: tuple[str, ...]


def why(root: Group, customer_id: int, actor: Actor) -> Why | None:
    """Explain a rule, as far as it is finished, for one customer.

    None where there is nothing to explain. Raises ``NotFound`` where the actor may not see the customer.
    """
    customer = record_type("customer")
    kept = usable(root, actor)
    names = tuple(name for name in ("name", "kind", "tier") if actor.sees_field("customer", name))
    row = listing.read_record(customer, customer_id, names, actor)
    found = queries.explain(kept, customer_id, actor) if kept is not None else None
    if kept is None or found is None:
        return None
    reader = Reader.of(kept, actor)
    reasons = tuple(
        Reason(reader.line(at, node), found.truth[at], _under_not(kept, at), _fact(node, customer_id, actor))
        for at, node in leaves(kept)
    )
    hints = tuple(reader.line(at, node) for at in would_bring_in(kept, found.truth) if (node := find(kept, at)))
    tier = chips_of(customer["tier"]).get(str(row.get("tier") or ""))
    return Why(str(row.get("name") or f"#{customer_id}"), places.record_url(customer, customer_id), found.is_in,
               row.get("kind") == "organization", tier, reasons, hints)  # fmt: skip


def _under_not(root: Group, at: str) -> bool:
    words = at.split(".")
    above = [find(root, ".".join(words[:depth])) for depth in range(len(words))]
    return sum(isinstance(node, Group) and node.op == "not" for node in above) % 2 == 1


def _fact(node: Node, customer_id: int, actor: Actor) -> str:
    """Return what the customer has where the condition compares a field."""
    customer = record_type("customer")
    item = customer.get(node.field) if isinstance(node, Condition) else None
    if item is None:
        return ""
    value = listing.read_record(customer, customer_id, (item.name,), actor)[item.name]
    if isinstance(value, dict) and "label" in value:
        return str(value["label"] or "")
    if isinstance(value, dict):
        return formats.money(value["amount"], value["currency"] or "")
    return text_of(item, value) + ("%" if item.kind == "percent" and value is not None else "") or _("empty")
