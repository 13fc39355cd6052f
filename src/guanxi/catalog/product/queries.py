"""Finding products by what people type."""

from __future__ import annotations

from django.db.models import Q

from guanxi.core.actor import Actor
from guanxi.core.names import fold


def search_products(actor: Actor, text: str) -> Q:
    """Return the condition for products whose SKU or names hold every word of ``text``."""
    condition = Q()
    for word in fold(text).split():
        condition &= Q(search_name__contains=word)
    return condition
