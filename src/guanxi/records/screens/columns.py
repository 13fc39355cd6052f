"""Which columns a list shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guanxi.records.screens.asked import Listing, with_look

MAX_COLUMNS = 24


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A field in the chooser; shown columns come first, in their order."""

    name: str
    label: str
    shown: bool
    derived: bool


@dataclass(frozen=True, slots=True)
class Chooser:
    """The column chooser: where it is sent, what it carries along, and its choices."""

    action: str
    hidden: tuple[tuple[str, str], ...]
    choices: tuple[ColumnChoice, ...]


def chooser(found: Listing) -> Chooser:
    """Return the chooser for a list."""
    shown = found.look.columns
    fields = {item.name: item for item in found.record_type.visible_fields(found.actor) if item.kind != "json"}
    names = [*(name for name in shown if name in fields), *(name for name in fields if name not in shown)]
    choices = tuple(ColumnChoice(name, fields[name].title(), name in shown, fields[name].is_derived) for name in names)
    return Chooser(f"{found.base}columns", tuple(found.state.first_page().pairs()), choices)


def columns_url(found: Listing, names: tuple[str, ...]) -> str:
    """Return the address of the list with these columns; unknown names are dropped, the first column always stays."""
    known = tuple(name for name in dict.fromkeys(names) if found.record_type.get(name) is not None)[:MAX_COLUMNS]
    return with_look(found, replace(found.look, columns=known or found.look.columns[:1]))
