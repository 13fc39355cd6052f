"""Editing one field in place: the editor, the answer after saving, and the strip shown when two people met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, NotAllowed, NotFound
from guanxi.records import access, changes
from guanxi.records.columns import Row
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.listing import read_record
from guanxi.records.meeting import can_combine, combined
from guanxi.records.screens import cells, places
from guanxi.records.screens.inputs import form_field, input_text
from guanxi.records.screens.reading import read_values
from guanxi.records.screens.sources import names_of
from guanxi.records.values import parse_value
from guanxi.records.writing import change_record
from guanxi.ui.record_page import FormField


@dataclass(frozen=True, slots=True)
class InPlace:
    """A field of a record that is being edited; ``target`` is the element around it: ``td`` in lists, else ``dd``."""

    record_type: RecordType
    actor: Actor
    record: Any
    item: Field
    target: str

    @property
    def url(self) -> str:
        """Return where the editor is sent and asked for."""
        part = f"field/{self.item.name}{'?cell=1' if self.target == 'td' else ''}"
        return places.part_url(self.record_type, self.record.pk, part)

    def row(self) -> Row:
        """Return the field as the pages show it now."""
        return read_record(self.record_type, self.record.pk, (self.item.name,), self.actor)


@dataclass(frozen=True, slots=True)
class Strip:
    """What the conflict strip shows: both values as words, who wrote the other one, and what is sent to keep mine."""

    mine: tuple[str, ...]
    mine_words: str
    theirs_words: str
    who: str
    version: int
    both: str = ""


def open_in_place(record_type: RecordType, record_id: int, name: str, actor: Actor, *, in_list: bool) -> InPlace:
    """Return the field of a record for editing.

    Raises ``NotFound`` for a record or field that the actor may not see, ``NotAllowed`` for one that must not change.
    """
    record = access.get_visible(actor, record_type, record_id, "edit")
    item = record_type.get(name)
    if item is None or not actor.sees_field(record_type.name, name):
        raise NotFound
    if not cells.can_edit(record_type, item, actor):
        raise NotAllowed(_("You may not change this field."))
    return InPlace(record_type, actor, record, item, "td" if in_list else "dd")


def editor(place: InPlace, typed: Any = None, errors: tuple[str, ...] = ()) -> FormField:
    """Return the input of the editor with the present value, or with what was typed and why it was refused."""
    value = typed
    if typed is None:
        value = read_values(place.record_type, place.record, (place.item.name,))[place.item.name]
    labels = cells.reference_labels(place.record_type, [(place.item.name, value)], place.actor)
    return replace(form_field(place.item, place.actor, value, labels=labels, errors=errors), autofocus=True)


def save_in_place(place: InPlace, posted: QueryDict) -> int | None:
    """Save the sent value and return the id of the change, or None when nothing changed.

    Raises ``ValueError`` with a sentence for a value that doesn't fit, else ``Invalid`` or ``Conflict``.
    """
    value = sent_value(place, posted)
    version = posted.get("version", "")
    changed = change_record(
        place.record, actor=place.actor, version=int(version) if version.isdecimal() else None,
        **{place.item.name: value},
    )  # fmt: skip
    if changed.version == place.record.version:
        return None
    newest = changes.history(place.record_type.name, place.record.pk, limit=1)
    return newest[0].pk if newest else None


def sent_value(place: InPlace, posted: QueryDict) -> Any:
    """Return the typed value of the editor; raises ``ValueError`` with a sentence."""
    item = place.item
    raw: Any = posted.getlist(item.name) if item.kind in ("choices", "tags") else posted.get(item.name, "")
    value = parse_value(item, raw, time_zone=place.actor.time_zone)
    if posted.get("combine") == "1":
        theirs = read_values(place.record_type, place.record, (item.name,))[item.name]
        value = combined(item, theirs, value) if can_combine(item) else value
    if item.required and value in (None, "", []):
        raise ValueError(_("Enter %(field)s.") % {"field": item.label})
    return value


def strip_of(place: InPlace, conflict: Conflict) -> Strip:
    """Return what the conflict strip shows for this field."""
    theirs, mine = conflict.fields[place.item.name]
    newest = [row for row in changes.history(place.record_type.name, place.record.pk, limit=20)
              if place.item.name in row.fields]  # fmt: skip
    who = names_of(newest[:1]).person(newest[0].actor_id) if newest else _("Somebody")
    labels = cells.reference_labels(
        place.record_type, [(place.item.name, theirs), (place.item.name, mine)], place.actor
    )
    words = [cells.text_of(place.item, value, labels) or _("empty") for value in (mine, theirs)]
    many = place.item.kind in ("choices", "tags")
    sent = tuple(str(part) for part in mine or ()) if many else (input_text(place.item, mine),)
    both = combined(place.item, theirs, mine)
    both_words = cells.text_of(place.item, both, labels) if both is not None else ""
    return Strip(sent, words[0], words[1], who, conflict.version, both_words)
