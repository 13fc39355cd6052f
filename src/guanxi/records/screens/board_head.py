"""Head and toolbar of a board: those of the list, leading to boards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from guanxi.records.screens import places
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.list_actions import empty_state, primary_action
from guanxi.records.screens.list_page import chips_of, tabs_of
from guanxi.records.search import is_searchable
from guanxi.ui.list_page import ListPage
from guanxi.ui.parts import Action, MenuEntry


def board_head(found: Listing, *, is_empty: bool) -> ListPage:
    """Return head and toolbar of the board behind a list; filters and search stay in the address of the board.

    A board without a card says what an empty list says.
    """
    record_type = found.record_type
    board = replace(found, base_part="board")
    state = found.state.first_page()
    return ListPage(
        title=found.view.label, path=board.base, columns=(), rows=(), views=tuple(tabs_of(board)),
        chips=tuple(chips_of(board)), query=found.state.search, state=tuple(state.pairs(search=False)),
        filter_url=f"{board.filter_base}{state.query()}",
        searchable=is_searchable(record_type), more_menu=tuple(_menu(found)),
        primary=primary_action(record_type, found.actor), empty=empty_state(board) if is_empty else None,
    )  # fmt: skip


def _menu(found: Listing) -> Iterator[MenuEntry]:
    url = found.state.first_page().url(places.list_url(found.record_type))
    yield Action(_("Show as list"), url, "list")
