"""The other systems that tell us facts: naming them, and how much each has told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed, NotFound, type_text
from guanxi.records.changes import record_change
from guanxi.records.models import ChangeSet, ExternalKey, SourceSystem

COLORS = ("gray", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "teal")


@dataclass(frozen=True, slots=True)
class Told:
    """A source system with the number of records it names and of imports it sent, the last one when."""

    source: SourceSystem
    keys: int
    imports: int
    last_at: datetime | None


def source_systems() -> list[Told]:
    """Return all source systems by name with what they told; three queries."""
    keys = dict(ExternalKey.objects.values_list("source").annotate(n=Count("pk")).order_by())
    told = ChangeSet.objects.filter(source__isnull=False).values("source").annotate(n=Count("pk"), last=Max("at"))
    sets = {source: (n, last) for source, n, last in told.order_by().values_list("source", "n", "last")}
    return [
        Told(item, keys.get(item.pk, 0), *sets.get(item.pk, (0, None)))
        for item in SourceSystem.objects.order_by("name", "pk")
    ]


def source_named(source_id: int) -> SourceSystem:
    """Return one source system; raises ``NotFound``."""
    source = SourceSystem.objects.filter(pk=source_id).first()
    if source is None:
        raise NotFound
    return source


def add_source(*, actor: Actor, name: str, color: str = "gray") -> SourceSystem:
    """Name a new source system.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for a bad or taken name or colour.
    """
    _check(actor, name, color, None)
    key = slugify(name)[:40] or "source"
    with transaction.atomic():
        taken = set(SourceSystem.objects.filter(key__startswith=key).values_list("key", flat=True))
        number = next(n for n in range(len(taken) + 1) if (f"{key}-{n + 1}" if n else key) not in taken)
        source = SourceSystem(key=f"{key}-{number + 1}" if number else key, name=name.strip(), color=color)
        source.save(force_insert=True)
        record_change(actor, "source_system", source.pk, "created", {"name": (None, source.name)})
    return source


def change_source(source: SourceSystem, *, actor: Actor, name: str, color: str) -> SourceSystem:
    """Rename or recolour a source system; raises as ``add_source`` does."""
    _check(actor, name, color, source.pk)
    with transaction.atomic():
        current = SourceSystem.objects.select_for_update().get(pk=source.pk)
        changed = {
            field: (getattr(current, field), value)
            for field, value in (("name", name.strip()), ("color", color))
            if getattr(current, field) != value
        }
        if changed:
            current.name, current.color = name.strip(), color
            current.save()
            record_change(actor, "source_system", current.pk, "changed", changed)
    return current


def _check(actor: Actor, name: str, color: str, own_id: int | None) -> None:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    errors: dict[str, list[type_text]] = {}
    if not name.strip() or len(name) > 120:
        errors["name"] = [_("Use between 1 and 120 characters.")]
    elif SourceSystem.objects.filter(name__iexact=name.strip()).exclude(pk=own_id or 0).exists():
        errors["name"] = [_("Another source system has this name already.")]
    if color not in COLORS:
        errors["color"] = [_("Choose a value from the list.")]
    if errors:
        raise Invalid(errors)
