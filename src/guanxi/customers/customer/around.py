"""What stands around a customer: contact points with their origin, consent, relationships, purchases by month."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import cast

from django.db.models import DateField, DateTimeField, Q

from guanxi.analytics.window import Window, window_of_months
from guanxi.core.actor import Actor
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.record_type import CONSENT
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.contact_point.record_type import CONTACT_POINT
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.order.record_type import ORDER
from guanxi.customers.relationship.models import Relationship
from guanxi.customers.relationship.record_type import RELATIONSHIP
from guanxi.customers.score.models import CustomerFigures
from guanxi.records.access import read_rows, visible_to
from guanxi.records.models import Change, ExternalKey
from guanxi.records.statements import Slot, Statement, any_of, ask

MONTHS = 12
MAX_RELATED = 8
MAX_CONTACT_POINTS = 12


def contact_points(actor: Actor, customer: Customer) -> list[ContactPoint]:
    """Return the valid contact points that the actor may see, by kind, the main one of each kind first."""
    return read_rows(
        actor, CONTACT_POINT, "customer's",
        lambda rows: rows.filter(customer=Slot("customer"), valid_to=None).order_by("kind", "-is_primary", "id")[
            :MAX_CONTACT_POINTS
        ],
        {"customer": customer.pk},
    )  # fmt: skip


def known_as(customer: Customer) -> list[tuple[str, str, str]]:
    """Return what source systems call a customer: its number there, with the name and the colour of the system."""
    return [(number, name, color) for number, name, color in _known_as().rows({"customer": customer.pk})]


@cache
def _known_as() -> Statement:
    rows = ExternalKey.objects.filter(record_type="customer", record_id=Slot("customer"))
    ordered = rows.order_by("source__name", "external_id")[:MAX_CONTACT_POINTS]
    return Statement.of(ordered.values_list("external_id", "source__name", "source__color"))


def last_changes(type_name: str, ids: Sequence[int]) -> dict[int, Change]:
    """Return the newest change of each of some records, by id; one query."""
    if not ids:
        return {}
    return {row.record_id: row for row in _last_changes(type_name).records(Change, {"ids": list(ids)})}


@cache
def _last_changes(type_name: str) -> Statement:
    rows = Change.objects.filter(any_of("record_id", "ids"), record_type=type_name)
    return Statement.of(rows.order_by("record_id", "-at", "-id").distinct("record_id"))


def consents(actor: Actor, customer: Customer) -> dict[tuple[str, str], Consent]:
    """Return the customer's word by channel and purpose."""
    found = read_rows(
        actor, CONSENT, "customer's", lambda rows: rows.filter(customer=Slot("customer")), {"customer": customer.pk}
    )
    return {(row.channel, row.purpose): row for row in found}


def relationships(actor: Actor, customer: Customer, on: date) -> list[tuple[Relationship, Customer]]:
    """Return the relationships in force on a day, from either side, with the other customer, where both are visible."""
    either = Q(customer=Slot("customer")) | Q(other=Slot("customer"))
    in_force = Q(until=None) | Q(until__gte=Slot("on", DateField()))
    found = read_rows(
        actor, RELATIONSHIP, "in force",
        lambda rows: rows.filter(either, in_force).order_by("-strength", "id")[: MAX_RELATED * 2],
        {"customer": customer.pk, "on": on},
    )  # fmt: skip
    if not found:
        return []
    ids = {row.other_id if row.customer_id == customer.pk else row.customer_id for row in found}
    others = visible_to(actor, CUSTOMER).in_bulk(ids)
    pairs = [(row, others.get(row.other_id if row.customer_id == customer.pk else row.customer_id)) for row in found]
    return [(row, other) for row, other in pairs if other is not None][:MAX_RELATED]


@dataclass(frozen=True, slots=True)
class Counted:
    """Up to when the figures of a customer counted, on whose calendar, and the revenue that they say, in a currency."""

    as_of: date
    until: datetime
    time_zone: str
    revenue: Decimal | None
    currency: str


def counted(customer: Customer) -> Counted | None:
    """Return what the current figures of a customer counted; None before the first run."""
    found = _counted().rows({"customer": customer.pk})
    if not found:
        return None
    written, as_of, revenue, currency = found[0]
    parameters = json.loads(written)
    if "instant" not in parameters:  # a run that was not finished
        return None
    return Counted(as_of, datetime.fromisoformat(parameters["instant"]), parameters["time_zone"], revenue, currency)


@cache
def _counted() -> Statement:
    rows = CustomerFigures.objects.filter(pk=Slot("customer"))
    return Statement.of(rows.values_list("run__parameters", "as_of", "revenue", "currency"))


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases of twelve months: totals by month (oldest first), number of orders, favourite categories, window."""

    months: tuple[Decimal, ...]
    orders: int
    currency: str
    categories: tuple[tuple[str, str, Decimal], ...]
    window: Window

    @property
    def total(self) -> Decimal:
        """Return the sum of all months."""
        return sum(self.months, Decimal(0))


_COUNTING = "o.customer_id = %s AND o.deleted_at IS NULL AND o.status <> 'cancelled' AND o.currency = %s"
_BY_MONTH = f"""
SELECT width_bucket(o.ordered_at, %s::timestamptz[]), sum(o.total), count(*)
FROM customers_order o WHERE {_COUNTING} AND o.ordered_at >= %s AND o.ordered_at < %s GROUP BY 1
"""
_CATEGORIES = f"""
SELECT c.name, c.native_name, sum(l.amount)
FROM customers_order o JOIN customers_orderline l ON l.order_id = o.id AND l.deleted_at IS NULL
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_productcategory c ON c.id = p.category_id
WHERE {_COUNTING} AND o.ordered_at >= %s AND o.ordered_at < %s
GROUP BY 1, 2 HAVING sum(l.amount) > 0 ORDER BY 3 DESC LIMIT 4
"""
_UNTIL = {"customer": Slot("customer"), "ordered_at__lt": Slot("until", DateTimeField())}


def purchases(actor: Actor, customer: Customer, until: datetime, time_zone: str) -> Purchases | None:
    """Return the purchases of a customer in the twelve months before ``until``, in the currency of the newest order;
    None where there are none that the actor may see, or what they came to is hidden from it."""
    if not actor.sees_field("order", "total"):
        return None
    rows = read_rows(
        actor, ORDER, "newest", lambda rows: rows.filter(**_UNTIL).order_by("-ordered_at", "-id")[:1],
        {"customer": customer.pk, "until": until},
    )  # fmt: skip
    if not rows:
        return None
    currency, window = rows[0].currency, window_of_months(until, MONTHS, time_zone)
    starts = [window_of_months(until, back, time_zone).start for back in range(MONTHS, 0, -1)]
    chosen = [customer.pk, currency, window.start, until]
    found = {month: (total, orders) for month, total, orders in ask(_BY_MONTH, [starts, *chosen])}
    categories = cast(tuple[tuple[str, str, Decimal], ...], tuple(ask(_CATEGORIES, chosen)))
    by_month = tuple(found.get(month, (Decimal(0), 0))[0] for month in range(1, MONTHS + 1))
    return Purchases(by_month, sum(orders for _total, orders in found.values()), currency, categories, window)
