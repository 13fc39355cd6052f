"""The record types of this installation, and what higher features add to lower records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from guanxi.core.errors import type_text
from guanxi.records.declaration import AddedFilter, RecordType
from guanxi.records.fields import Field

if TYPE_CHECKING:
    from datetime import datetime

    from django.db import models
    from django.http import HttpResponseBase

    from guanxi.core.actor import Actor
    from guanxi.ui.parts import MenuEntry

CUSTOM = "custom"  # the group of the navigation in which record types stand that administrators made
_TYPES: dict[str, RecordType] = {}
_BY_MODEL: dict[type[Any], RecordType] = {}
_BY_PATH: dict[str, RecordType] = {}
_PANELS: dict[str, list[Panel]] = {}
_TIMELINES: dict[str, list[TimelineSource]] = {}
_BULK: dict[str, list[BulkAction]] = {}
_PARTS: dict[str, list[RecordPart]] = {}
_API_PARTS: dict[str, ApiPart] = {}
_SUBJECTS: dict[str, Subject] = {}
_OPENINGS: dict[str, Opening] = {}
_TOLD: dict[tuple[str, str], Told] = {}
_ADDITIONS: list[Callable[[RecordType], None]] = []


@dataclass(frozen=True, slots=True)
class Panel:
    """Something that a feature shows on another feature's record page.

    ``place`` is ``side`` for a card at the right, ``tab`` for a tab of the centre, ``head`` for something small beside
    the title and ``compose`` for where people write, above the timeline. ``render`` gets the actor and the record and
    returns ready HTML, or an empty string to stay away; in ``head`` and ``compose`` the record says which one is meant
    and nothing else. ``shows`` names the lists that it draws, by record type and reference field, so that open pages
    notice when one moves on.
    """

    key: str
    label: type_text
    render: Callable[[Actor, Any], str]
    place: str = "side"
    order: int = 100
    shows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something that a feature does with selected rows of another feature's list.

    ``route`` names the page that answers the dialog: it gets the state of the list in its address and, when sent, the
    selected ids (``ids``) or the wish for all that match. ``offered`` says whether this actor is shown it at all.
    """

    key: str
    label: type_text
    icon: str
    route: str
    offered: Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A page or fragment that a feature serves below every record of a type: ``<type>/<id>/<path>``.

    ``view`` gets the request, the record type, the record's id and what ``path`` captures besides. It reads the record
    through ``records.access`` like any view; its route is named ``<type>.<name>``.
    """

    path: str
    name: str
    view: Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class ApiPart:
    """An address of the API that a feature serves below every record of every type: ``<type>/<id>/<path>``.

    ``view`` is as that of a ``RecordPart``. ``describe`` returns its OpenAPI path item for one record type, without the
    id of the record; ``schemas`` are what that refers to.
    """

    path: str
    name: str
    view: Callable[..., HttpResponseBase]
    describe: Callable[[RecordType], dict[str, Any]]
    schemas: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening a record of a type means where that is not its page: a file is saved.

    ``part`` is the part of the record's address that answers it, as something that the browser saves.
    """

    part: str
    label: type_text
    icon: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Something whose changes are kept though it is no record type: what people call it, and its page.

    ``words`` names what its changes hold where its ``model`` doesn't; ``route`` takes its id; ``title`` says how one of
    its rows is called. ``places`` says instead of both, of many rows at once, how each is called and its address.
    """

    name: str
    label: type_text
    model: type[models.Model] | None = None
    words: Mapping[str, type_text] = field(default_factory=dict)
    route: str = ""
    title: Callable[[Any], str] | None = None
    places: Callable[[Actor, Sequence[Any]], Mapping[int, tuple[str, str]]] | None = None


Line = tuple[str, str, str]
"""What one field changed, as a person reads it: label, old and new value."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the changes of one field read where its declaration doesn't say it, or where there is none.

    ``field`` declares it for this purpose only. ``lines`` says it in words of its own: it gets the actor and the pairs
    (old, new) of many changes at once and returns the lines of each.
    """

    field: Field
    lines: Callable[[Actor, Sequence[tuple[Any, Any]]], Sequence[Sequence[Line]]] | None = None


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened, as the timeline shows it. ``html`` is already escaped markup for the body.

    ``menu`` is what this reader may do with it there.
    """

    at: datetime
    kind: str
    icon: str
    title: str
    body: str = ""
    html: str = ""
    who: str = ""
    url: str = ""
    source: str = ""
    key: str = ""
    menu: tuple[MenuEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """Feeds the timeline of a record type.

    ``read`` takes the actor, the id of a record that the actor may see, an instant and a limit; it returns what the
    actor may see of it, newest first, strictly before the instant.
    """

    key: str
    label: type_text
    icon: str
    read: Callable[[Actor, int, datetime, int], list[TimelineItem]]


def register(record_type: RecordType) -> RecordType:
    """Add a record type; raises ``ValueError`` when its name or path is taken by another declaration."""
    known = _TYPES.get(record_type.name)
    if known is not None and known.model is not record_type.model:
        raise ValueError(f"record type {record_type.name!r} is declared twice")
    if record_type.path in _BY_PATH and _BY_PATH[record_type.path].name != record_type.name:
        raise ValueError(f"path {record_type.path!r} is taken by {_BY_PATH[record_type.path].name!r}")
    _TYPES[record_type.name] = record_type
    _BY_MODEL[record_type.model] = record_type
    _BY_PATH[record_type.path] = record_type
    for add in _ADDITIONS:
        add(record_type)
    return record_type


def unregister(name: str) -> None:
    """Take a record type out that was made at run time and is no longer in use; what points at it stays as it is."""
    gone = _TYPES.pop(name)
    _BY_MODEL.pop(gone.model, None)
    _BY_PATH.pop(gone.path, None)


def for_every_type(add: Callable[[RecordType], None]) -> None:
    """Call ``add`` with every record type: those that are registered now, and each that will be."""
    _ADDITIONS.append(add)
    for item in list(_TYPES.values()):
        add(item)


def record_type(name: str) -> RecordType:
    """Return the record type with this name; raises ``KeyError`` if there is none."""
    return _TYPES[name]


def find_record_type(name: str) -> RecordType | None:
    """Return the record type with this name, or None."""
    return _TYPES.get(name)


def type_at(path: str) -> RecordType | None:
    """Return the record type served under this URL path, or None."""
    return _BY_PATH.get(path)


def type_of(model: type[models.Model] | models.Model) -> RecordType:
    """Return the record type of a model class or instance; raises ``KeyError`` if it has none."""
    return _BY_MODEL[model if isinstance(model, type) else type(model)]


def record_types() -> Iterator[RecordType]:
    """Yield every record type in the order of registration."""
    yield from _TYPES.values()


def add_panel(type_name: str, panel: Panel) -> None:
    """Show ``panel`` on the record page of ``type_name``; a panel with the same key is replaced."""
    panels = [item for item in _PANELS.get(type_name, []) if item.key != panel.key]
    _PANELS[type_name] = sorted([*panels, panel], key=lambda item: item.order)


def panels(type_name: str, place: str) -> list[Panel]:
    """Return the panels of a record type for one place."""
    return [item for item in _PANELS.get(type_name, []) if item.place == place]


def add_filter(type_name: str, added: AddedFilter) -> None:
    """Let records of ``type_name`` be filtered by ``added``; raises ``ValueError`` where a field has its name."""
    target = _TYPES[type_name]
    if target.get(added.field.name) is not None:
        raise ValueError(f"{type_name}.{added.field.name} is a field already")
    target._filters[added.field.name] = added


def add_bulk_action(type_name: str, action: BulkAction) -> None:
    """Offer ``action`` on selected rows of ``type_name``; an action with the same key is replaced."""
    actions = [item for item in _BULK.get(type_name, []) if item.key != action.key]
    _BULK[type_name] = [*actions, action]


def bulk_actions(type_name: str) -> list[BulkAction]:
    """Return what features offer on selected rows of a record type."""
    return list(_BULK.get(type_name, []))


def add_part(type_name: str, part: RecordPart) -> None:
    """Serve ``part`` below each record of ``type_name``; a part with the same name is replaced."""
    parts = [item for item in _PARTS.get(type_name, []) if item.name != part.name]
    _PARTS[type_name] = [*parts, part]


def parts(type_name: str) -> list[RecordPart]:
    """Return what features serve below each record of a type."""
    return list(_PARTS.get(type_name, []))


def add_api_part(part: ApiPart) -> None:
    """Serve ``part`` in the API below each record; a part with the same name is replaced."""
    _API_PARTS[part.name] = part


def api_parts() -> list[ApiPart]:
    """Return what features serve in the API below each record."""
    return list(_API_PARTS.values())


def open_by(type_name: str, opening: Opening) -> None:
    """Let the names of ``type_name`` in lists lead to ``opening``, which its pages offer first."""
    _OPENINGS[type_name] = opening


def opening_of(type_name: str) -> Opening | None:
    """Return what opening a record of this type means, or None where it is its page."""
    return _OPENINGS.get(type_name)


def add_subject(subject: Subject) -> None:
    """Give a name to something whose changes are kept though it is no record type."""
    _SUBJECTS[subject.name] = subject


def subjects() -> dict[str, Subject]:
    """Return what else has changes, by name."""
    return dict(_SUBJECTS)


def tell_changes(name: str, *told: Told) -> None:
    """Let the changes of fields of ``name``, a record type or a subject, read as ``told`` says."""
    _TOLD.update({(name, item.field.name): item for item in told})


def told_as(name: str, field_name: str) -> Told | None:
    """Return how somebody wanted the changes of a field told, if anybody did."""
    return _TOLD.get((name, field_name))


def add_timeline_source(type_name: str, source: TimelineSource) -> None:
    """Feed the timeline of ``type_name`` from ``source``; a source with the same key is replaced."""
    sources = [item for item in _TIMELINES.get(type_name, []) if item.key != source.key]
    _TIMELINES[type_name] = [*sources, source]


def timeline_sources(type_name: str) -> list[TimelineSource]:
    """Return the timeline sources of a record type."""
    return list(_TIMELINES.get(type_name, []))
