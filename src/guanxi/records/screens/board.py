"""Builds the board of a type: a column for each value of a picklist, with counts, sums and the first cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Choice, Field
from guanxi.records.next_steps import next_steps_of
from guanxi.records.screens import cells, places
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.board_head import board_head
from guanxi.records.screens.board_marks import expects_next, marked
from guanxi.records.screens.layouts import board_fields, chosen_field
from guanxi.records.screens.quick_text import quick_text
from guanxi.records.screens.reading import title_text
from guanxi.records.summing import figures_in, sum_expressions
from guanxi.ui import formats
from guanxi.ui.list_page import BoardColumn, BoardPage, Card
from guanxi.ui.parts import Cell

CARDS = 50
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Board:
    """A board as asked for: the list behind it, the field of its columns, and what its cards show."""

    found: Listing
    field: Field
    names: tuple[str, ...]
    editable: bool

    @property
    def money(self) -> Field | None:
        """Return the money field that is summed in the heads of the columns, if the cards show one."""
        shown = (self.found.record_type[name] for name in self.names)
        return next((item for item in shown if item.kind == "money"), None)


def open_board(found: Listing) -> Board:
    """Return the board of a list by the choice field of its look, or the one that the type declares.

    Raises ``Invalid`` where the type has no such field or the actor may not see it.
    """
    record_type, actor = found.record_type, found.actor
    item = chosen_field(board_fields(record_type, actor), found.look.by)
    steps = next_steps_of(record_type.name)
    wanted = (record_type.title, item.name, *card_names(record_type), "owner", "kind",
              *((steps.expected[0],) if steps else ()))  # fmt: skip
    known = (
        name for name in dict.fromkeys(wanted) if record_type.get(name) and actor.sees_field(record_type.name, name)
    )
    return Board(found, item, tuple(known), cells.can_edit(record_type, item, actor))


def board_page(board: Board) -> BoardPage:
    """Return the page; three queries at most for each column and one for all their cards."""
    every = ((choice, _column(board, choice)) for choice in board.field.choices)
    columns = tuple(made for choice, made in every if made.count != "0" or not choice.is_retired)
    without = _column(board, nothing(board))
    if without.count != "0":
        columns = (without, *columns)
    cards = iter(_marked(board, [card for each in columns for card in each.cards]))
    columns = tuple(replace(each, cards=tuple(islice(cards, len(each.cards)))) for each in columns)
    is_empty = all(item.count == "0" for item in columns)
    return BoardPage(board_head(board.found, board.field.title(), is_empty=is_empty), columns)


def nothing(board: Board) -> Choice:
    """Return the column of records without a value, which is shown only where there are some."""
    return Choice("", _("Without %(field)s") % {"field": board.field.title()})


def card_names(record_type: RecordType) -> tuple[str, ...]:
    """Return the fields of a card: those declared, or the columns of the list after its title."""
    names = record_type.columns or tuple(item.name for item in record_type.fields)
    return record_type.board_card or tuple(name for name in names if name != record_type.title)[:4]


def column(board: Board, choice: Choice, after: str = "", *, with_cards: bool = True) -> BoardColumn:
    """Return one column with its count and sum, and the cards after a cursor."""
    part = _column(board, choice, after, with_cards=with_cards)
    return replace(part, cards=_marked(board, part.cards))


def _column(board: Board, choice: Choice, after: str = "", *, with_cards: bool = True) -> BoardColumn:
    is_shut = choice.value in board.found.state.shut
    if _is_left_out(board, choice):
        return BoardColumn(choice.value, capfirst(str(choice.label)), (), "0", "", color=choice.color,
                           is_shut=is_shut, progress=_progress(board, choice))  # fmt: skip
    count, total = _amounts(board, choice)
    shown = f"{formats.number(COUNTED)}+" if count > COUNTED else formats.number(count)
    cards, more = _cards(board, choice, after) if with_cards and count and not is_shut else ((), "")
    if is_shut and count:
        more = _more_url(board, choice, "")
    progress = _progress(board, choice)
    return BoardColumn(
        choice.value, capfirst(str(choice.label)), cards, shown, total, color=choice.color, progress=progress,
        more_url=more, create_url=_create_url(board, choice), is_shut=is_shut,
    )  # fmt: skip


def one_card(board: Board, record_id: int) -> Card:
    """Return the card of one record; raises ``NotFound``."""
    record_type = board.found.record_type
    row = listing.read_record(record_type, record_id, board.names, board.found.actor)
    return _marked(board, [_card(board, row)])[0]


def _is_left_out(board: Board, choice: Choice) -> bool:
    """Say whether the list's own filter names other values of the column's field: then nothing needs to be asked."""
    return any(_names_stages(board, part) and choice.value not in part["value"] for part in _parts(board))


def _filtered(board: Board, choice: Choice) -> listing.Query:
    """Return what the list asks for, in one column.

    A part that names this column among others goes: the planner would take both for independent of each other, expect
    a tenth of the rows and read a million to sort them.
    """
    here: dict[str, Any] = {"field": board.field.name, "op": "in", "value": [choice.value]}
    if not choice.value:
        here = {"field": board.field.name, "op": "empty"}
    rest = [part for part in _parts(board) if not _names_stages(board, part)]
    return replace(board.found.query, columns=board.names, filter={"all": [*rest, here]} if rest else here, after="")


def _parts(board: Board) -> list[dict[str, Any]]:
    tree = board.found.look.filter
    return list(tree.get("all", [tree])) if tree else []


def _names_stages(board: Board, part: Mapping[str, Any]) -> bool:
    return part.get("field") == board.field.name and part.get("op") == "in"


def _amounts(board: Board, choice: Choice) -> tuple[int, str]:
    """Return how many records stand in a column and their sum; nothing is added up beyond ``COUNTED`` records."""
    rows = listing.matching(board.found.record_type, _filtered(board, choice), board.found.actor).order_by()
    count = rows.values("pk")[: COUNTED + 1].count()
    money = board.money
    if money is None or not 0 < count <= COUNTED:
        return count, ""
    figure = figures_in(rows.aggregate(**dict(sum_expressions([money]))), [money])[money.name]
    if figure.total is None or figure.currency is None:
        return count, ""
    return count, formats.money(figure.total, figure.currency, 0)


def _cards(board: Board, choice: Choice, after: str) -> tuple[tuple[Card, ...], str]:
    query = replace(_filtered(board, choice), after=after, limit=CARDS, versions=True)
    page = listing.read_page(board.found.record_type, query, board.found.actor)
    more = ""
    if page.next:
        more = _more_url(board, choice, page.next)
    return tuple(_card(board, row) for row in page.rows), more


def _more_url(board: Board, choice: Choice, after: str) -> str:
    state = replace(board.found.state.first_page(), shut=())
    params = [("stage", choice.value), ("next", after), *state.pairs()]
    return f"{places.page_url(board.found.record_type, 'board/cards')}?{urlencode(params)}"


def _marked(board: Board, cards: Sequence[Card]) -> tuple[Card, ...]:
    return marked(board.found.record_type, board.found.actor, cards)


def _card(board: Board, row: Mapping[str, Any]) -> Card:
    record_type = board.found.record_type
    figure: Cell | None = None
    date: Cell | None = None
    details: list[str] = []
    for name in card_names(record_type):
        if name == board.field.name:
            continue
        item = record_type.get(name)
        if item is None or row.get(name) in (None, "", []):
            continue
        if item.kind in cells.NUMERIC and figure is None:
            figure = cells.cell_of(record_type, item, row[name], row["id"])
        elif item.kind in ("date", "datetime") and date is None:
            date = Cell("date", row[name], tone="danger" if cells.is_late(item, row) else "")
        else:
            details.append(quick_text(item, row[name]))
    owner = row.get("owner")
    return Card(
        str(row["id"]), title_text(record_type, dict(row)), places.record_url(record_type, row["id"]), row["version"],
        _move_url(board, row["id"]) if board.editable else "", " · ".join(details), False,
        row.get("kind") == "organization", figure, date, str(owner["label"] or "") if isinstance(owner, dict) else "",
        needs_next=expects_next(record_type, row),
    )  # fmt: skip


def _move_url(board: Board, record_id: int) -> str:
    state = replace(board.found.state.first_page(), shut=())
    return f"{places.part_url(board.found.record_type, record_id, 'move')}?in=board&{state.query()}"


def _progress(board: Board, choice: Choice) -> int:
    if not choice.value:
        return 0
    at = board.field.choices.index(choice)
    return round(100 * (at + 1) / len(board.field.choices))


def _create_url(board: Board, choice: Choice) -> str:
    record_type, actor = board.found.record_type, board.found.actor
    if not board.editable or not record_type.creatable or not actor.may("create", record_type.name) or not choice.value:
        return ""
    return f"{places.page_url(record_type, 'quick')}?{board.field.name}={choice.value}&stay=list"
