"""Tasks on the timeline of a customer: when they were set, and when they were done."""

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
from guanxi.ui.formats import day
from guanxi.work.task.record_type import TASK

_EARLIER = {"customer": Slot("customer"), "created_at__lt": Slot("before", DateTimeField())}


def read_tasks(actor: Actor, customer_id: int, before: datetime, limit: int) -> list[TimelineItem]:
    """Return the newest visible tasks about a customer set before an instant, by the index on customer."""
    found = read_rows(
        actor, TASK, f"timeline {limit}",
        lambda rows: rows.filter(**_EARLIER).annotate(who=F("owner__name")).order_by("-created_at", "-id")[:limit],
        {"customer": customer_id, "before": before},
    )  # fmt: skip
    return [_item(row) for row in found]


def _item(row: Any) -> TimelineItem:
    parts = [TASK["status"].choice_label(row.status)]
    if row.due_at is not None:
        parts.append(_("due %(date)s") % {"date": day(row.due_at)})
    return TimelineItem(
        at=row.created_at, kind="task", icon="square-check", title=row.subject, body=row.description,
        who=row.who or "", url=record_url(TASK, row.pk), source=" · ".join(parts),
        key=f"t{row.pk}",
    )  # fmt: skip


add_timeline_source("customer", TimelineSource("tasks", gettext_lazy("Tasks"), "square-check", read_tasks))
