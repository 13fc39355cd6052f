"""The views of a list: those that the declaration brings and those that people saved, private or shared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, Invalid, NotFound
from guanxi.records.declaration import RecordType
from guanxi.records.filters import Context, compile_filter, named_fields
from guanxi.records.models import SavedView
from guanxi.records.screens.arrangement import NamedView, arranged
from guanxi.records.screens.state import ListState, Look, look_of_tree
from guanxi.records.statements import ActorCache, Statement

MAX_SAVED = 60
LAYOUT_ICONS = {"board": "square-kanban", "calendar": "calendar", "timeline": "gantt-chart"}
_SAVED: ActorCache[Statement] = ActorCache()


def named_views(record_type: RecordType, actor: Actor) -> list[NamedView]:
    """Return the views that the actor may use, in the actor's order; one query.

    Without an order of the actor's own, declared ones stand first, then saved ones by name; the one that the actor
    opens first is marked.

    Columns and sort keys that the actor may not see are left out; a view that filters by such a field is left out.
    """
    statement = _SAVED.get(actor, record_type.name, lambda: _saved_views(record_type, actor))
    rows = statement.rows({})
    every = [*_declared(record_type), *(_saved(row, actor) for row in rows if row[5] == SavedView.Kind.VIEW)]
    arrangement = next((_state(row[4]) for row in rows if row[5] == SavedView.Kind.ARRANGEMENT), {})
    found = [view for item in every if (view := _allowed(record_type, item, actor)) is not None]
    return arranged(found, arrangement) or [
        NamedView("all", _all_label(record_type), _visible_look(record_type, _default(record_type), actor))
    ]


def current_view(views: Sequence[NamedView], state: ListState) -> NamedView:
    """Return the view that the address names, else the one that the actor opens first, else the first one."""
    first = next((view for view in views if view.is_first), views[0])
    return next((view for view in views if view.key == state.view), first)


def save_view(
    record_type: RecordType, actor: Actor, name: str, look: Look, *, shared: bool = False, view_id: int | None = None
) -> SavedView:
    """Save a look as a new view of the actor, or into the actor's saved view ``view_id``.

    Raises ``Invalid`` for an empty name or a look that can't be shown, ``NotFound`` for a view that isn't the actor's.
    """
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid({"name": [_("Enter a name for the view.")]})
    if look.filter is not None:
        compile_filter(record_type, look.filter, Context.of(actor))
    if view_id is not None:
        view = own_view(record_type, actor, view_id)
        view.name, view.is_shared, view.state = name, shared, look.to_json()
        view.save(update_fields=["name", "is_shared", "state"])
        return view
    if (
        SavedView.objects.filter(kind=SavedView.Kind.VIEW, record_type=record_type.name, owner_id=actor.user_id).count()
        >= MAX_SAVED
    ):
        raise DomainError(_("You have saved %(limit)s views of this list. Delete one first."), limit=MAX_SAVED)
    return SavedView.objects.create(
        record_type=record_type.name, owner_id=actor.user_id or 0, name=name, is_shared=shared, state=look.to_json()
    )


def own_view(record_type: RecordType, actor: Actor, view_id: int) -> SavedView:
    """Return a saved view that the actor may change: its own, for administrators also shared ones."""
    mine = Q(owner_id=actor.user_id)
    if actor.is_administrator:
        mine |= Q(is_shared=True)
    view = SavedView.objects.filter(mine, kind=SavedView.Kind.VIEW, record_type=record_type.name, pk=view_id).first()
    if view is None:
        raise NotFound(_("This view was deleted, or it belongs to somebody else."))
    return view


def _declared(record_type: RecordType) -> Iterator[NamedView]:
    for view in record_type.views:
        words, tree = look_of_tree(view.filter)
        yield NamedView(
            view.key, str(view.label), Look(words, tree, view.sort or record_type.sort, view.columns), view.icon
        )


def _saved_views(record_type: RecordType, actor: Actor) -> Statement:
    saved = SavedView.objects.filter(record_type=record_type.name).filter(Q(owner_id=actor.user_id) | Q(is_shared=True))
    rows = saved.order_by("kind", "position", "name", "id")
    return Statement.of(rows.values_list("pk", "name", "owner_id", "is_shared", "state", "kind")[: MAX_SAVED + 1])


def _saved(row: tuple[Any, ...], actor: Actor) -> NamedView:
    pk, name, owner_id, is_shared, state, _kind = row
    mine = owner_id == actor.user_id or actor.is_administrator
    look = Look.from_json(_state(state))
    return NamedView(f"s{pk}", name, look, LAYOUT_ICONS.get(look.layout, "bookmark"), pk, not is_shared, mine)


def _state(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def _default(record_type: RecordType) -> Look:
    columns = record_type.columns or tuple(item.name for item in record_type.fields[:7])
    return Look(sort=record_type.sort, columns=columns)


def _all_label(record_type: RecordType) -> str:
    return _("All %(records)s") % {"records": record_type.plural}


def _allowed(record_type: RecordType, view: NamedView, actor: Actor) -> NamedView | None:
    try:
        tree = view.look.filter
    except Invalid:
        return None
    if any(not _sees(record_type, actor, name) for name in named_fields(tree)):
        return None
    look = _visible_look(record_type, view.look, actor)
    return NamedView(view.key, capfirst(view.label), look, view.icon, view.saved_id, view.private, view.mine)


def _visible_look(record_type: RecordType, look: Look, actor: Actor) -> Look:
    columns = tuple(name for name in look.columns if _sees(record_type, actor, name)) or ("id",)
    if columns == ("id",):
        columns = tuple(item.name for item in record_type.visible_fields(actor)[:1])
    sort = tuple(word for word in look.sort if word.lstrip("-") == "id" or _sees(record_type, actor, word.lstrip("-")))
    hidden: dict[str, Any] = {
        name: "" for name in ("group", "by", "until")
        if getattr(look, name) and not _sees(record_type, actor, getattr(look, name).partition(":")[0])
    }  # fmt: skip
    return replace(look, sort=sort or ("-id",), columns=columns, **hidden)


def _sees(record_type: RecordType, actor: Actor, name: str) -> bool:
    return record_type.get(name) is not None and actor.sees_field(record_type.name, name)
