"""How a person arranged a list: the order of its tabs, the view that opens first, how wide columns are in each view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.db import transaction

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.models import SavedView
from guanxi.records.screens.state import Look

Step = Literal["left", "right", "first"]
MIN_WIDTH_PX, MAX_WIDTH_PX = 56, 800


@dataclass(frozen=True, slots=True)
class NamedView:
    """A tab above a list. ``saved_id`` is None for a declared view; ``mine`` says whether the actor may change it.

    ``widths`` are those that the actor gave its columns, in pixels.
    """

    key: str
    label: str
    look: Look
    icon: str = "table-2"
    saved_id: int | None = None
    private: bool = False
    mine: bool = False
    is_first: bool = False
    widths: Mapping[str, int] = field(default_factory=dict)


def arranged(views: Sequence[NamedView], arrangement: Mapping[str, Any]) -> list[NamedView]:
    """Return ``views`` in the order of an arrangement, those it doesn't know last, with the first one marked."""
    if not arrangement:
        return list(views)
    order = {str(key): at for at, key in enumerate(arrangement.get("order") or ())}
    first, widths = arrangement.get("first"), arrangement.get("widths") or {}
    placed = sorted(views, key=lambda view: order.get(view.key, len(order)))
    return [replace(view, is_first=view.key == first, widths=widths.get(view.key, {})) for view in placed]


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
    _keep(record_type, actor, order=keys, first=first)


def keep_width(record_type: RecordType, actor: Actor, views: Sequence[NamedView], key: str, name: str, px: int) -> None:
    """Remember how wide the actor made the column ``name`` of the view ``key``; what is no column is ignored."""
    if record_type.get(name) is None:
        return
    widths = {view.key: dict(view.widths) for view in views if view.widths or view.key == key}
    widths[key][name] = max(MIN_WIDTH_PX, min(px, MAX_WIDTH_PX))
    _keep(record_type, actor, widths=widths)


def _keep(record_type: RecordType, actor: Actor, **words: Any) -> None:
    mine = {"record_type": record_type.name, "owner_id": actor.user_id or 0, "kind": SavedView.Kind.ARRANGEMENT}
    with transaction.atomic():
        known = SavedView.objects.select_for_update().filter(**mine).first() or SavedView(**mine, name="")
        known.state = {**known.state, **words}
        known.save()
