"""Forms of every record type: which inputs they show, how they are read, and how they come back with errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.screens import cells, places
from guanxi.records.screens.creating import companions
from guanxi.records.screens.inputs import form_field
from guanxi.records.values import parse_values
from guanxi.ui.record_page import FormPage, FormSection, MergeStrip

MANY_VALUED = frozenset({"choices", "tags"})
TOKEN = "once"


def form_names(record_type: RecordType, actor: Actor, *, is_new: bool = False, quick: bool = False) -> tuple[str, ...]:
    """Return the fields of a form: those of the sections, or the few of quick create; only what the actor may set.

    Every form asks for each field that is required, that of a new record also for the companions that are named.
    """
    editable = {item.name: item for item in record_type.editable_fields(actor) if item.kind != "json"}
    offered = editable.keys() | (companions(record_type, actor).keys() if is_new else set())
    sections = (name for section in record_type.sections for name in section.fields)
    named = record_type.quick if quick and record_type.quick else sections
    required = (name for name, item in editable.items() if item.required)
    return tuple(name for name in dict.fromkeys((*named, *required)) if name in offered)


def read_form(record_type: RecordType, actor: Actor, names: Iterable[str], posted: QueryDict) -> dict[str, Any]:
    """Return typed values of the sent inputs; raises ``Invalid`` naming every field that was refused."""
    raw: dict[str, Any] = {}
    wanted = set(names)
    for name in wanted:
        item = record_type[name]
        if item.kind in MANY_VALUED:
            raw[name] = posted.getlist(name)
        elif item.kind == "boolean":
            raw[name] = posted.get(name, "")
        elif name in posted:
            raw[name] = posted[name]
    return parse_values(record_type, raw, wanted, time_zone=actor.time_zone)


def typed_values(record_type: RecordType, names: Iterable[str], posted: QueryDict) -> dict[str, Any]:
    """Return what was typed, as typed, for a form that comes back or one that is opened with values."""
    values: dict[str, Any] = {}
    for name in names:
        if name in posted:
            values[name] = posted.getlist(name) if record_type[name].kind in MANY_VALUED else posted[name]
    return values


def record_form(
    record_type: RecordType, actor: Actor, names: Sequence[str], *, values: Mapping[str, Any], action: str,
    errors: Mapping[str, Sequence[str]] | None = None, hidden: Sequence[tuple[str, str]] = (), title: str = "",
    submit: str = "", cancel_url: str = "", another: bool = False, is_new: bool = False,
    strips: Mapping[str, MergeStrip] | None = None,
) -> FormPage:  # fmt: skip
    """Return a form over some fields of a type. ``values`` are typed values, or text that comes back.

    The form of a new record (``is_new``) asks beside its inputs whether such a record exists already.
    """
    wrong = dict(errors or {})
    labels = cells.reference_labels(record_type, [(name, _id_of(values.get(name))) for name in names], actor)
    made = {
        name: form_field(record_type[name], actor, values.get(name), errors=wrong.get(name, ()), labels=labels)
        for name in names
    }
    for name, strip in (strips or {}).items():
        if name in made:
            made[name] = replace(made[name], merge=strip)
    for twins in record_type.twins if is_new else ():
        if twins.field in made:
            url = places.page_url(record_type, f"twins/{twins.field}")
            made[twins.field] = replace(made[twins.field], check_url=url)
    whole = tuple(
        text for name, texts in wrong.items() if name not in made for text in _with_label(record_type, name, texts)
    )
    sections = _sections(record_type, names, made)
    return FormPage(
        title or _("New %(record)s") % {"record": record_type.label}, action, sections,
        submit or _("Create %(record)s") % {"record": record_type.label}, cancel_url, whole, tuple(hidden), another,
    )  # fmt: skip


def once_token() -> tuple[str, str]:
    """Return the hidden input that makes a form sent twice create one record."""
    return TOKEN, str(uuid4())


def _id_of(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and "id" in value else value


def _with_label(record_type: RecordType, name: str, texts: Sequence[str]) -> list[str]:
    item: Field | None = record_type.get(name)
    if not name or item is None:
        return [str(text) for text in texts]
    return [f"{item.label}{pgettext('between a label and its message', ': ')}{text}" for text in texts]


def _sections(record_type: RecordType, names: Sequence[str], made: Mapping[str, Any]) -> tuple[FormSection, ...]:
    """Group the inputs as the record page does; a form of few fields stays in one piece."""
    if len(names) <= 8:
        return (FormSection("", tuple(made[name] for name in names)),)
    left = dict.fromkeys(names)
    sections: list[FormSection] = []
    for section in record_type.sections:
        fields = tuple(made[name] for name in section.fields if name in left)
        for name in section.fields:
            left.pop(name, None)
        if fields:
            only = section.only if section.only and section.only[0] in made else None
            sections.append(FormSection(str(section.label), fields, only=only))
    if left:
        sections.append(FormSection(_("More"), tuple(made[name] for name in left)))
    return tuple(sections)
