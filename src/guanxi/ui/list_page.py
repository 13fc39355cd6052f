"""What the list and board templates show; the records package fills it from a declaration and the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from guanxi.ui.parts import Action, Cell, Empty, MenuEntry

Sort = Literal["", "ascending", "descending"]


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view. ``dirty`` marks changes that are not saved; ``private`` and ``first`` (the one that opens
    first) show a small sign."""

    label: str
    url: str
    icon: str = "table-2"
    count: str = ""
    current: bool = False
    dirty: bool = False
    private: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A condition of the current filter. ``edit_url`` answers its editor as a popover fragment."""

    field: str
    operator: str
    value: str
    edit_url: str
    remove_url: str
    invalid: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``sort_url`` cycles ascending, descending, none;
    ``sort_more_url`` does so beside the present sort (with Shift). ``width_px`` 0 takes the rest.

    ``derived`` marks figures that are computed. ``card`` says what the cell becomes on a phone, where a row is a card:
    its ``title``, its ``figure`` at the end of the first line, part of the ``meta`` line, or nothing.
    ``is_summed`` gives it a place in the foot: ``total`` and ``average`` are ready text, ``total_tip`` says more.
    ``pinned`` is its place among the columns that stay in sight, 0 for none.
    """

    name: str
    label: str
    width_px: int = 160
    numeric: bool = False
    sort: Sort = ""
    sort_url: str = ""
    sort_more_url: str = ""
    menu: tuple[MenuEntry, ...] = ()
    total: str = ""
    total_label: str = ""
    card: Literal["", "title", "figure", "meta"] = ""
    derived: bool = False
    is_summed: bool = False
    average: str = ""
    total_tip: str = ""
    pinned: int = 0


@dataclass(frozen=True, slots=True)
class GroupHead:
    """A group of rows: its words, how many rows it has, and ready text for each column after the first.

    ``rows_html`` are its rows as far as they come with the page; where it is None they are asked for at ``rows_url``
    when they come into sight. ``more_url`` answers the rows after those.
    """

    key: str
    label: str
    count: str
    figures: tuple[tuple[str, str, str], ...]
    color: str = ""
    is_open: bool = True
    rows_html: Markup | None = None
    rows_url: str = ""
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row. ``cells`` stand in the order of the columns; the first one is its name and link.

    ``peek_url`` answers the side panel as a fragment. ``menu`` is the row's own menu (also on a phone).
    """

    id: str
    name: str
    url: str
    cells: tuple[Cell, ...]
    peek_url: str = ""
    organization: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the page stands: “1–50”, and the addresses before and after it."""

    text: str
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """The whole list. All state lives in the address; ``state`` is that state as hidden fields for the search form.

    ``rows_html`` are the rows written by ``ui.table_rows`` (``rows`` stays empty then). ``count_url`` answers
    ``ui/list_count.html`` when the count is not known yet. ``count`` is ready text (“12,482”, “about 1.2M”), ``total``
    the plain number for “select all that match”; ``more`` says that rows beyond this page match. ``filter_url`` answers
    the menu of fields to filter by, ``columns_url`` the column chooser (GET) and takes a new width (POST ``column``,
    ``width``). ``menu_url`` answers the menus of a column (``column``), of a cell (``column`` and ``id``) and of
    grouping. ``groups`` stand instead of rows in a grouped list. ``sums`` says whether the foot is ``ready``, comes
    with the count (``later``) or is added up only when ``sums_url`` is asked (``asked``). ``done`` is what completes a
    row, as a form would send it.
    """

    title: str
    path: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rows_html: Markup | None = None
    count: str = ""
    count_url: str = ""
    total: int = 0
    more: bool = False
    views: tuple[ViewTab, ...] = ()
    chips: tuple[FilterChip, ...] = ()
    query: str = ""
    state: tuple[tuple[str, str], ...] = ()
    searchable: bool = True
    filter_url: str = ""
    columns_url: str = ""
    sort_menu: tuple[MenuEntry, ...] = ()
    group_menu: tuple[MenuEntry, ...] = ()
    menu_url: str = ""
    grouped_by: str = ""
    menu_of: str = "group"
    groups: tuple[GroupHead, ...] = ()
    notice: str = ""
    sums: Literal["", "ready", "later", "asked"] = ""
    sums_url: str = ""
    density: str = ""
    layouts: tuple[Action, ...] = ()
    done: str = ""
    view_actions: tuple[Action, ...] = ()
    more_menu: tuple[MenuEntry, ...] = ()
    bulk: tuple[Action, ...] = ()
    primary: Action | None = None
    pager: Pager | None = None
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card of a board. ``move_url`` takes POST ``stage`` and ``version``; ``age`` colours its edge.

    ``next_icon`` says what is planned next for it; where nothing is though ``needs_next``, ``next_url``
    answers the form to plan something.
    """

    id: str
    name: str
    url: str
    version: int
    move_url: str = ""
    detail: str = ""
    detail_picture: bool = True
    organization: bool = False
    figure: Cell | None = None
    date: Cell | None = None
    owner: str = ""
    next_icon: str = ""
    next_tone: Literal["", "due", "late"] = ""
    next_label: str = ""
    next_url: str = ""
    needs_next: bool = False
    age: Literal["", "amber", "red"] = ""
    age_text: str = ""
    menu: tuple[MenuEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage: its cards, how many there are in all, their sum as ready text. ``more_url`` answers further cards."""

    value: str
    label: str
    cards: tuple[Card, ...]
    count: str = ""
    sum: str = ""
    sum_tip: str = ""
    color: str = "gray"
    progress: int = 0
    more_url: str = ""
    create_url: str = ""
    is_shut: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """A figure of the strip above a board."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A board: head and toolbar of a list, columns instead of rows."""

    head: ListPage
    columns: tuple[BoardColumn, ...]
    totals: tuple[Total, ...] = field(default=())
