"""Cards on the page of a customer: how to reach it, what it allows, who stands around it, what it buys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from guanxi.core.actor import Actor
from guanxi.customers.consent.models import Consent
from guanxi.customers.contact_point.record_type import CONTACT_POINT
from guanxi.customers.customer import around
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.order.record_type import ORDER
from guanxi.customers.relationship.models import Relationship
from guanxi.customers.relationship.record_type import RELATIONSHIP
from guanxi.records.registry import Panel, add_panel
from guanxi.records.screens.places import figure_url, list_url, record_url
from guanxi.records.screens.sources import mark_of, names_of, source_of
from guanxi.ui.charts import circle_layout
from guanxi.ui.record_page import Source

_ICONS = {"email": "mail", "phone": "phone", "address": "map-pin", "wechat": "message-circle", "website": "globe"}
_GRAPH_HEIGHT = 248
_RECENT = timedelta(days=2)
_CLOSE_TIES = frozenset({"spouse_of", "household_member_of", "parent_of"})
_INVERSE = {
    "employee_of": gettext_lazy("employs"), "spouse_of": gettext_lazy("spouse of"),
    "household_member_of": gettext_lazy("household member of"), "parent_of": gettext_lazy("child of"),
    "subsidiary_of": gettext_lazy("owns"), "referred_by": gettext_lazy("referred"),
    "dealer_of": gettext_lazy("supplies"), "partner_of": gettext_lazy("partner of"),
    "friend_of": gettext_lazy("friend of"),
}  # fmt: skip


def contact_panel(actor: Actor, customer: Customer) -> str:
    """Return the contact points with marks that say where each comes from."""
    points = around.contact_points(actor, customer)
    changes = around.last_changes("contact_point", [point.pk for point in points])
    names = names_of(changes.values())
    rows = []
    for point in points:
        change = changes.get(point.pk)
        source = source_of(change, names) if change is not None else None
        words = {name: CONTACT_POINT[name].choice_label(getattr(point, name)) for name in ("kind", "label", "bounce")}
        rows.append({"point": point, "icon": _ICONS.get(point.kind, "at-sign"), "source": source, "words": words})
    return render_to_string("customer/contact_points.html", {"rows": rows}) if rows else ""


def known_as_panel(actor: Actor, customer: Customer) -> str:
    """Return by which numbers source systems know the customer."""
    rows = [
        {"number": number, "system": name, "source": Source(mark_of(name), name, color=color or "gray")}
        for number, name, color in around.known_as(customer)
    ]
    return render_to_string("customer/known_as.html", {"rows": rows}) if rows else ""


def consent_panel(actor: Actor, customer: Customer) -> str:
    """Return the matrix of channels and purposes: allowed, refused, never asked."""
    given = around.consents(actor, customer)
    if not given:
        return ""
    context = {"given": given, "channels": Consent.Channel.choices, "purposes": Consent.Purpose.choices}
    return render_to_string("customer/consents.html", context)


def relationship_panel(actor: Actor, customer: Customer) -> str:
    """Return a small graph with the customer in the middle; every other one is a link, whatever ties there are."""
    pairs = around.relationships(actor, customer, timezone.localdate())
    if not pairs:
        return ""
    others = {other.pk: other for _row, other in pairs}
    ties = {pk: [row for row, other in pairs if other.pk == pk] for pk in others}
    nodes = circle_layout(
        [("me", customer.name), *((str(pk), other.name) for pk, other in others.items())], height=_GRAPH_HEIGHT
    )
    # The strongest tie stands in the graph; the list below says all.
    edges = [("me", str(pk), _tie(rows[0], customer), _line(rows[0])) for pk, rows in ties.items()]
    links = {str(pk): record_url(CUSTOMER, pk) for pk in others}
    sentences = [
        {"name": other.name, "url": record_url(CUSTOMER, pk), "organization": other.kind == "organization",
         "ties": " · ".join(dict.fromkeys(one for row in ties[pk] for one in (_tie(row, customer), row.role) if one))}
        for pk, other in others.items()
    ]  # fmt: skip
    context = {"nodes": nodes, "edges": edges, "links": links, "sentences": sentences, "name": customer.name,
               "height": _GRAPH_HEIGHT}  # fmt: skip
    return render_to_string("customer/relationships.html", context)


def _tie(row: Relationship, customer: Customer) -> str:
    """Return what the customer is of the other one, read from this customer's side."""
    if row.customer_id == customer.pk:
        return RELATIONSHIP["kind"].choice_label(row.kind)
    return str(_INVERSE.get(row.kind, row.kind))


def _line(row: Relationship) -> str:
    return "strong" if row.kind in _CLOSE_TIES else "ref" if row.kind == "referred_by" else ""


def order_panel(actor: Actor, customer: Customer) -> str:
    """Return the purchases by month with favourite categories, over the twelve months that the figures count."""
    known = around.counted(customer)
    until, zone = (known.until, known.time_zone) if known else (timezone.now(), timezone.get_current_timezone_name())
    found = around.purchases(actor, customer, until, zone)
    if found is None:
        return ""
    is_chinese = (get_language() or "").startswith("zh")
    context: dict[str, Any] = {
        "found": found, "values": [float(amount) for amount in found.months],
        "categories": [
            {"name": (native or name) if is_chinese else name, "amount": amount,
             "share": float(amount / found.categories[0][2])}
            for name, native, amount in found.categories
        ],
        "as_of": known.as_of if known and timezone.now() - until > _RECENT else None,
        "url": _rows_url(actor, customer, found, known),
    }  # fmt: skip
    return render_to_string("customer/orders.html", context)


def _rows_url(actor: Actor, customer: Customer, found: around.Purchases, known: around.Counted | None) -> str:
    """Return where the rows behind the sum are: those of the revenue, where it is the same sum, or the orders."""
    page = figure_url("revenue")
    is_revenue = known is not None and (known.revenue, known.currency) == (found.total, found.currency)
    if page is not None and is_revenue and actor.sees_field("customer", "revenue"):
        return f"{page[0]}{customer.pk}{page[1]}"
    last = found.window.end - timedelta(microseconds=1)  # the window ends before its end
    days = (timezone.localdate(moment).isoformat() for moment in (found.window.start, last) if moment)
    conditions = (f"customer:in:{customer.pk}", "status:not_in:cancelled", f"currency:is:{found.currency}",
                  f"ordered_at:between:{','.join(days)}")  # fmt: skip
    return f"{list_url(ORDER)}?{urlencode([('f', item) for item in conditions] + [('sort', '-ordered_at')])}"


add_panel("customer", Panel("orders", gettext_lazy("Orders"), order_panel, order=30))
add_panel("customer", Panel("contact_points", gettext_lazy("Contact points"), contact_panel, order=40))
add_panel("customer", Panel("relationships", gettext_lazy("Relationships"), relationship_panel, order=50))
add_panel("customer", Panel("known_as", gettext_lazy("Numbers in other systems"), known_as_panel, order=70))
add_panel("customer", Panel("consents", gettext_lazy("Consent"), consent_panel, order=60))
