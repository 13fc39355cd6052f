"""Small typed values that pages hand to the component macros."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Color = Literal["gray", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "teal"]
Tone = Literal["", "ok", "warn", "danger", "quiet"]
CellKind = Literal[
    "text", "name", "number", "money", "percent", "date", "datetime", "relative", "tag", "tags", "person", "status",
    "icon", "bar", "rating", "risk", "boolean", "link", "email", "phone", "markup",
]  # fmt: skip
CellValue = str | int | float | Decimal | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Action:
    """A button, link or menu item.

    ``method`` ``get`` is a plain link, ``htmx`` asks for a fragment (a dialog) by GET, ``post`` sends by htmx.
    ``key`` is its shortcut; ``confirm`` the question before an action that can't be undone; ``disabled`` the reason
    why it isn't possible now. ``checked`` makes a menu item a choice.
    """

    label: str
    url: str = ""
    icon: str = ""
    method: Literal["get", "htmx", "post"] = "get"
    key: str = ""
    confirm: str = ""
    danger: bool = False
    disabled: str = ""
    checked: bool | None = None
    detail: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Separator:
    """A line between groups of a menu, with an optional heading."""

    label: str = ""


MenuEntry = Action | Separator


@dataclass(frozen=True, slots=True)
class Chip:
    """A picklist value or tag: text with one of the ten colours."""

    label: str
    color: str = "gray"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value to show, in a table cell, a card line or a detail row.

    ``value`` is raw (formats belong to the templates); ``currency`` goes with money. ``bar`` is a share of 0 to 1 drawn
    as a bar beside the figure. ``url`` makes it a link; for a derived figure it opens the rows behind it.
    ``edit_url`` answers the editor in place. ``level`` and ``levels`` count steps (risk 1 to 3, ladder 0 to 6).
    ``organization`` squares the picture of a name or person. ``tip`` is the full text or explanation on hover.
    """

    kind: CellKind = "text"
    value: CellValue = None
    currency: str = ""
    decimals: int | None = None
    chips: tuple[Chip, ...] = ()
    icon: str = ""
    tone: Tone = ""
    color: str = ""
    bar: float | None = None
    level: int = 0
    levels: int = 3
    url: str = ""
    edit_url: str = ""
    detail: str = ""
    tip: str = ""
    organization: bool = False
    truncated: bool = True


@dataclass(frozen=True, slots=True)
class Empty:
    """An empty state: first use, no results, no access or an error; one primary action and one link at most."""

    kind: Literal["first", "none", "denied", "error"]
    title: str
    text: str
    icon: str = "inbox"
    primary: Action | None = None
    secondary: Action | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a select or combobox, grouped under ``group`` where given."""

    value: str
    label: str
    group: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab that leads to an address (``url``) or shows a panel of this page (``panel`` is its id)."""

    label: str
    url: str = ""
    panel: str = ""
    count: int | None = None
    current: bool = False
    icon: str = ""
    disabled: bool = False
