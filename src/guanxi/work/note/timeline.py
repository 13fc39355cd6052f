"""Notes on the timeline of a customer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.customers.customer.models import Customer
from guanxi.records.access import visible_to
from guanxi.records.registry import TimelineItem, TimelineSource, add_timeline_source
from guanxi.records.screens.places import record_url
from guanxi.work.note.models import Note
from guanxi.work.note.record_type import NOTE


def read_notes(actor: Actor, customer: Customer, before: datetime, limit: int) -> list[TimelineItem]:
    """Return the newest visible notes about a customer before an instant, by the index on customer and time."""
    rows = visible_to(actor, NOTE).filter(customer=customer, created_at__lt=before)
    return [_item(row) for row in rows.select_related("author").order_by("-created_at")[:limit]]


def _item(row: Note) -> TimelineItem:
    return TimelineItem(
        at=row.created_at, kind="note", icon="sticky-note", title=_("Note"), body=row.body,
        who=row.author.name if row.author else "", url=record_url(NOTE, row.pk), key=f"n{row.pk}",
    )  # fmt: skip


add_timeline_source("customer", TimelineSource("notes", gettext_lazy("Notes"), "sticky-note", read_notes))
