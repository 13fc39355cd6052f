"""Notes on the timeline of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.records.access import read_rows
from guanxi.records.registry import TimelineItem, TimelineSource, add_timeline_source
from guanxi.records.screens.places import record_url
from guanxi.records.statements import Slot
from guanxi.work.note.record_type import NOTE

_EARLIER = {"customer": Slot("customer"), "created_at__lt": Slot("before", DateTimeField())}


def read_notes(actor: Actor, customer_id: int, before: datetime, limit: int) -> list[TimelineItem]:
    """Return the newest visible notes about a customer before an instant, by the index on customer and time."""
    found = read_rows(
        actor, NOTE, f"timeline {limit}",
        lambda rows: rows.filter(**_EARLIER).annotate(who=F("author__name")).order_by("-created_at")[:limit],
        {"customer": customer_id, "before": before},
    )  # fmt: skip
    return [_item(row) for row in found]


def _item(row: Any) -> TimelineItem:
    return TimelineItem(
        at=row.created_at, kind="note", icon="sticky-note", title=_("Note"), body=row.body,
        who=row.who or "", url=record_url(NOTE, row.pk), key=f"n{row.pk}",
    )  # fmt: skip


add_timeline_source("customer", TimelineSource("notes", gettext_lazy("Notes"), "sticky-note", read_notes))
