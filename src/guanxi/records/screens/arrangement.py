"""The order in which a person's tabs stand above a list, and the view that opens first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import transaction

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.models import SavedView
from guanxi.records.screens.state import Look

Step = Literal["left", "right", "first"]


@dataclass(frozen=True, slots=True)
class NamedView:
    """A tab above a list. ``saved_id`` is None for a declared view; ``mine`` says whether the actor may change it."""

    key: str
    label: str
    look: Look
    icon: str = "table-2"
    saved_id: int | None = None
    private: bool = False
    mine: bool = False
    is_first: bool = False


def arranged(views: Sequence[NamedView], arrangement: Mapping[str, Any]) -> list[NamedView]:
    """Return ``views`` in the order of an arrangement, those it doesn't know last, with the first one marked."""
    if not arrangement:
        return list(views)
    order = {str(key): at for at, key in enumerate(arrangement.get("order") or ())}
    first = arrangement.get("first")
    placed = sorted(views, key=lambda view: order.get(view.key, len(order)))
    return [replace(view, is_first=True) if view.key == first else view for view in placed]


def arrange(record_type: RecordType, actor: Actor, views: Sequence[NamedView], key: str, step: Step) -> None:
    """Move the tab ``key`` one place, or let it open first; a second time it no longer does.

    ``views`` are the tabs as the actor sees them now. A key that is none of them changes nothing.
    """
    keys = [view.key for view in views]
    if key not in keys:
        return
    first = next((view.key for view in views if view.is_first), "")
    if step == "first":
        first = "" if first == key else key
    else:
        at = keys.index(key)
        keys.insert(max(0, at - 1) if step == "left" else at + 1, keys.pop(at))
    with transaction.atomic():
        SavedView.objects.update_or_create(
            record_type=record_type.name, owner_id=actor.user_id or 0, kind=SavedView.Kind.ARRANGEMENT,
            defaults={"name": "", "state": {"order": keys, "first": first}},
        )  # fmt: skip
