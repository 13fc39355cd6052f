"""What segments show on record pages: the rule and the course of a segment, and the segments of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.customers.customer.models import Customer
from guanxi.customers.segment.bulk import may_add
from guanxi.customers.segment.figures import figures_of_members
from guanxi.customers.segment.models import Segment
from guanxi.customers.segment.queries import count_members, problems, segments_of, sizes
from guanxi.customers.segment.record_type import SEGMENT
from guanxi.customers.segment.rules import root_of
from guanxi.customers.segment.wording import sentence_of
from guanxi.records import registry
from guanxi.records.listing import Amount
from guanxi.records.registry import BulkAction, Panel
from guanxi.records.screens import places
from guanxi.records.screens.sources import may_edit
from guanxi.records.screens.state import ListState


@dataclass(frozen=True, slots=True)
class Course:
    """The size of a segment over its counts, oldest first, and who came and went in them."""

    values: tuple[float, ...]
    entered: int
    left: int
    counts: int


def rule_panel(actor: Actor, segment: Segment) -> str:
    """Return the rule of a segment as a sentence, with the way to the builder."""
    if segment.kind != Segment.Kind.DYNAMIC:
        return ""
    try:
        root = root_of(segment.definition)
    except ValueError:
        root = root_of({})
    context = {
        "sentence": sentence_of(root, actor), "wrong": bool(root.parts and problems(root, actor, segment.pk)),
        "rule_url": reverse("segment.rule", args=(segment.pk,)),
        "editable": may_edit(SEGMENT, segment.pk, actor),
    }  # fmt: skip
    return render_to_string("segment/panel_rule.html", context)


def members_panel(actor: Actor, segment: Segment) -> str:
    """Return how many members the reader sees, how the size went, and the ways to list and export them."""
    if not actor.may("view", "customer"):
        return ""
    seen = count_members(member_filter(segment.pk), actor)
    view = ListState(conditions=(f"segment:in:{segment.pk}",), tree="")
    customers = registry.record_type("customer")
    context = {
        "segment": segment, "seen": seen, "course": course(segment.pk),
        "list_url": view.url(places.list_url(customers)),
        "export_url": view.url(places.page_url(customers, "export/xlsx")) if actor.may("export", "customer") else "",
        "refresh_url": reverse("segment.refresh", args=(segment.pk,))
        if segment.kind == Segment.Kind.DYNAMIC and segment.definition and may_edit(SEGMENT, segment.pk, actor) else "",
        "hidden": hidden_from(actor, segment, seen),
    }  # fmt: skip
    return render_to_string("segment/panel_members.html", context)


def figures_panel(actor: Actor, segment: Segment) -> str:
    """Return what the members are worth and how they can be reached; nothing where nobody is in it."""
    if not actor.may("view", "customer"):
        return ""
    figures = figures_of_members(member_filter(segment.pk), actor)
    shown = figures.histogram or figures.reach
    return render_to_string("segment/panel_figures.html", {"figures": figures}) if shown else ""


def member_filter(segment_id: int) -> dict[str, Any]:
    """Return the filter of the customers in a segment."""
    return {"field": "segment", "op": "in", "value": [str(segment_id)]}


def hidden_from(actor: Actor, segment: Segment, seen: Amount) -> bool:
    """Say whether the segment has members that the reader may not see."""
    return segment.owner_id != actor.user_id and seen.exact and seen.number < segment.size


def course(segment_id: int) -> Course:
    """Return how the size of a segment went over its newest counts."""
    rows = sizes(segment_id)
    return Course(tuple(float(row.size) for row in rows), sum(row.entered for row in rows[1:]),
                  sum(row.left for row in rows[1:]), len(rows))  # fmt: skip


def customer_panel(actor: Actor, customer: Customer) -> str:
    """Return the segments that a customer is in now, since when; nothing where there are none."""
    if not actor.may("view", "segment"):
        return ""
    found = segments_of(customer.pk, actor)
    rows = [(item, places.record_url(SEGMENT, item.segment_id)) for item in found]
    return render_to_string("segment/panel_customer.html", {"rows": rows}) if rows else ""


registry.add_panel("segment", Panel("segment_rule", _("Rule"), rule_panel, order=10))
registry.add_panel("segment", Panel("segment_members", _("Members"), members_panel, order=20))
registry.add_panel("segment", Panel("segment_figures", _("Value and reach"), figures_panel, order=30))
registry.add_panel("customer", Panel("customer_segments", _("Segments"), customer_panel, order=60))
registry.add_bulk_action(
    "customer", BulkAction("add_to_segment", _("Add to segment"), "filter", "segment.add", may_add)
)
