"""The card of orders counts what the figures count, and its sum opens the rows behind it."""

from __future__ import annotations

import re
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from guanxi.customers.customer.panels import order_panel
from guanxi.customers.order.models import Order, OrderLine
from guanxi.customers.score.models import CustomerFigures
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.ui.formats import money
from tests.insights.company import Scored


def test_the_sum_of_twelve_months_is_the_revenue_and_opens_its_rows(company: Scored) -> None:
    lines = OrderLine.objects.filter(order=OuterRef("pk")).values("order").annotate(sum=Sum("amount")).values("sum")
    Order.objects.update(total=Coalesce(Subquery(lines), Decimal(0)))
    actor, compared = company.actor("administrator"), 0
    for figures in CustomerFigures.objects.filter(revenue__gt=0, customer__deleted_at=None).select_related("customer"):
        orders = Order.objects.filter(customer=figures.customer).exclude(status="cancelled")
        if orders.exclude(currency=figures.currency).exists():
            continue
        card = order_panel(actor, figures.customer)
        shown = re.search(r'<a class="num-link[^"]*" href="([^"]+)">([^<]+)</a>', card)

        assert shown is not None
        assert shown[1] == f"/figures/revenue/{figures.pk}/"
        assert shown[2] == money(figures.revenue, figures.currency, 0)
        compared += 1
    assert compared > 10


def test_the_card_of_a_company_whose_orders_are_old_counts_to_the_day_of_its_figures(company: Scored) -> None:
    figures = CustomerFigures.objects.filter(revenue__gt=0, customer__deleted_at=None).select_related("customer")[0]

    assert "as of Mar 1, 2026" in order_panel(company.actor("administrator"), figures.customer)


def test_who_may_not_see_revenue_opens_the_orders_of_those_months(company: Scored) -> None:
    figures = CustomerFigures.objects.filter(revenue__gt=0, customer__deleted_at=None).select_related("customer")[0]
    Role.objects.filter(key="read-only").update(hidden_fields={"customer": ["revenue"]})
    access_changed()

    card = order_panel(company.actor("read-only"), figures.customer)

    assert "ordered_at%3Abetween%3A2025-02-28%2C2026-02-28" in card  # in UTC
    assert "/figures/revenue/" not in card
