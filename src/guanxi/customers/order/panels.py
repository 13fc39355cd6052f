"""The lines of an order on its page."""

from __future__ import annotations

from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from guanxi.catalog.product.record_type import PRODUCT
from guanxi.core.actor import Actor
from guanxi.customers.order.models import Order
from guanxi.customers.order.queries import lines_of
from guanxi.records.registry import Panel, add_panel
from guanxi.records.screens.places import list_url

MAX_LINES = 500


def line_panel(actor: Actor, order: Order) -> str:
    """Return the table of lines with product, quantity, price, amount, and for those who may see it cost and margin."""
    lines = list(lines_of(order)[: MAX_LINES + 1])
    shown = lines[:MAX_LINES]
    known = [line for line in shown if line.cost is not None]
    context = {
        "order": order, "lines": shown, "is_cut": len(lines) > MAX_LINES,
        "shows_costs": actor.sees_field("order", "total_cost") and actor.sees_field("product", "unit_cost"),
        "product_base": list_url(PRODUCT) if actor.may("view", "product") else "",
        "quantity": sum((line.quantity for line in shown), Decimal(0)),
        "amount": sum((line.amount for line in shown), Decimal(0)),
        "cost": sum((line.cost or Decimal(0) for line in known), Decimal(0)) if len(known) == len(shown) else None,
    }  # fmt: skip
    return render_to_string("order/lines.html", context)


add_panel("order", Panel("lines", gettext_lazy("Lines"), line_panel, place="tab", order=-1))
