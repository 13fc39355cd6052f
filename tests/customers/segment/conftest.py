"""A small company: six customers of two salespeople, with figures, orders, consents and contact points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from guanxi.core.actor import Actor
from guanxi.customers.consent.models import Consent
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.customer.models import Customer
from guanxi.customers.order.models import Order
from guanxi.customers.score.models import CustomerFigures, ScoreRun
from guanxi.identity.actors import actor_of
from guanxi.identity.role.services import install_default_roles
from guanxi.identity.user.models import User

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class SmallCompany:
    """The customers by name, and the actors: a marketer sees all, Lin sees three, Ma the other three."""

    customers: dict[str, Customer]
    marketer: Actor
    lin: Actor
    ma: Actor
    agent: Actor

    def names(self, ids: object) -> set[str]:
        """Return the names of customers by id."""
        return {name for name, customer in self.customers.items() if customer.pk in set(ids)}  # type: ignore[call-overload]


# name: owner, city, value, tier, orders as days ago, consent to e-mail, e-mail bounces
PEOPLE = {
    "Ann": ("lin", "Shanghai", "900.00", "platinum", (3, 40, 200), True, "none"),
    "Bo": ("lin", "Beijing", "100.00", "iron", (400,), True, "hard"),
    "Cai": ("lin", "", "-20.00", "negative", (), False, "none"),
    "Dee": ("ma", "Shanghai", "500.00", "gold", (10, 20), True, "none"),
    "Eli": ("ma", "Beijing", None, "", (), True, None),
    "Fu": ("ma", "Xi'an", "300.00", "gold", (95,), False, "none"),
}


@pytest.fixture
def small_company(db: None) -> SmallCompany:
    roles = install_default_roles()
    users = {}
    for name, role in (
        ("marketer", "marketer"),
        ("lin", "salesperson"),
        ("ma", "salesperson"),
        ("agent", "service-agent"),
    ):
        users[name] = User.objects.create_user(f"{name}@example.com", None, name=name.title())
        users[name].roles.set([roles[role]])
    run = ScoreRun.objects.create(as_of=NOW.date(), is_current=True)
    customers = {name: _customer(name, users, run) for name in PEOPLE}
    actors = {name: actor_of(user.pk) for name, user in users.items()}
    assert all(actors.values())
    return SmallCompany(customers, **actors)  # type: ignore[arg-type]


def _customer(name: str, users: dict[str, User], run: ScoreRun) -> Customer:
    owner, city, value, tier, days, consents, bounce = PEOPLE[name]
    customer = Customer.objects.create(name=name, owner=users[owner], city=city, sort_key=name.lower())
    if value is not None:
        CustomerFigures.objects.create(customer=customer, run=run, as_of=NOW.date(), currency="CNY",
                                       value=Decimal(value), profit=Decimal(value), tier=tier)  # fmt: skip
    for index, ago in enumerate(days):
        Order.objects.create(customer=customer, number=f"{name}-{index}", ordered_at=NOW - timedelta(days=ago),
                             total=Decimal(100 + ago))  # fmt: skip
    Consent.objects.create(customer=customer, purpose="offers", channel="email", is_given=consents, recorded_at=NOW)
    if bounce is not None:
        mail = f"{name.lower()}@example.com"
        ContactPoint.objects.create(customer=customer, kind="email", value=mail, normalized=mail, bounce=bounce)
    return customer


def is_(field: str, *values: str) -> dict[str, object]:
    """Return the condition that a field is one of some values."""
    return {"field": field, "op": "in", "value": list(values)}
