"""The card of open tasks on the page of a customer: what is promised, those due first on top."""

from __future__ import annotations

from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.customers.customer.models import Customer
from guanxi.records import listing
from guanxi.records.registry import Panel, add_panel
from guanxi.records.screens.cells import is_late
from guanxi.records.screens.places import list_url, page_url, part_url, record_url
from guanxi.ui.quick_formats import day_short
from guanxi.work.task.record_type import TASK

SHOWN = 5
_SEEN = ("subject", "customer", "due_at", "status")


def task_card(actor: Actor, customer: Customer) -> str:
    """Return the first open tasks about a customer that the actor may see; nothing where there are none."""
    if not actor.may("view", "task") or not all(actor.sees_field("task", name) for name in _SEEN):
        return ""
    condition = {"all": [{"field": "customer", "op": "in", "value": [str(customer.pk)]},
                         {"field": "status", "op": "not_in", "value": ["done"]}]}  # fmt: skip
    query = listing.Query(("subject", "due_at", "status"), condition, sort=("due_at",), limit=SHOWN)
    page = listing.read_page(TASK, query, actor)
    if not page.rows:
        return ""
    rows = [
        {"label": row["subject"], "url": record_url(TASK, row["id"]), "peek": part_url(TASK, row["id"], "peek"),
         "due": day_short(row["due_at"]), "late": is_late(TASK["due_at"], row)}
        for row in page.rows
    ]  # fmt: skip
    conditions = [("f", f"customer:in:{customer.pk}"), ("f", "status:not_in:done")]
    create = actor.may("create", "task") and actor.edits_field("task", "customer")
    context = {
        "rows": rows, "all_url": f"{list_url(TASK)}?{urlencode([('view', 'all'), *conditions])}" if page.next else "",
        "create_url": f"{page_url(TASK, 'quick')}?customer={customer.pk}&stay=1" if create else "",
    }  # fmt: skip
    return render_to_string("task/card.html", context)


add_panel("customer", Panel("tasks", gettext_lazy("Open tasks"), task_card, order=5, shows=(("task", "customer"),)))
