"""Open tasks as what is planned next for customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Min

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.next_steps import NextSteps, add_next_steps
from guanxi.work.task.models import Task
from guanxi.work.task.record_type import TASK


def next_tasks(actor: Actor, customers: Sequence[int]) -> Mapping[int, datetime | None] | None:
    """Return when the first open task about each of ``customers`` is due; None where the actor may not know."""
    if not all(actor.sees_field(TASK.name, name) for name in ("customer", "status", "due_at")):
        return None
    rows = access.visible_to(actor, TASK).filter(customer__in=customers).exclude(status=Task.Status.DONE)
    return dict(rows.order_by().values_list("customer").annotate(first=Min("due_at")))


# A customer that is being won should never be without a next step; one that buys by itself needs none.
add_next_steps("customer", NextSteps(next_tasks, ("status", frozenset({"prospect"})), ("task", "customer")))
