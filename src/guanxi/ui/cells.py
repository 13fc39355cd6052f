"""How a ``Cell`` looks, in tables, details, highlights and cards.

Written in Python because a page draws dozens of cells, each at a tenth of what a macro costs. What comes in is raw and
is escaped here; only ``Markup`` in a cell of the kind ``markup`` is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from markupsafe import Markup
from markupsafe import escape as markup_escape

from guanxi.ui import formats, quick_formats
from guanxi.ui.icons import icon
from guanxi.ui.names import color_of, initials, is_chinese
from guanxi.ui.parts import Cell, Chip
from guanxi.ui.said import said as _

_RISKS = ("low", "low", "mid", "high")


def draw_cell(item: Cell) -> Markup:
    """Return the inside of a table cell, detail row or card line."""
    return Markup(_DRAWN.get(item.kind, _text)(item))


def tone_class(item: Cell) -> str:
    """Return the class that a cell's tone stands for, with a space before it."""
    return "" if not item.tone else " text-2" if item.tone == "quiet" else f" text-{item.tone}"


def draw_bar(share: float) -> Markup:
    """Return a bar for a share of -1 to 1; a negative one grows from the right in the colour of loss."""
    percent = max(0, min(100, round(abs(float(share)) * 100)))
    return Markup(f'<span class="bar{" bar--neg" if share < 0 else ""} v-{percent}" aria-hidden="true"><i></i></span>')


@lru_cache(maxsize=8192)
def pictured(name: str, organization: bool = False) -> str:
    """Return the classes and the letters of an element that shows the 20 px picture of a name before its text.

    The picture is drawn by the style of ``data-avatar``: a page of names has one element for each and not four.
    """
    square = " is-org" if organization else ""
    script = " is-cjk" if is_chinese(name) else ""
    return f' c-{color_of(name)}{square}{script}" data-avatar="{escape(initials(name, 20, organization))}"'


def draw_chip(chip: Chip, url: str = "", tip: str = "") -> str:
    """Return a chip as the macro ``tag`` draws it; with ``url`` it is a link."""
    color = f" tag--{chip.color}" if chip.color and chip.color != "gray" else ""
    inside = f"{icon(chip.icon)}<span>{escape(chip.label)}</span>" if chip.icon else escape(chip.label)
    parts = " tag--parts" if chip.icon else ""
    if url:
        return f'<a class="cell-link tag{parts}{color}" href="{escape(url)}"{_title(tip)}>{inside}</a>'
    return f'<span class="tag{parts}{color}">{inside}</span>'


def draw_email(address: str) -> str:
    """Return an e-mail address as a link."""
    text = escape(address)
    return f'<a href="mailto:{text}">{text}</a>'


def draw_phone(number: str, shown: str = "") -> str:
    """Return a phone number as a link, read as ``shown``."""
    return f'<a class="tnum" href="tel:{escape(number.replace(" ", ""))}">{escape(shown or number)}</a>'


def draw_boolean(value: Any) -> str:
    """Return yes and no as signs."""
    return str(icon("check", 14, _("Yes"))) if value else f'<span class="text-3">{icon("minus", 14, _("No"))}</span>'


def _title(tip: str) -> str:
    return f' title="{escape(tip)}"' if tip else ""


def _linked(item: Cell, inside: str) -> str:
    if item.url:
        return f'<a class="cell-link{tone_class(item)}" href="{escape(item.url)}"{_title(item.tip)}>{inside}</a>'
    if item.tone or item.tip:
        return f'<span class="truncate{tone_class(item)}"{_title(item.tip)}>{inside}</span>'
    return inside


def _with_icon(item: Cell, inside: str) -> str:
    if not (item.icon or item.detail):
        return inside
    sign = icon(item.icon) if item.icon else ""
    end = f'<span class="cell-end">{escape(item.detail)}</span>' if item.detail else ""
    return f'<span class="cell-icon">{sign}<span>{inside}</span>{end}</span>'


def _text(item: Cell) -> str:
    return _linked(item, _with_icon(item, "" if item.value is None else escape(str(item.value))))


def _figure(item: Cell, text: str) -> str:
    """Return a figure; it opens the rows behind it when it has an address."""
    tone, tip = tone_class(item), _title(item.tip)
    if item.url:
        shown = f'<a class="num-link tnum{tone}" href="{escape(item.url)}"{tip}>{text}</a>'
    else:
        shown = f'<span class="tnum{tone}"{tip}>{text}</span>'
    return shown if item.bar is None else f'<span class="cell-bar">{draw_bar(item.bar)}{shown}</span>'


def _money(item: Cell) -> str:
    return _figure(item, quick_formats.money(item.value, item.currency, item.decimals))  # type: ignore[arg-type]


def _number(item: Cell) -> str:
    return _figure(item, quick_formats.number(item.value, item.decimals))  # type: ignore[arg-type]


def _percent(item: Cell) -> str:
    digits = 1 if item.decimals is None else item.decimals
    return _figure(item, formats.percent(item.value, digits))  # type: ignore[arg-type]


def _tags(item: Cell) -> str:
    if item.url and len(item.chips) == 1:
        return draw_chip(item.chips[0], item.url, item.tip)
    return _linked(item, " ".join(map(draw_chip, item.chips)))


def _person(item: Cell) -> str:
    if not item.value:
        return _text(item)
    name = str(item.value)
    opening, end = (f'a href="{escape(item.url)}" ', "a") if item.url else ("span ", "span")
    link = "cell-link " if item.url else ""
    picture = pictured(name, item.organization)
    return f'<{opening}class="{link}person{tone_class(item)}{picture}{_title(item.tip)}>{escape(name)}</{end}>'


def _status(item: Cell) -> str:
    if not item.value:
        return _text(item)
    dot = f'<span class="dot c-{item.color or "gray"}" aria-hidden="true"></span>'
    return f'<span class="status">{dot}{escape(str(item.value))}</span>'


def _time(write: Callable[[Any], str], full: Callable[[Any], str]) -> Callable[[Cell], str]:
    def draw(item: Cell) -> str:
        exact = f' datetime="{item.value.isoformat()}"' if isinstance(item.value, datetime) else ""
        title = f' title="{full(item.value)}"' if item.value else ""
        return f'<time class="date{tone_class(item)}"{title}{exact}>{_with_icon(item, write(item.value))}</time>'

    return draw


def _boolean(item: Cell) -> str:
    return "" if item.value is None else draw_boolean(item.value)


def _email(item: Cell) -> str:
    return draw_email(str(item.value)) if item.value else _text(item)


def _phone(item: Cell) -> str:
    return draw_phone(str(item.value), item.detail) if item.value else _text(item)


def _steps(item: Cell, count: int) -> str:
    return "".join('<i class="on"></i>' if step < item.level else "<i></i>" for step in range(count))


def _ladder(item: Cell) -> str:
    if not item.value:
        return ""
    ladder = f'<span class="ladder" aria-hidden="true">{_steps(item, item.levels)}</span>'
    return f'<span class="cell-icon">{ladder}<span>{escape(str(item.value))}</span></span>'


def _risk(item: Cell) -> str:
    if item.value is None:
        return ""
    shown = formats.percent(item.value, 0) if isinstance(item.value, (int, float)) else escape(str(item.value))
    words = f'<span class="visually-hidden">{escape(item.detail)}</span>' if item.detail else ""
    return (
        f'<span class="risk risk--{_RISKS[item.level]}"{_title(item.tip)}><span class="level" aria-hidden="true">'
        f'{_steps(item, 3)}</span>{words}<span class="tnum">{shown}</span></span>'
    )


def _name(item: Cell) -> str:
    name = str(item.value)
    return (
        f'<a href="{escape(item.url)}" class="named{pictured(name, item.organization)} data-open-link '
        f'title="{escape(item.tip or name)}">{escape(name)}</a>'
    )


_DRAWN: dict[str, Callable[[Cell], str]] = {
    "name": _name,
    "money": _money, "number": _number, "percent": _percent, "tag": _tags, "tags": _tags, "person": _person,
    "status": _status, "date": _time(quick_formats.day_short, quick_formats.day),
    "datetime": _time(quick_formats.moment, quick_formats.moment),
    "relative": _time(formats.relative, quick_formats.moment), "rating": _ladder, "risk": _risk,
    "boolean": _boolean, "email": _email, "phone": _phone,
    "markup": lambda item: str(markup_escape(item.value or "")),
}  # fmt: skip
