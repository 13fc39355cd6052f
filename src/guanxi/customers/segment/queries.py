"""Reading segments: whom a rule means, why somebody is in or out, who is reachable, who was a member when."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Mod
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.customers.segment.models import SegmentMember, SegmentSize
from guanxi.customers.segment.rules import Condition, Group, Node, Tree, leaves, lists_above, tree_of, walk
from guanxi.customers.segment.rules import is_true as holds
from guanxi.records import access, listing
from guanxi.records.declaration import RecordType
from guanxi.records.filters import Context, compile_filter, computed_for
from guanxi.records.listing import COUNT_LIMIT, Amount
from guanxi.records.registry import record_type
from guanxi.records.statements import ActorCache, Slot, Statement
from guanxi.records.values import parse_value

SAMPLE_SIZE = 10_000
SAMPLE_AGE_S = 600
EXACT_COMPANY = 50_000
PATIENCE_MS = 3_000
# Consent channel → kind of contact point over which it goes.
CHANNELS = {"email": "email", "sms": "phone", "phone": "phone", "wechat": "wechat", "post": "address"}


def members_of_rule(rule: Tree, actor: Actor, on: date | None = None) -> QuerySet[Any, Any]:
    """Return the customers that a rule means among those whom ``actor`` may see, unordered; raises ``Invalid``."""
    return listing.matching(record_type("customer"), listing.Query((), rule), actor, on).order_by()


def problems(root: Group, actor: Actor, segment_id: int | None = None) -> dict[str, str]:
    """Return what keeps a rule from being saved, by place: unfinished parts, hidden fields, values that don't fit.

    ``segment_id`` is the segment that the rule belongs to, which may not refer to itself.
    """
    found: dict[str, str] = {}
    context = Context.of(actor)
    for at, node in walk(root):
        sentence = _problem(root, at, node, context, segment_id)
        if sentence:
            found[at] = sentence
    if not found:
        try:
            compile_filter(record_type("customer"), tree_of(root), context)
        except Invalid as refusal:
            found[""] = refusal.words
    return found


def _problem(root: Group, at: str, node: Node, context: Context, segment_id: int | None) -> str:
    target = type_at(root, at)
    if target is None:
        return ""  # The list above is the problem, and says so itself.
    if isinstance(node, Group):
        return _problem_of_group(target, node, context)
    if not node.field:
        return _("Choose a field.")
    if node.field == "segment" and segment_id is not None and str(segment_id) in node.values:
        return _("A segment can't refer to itself.")
    try:
        compile_filter(target, tree_of(node), context)
    except Invalid as refusal:
        return refusal.words
    return ""


def _problem_of_group(target: RecordType, node: Group, context: Context) -> str:
    if not node.has:
        return "" if node.parts else _("Add a condition here, or remove the group.")
    relation = target.related_list(node.has)
    if relation is None or not context.actor.may("view", relation.type_name):
        return _("There is no related list “%(name)s”.") % {"name": node.has[:60]}
    if not node.number.isdecimal() or int(node.number) > 100_000 or (node.bound == "least" and int(node.number) == 0):
        return _("Enter a whole number.")
    return ""


def type_at(root: Group, at: str) -> RecordType | None:
    """Return the type of the records that the node at a place compares, or None below an unknown related list."""
    target: RecordType | None = record_type("customer")
    for key in lists_above(root, at):
        relation = target.related_list(key) if target is not None else None
        target = record_type(relation.type_name) if relation is not None else None
    return target


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one customer is in or out: the truth of each leaf of the rule by its place."""

    is_in: bool
    truth: Mapping[str, bool]


def explain(root: Group, customer_id: int, actor: Actor) -> Explanation | None:
    """Return why a customer is in or out of a rule that has no problems, or None where the actor may not see them.

    One query: the conditions are decided by the database, exactly as for the members.
    """
    customer = record_type("customer")
    context = Context.of(actor)
    rows = computed_for(access.visible_to(actor, customer).filter(pk=customer_id), customer, tree_of(root), actor)
    names: dict[str, str] = {}
    for index, (at, leaf) in enumerate(leaves(root)):
        names[at] = f"leaf_{index}"
        condition = compile_filter(customer, tree_of(leaf), context)
        rows = rows.annotate(**{names[at]: Case(When(condition, then=Value(True)), default=Value(False))})
    row = rows.values(*names.values()).first() if names else None
    if row is None:
        return None
    truth = {at: bool(row[name]) for at, name in names.items()}
    return Explanation(holds(root, truth), truth)


def count_members(rule: Tree, actor: Actor, within_ms: int = 500, patience_ms: int = PATIENCE_MS) -> Amount:
    """Return how many customers a rule means among those the actor may see; raises ``Invalid``.

    Exact in a company of ordinary size, and in a large one where the database counts them within ``within_ms`` or
    where they are few (``COUNT_LIMIT``, given ``patience_ms``). Otherwise the share of a random sample of
    ``SAMPLE_SIZE`` / 2 customers, times all.
    """
    rows = members_of_rule(rule, actor)
    everybody = _customers_in_all()
    if everybody <= EXACT_COMPANY:
        return Amount(rows.count(), exact=True)
    number = _within(within_ms, rows.count)
    if number is not None:
        return Amount(number, exact=True)
    ids = _random_ids(_age())
    share = rows.filter(pk__in=ids).count() / len(ids) if ids else 0.0
    about = round(share * everybody)
    if about <= COUNT_LIMIT and patience_ms:
        number = _within(patience_ms, rows.values("pk")[: COUNT_LIMIT + 1].count)
        if number is not None and number <= COUNT_LIMIT:
            return Amount(number, exact=True)
    return Amount(about, exact=False)


def _within(most_ms: int, count: Callable[[], int]) -> int | None:
    """Return what ``count`` finds, or None where the database takes longer than ``most_ms``."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(most_ms)])
            number = count()
            cursor.execute("RESET statement_timeout")
    except OperationalError:
        return None
    return number


def _customers_in_all() -> int:
    """Return about how many customers there are, as the database last counted them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'customers_customer'::regclass")
        (number,) = cursor.fetchone()
    return max(0, int(number))


def _age() -> int:
    return int(time.monotonic() // SAMPLE_AGE_S)


@lru_cache(maxsize=1)
def _random_ids(_number: int) -> list[int]:
    """Return the ids of customers drawn at random, the same ones for a while, so that counts do not flicker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM customers_customer")
        low, high = cursor.fetchone()
        draw = random.Random(low)
        wanted = [draw.randint(low, high) for _ in range(SAMPLE_SIZE // 2)]
        cursor.execute("SELECT id FROM customers_customer WHERE id = ANY(%s)", [wanted])
        return [row[0] for row in cursor.fetchall()]


def drawn(rows: QuerySet[Any, Any], amount: Amount, lot: int, actor: Actor) -> QuerySet[Any, Any]:
    """Return all rows of a small set, or some of a large one: every n-th by id from ``lot`` on, ``SAMPLE_SIZE`` or so.

    Of a set that was not counted exactly, those in the random sample of customers. The conditions of the rule are
    decided once, here; what comes back is a plain list of ids.
    """
    every = amount.number // SAMPLE_SIZE
    if not amount.exact:
        rows = rows.filter(pk__in=_random_ids(_age()))
    elif every > 1:
        rows = rows.alias(lot=Mod(F("pk"), Value(every))).filter(lot=lot % every)
    ids = list(rows.values_list("pk", flat=True)[: 3 * SAMPLE_SIZE])
    return access.visible_to(actor, record_type("customer")).filter(pk__in=ids)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of ``of`` members may be approached with offers, by consent channel, and over any of them."""

    of: int
    channels: Mapping[str, int]
    any_channel: int


def reach(rows: QuerySet[Any, Any], actor: Actor) -> Reach | None:
    """Return who can be reached: consent to offers on a channel, and a contact point for it that has not bounced.

    None where the actor may not see consents or contact points. One query.
    """
    if not (actor.may("view", "consent") and actor.may("view", "contact_point")):
        return None
    ways = {channel: _reachable(channel, kind, actor) for channel, kind in CHANNELS.items()}
    anyhow = Q()
    for way in ways.values():
        anyhow |= way
    counts = {channel: Count("pk", filter=way) for channel, way in ways.items()}
    found = rows.aggregate(of=Count("pk"), anyhow=Count("pk", filter=anyhow), **counts)
    return Reach(found["of"], {channel: found[channel] for channel in ways}, found["anyhow"])


def _reachable(channel: str, kind: str, actor: Actor) -> Q:
    given = access.visible_to(actor, record_type("consent")).filter(
        customer=OuterRef("pk"), purpose="offers", channel=channel, is_given=True
    )
    points = access.visible_to(actor, record_type("contact_point")).filter(customer=OuterRef("pk"), kind=kind)
    return Q(Exists(given)) & Q(Exists(points.exclude(bounce="hard")))


def member_values(rows: QuerySet[Any, Any], actor: Actor) -> tuple[list[Decimal], str]:
    """Return the known values of some customers and their currency; nothing where the actor may not see values."""
    if not actor.sees_field("customer", "value"):
        return [], ""
    found = list(rows.filter(figures__value__isnull=False).values_list("figures__value", "figures__currency"))
    return [value for value, _currency in found], found[0][1] if found else ""


def sample_members(rows: QuerySet[Any, Any], actor: Actor, most: int = 10) -> list[dict[str, Any]]:
    """Return some customers drawn at random, by name: id, name, kind, tier, value and currency.

    What the actor may not see is empty.
    """
    paths = {"name": "name", "kind": "kind", "tier": "figures__tier", "value": "figures__value"}
    found = list(rows.order_by("?").values("pk", *paths.values(), "figures__currency")[:most])
    hidden = {name for name in paths if not actor.sees_field("customer", name)}
    people = [{name: None if name in hidden else row[path] for name, path in paths.items()}
              | {"id": row["pk"], "currency": row["figures__currency"] or ""} for row in found]  # fmt: skip
    return sorted(people, key=lambda person: str(person["name"] or ""))


def in_segment(context: Context, op: str, value: Any) -> Q:
    """Return the condition for customers who now are members of segments, by the segments' ids.

    ``empty`` and ``not_empty`` ask whether a customer is in any segment that the actor may see. Raises ``ValueError``
    for a segment that was deleted or that the actor may not see.
    """
    segment = record_type("segment")
    visible = access.visible_to(context.actor, segment)
    if op not in ("empty", "not_empty"):
        parts = value if isinstance(value, (list, tuple)) else [value]
        item = record_type("customer").condition_field("segment")
        ids = {parse_value(item, part) for part in parts if item is not None and part not in (None, "")}
        if not ids or None in ids:
            raise ValueError(_("Choose at least one value."))
        if visible.filter(pk__in=ids).count() != len(ids):
            raise ValueError(_("This segment was deleted, or you may not see it."))
        visible = visible.filter(pk__in=ids)
    current = SegmentMember._default_manager.filter(left_at=None, customer=OuterRef("pk"))
    member = Q(Exists(current.filter(segment__in=visible.values("pk"))))
    return member if op in ("in", "not_empty") else ~member


_MEMBERSHIPS: ActorCache[Statement] = ActorCache()


@dataclass(frozen=True, slots=True)
class Membership:
    """A segment that a customer is in, and since when."""

    segment_id: int
    name: str
    since: datetime


def segments_of(customer_id: int, actor: Actor) -> list[Membership]:
    """Return the segments that a customer is in now, as far as the actor may see them, by name."""
    statement = _MEMBERSHIPS.get(actor, "of a customer", lambda: _memberships(actor))
    return [Membership(*row) for row in statement.rows({"customer": customer_id})]


def _memberships(actor: Actor) -> Statement:
    visible = access.visible_to(actor, record_type("segment"))
    rows = SegmentMember._default_manager.filter(customer=Slot("customer"), left_at=None, segment__in=visible)
    return Statement.of(rows.order_by("segment__name", "pk").values_list("segment", "segment__name", "entered_at"))


def sizes(segment_id: int, most: int = 90) -> list[SegmentSize]:
    """Return the newest counts of a segment, oldest first."""
    rows = SegmentSize._default_manager.filter(segment=segment_id).order_by("-at", "-pk")[:most]
    return list(reversed(rows))


def conditions_in(root: Group) -> Iterator[tuple[str, Condition]]:
    """Yield the plain conditions of a rule with their places, those inside related lists included."""
    for at, node in walk(root):
        if isinstance(node, Condition):
            yield at, node
