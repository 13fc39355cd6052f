"""What the record, peek and form templates show; the same regions in the same order for every record type."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from markupsafe import Markup

from guanxi.ui.parts import Action, Cell, Chip, Empty, MenuEntry, Option, Tab

_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: a short mark, its colour, and the address of the card with systems, times and rule."""

    mark: str
    label: str
    url: str = ""
    color: str = "gray"
    count: int = 1


@dataclass(frozen=True, slots=True)
class DetailRow:
    """A field on the record page. ``locked`` is the reason why it can't be edited; ``history_url`` its past values."""

    name: str
    label: str
    cell: Cell
    source: Source | None = None
    locked: str = ""
    help: str = ""
    history_url: str = ""
    empty_text: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return self.cell.value in (None, "") and not self.cell.chips


@dataclass(frozen=True, slots=True)
class DetailSection:
    """A titled group of fields."""

    title: str
    rows: tuple[DetailRow, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A figure of the strip under the record head; ``spark`` are its past values, ``url`` opens the rows behind it."""

    label: str
    cell: Cell
    detail: str = ""
    tone: Literal["", "ok", "warn", "danger"] = ""
    spark: tuple[float, ...] = ()
    accent: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the path, or a step of a wizard."""

    label: str
    state: Literal["done", "current", "next", "won", "lost", "skipped", "failed"] = "next"
    url: str = ""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """Something that happened. ``body`` is text or prepared markup; ``changes`` are (field, old, new) as shown."""

    id: str
    icon: str
    at: datetime
    title: str
    actor: str = ""
    detail: str = ""
    body: str | Markup = ""
    kind: str = ""
    tone: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    pinned: bool = False
    unread: bool = False
    deleted: bool = False
    source: Source | None = None
    menu: tuple[MenuEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """A day of the timeline with its items, newest first."""

    on: date
    items: tuple[TimelineItem, ...]


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """A row of a related list."""

    label: str
    url: str
    icon: str = ""
    avatar: str = ""
    organization: bool = False
    meta: str = ""
    chip: Chip | None = None
    peek_url: str = ""


@dataclass(frozen=True, slots=True)
class SideCard:
    """A card of the right column: a related list, or prepared markup (``body``) of a panel."""

    title: str
    name: str
    items: tuple[RelatedItem, ...] = ()
    count: str = ""
    body: Markup | None = None
    all_url: str = ""
    create_url: str = ""
    icon: str = ""
    empty_text: str = ""
    meta: str = ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Previous and next record of the list the reader came from, and the position in it (“4 of 128”)."""

    text: str
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record. ``tabs`` of the centre column lead to addresses; the timeline is the first of them.

    ``composer`` lists what can be made here (task, call …), each with its key; ``compose`` is the place to write in,
    ``head`` what features show beside the title. ``older_url`` answers older timeline items as a fragment;
    ``around_url`` answers the cards, with previous and next, once the page stands. ``version`` is that of the record,
    read ``at`` (seconds, Unix). ``done`` is what completes it, as a form would send it.
    ``centre`` replaces the timeline by the markup of another tab.
    """

    id: str
    title: str
    url: str
    icon: str = "file"
    second_title: str = ""
    avatar: bool = False
    organization: bool = False
    subtitle: tuple[Cell, ...] = ()
    chips: tuple[Chip, ...] = ()
    primary: tuple[Action, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    neighbours: Neighbours | None = None
    highlights: tuple[Highlight, ...] = ()
    stages: tuple[Step, ...] = ()
    stage_text: str = ""
    sections: tuple[DetailSection, ...] = ()
    tabs: tuple[Tab, ...] = ()
    composer: tuple[Action, ...] = ()
    timeline_filters: tuple[Tab, ...] = ()
    days: tuple[TimelineDay, ...] = ()
    older_url: str = ""
    timeline_empty: Empty | None = None
    cards: tuple[SideCard, ...] = ()
    around_url: str = ""
    centre: Markup | None = None
    head: Markup = _NOTHING
    compose: Markup = _NOTHING
    version: int = 0
    done: str = ""
    at: float = 0
    notice: Markup | None = None


@dataclass(frozen=True, slots=True)
class MergeStrip:
    """Shown under an input that two people filled: who, their value, mine, and both in one where that is possible.

    ``chosen`` is ``mine``, ``theirs`` or ``combine``; it is sent as ``merge-<input>``.
    """

    who: str
    theirs: str
    mine: str
    combined: str = ""
    chosen: str = "mine"


@dataclass(frozen=True, slots=True)
class FormField:
    """An input of a form. ``value`` is as typed, so that a form that comes back with errors loses nothing.

    ``search_url`` answers the options of a reference as ``{"options": [{"value", "label", "detail"}]}`` for ``?q=``.
    """

    name: str
    label: str
    kind: Literal[
        "text", "long_text", "email", "phone", "url", "integer", "decimal", "money", "percent", "date", "datetime",
        "boolean", "choice", "choices", "tags", "reference", "password", "file", "hidden",
        "icon",
    ] = "text"  # fmt: skip
    value: str = ""
    values: tuple[str, ...] = ()
    value_label: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    help: str = ""
    errors: tuple[str, ...] = ()
    warning: str = ""
    merge: MergeStrip | None = None
    prefix: str = ""
    suffix: str = ""
    placeholder: str = ""
    max_length: int | None = None
    readonly: bool = False
    autofocus: bool = False
    autocomplete: str = "off"
    search_url: str = ""
    check_url: str = ""
    wide: bool = False
    lines: int = 3
    is_place: bool = False


@dataclass(frozen=True, slots=True)
class FormSection:
    """A titled group of inputs; ``only`` (an input and its value) says when it is asked for."""

    title: str
    fields: tuple[FormField, ...]
    text: str = ""
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form, as a page or as a dialog (``ui/form_dialog.html``). ``hidden`` carries version and state.

    ``errors`` are those of the whole record. ``another`` offers to create one more after saving. ``draft`` is the key
    under which the browser keeps what was typed and not saved.
    """

    title: str
    action: str
    sections: tuple[FormSection, ...]
    submit: str
    cancel_url: str = ""
    errors: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    another: bool = False
    draft: str = ""
    text: str = ""
    multipart: bool = False
    danger: bool = False
    warnings: tuple[Markup, ...] = field(default=())

    @property
    def wrong(self) -> tuple[FormField, ...]:
        """Return the inputs that have errors or a choice to make, for the summary above the form."""
        return tuple(item for section in self.sections for item in section.fields if item.errors or item.merge)
