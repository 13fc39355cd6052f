"""Orders on the timeline of a customer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import DateTimeField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.core.actor import Actor
from guanxi.customers.order.models import Order
from guanxi.customers.order.record_type import ORDER
from guanxi.records.access import read_rows
from guanxi.records.registry import TimelineItem, TimelineSource, add_timeline_source
from guanxi.records.screens.places import record_url
from guanxi.records.statements import Slot
from guanxi.ui.quick_formats import money

_EARLIER = {"customer": Slot("customer"), "ordered_at__lt": Slot("before", DateTimeField())}


def read_orders(actor: Actor, customer_id: int, before: datetime, limit: int) -> list[TimelineItem]:
    """Return the newest visible orders of a customer before an instant, by the index on customer and time."""
    found = read_rows(
        actor, ORDER, f"timeline {limit}", lambda rows: rows.filter(**_EARLIER).order_by("-ordered_at", "-id")[:limit],
        {"customer": customer_id, "before": before},
    )  # fmt: skip
    return [_item(row, actor) for row in found]


def _item(row: Order, actor: Actor) -> TimelineItem:
    parts = [ORDER["channel"].choice_label(row.channel), row.place]
    lines = ngettext("%(count)s line", "%(count)s lines", row.line_count) % {"count": row.line_count}
    words = (_("Returned %(lines)s") if row.is_return else _("Bought %(lines)s")) % {"lines": lines}
    total = f"{words} · {money(row.total, row.currency)}" if actor.sees_field("order", "total") else words
    return TimelineItem(
        at=row.ordered_at, kind="order", icon="undo-2" if row.is_return else "shopping-bag",
        title=_("Order %(number)s") % {"number": row.number}, body=total, url=record_url(ORDER, row.pk),
        source=" · ".join(part for part in parts if part), key=f"o{row.pk}",
    )  # fmt: skip


add_timeline_source("customer", TimelineSource("orders", gettext_lazy("Orders"), "shopping-bag", read_orders))
