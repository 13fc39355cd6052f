"""The card with the files of a customer, where new ones are added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.records.access import read_rows
from guanxi.records.registry import Panel, add_panel
from guanxi.records.screens.places import list_url, part_url, record_url
from guanxi.records.screens.sources import may_edit
from guanxi.records.screens.state import ListState
from guanxi.records.statements import Slot
from guanxi.ui import formats
from guanxi.work.attachment.record_type import ATTACHMENT
from guanxi.work.attachment.rules import icon_of

MOST = 5


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the card, ready to show."""

    name: str
    icon: str
    size: str
    added_at: datetime
    who: str
    download_url: str
    record_url: str
    remove_url: str


def draw_card(actor: Actor, customer_id: int) -> str:
    """Return the newest files of a customer that the actor may see; nothing without the right to see files.

    The caller has made sure that the actor may see the customer.
    """
    may_add = actor.may("create", ATTACHMENT.name)
    if not actor.may("view", ATTACHMENT.name):
        return ""
    found = read_rows(
        actor, ATTACHMENT, f"card {MOST}",
        lambda rows: rows.filter(customer=Slot("customer")).annotate(who=F("uploaded_by__name"))
        .order_by("-created_at", "-pk")[:MOST + 1],
        {"customer": customer_id},
    )  # fmt: skip
    if not found and not may_add:
        return ""
    # All of them follow the same customer: who may delete one may delete each.
    may_remove = bool(found) and may_edit(ATTACHMENT, found[0].pk, actor, "delete")
    limit = int(settings.FILE_MAX_BYTES)
    context = {
        "files": [_line(row, may_remove) for row in found[:MOST]],
        "all_url": _all_url(customer_id) if len(found) > MOST else "",
        "upload_url": reverse("attachment.upload", args=(customer_id,)), "may_add": may_add, "limit": limit,
        "limit_text": formats.bytes_size(limit),
    }  # fmt: skip
    return render_to_string("attachment/card.html", context)


def _line(row: Any, may_remove: bool) -> FileLine:
    return FileLine(
        row.name or f"#{row.pk}", icon_of(row.media_type), formats.bytes_size(row.size), row.created_at, row.who or "",
        part_url(ATTACHMENT, row.pk, "download"), record_url(ATTACHMENT, row.pk),
        part_url(ATTACHMENT, row.pk, "remove") if may_remove else "",
    )  # fmt: skip


def _all_url(customer_id: int) -> str:
    return ListState(conditions=(f"customer:in:{customer_id}",), tree="").url(list_url(ATTACHMENT))


add_panel("customer", Panel("files", gettext_lazy("Files"), lambda actor, record: draw_card(actor, record.pk), order=45,
                            shows=(("attachment", "customer"),)))  # fmt: skip
