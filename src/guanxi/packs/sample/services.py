"""Loads the sample data as one change set, and removes exactly what that change set created.

A sample that something of the people's own refers to stays, and is theirs from then on: nothing of theirs is removed
along. All other samples are gone for good, with the figures computed from them; their history stays in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, NotAllowed
from guanxi.identity.company.models import Company
from guanxi.packs.sample import content
from guanxi.records.changes import record_change
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import find_record_type, record_types
from guanxi.records.registry import record_type as type_named
from guanxi.records.writing import create_record, type_field
from guanxi.work.comment.models import Comment
from guanxi.work.follow.models import Follow

KIND = "sample"
Ids = dict[str, set[int]]


class LoadedAlready(DomainError):
    """The sample data are there."""

    code, status = "sample_loaded", 409
    sentence = gettext_lazy("Sample data are loaded already.")


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal takes away and what stays: ids by record type, and the titles of samples that people changed."""

    removed: Ids = field(default_factory=dict)
    kept: Ids = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    kept_titles: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return how many records go."""
        return sum(map(len, self.removed.values()))


def loaded_set() -> ChangeSet | None:
    """Return the change set of the sample data that are there, or None."""
    return ChangeSet.objects.filter(kind=KIND, undone_at=None).order_by("-pk").first()


def load_samples(*, actor: Actor) -> ChangeSet:
    """Create the sample data in the actor's language, all or none; raises ``NotAllowed``, ``LoadedAlready``."""
    with transaction.atomic():
        _require(actor)
        if loaded_set() is not None:
            raise LoadedAlready
        made = ChangeSet.objects.create(kind=KIND, title=str(_("Sample data")), actor_id=actor.user_id)
        writer = _Writer(actor, made, "zh" if actor.language.startswith("zh") else "en", timezone.now())
        with override(actor.language):
            writer.write()
        made.counts = {"rows": writer.rows}
        made.save(update_fields=["counts"])
    return made


def _require(actor: Actor) -> None:
    """Let only administrators in, one at a time."""
    if not actor.is_administrator:
        raise NotAllowed
    Company._default_manager.select_for_update().get_or_create(pk=1)


class _Writer:
    """Writes the records one after the other through the write path; ``rows`` counts them."""

    def __init__(self, actor: Actor, made: ChangeSet, language: str, now: datetime) -> None:
        self.actor, self.made, self.language, self.now, self.rows = actor, made, language, now, 0

    def add(self, type_name: str, **values: Any) -> int:
        """Create one record and return its id."""
        kind = type_named(type_name)
        self.rows += 1
        return int(create_record(kind, actor=self.actor, values=values, change_set_id=self.made.pk).pk)

    def write(self) -> None:
        """Create everything."""
        language = self.language
        category = self.add("product_category", name=content.CATEGORY[language])
        for number, (name, price) in enumerate(content.PRODUCTS[language], 1):
            self.add("product", name=name, sku=f"SAMPLE-{self.made.pk}-{number}", category=category,
                     list_price=Decimal(price))  # fmt: skip
        customers = [self.customer(*row) for row in content.CUSTOMERS[language]]
        for number, (who, days, total, status) in enumerate(content.ORDERS, 1):
            self.add("order", number=f"SAMPLE-{self.made.pk}-{number}", customer=customers[who], status=status,
                     ordered_at=self.now - timedelta(days=days), total=Decimal(total))  # fmt: skip
        for who, days, channel, direction, words in content.INTERACTIONS[language]:
            self.add("interaction", customer=customers[who], channel=channel, direction=direction, subject=words,
                     occurred_at=self.now - timedelta(days=days), staff=self.actor.user_id)  # fmt: skip
        for who, days, priority, words in content.TASKS[language]:
            self.add("task", customer=customers[who], priority=priority, subject=words,
                     due_at=self.now + timedelta(days=days))  # fmt: skip
        for who, words in content.NOTES[language]:
            self.add("note", customer=customers[who], body=words)

    def customer(self, name: str, latin_name: str, kind: str, status: str, city: str, phone: str, email: str) -> int:
        """Create a customer with phone number and e-mail address."""
        made = self.add("customer", name=name, latin_name=latin_name, kind=kind, status=status, city=city)
        for point, value in (("phone", phone), ("email", email)):
            self.add("contact_point", customer=made, kind=point, value=value, is_primary=True)
        return made


def plan_removal(made: ChangeSet) -> Removal:
    """Return what a removal would take away, and which samples stay because something else refers to them."""
    created: Ids = {}
    rows = Change.objects.filter(change_set_id=made.pk, verb="created").order_by("pk")
    for type_name, record_id in rows.values_list("record_type", "record_id"):
        created.setdefault(type_name, set()).add(record_id)
    going = {name: set(_living(name, ids)) for name, ids in created.items()}
    while held := _held(going):
        for name, ids in held.items():
            going[name] -= ids
    kept = {name: set(_living(name, ids)) - going[name] for name, ids in created.items()}
    changed = Change.objects.filter(_either(going), ~Q(verb="created")).exclude(change_set_id=made.pk)
    named = {(row.record_type, row.record_id) for row in changed}
    return Removal(
        {name: ids for name, ids in going.items() if ids}, {name: ids for name, ids in kept.items() if ids},
        tuple(sorted(_title(*each) for each in named)),
        tuple(sorted(_title(name, each) for name, ids in kept.items() for each in ids)),
    )  # fmt: skip


def remove_samples(*, actor: Actor) -> Removal:
    """Remove the sample data and return what went and what stayed; raises ``NotAllowed``. Without any, nothing."""
    with transaction.atomic():
        _require(actor)
        made = loaded_set()
        if made is None:
            return Removal()
        plan = plan_removal(made)
        for name in reversed(list(plan.removed)):
            kind = type_named(name)
            for record_id in sorted(plan.removed[name]):
                record_change(actor, name, record_id, "deleted", {})
            kind.model._default_manager.filter(pk__in=plan.removed[name]).delete()
            Follow._default_manager.filter(record_type=name, record_id__in=plan.removed[name]).delete()
        made.undone_at, made.undone_by_id = timezone.now(), actor.user_id
        made.save(update_fields=["undone_at", "undone_by"])
    return plan


def _living(type_name: str, ids: Iterable[int]) -> list[int]:
    """Return those of these ids that are there, in the bin or not."""
    kind = find_record_type(type_name)
    return list(kind.model._default_manager.filter(pk__in=list(ids)).values_list("pk", flat=True)) if kind else []


def _held(going: Ids) -> Ids:
    """Return those of ``going`` to which a record refers that doesn't go itself."""
    held: Ids = {}
    for kind in record_types():
        own = going.get(kind.name, set())
        for item in kind.fields:
            ids = going.get(item.reference, set()) if item.kind == "reference" else set()
            attribute = type_field(kind, item.name) if ids else ""
            if not ids or "__" in attribute:
                continue
            rows = kind.model._default_manager.filter(**{f"{attribute}__in": ids}).exclude(pk__in=own)
            if found := set(rows.values_list(attribute, flat=True)):
                held.setdefault(item.reference, set()).update(found)
    for name, found in _told_about(going).items():
        held.setdefault(name, set()).update(found)
    return held


def _told_about(going: Ids) -> Ids:
    """Return those of ``going`` on which people wrote comments, which refer by type and number."""
    found: Ids = {}
    for name, ids in going.items():
        rows = Comment._default_manager.filter(record_type=name, record_id__in=ids)
        if numbers := set(rows.values_list("record_id", flat=True)):
            found[name] = numbers
    return found


def _either(ids: Ids) -> Q:
    condition = Q(pk__in=())
    for name, numbers in ids.items():
        condition |= Q(record_type=name, record_id__in=numbers)
    return condition


def _title(type_name: str, record_id: int) -> str:
    kind = type_named(type_name)
    row = kind.model._default_manager.filter(pk=record_id).values_list(kind.title, flat=True).first()
    return str(row or f"#{record_id}")[:80]
