"""Reading contact points."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import OuterRef, Q, Subquery

from guanxi.core.actor import Actor
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.contact_point.rules import contact_keys
from guanxi.records import access
from guanxi.records.registry import record_type

_TELLING = ("email", "phone", "wechat")


def main_contact(kind: str) -> Subquery:
    """Return an expression for the main contact point of one kind of the outer customer (empty when there is none)."""
    rows = ContactPoint._default_manager.filter(  # access: follows the customer
        customer=OuterRef("pk"), kind=kind, deleted_at=None
    )
    return Subquery(rows.order_by("-is_primary", "id").values("value")[:1])


def same_contact(kind: str) -> Callable[[Actor, str, Mapping[str, str]], Q | None]:
    """Return the condition of ``same_address`` for the input of a new customer that takes one kind of address."""
    return lambda actor, text, _inputs: same_address(actor, text, {"kind": kind})


def same_address(actor: Actor, text: str, inputs: Mapping[str, str]) -> Q | None:
    """Return the condition for other customers with this e-mail address, phone number or account; None for others.

    ``inputs`` name the ``kind`` of the contact point and the ``customer`` it is entered for.
    """
    kind, normalized = inputs.get("kind", ""), contact_keys({**inputs, "value": text})["normalized"]
    if kind not in _TELLING or not normalized or not actor.sees_field("contact_point", "value"):
        return None
    rows = access.visible_to(actor, record_type("contact_point")).filter(kind=kind, normalized=normalized)
    own = inputs.get("customer", "")
    rows = rows.exclude(customer_id=int(own)) if own.isascii() and own.isdecimal() and len(own) < 16 else rows
    return Q(pk__in=rows.values("customer_id"))
