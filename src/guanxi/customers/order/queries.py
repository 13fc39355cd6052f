"""Finding orders and reading their lines."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from guanxi.core.actor import Actor
from guanxi.customers.order.models import Order, OrderLine


def search_orders(actor: Actor, text: str) -> Q:
    """Return the condition for orders whose number begins with ``text``."""
    return Q(number__startswith=text)


def lines_of(order: Order) -> QuerySet[OrderLine, OrderLine]:
    """Return the lines of an order that the caller may already see, in the order they were added."""
    return OrderLine._default_manager.filter(order=order, deleted_at=None).select_related("product").order_by("id")
