"""The whole configuration as one file: written out, compared with what is here, and taken in.

A file adds and changes; it never deletes. What is here and not in the file is named and stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.records.declaration import RecordType
from guanxi.records.registry import find_record_type
from guanxi.records.shaping import building, services
from guanxi.records.shaping.computed import is_computed
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.models import CustomField, CustomType, Layout, Picklist, State, ValidationRule
from guanxi.records.shaping.words import in_words

LARGEST_BYTES = 2_000_000
Said = dict[str, str]


class TypePart(msgspec.Struct, forbid_unknown_fields=True):
    """A record type in the file."""

    name: str
    labels: Said
    plurals: Said
    icon: str = "box"


class FieldPart(msgspec.Struct, forbid_unknown_fields=True):
    """A field in the file."""

    record_type: str
    name: str
    kind: str
    labels: Said
    helps: Said = {}
    options: dict[str, Any] = {}


class LayoutPart(msgspec.Struct, forbid_unknown_fields=True):
    """A layout in the file."""

    record_type: str
    plan: dict[str, Any]


class PicklistPart(msgspec.Struct, forbid_unknown_fields=True):
    """The choices of a declared field in the file."""

    record_type: str
    field: str
    choices: list[dict[str, Any]]


class RulePart(msgspec.Struct, forbid_unknown_fields=True):
    """A validation rule in the file."""

    record_type: str
    name: str
    condition: str
    sentences: Said
    field: str = ""
    is_active: bool = True


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """A configuration as it stands in a file."""

    format: Literal[1]
    types: list[TypePart] = []
    fields: list[FieldPart] = []
    layouts: list[LayoutPart] = []
    rules: list[RulePart] = []
    picklists: list[PicklistPart] = []


class Difference(msgspec.Struct, frozen=True):
    """One thing in which a file and this installation differ; ``details`` are pairs of what is here and in the file."""

    how: Literal["new", "changed", "only here"]
    what: str
    details: tuple[tuple[str, str, str], ...] = ()


def write_configuration() -> bytes:
    """Return the configuration of this installation as a JSON file."""
    return msgspec.json.format(msgspec.json.encode(present()), indent=1)


def present() -> Document:
    """Return the configuration of this installation."""
    types = CustomType.objects.exclude(state=State.REMOVED).order_by("name")
    fields = CustomField.objects.exclude(state=State.REMOVED).order_by("record_type", "position", "pk")
    return Document(
        format=1,
        types=[TypePart(item.name, item.labels, item.plurals, item.icon) for item in types],
        fields=[
            FieldPart(item.record_type, item.name, item.kind, item.labels, item.helps, item.options) for item in fields
        ],
        layouts=[LayoutPart(item.record_type, item.plan) for item in Layout.objects.order_by("record_type")],
        rules=[
            RulePart(item.record_type, item.name, item.condition, item.sentences, item.field, item.is_active)
            for item in ValidationRule.objects.order_by("record_type", "name")
        ],
        picklists=[
            PicklistPart(item.record_type, item.field, item.choices)
            for item in Picklist.objects.order_by("record_type", "field")
        ],
    )


def read_configuration(data: bytes) -> Document:
    """Return the configuration in a file; raises ``Invalid`` (under ``file``) for anything that is none."""
    if len(data) > LARGEST_BYTES:
        raise Invalid({"file": [_("This file is too large for a configuration.")]})
    try:
        return msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as mistake:
        sentence = _("This isn't a configuration of Guanxi: %(reason)s") % {"reason": str(mistake)[:200]}
        raise Invalid({"file": [sentence]}) from mistake


def differences(document: Document) -> list[Difference]:
    """Return what a file would add and change here, and what is only here."""
    theirs, ours = _parts(document), _parts(present())
    found: list[Difference] = []
    for key, (words, part) in theirs.items():
        if key not in ours:
            found.append(Difference("new", words))
            continue
        here = ours[key][1]
        details = tuple(_details(here, part))
        if details:
            found.append(Difference("changed", words, details))
    return found + [Difference("only here", words) for key, (words, _part) in ours.items() if key not in theirs]


def _details(here: dict[str, Any], there: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what differs between two parts; options are compared one by one."""
    for name, value in there.items():
        if name == "options":
            options = (here[name], value)
            for key in sorted({*options[0], *options[1]}):
                ours, theirs = (_shown(each[key]) if key in each else "—" for each in options)
                if ours != theirs:
                    yield key, ours, theirs
        elif here[name] != value:
            yield name, _shown(here[name]), _shown(value)


def take_in(document: Document, actor: Actor) -> int:
    """Add and change what a file says, in the order in which the parts need each other; returns how many.

    Tables and columns are made on the way, so this runs with the owner's rights: in the worker. Every step is kept in
    the history; a file that is taken in again changes nothing. Raises ``NotAllowed``, ``Invalid`` naming the part.
    """
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    number = sum(_take_type(part, actor) for part in document.types)
    building.build()
    for wants_computed in (False, True):
        for part in document.fields:
            if _is_computed(part) is wants_computed:
                number += _named(part.record_type, part.name, lambda part=part: _take_field(part, actor))
        building.build()
    for picklist in document.picklists:
        number += _named(picklist.record_type, picklist.field, lambda part=picklist: _take_picklist(part, actor))
    for layout in document.layouts:
        number += _named(layout.record_type, _("layout"), lambda layout=layout: _take_layout(layout, actor))
    for rule in document.rules:
        number += _named(rule.record_type, rule.name, lambda rule=rule: _take_rule(rule, actor))
    return number


def _is_computed(part: FieldPart) -> bool:
    return part.kind in KINDS and KINDS[part.kind].column is None


def _named(type_name: str, name: str, take: Any) -> int:
    """Say of a refusal to which part of the file it belongs."""
    try:
        return int(take())
    except Invalid as refusal:
        raise Invalid({"file": [f"{type_name} › {name}: {refusal.words}"]}) from refusal


def _take_type(part: TypePart, actor: Actor) -> bool:
    known = CustomType.objects.filter(name=part.name).first()
    if known is None:
        services.add_type(actor=actor, labels=part.labels, plurals=part.plurals, icon=part.icon, name=part.name)
        return True
    was_removed = known.state == State.REMOVED
    if was_removed:
        services.restore_type(known, actor=actor)
    if (known.labels, known.plurals, known.icon) == (part.labels, part.plurals, part.icon):
        return was_removed
    services.change_type(known, actor=actor, labels=part.labels, plurals=part.plurals, icon=part.icon)
    return True


def _take_field(part: FieldPart, actor: Actor) -> bool:
    record_type = _type_named(part.record_type)
    known = CustomField.objects.filter(record_type=part.record_type, name=part.name).first()
    said = {"labels": part.labels, "helps": part.helps, "options": part.options}
    if known is None:
        services.add_field(record_type, actor=actor, kind=part.kind, name=part.name, **said)
        return True
    if known.kind != part.kind:
        raise Invalid({"": [_("It is another kind of field here; kinds can't be changed.")]})
    was_removed = known.state == State.REMOVED
    if was_removed:
        known = services.restore_field(known, actor=actor)
        if not is_computed(known):
            building.build()
    if (known.labels, known.helps, known.options) == (part.labels, part.helps, part.options):
        return was_removed
    services.change_field(known, actor=actor, **said)
    return True


def _type_named(name: str) -> RecordType:
    found = find_record_type(name)
    if found is None:
        raise Invalid({"": [_("There is no such record type.")]})
    return found


def _take_layout(part: LayoutPart, actor: Actor) -> bool:
    record_type = _type_named(part.record_type)
    known = Layout.objects.filter(record_type=part.record_type).first()
    if known is not None and known.plan == part.plan:
        return False
    services.change_layout(record_type, actor=actor, plan=part.plan)
    return True


def _take_picklist(part: PicklistPart, actor: Actor) -> bool:
    known = Picklist.objects.filter(record_type=part.record_type, field=part.field).first()
    if (known.choices if known is not None else []) == part.choices:
        return False
    services.change_choices(_type_named(part.record_type), part.field, actor=actor, choices=part.choices)
    return True


def _take_rule(part: RulePart, actor: Actor) -> bool:
    record_type = _type_named(part.record_type)
    known = ValidationRule.objects.filter(record_type=part.record_type, name=part.name).first()
    new = {"condition": part.condition, "sentences": part.sentences, "field": part.field, "is_active": part.is_active}
    if known is not None and all(getattr(known, name) == value for name, value in new.items()):
        return False
    services.save_rule(record_type, actor=actor, rule=known, name=part.name, **new)  # type: ignore[arg-type]
    return True


def _parts(document: Document) -> dict[tuple[str, ...], tuple[str, dict[str, Any]]]:
    """Return the parts of a configuration by what they are, in any installation, each with how it is called."""
    found: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
    own = {part.name: in_words(part.plurals) for part in document.types}

    def keep(noun: str, part: msgspec.Struct, type_name: str, name: str = "", words: str = "") -> None:
        called = _type_words(type_name, own) + (f" › {words or name}" if name else "")
        found[type(part).__name__, type_name, name] = (f"{noun} · {called}", msgspec.structs.asdict(part))

    for kind in document.types:
        keep(_("record type"), kind, kind.name)
    for item in document.fields:
        keep(_("field"), item, item.record_type, item.name, in_words(item.labels))
    for layout in document.layouts:
        keep(_("layout"), layout, layout.record_type)
    for picklist in document.picklists:
        keep(_("choices"), picklist, picklist.record_type, picklist.field)
    for rule in document.rules:
        keep(_("rule"), rule, rule.record_type, rule.name)
    return found


def _type_words(name: str, own: dict[str, str]) -> str:
    found = find_record_type(name)
    return capfirst(str(found.plural)) if found is not None else capfirst(own.get(name, name))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
