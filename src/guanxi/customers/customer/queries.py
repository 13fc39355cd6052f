"""Finding customers by what people type: names in any script, pinyin, initials, e-mail, phone fragments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from guanxi.core.actor import Actor
from guanxi.core.names import bigrams, fold
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.customer.models import Customer
from guanxi.customers.identifier.models import Identifier
from guanxi.customers.identifier.rules import digest_of
from guanxi.records.models import ExternalKey, SourceSystem
from guanxi.records.registry import type_of
from guanxi.records.search import in_added_fields

_PHONE = re.compile(r"^[+\d][\d\s\-().]{3,}$")
_LATIN = re.compile(r"^[a-z0-9 ]+$")


def search_customers(actor: Actor, text: str) -> Q:
    """Return the condition for customers that ``text`` may mean.

    Text with an ``@`` is looked for in e-mail addresses, Latin letters as the start of the pinyin, of the initials or
    of a name, everything else as neighbouring characters. Text with a digit may be a number besides: of an identifier,
    of the customer in a source system, and a run of digits the end or the start of a phone number.
    """
    if "@" in text and actor.sees_field("customer", "email"):
        found = ContactPoint._default_manager.filter(  # access: narrows customers that the reader sees
            kind="email", normalized__startswith=text.strip().lower(), deleted_at=None
        )
        return Q(pk__in=found.values("customer_id"))
    # A union, because the planner takes those who match for spread evenly over the names that it sorts by, and would
    # walk through hundreds of thousands to find fifty of one surname.
    lists = list(_named(text))
    if any(character.isdigit() for character in text):
        lists.extend(_numbered(actor, text.strip()))
    lists.extend(in_added_fields(type_of(Customer), actor, text))
    first, *others = lists
    return Q(pk__in=first.union(*others) if others else first)


def _numbered(actor: Actor, text: str) -> Iterator[QuerySet[Any, Any]]:
    """Yield the ids of customers that somebody knows by this number, as far as the actor may know it."""
    yield ExternalKey.objects.filter(
        record_type="customer", source__in=SourceSystem.objects.values("pk"), external_id=text
    ).values("record_id")
    if actor.may("view", "identifier") and actor.sees_field("identifier", "value"):
        known = Identifier._default_manager.filter(digest=digest_of(text), deleted_at=None)  # access: narrows customers
        yield known.values("customer_id")
    if _PHONE.match(text) and actor.sees_field("customer", "phone"):
        yield customers_by_phone(text)


def _named(text: str) -> Iterator[QuerySet[Any, Any]]:
    """Yield the ids of customers whose name this text may mean, each condition served by an index of its own."""
    folded = fold(text)
    if not folded:
        yield _ids(Q(pk__in=()))
        return
    yield _ids(Q(search_name__startswith=folded))
    grams = bigrams(folded)
    if grams:
        yield _ids(Q(bigrams__contains=grams, search_name__contains=folded))
    if _LATIN.match(folded):
        joined = folded.replace(" ", "")
        yield _ids(Q(pinyin__startswith=joined))
        if len(joined) <= 8:
            yield _ids(Q(initials__startswith=joined))


def _ids(condition: Q) -> QuerySet[Any, Any]:
    return Customer._default_manager.filter(condition).values("pk")  # access: narrows customers that the reader sees


def same_name(actor: Actor, text: str, inputs: Mapping[str, str]) -> Q | None:
    """Return the condition for customers whose name, folded, is this text folded; None for an empty text."""
    folded = fold(text)
    if not folded:
        return None
    # The key holds the Latin name behind the name: what begins so must be the name itself.
    return Q(search_name=folded) | Q(search_name__startswith=f"{folded} ", name__iexact=text.strip())


def customers_by_phone(text: str) -> QuerySet[ContactPoint, Any]:
    """Return the ids of customers with a phone number that begins with or ends in these digits."""
    digits = re.sub(r"\D+", "", text)
    number = Q(digits_reversed__startswith=digits[::-1]) | Q(normalized__startswith=f"+{digits}")
    if not text.strip().startswith("+"):
        number |= Q(normalized__startswith=f"+86{digits}") | Q(normalized__startswith=f"+1{digits}")
    rows = ContactPoint._default_manager.filter(number, kind="phone", deleted_at=None)  # access: narrows customers only
    return rows.values("customer_id")
