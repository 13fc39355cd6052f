"""Rows of long tables, written in Python because a page of them costs a tenth of what the template needs.

The markup of a cell is that of ``ui.cells``; a test holds the two side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from guanxi.ui import formats
from guanxi.ui.cells import draw_boolean, draw_chip, draw_email, draw_phone, pictured
from guanxi.ui.icons import icon
from guanxi.ui.list_page import Column
from guanxi.ui.parts import Chip
from guanxi.ui.quick_formats import day_writer, money_text, number_text

Writer = Callable[[Any, int], str]
"""Writes the inside of a cell from its raw value and the id of its row; never called for an empty value."""

MAX_TEXT = 160
FIRST_SCREEN = 25
"""So many rows any screen shows at first; those below are drawn a moment after them (``is-below``)."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as the rows need it: how a value is written, and where it is edited in place (empty: nowhere)."""

    head: Column
    write: Writer
    edit_part: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its id, its name and the raw values in the order of the columns."""

    id: int
    name: str
    values: Sequence[Any]


def write_rows(
    rows: Sequence[TableRow], columns: Sequence[TableColumn], base: str, suffix: str = "", *, selectable: bool
) -> Markup:
    """Return the ``<tr>`` elements of ``rows``.

    ``base`` is the address of the list, to which ids are appended; ``suffix`` follows the address of the side panel.
    """
    opens = [_open_cell(column.head, index == 0, selectable) for index, column in enumerate(columns)]
    plan = list(zip(opens, (column.write for column in columns), (column.edit_part for column in columns), strict=True))
    select = _("Select %(name)s")
    chosen = ' aria-selected="false"' if selectable else ""
    end = escape(suffix)
    out: list[str] = []
    for index, row in enumerate(rows):
        below = ' class="is-below"' if index >= FIRST_SCREEN else ""
        out.append(
            f'<tr id="row-{row.id}"{below} data-row tabindex="{-1 if index else 0}"{chosen} '
            f'data-peek="{base}{row.id}/peek{end}">'
        )
        if selectable:
            label = escape(select % {"name": row.name})
            out.append(
                f'<td class="col-check is-pinned"><input class="checkbox" type="checkbox" value="{row.id}" '
                f'data-select-row tabindex="-1" aria-label="{label}"></td>'
            )
        for (opening, write, edit), value in zip(plan, row.values, strict=True):
            inside = "" if value is None or value == "" or value == [] else write(value, row.id)
            where = f' data-edit-url="{base}{row.id}/{edit}"' if edit else ""
            out.append(f"{opening}{where}>{inside}</td>")
        out.append("</tr>\n")
    return Markup("".join(out))


def _open_cell(column: Column, first: bool, selectable: bool) -> str:
    pinned = " is-pinned is-pinned-2" if first and selectable else " is-pinned" if first or column.pinned else ""
    place = f' data-pin="{column.pinned}"' if column.pinned else ""
    card = f' data-card="{column.card}" data-label="{escape(column.label)}"' if column.card else ""
    return f'<td class="{"num" if column.numeric else ""}{pinned}" data-column="{column.name}"{place}{card}'


def name_writer(
    base: str, organizations: frozenset[int], suffix: str = "", icon_name: str = "", saves: str = ""
) -> Writer:
    """Write the name of a record: picture or icon, and link.

    ``saves`` is the part of its address to which the link leads where that is a file to save and not its page.
    """
    end = f'/{saves}" download="' if saves else suffix
    sign = str(icon(icon_name)) if icon_name else ""

    def write(value: Any, row_id: int) -> str:
        text = str(value)
        shown = escape(text)
        picture = '"' if sign else pictured(text, row_id in organizations)
        return f'{sign}<a href="{base}{row_id}{end}" class="named{picture} data-open-link title="{shown}">{shown}</a>'

    return write


def text_writer(value: Any, row_id: int) -> str:
    """Write plain text, shortened; the whole is in the tooltip."""
    text = str(value)
    if len(text) <= 40:
        return escape(text)
    short = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    return f'<span class="truncate" title="{escape(text[:1000])}">{escape(short)}</span>'


def email_writer(value: Any, row_id: int) -> str:
    """Write an e-mail address as a link."""
    return draw_email(str(value))


def phone_writer(value: Any, row_id: int) -> str:
    """Write a phone number as a link."""
    return draw_phone(str(value))


def url_writer(value: Any, row_id: int) -> str:
    """Write a web address as a link that tells the other site nothing."""
    text = str(value)
    if not text.lower().startswith(("http://", "https://")):
        return escape(text)
    return f'<a href="{escape(text)}" rel="noopener noreferrer" target="_blank">{escape(text)}</a>'


def boolean_writer() -> Writer:
    """Write yes and no as signs."""
    yes, no = draw_boolean(True), draw_boolean(False)
    return lambda value, row_id: yes if value else no


def date_writer() -> Writer:
    """Write a date short, with the full date in the tooltip."""
    days = day_writer()

    def write(value: Any, row_id: int) -> str:
        short, full = days(value)
        return f'<time class="date" title="{full}">{short}</time>'

    return write


def late_writer(write: Writer, late: frozenset[int]) -> Writer:
    """Write a deadline as ``write`` does, marked in the rows where it has passed."""
    said = escape(_("late"))

    def marked(value: Any, row_id: int) -> str:
        text = write(value, row_id)
        if row_id not in late:
            return text
        return f'<span class="text-danger">{text}<span class="visually-hidden"> {said}</span></span>'

    return marked


def moment_writer() -> Writer:
    """Write an instant as its day, with the full time in the tooltip."""
    days = day_writer()
    zone = timezone.get_current_timezone()

    def clock(value: Any) -> str:
        local = value.astimezone(zone)
        return f"{local.hour:02d}:{local.minute:02d}"

    def write(value: Any, row_id: int) -> str:
        short, full = days(value)
        return f'<time class="date" title="{full} {clock(value)}">{short}</time>'

    return write


def figure_writer(kind: str, decimals: int | None = None, link: tuple[str, str] | None = None, tip: str = "") -> Writer:
    """Write a figure; with ``link`` (before and after the row's id) it opens the rows behind it."""
    title = f' title="{escape(tip)}"' if tip else ""

    def write(value: Any, row_id: int) -> str:
        text = _figure_text(kind, value, decimals)
        if link is not None:
            return f'<a class="num-link tnum" href="{link[0]}{row_id}{link[1]}"{title}>{text}</a>'
        return f'<span class="tnum">{text}</span>'

    return write


def _figure_text(kind: str, value: Any, decimals: int | None) -> str:
    if kind == "money":
        amount, currency = (value["amount"], value["currency"]) if isinstance(value, dict) else (value, "")
        return money_text(amount, currency) if currency else number_text(Decimal(amount), 2)
    if kind == "percent":
        return formats.percent(Decimal(value) / 100, decimals if decimals is not None else 1)
    return number_text(value, decimals)


def chip_writer(chips: dict[str, Chip], link: tuple[str, str] | None = None) -> Writer:
    """Write picklist values and tags; each chip is drawn once per table."""
    drawn = {value: draw_chip(chip) for value, chip in chips.items()}

    def write(value: Any, row_id: int) -> str:
        values = value if isinstance(value, (list, tuple)) else (value,)
        if link and len(values) == 1:
            return draw_chip(chips.get(str(values[0])) or Chip(str(values[0])), f"{link[0]}{row_id}{link[1]}")
        text = " ".join(drawn.get(str(item)) or draw_chip(Chip(str(item))) for item in values)
        return f'<a class="cell-link" href="{link[0]}{row_id}{link[1]}">{text}</a>' if link else text

    return write


def reference_writer(base: str, people: bool) -> Writer:
    """Write a link to another record; people with their picture."""
    known: dict[int, str] = {}
    hidden = escape(_("You may not see this record"))

    def write(value: Any, row_id: int) -> str:
        if not isinstance(value, dict) or value["label"] is None:
            return f'<span class="text-3" title="{hidden}">—</span>'
        found = known.get(value["id"])
        if found is None:
            label = str(value["label"] or f"#{value['id']}")
            look = f"person{pictured(label)}" if people else '"'
            shown = escape(label)
            found = known[value["id"]] = (
                f'<a href="{base}{value["id"]}" class="cell-link {look}>{shown}</a>' if base
                else f'<span class="{look}>{shown}</span>' if people else shown
            )  # fmt: skip
        return found

    return write


def json_writer(value: Any, row_id: int) -> str:
    """Write stored structures as shortened text."""
    return text_writer(str(value), row_id)
