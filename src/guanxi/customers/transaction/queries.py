"""Finding transactions by the number of their account or card."""

from __future__ import annotations

from django.db.models import Q

from guanxi.core.actor import Actor
from guanxi.customers.holding.models import Holding
from guanxi.records import access
from guanxi.records.registry import record_type


def search_transactions(actor: Actor, text: str) -> Q:
    """Return the condition for movements on holdings that the actor may see, whose number begins with ``text``.

    All kinds are named so that the index of kind and number serves the question.
    """
    if not actor.sees_field("transaction", "holding") or not actor.sees_field("holding", "number"):
        return Q(pk__in=())
    found = access.visible_to(actor, record_type("holding"))
    found = found.filter(kind__in=Holding.Kind.values, number__startswith=text)
    return Q(holding_id__in=found.order_by().values("pk"))
