"""What stands around a customer: contact points with their origin, consent, relationships, purchases by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import cast

from django.db.models import DateField, DateTimeField, Q

from guanxi.core.actor import Actor
from guanxi.core.dates import add_months
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.record_type import CONSENT
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.contact_point.record_type import CONTACT_POINT
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.order.record_type import ORDER
from guanxi.customers.relationship.models import Relationship
from guanxi.customers.relationship.record_type import RELATIONSHIP
from guanxi.records.access import read_rows, visible_to
from guanxi.records.models import Change
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
class Purchases:
    """Purchases of the last twelve months: totals by month (oldest first), number of orders, favourite categories."""

    months: tuple[tuple[date, Decimal], ...]
    orders: int
    currency: str
    categories: tuple[tuple[str, str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """Return the sum of all months."""
        return sum((amount for _month, amount in self.months), Decimal(0))


_BY_MONTH = """
SELECT date_trunc('month', o.ordered_at AT TIME ZONE %s)::date, sum(o.total), count(*) FILTER (WHERE NOT o.is_return)
FROM customers_order o
WHERE o.customer_id = %s AND o.deleted_at IS NULL AND o.status <> 'cancelled' AND o.currency = %s AND o.ordered_at >= %s
GROUP BY 1
"""
_CATEGORIES = """
SELECT c.name, c.native_name, sum(l.amount)
FROM customers_order o JOIN customers_orderline l ON l.order_id = o.id AND l.deleted_at IS NULL
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_productcategory c ON c.id = p.category_id
WHERE o.customer_id = %s AND o.deleted_at IS NULL AND o.status <> 'cancelled' AND o.currency = %s AND o.ordered_at >= %s
GROUP BY 1, 2 HAVING sum(l.amount) > 0 ORDER BY 3 DESC LIMIT 4
"""


def purchases(actor: Actor, customer: Customer, until: datetime, time_zone: str) -> Purchases | None:
    """Return the purchases of a customer in the twelve calendar months up to ``until``, in the currency of the newest
    order; None where there are none that the actor may see, or what they came to is hidden from it."""
    if not actor.sees_field("order", "total"):
        return None
    until_then = {"customer": Slot("customer"), "ordered_at__lte": Slot("until", DateTimeField())}
    rows = read_rows(
        actor, ORDER, "newest", lambda rows: rows.filter(**until_then).order_by("-ordered_at", "-id")[:1],
        {"customer": customer.pk, "until": until},
    )  # fmt: skip
    if not rows:
        return None
    newest = rows[0]
    first = add_months(until.date(), 1 - MONTHS)
    by_month_rows = ask(_BY_MONTH, [time_zone, customer.pk, newest.currency, first])
    found = {month: (total, orders) for month, total, orders in by_month_rows}
    categories = cast(
        tuple[tuple[str, str, Decimal], ...], tuple(ask(_CATEGORIES, [customer.pk, newest.currency, first]))
    )
    months = [add_months(first, step) for step in range(MONTHS)]
    by_month = tuple((month, found.get(month, (Decimal(0), 0))[0]) for month in months)
    return Purchases(by_month, sum(orders for _total, orders in found.values()), newest.currency, categories)
