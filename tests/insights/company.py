"""A company small enough to know and varied enough to surprise: two teams, thirty customers, two years of orders.

Orders have returns, cancellations, a foreign currency, lines without a cost; some customers cost more than they bring,
some never bought, one was deleted. Everything is drawn from a fixed seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.test import Client

from guanxi.catalog.category.models import ProductCategory
from guanxi.catalog.product.models import Product
from guanxi.core.actor import SYSTEM, Actor
from guanxi.customers.cost_to_serve.models import CostToServe
from guanxi.customers.customer.models import Customer
from guanxi.customers.order.models import Order, OrderLine
from guanxi.customers.score.models import CustomerFigures, ScoreRun
from guanxi.identity.actors import access_changed, actor_of
from guanxi.identity.models import Company, Role, Team, User
from guanxi.identity.role.services import install_default_roles
from guanxi.insights.scoring.services import run_scores

AS_OF = date(2026, 3, 1)
ZONE = "Asia/Shanghai"
CUSTOMERS = 30
KINDS = ("handling", "contact", "return")


@dataclass
class Scored:
    """The company after one run: its customers, one user for each role, and the run."""

    customers: list[Customer] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    run: ScoreRun | None = None

    def actor(self, role: str) -> Actor:
        """Return the actor of the user with this role."""
        found = actor_of(self.users[role].pk)
        assert found is not None
        return found

    def client(self, role: str) -> Client:
        """Return a browser in which the user with this role is signed in."""
        client = Client()
        client.force_login(self.users[role])
        return client

    def figures(self) -> list[CustomerFigures]:
        """Return the figures of all customers."""
        return list(CustomerFigures.objects.select_related("run", "customer").order_by("customer_id"))


def build_company(*, costs: bool = True) -> Scored:
    """Create the company and score it at ``AS_OF``; without ``costs`` no line has a known cost."""
    Company._default_manager.update_or_create(
        pk=1, defaults={"base_currency": "CNY", "rates": {"USD": "7.25"}, "time_zone": ZONE, "as_of": None}
    )
    company = Scored()
    teams = [Team._default_manager.create(name=name) for name in ("North", "South")]
    _staff(company, teams)
    draw = random.Random(7)
    products = _products(draw)
    for number in range(CUSTOMERS):
        owner = company.users["salesperson" if number % 3 == 0 else "colleague"]
        customer = Customer.objects.create(
            name=f"Customer {number:02}", sort_key=f"customer {number:02}", owner=owner, team=owner.team, currency="CNY"
        )
        company.customers.append(customer)
        if number % 10 != 9:
            _orders(draw, customer, number, products, costs=costs)
    gone = company.customers[7]
    Customer.objects.filter(pk=gone.pk).update(deleted_at=datetime(2026, 2, 1, tzinfo=UTC))
    company.run = run_scores(actor=SYSTEM, as_of=AS_OF)
    return company


def _staff(company: Scored, teams: list[Team]) -> None:
    roles: dict[str, Role] = install_default_roles()
    named = {**{key: (key, teams[0]) for key in roles}, "colleague": ("salesperson", teams[1])}
    for name, (key, team) in named.items():
        user = User.objects.create_user(f"{name}@example.com", "correct horse battery", name=name.title(), team=team)
        user.roles.add(roles[key])
        company.users[name] = user
    nobody = User.objects.create_user("nobody@example.com", "correct horse battery", name="Nobody", team=teams[0])
    company.users["nobody"] = nobody
    access_changed()


def _products(draw: random.Random) -> list[Product]:
    category = ProductCategory.objects.create(name="Pantry", native_name="食品")
    return [
        Product.objects.create(name=f"Product {n}", sku=f"P{n}", category=category, unit_cost=draw.randint(5, 60))
        for n in range(12)
    ]


def _orders(draw: random.Random, customer: Customer, number: int, products: list[Product], *, costs: bool) -> None:
    """Orders every few days up to a last one that may lie long ago; every fifth customer is a heavy returner."""
    gap, last = draw.choice((4, 9, 20, 45)), AS_OF - timedelta(days=draw.choice((0, 1, 3, 12, 70, 200)))
    for index in range(1 if number % 13 == 0 else draw.randint(2, 14)):
        day = last - timedelta(days=index * gap + draw.randint(0, 2))
        at = datetime(day.year, day.month, day.day, draw.randint(0, 23), 30, tzinfo=UTC)
        returned = number % 5 == 0 and index % 3 == 1
        order = Order.objects.create(
            customer=customer, number=f"{number:02}-{index:02}", ordered_at=at, is_return=returned,
            status="cancelled" if index == 5 else "returned" if returned else "completed",
            currency="USD" if number % 11 == 3 else "CNY", channel="store",
        )  # fmt: skip
        _lines(draw, order, products, costs=costs, sign=-1 if returned else 1)
    for kind in KINDS:
        amount = Decimal(draw.randint(1, 40)) * (12 if number % 7 == 2 else 1)
        at = None if kind == "contact" else datetime(2025, 11, 3, 9, tzinfo=UTC)
        CostToServe.objects.create(customer=customer, kind=kind, amount=amount, currency="CNY", incurred_at=at)


def _lines(
    draw: random.Random, order: Order, products: list[Product], *, costs: bool, sign: int
) -> None:  # fmt: skip
    lines = []
    for key in range(draw.randint(1, 4)):
        product, quantity = draw.choice(products), Decimal(draw.randint(1, 6)) * sign
        price = product.unit_cost * Decimal(draw.choice(("0.8", "1.3", "1.9")))
        known = costs and draw.random() < 0.9
        amount = round(price * quantity, 2)
        lines.append(OrderLine(
            order=order, product=product, line_key=key, created_at=datetime.now(UTC), quantity=quantity,
            unit_price=price, amount=amount, cost=round(product.unit_cost * quantity, 2) if known else None,
        ))  # fmt: skip
    OrderLine.objects.bulk_create(lines)
