"""Interactions on the timeline of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.core.actor import Actor
from guanxi.customers.interaction.record_type import INTERACTION
from guanxi.records.access import read_rows
from guanxi.records.registry import TimelineItem, TimelineSource, add_timeline_source
from guanxi.records.screens.places import record_url
from guanxi.records.statements import Slot

_ICONS = {
    "phone": "phone", "visit": "map-pin", "email": "mail", "chat": "message-circle", "wechat": "message-circle",
    "sms": "message-square", "social": "at-sign", "portal": "globe", "store": "store", "partner": "handshake",
}  # fmt: skip
_EARLIER = {"customer": Slot("customer"), "occurred_at__lt": Slot("before", DateTimeField())}


def read_interactions(actor: Actor, customer_id: int, before: datetime, limit: int) -> list[TimelineItem]:
    """Return the newest visible interactions of a customer before an instant, by the index on customer and time."""
    found = read_rows(
        actor, INTERACTION, f"timeline {limit}",
        lambda rows: rows.filter(**_EARLIER).annotate(who=F("staff__name")).order_by("-occurred_at", "-id")[:limit],
        {"customer": customer_id, "before": before},
    )  # fmt: skip
    return [_item(row) for row in found]


def _item(row: Any) -> TimelineItem:
    parts = [INTERACTION[name].choice_label(getattr(row, name)) for name in ("channel", "direction")]
    if row.minutes:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", row.minutes) % {"count": row.minutes})
    outcome = _("Outcome: %(outcome)s") % {"outcome": row.outcome} if row.outcome else ""
    text = "\n".join(part for part in (row.body, outcome) if part)
    return TimelineItem(
        at=row.occurred_at, kind="interaction", icon=_ICONS.get(row.channel, "message-circle"), title=row.subject,
        body=text, who=row.who or "", url=record_url(INTERACTION, row.pk),
        source=" · ".join(parts), key=f"i{row.pk}",
    )  # fmt: skip


add_timeline_source(
    "customer", TimelineSource("interactions", gettext_lazy("Interactions"), "messages-square", read_interactions)
)
