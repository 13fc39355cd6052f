"""A list as an address asks for it: its state, the view it starts from, what it shows, and addresses that change it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guanxi.core.actor import Actor
from guanxi.records import access, listing
from guanxi.records.declaration import RecordType
from guanxi.records.screens import places
from guanxi.records.screens.arrangement import NamedView
from guanxi.records.screens.named_views import current_view, named_views
from guanxi.records.screens.state import ListState, Look

PAGE_SIZE = 50
MAX_PINNED = 3
LAYOUTS = ("board", "calendar", "timeline")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as asked for: its state, the view it starts from, what it shows, and the query that answers it."""

    record_type: RecordType
    actor: Actor
    state: ListState
    views: tuple[NamedView, ...]
    view: NamedView
    look: Look
    base_part: str = ""

    @property
    def query(self) -> listing.Query:
        """Return the query of this page."""
        return listing.Query(
            columns=self.look.columns, filter=self.look.filter, search=self.state.search, sort=self.look.sort,
            after=self.state.after, limit=PAGE_SIZE,
        )  # fmt: skip

    @property
    def filter_base(self) -> str:
        """Return the address of the filter editor up to its parameters."""
        return places.page_url(self.record_type, f"filter?{f'in={self.base_part}&' if self.base_part else ''}")

    @property
    def is_dirty(self) -> bool:
        """Say whether the list shows something else than its view says."""
        own = replace(self.look, layout=self.view.look.layout) if self.view.saved_id is None else self.look
        return own != self.view.look

    @property
    def base(self) -> str:
        """Return the address of the list (or of its board) without its state."""
        return places.list_url(self.record_type) + self.base_part


def open_listing(record_type: RecordType, actor: Actor, state: ListState, layout: str = "") -> Listing:
    """Return the list that an address means for this actor; one query for the saved views.

    Raises ``NotAllowed`` for an actor that may see no record of this type at all.
    """
    access.require_may(actor, "view", record_type)
    views = tuple(named_views(record_type, actor))
    view = current_view(views, state)
    look = state.look(view.look.laid_out(layout))
    return Listing(record_type, actor, state, views, view, look, layout)


def with_look(found: Listing, look: Look) -> str:
    """Return the address of the list showing another look."""
    state = replace(found.state, view=found.view.key).with_look(look, found.view.look)
    return state.url(found.base)


def then_by(found: Listing, name: str) -> str:
    """Return the address with this field added to the sort, turned round, or taken out (three keys at most)."""
    sort = list(found.look.sort)
    if name in sort:
        sort[sort.index(name)] = f"-{name}"
    elif f"-{name}" in sort:
        sort.remove(f"-{name}")
    else:
        sort = [*sort[:2], name]
    return with_look(found, replace(found.look, sort=tuple(sort) or found.view.look.sort))


def pinned_columns(found: Listing) -> int:
    """Return how many columns beside the first stay in sight."""
    word = found.look.pin
    return min(int(word), MAX_PINNED, len(found.look.columns) - 1) if word.isdecimal() and len(word) < 3 else 0
