"""Reading contact points."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from guanxi.customers.contact_point.models import ContactPoint


def main_contact(kind: str) -> Subquery:
    """Return an expression for the main contact point of one kind of the outer customer (empty when there is none)."""
    rows = ContactPoint._default_manager.filter(  # access: follows the customer
        customer=OuterRef("pk"), kind=kind, deleted_at=None
    )
    return Subquery(rows.order_by("-is_primary", "id").values("value")[:1])
