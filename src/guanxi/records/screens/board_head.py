"""Head and toolbar of a board: those of the list, leading to boards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guanxi.records.screens import places
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.list_actions import empty_state, layout_actions, primary_action, view_actions
from guanxi.records.screens.list_page import chips_of, tabs_of
from guanxi.records.search import is_searchable
from guanxi.ui.list_page import ListPage
from guanxi.ui.parts import MenuEntry


def board_head(found: Listing, by: str, *, is_empty: bool) -> ListPage:
    """Return head and toolbar of the board behind a list; filters and search stay in the address of the board.

    ``by`` names the field of its columns. A board without a card says what an empty list says.
    """
    record_type = found.record_type
    board = found if found.base_part else replace(found, base_part="board")
    state = found.state.first_page()
    hidden = tuple(replace(state, view=found.view.key).pairs(search=False))
    return ListPage(
        title=found.view.label, path=board.base, columns=(), rows=(), views=tuple(tabs_of(board)),
        chips=tuple(chips_of(board)), query=found.state.search, state=hidden,
        filter_url=f"{board.filter_base}{state.query()}",
        searchable=is_searchable(record_type), more_menu=tuple(layout_menu(board)),
        layouts=tuple(layout_actions(board)), grouped_by=by, menu_of="by",
        menu_url=f"{places.page_url(record_type, 'menu')}?in={board.base_part}&{state.query()}",
        view_actions=tuple(view_actions(board)),
        primary=primary_action(record_type, found.actor), empty=empty_state(board) if is_empty else None,
    )  # fmt: skip


def layout_menu(found: Listing) -> Iterator[MenuEntry]:
    """Yield the other layouts, for narrow screens that have no room for their signs."""
    yield from (action for action in layout_actions(found) if not action.checked)
