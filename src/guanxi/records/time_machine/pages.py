"""What the pages of the time machine show: recent changes, and the question before something is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import find_record_type
from guanxi.records.screens import cells, places
from guanxi.records.screens.sources import Names, names_of, way_text
from guanxi.records.time_machine.providers import Conflict, Preview, undo_provider
from guanxi.records.time_machine.recent import Recent
from guanxi.records.titles import change_title, title_of
from guanxi.ui import formats

Key = tuple[str, int]
_ICONS = {"created": "plus", "changed": "pencil", "deleted": "trash", "restored": "archive", "undone": "undo-2"}


@dataclass(frozen=True, slots=True)
class Title:
    """A record as a page names it; ``url`` is empty where the reader can't open it."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of “Recent changes”. ``state`` says that it was undone, and by whom."""

    icon: str
    title: str
    at: datetime
    url: str
    record: Title | None = None
    details: tuple[str, ...] = ()
    who: str = ""
    state: str = ""
    can_be_undone: bool = False


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """Something that stays as it is: which record, which field, the three values as words, who and when."""

    record: Title
    kind: str
    field: str
    reason: str
    now: str = ""
    before: str = ""
    set_to: str = ""
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A record that changes back, with its fields as (label, now, then)."""

    record: Title
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """The page before an undo: sentences on what will happen, examples, what stays and why."""

    outcomes: tuple[str, ...]
    samples: tuple[Sample, ...]
    conflicts: tuple[ConflictRow, ...]
    conflict_count: int
    more_conflicts: int
    notes: tuple[str, ...]
    nothing: bool


def titles_of(keys: Iterable[Key], actor: Actor) -> dict[Key, Title]:
    """Return the titles of records that the actor may see, also of those in the bin; two queries a record type."""
    wanted: dict[str, set[int]] = {}
    for name, number in keys:
        wanted.setdefault(name, set()).add(number)
    found: dict[Key, Title] = {}
    for name, ids in wanted.items():
        record_type = find_record_type(name)
        if record_type is None or not actor.sees_field(name, record_type.title):
            continue
        for deleted in (True, False):
            rows = access.visible_to(actor, record_type, deleted=deleted).filter(pk__in=ids)
            for pk, text in rows.values_list("pk", record_type.title):
                shown = cells.text_of(record_type[record_type.title], text) or f"#{pk}"
                found[name, pk] = Title(shown[:120], "" if deleted else places.record_url(record_type, pk))
    return found


def title_in(titles: Mapping[Key, Title], name: str, number: int) -> Title:
    """Return how a page names a record: by its title, or by its kind and number where that is not to be read."""
    record_type = find_record_type(name)
    known = titles.get((name, number))
    if known is not None:
        return known
    words = {"record": record_type.label if record_type else name, "number": number}
    return Title(capfirst(_("%(record)s %(number)s") % words))


def recent_rows(found: Sequence[Recent], actor: Actor) -> list[Row]:
    """Return the entries of the page; the number of queries depends on the record types, not on the entries."""
    singles = [item.change for item in found if item.change is not None]
    titles = titles_of(((change.record_type, change.record_id) for change in singles), actor)
    return [
        _set_row(item, actor) if item.change_set is not None else _change_row(item, titles, actor) for item in found
    ]


def _set_row(item: Recent, actor: Actor) -> Row:
    change_set = item.change_set
    assert change_set is not None
    provider = undo_provider(change_set.kind)
    state = ""
    if change_set.undone_at is not None:
        who = change_set.undone_by.name if change_set.undone_by is not None else _("Guanxi")
        words = {"who": who, "when": formats.moment(change_set.undone_at)}
        state = _("Undone by %(who)s, %(when)s") % words
    details = [capfirst(str(provider.label))] if provider else []
    kept = change_set.counts.get("kept")
    if isinstance(kept, int) and kept:
        details.append(ngettext("%(number)s stayed as it was", "%(number)s stayed as they were", kept)
                       % {"number": formats.number(kept)})  # fmt: skip
    never = str(provider.never(change_set)) if provider and not item.can_be_undone else ""
    details += [never] if never else []
    return Row(
        provider.icon if provider else "history", set_title(change_set, actor), item.at,
        reverse("changes.preview", args=[change_set.pk]), details=tuple(details),
        who=change_set.actor.name if change_set.actor is not None else _("Guanxi"), state=state,
        can_be_undone=item.can_be_undone,
    )  # fmt: skip


def set_title(change_set: ChangeSet, actor: Actor) -> str:
    """Return what a change set did, in the language of the reader."""
    return title_of(change_set.kind, change_set.counts, change_set.title, actor)


def _change_row(item: Recent, titles: Mapping[Key, Title], actor: Actor) -> Row:
    change = item.change
    assert change is not None
    title = change_title(change.verb, change.record_type, change.fields, actor)
    details = () if change.via == "web" else (capfirst(way_text(change.via)),)
    record = title_in(titles, change.record_type, change.record_id)
    url = reverse("changes.preview_one", args=[change.pk])
    return Row(_ICONS.get(change.verb, "pencil"), title, item.at, url, record, details,
               can_be_undone=item.can_be_undone)  # fmt: skip


def question_of(preview: Preview, actor: Actor) -> Question:
    """Return a preview in words."""
    keys = {(item.record_type, item.record_id) for item in preview.conflicts}
    keys |= {(name, number) for name, number, _fields in preview.samples}
    titles = titles_of(keys, actor)
    names = names_of(Change(actor_id=item.actor_id) for item in preview.conflicts)
    samples = tuple(_sample(name, number, fields, titles, actor) for name, number, fields in preview.samples)
    shown = {(item.record_type, item.record_id) for item in preview.conflicts}
    return Question(
        tuple(_outcomes(preview)), samples, tuple(_conflict_rows(preview.conflicts, titles, names, actor)),
        preview.conflict_count, max(0, preview.conflict_count - len(shown)), tuple(_notes(preview)),
        not preview.total and not preview.lines,
    )  # fmt: skip


def _outcomes(preview: Preview) -> Iterator[str]:
    for part in preview.parts:
        record_type = find_record_type(part.record_type)
        for number, pattern in (
            (part.restored, _("Old values come back: %(amount)s")),
            (part.taken_out, _("Back from the bin: %(amount)s")),
            (part.binned, _("Into the bin: %(amount)s")),
        ):
            if number:
                yield pattern % {"amount": amount(record_type, number, part.record_type)}
    if preview.lines:
        yield _("Detail lines removed: %(count)s") % {"count": formats.number(preview.lines)}


def amount(record_type: RecordType | None, number: int, name: str = "") -> str:
    """Return “1 customer” or “12,482 customers”."""
    if record_type is None:
        return f"{formats.number(number)} {name}"
    if number == 1:
        words = {"number": "1", "record": record_type.label}
        return ngettext("%(number)s %(record)s", "%(number)s %(record)s", 1) % words
    return _("%(number)s %(records)s") % {"number": formats.number(number), "records": record_type.plural}


def _notes(preview: Preview) -> Iterator[str]:
    if preview.denied:
        yield ngettext("%(number)s record is no longer yours to change and stays as it is.",
                       "%(number)s records are no longer yours to change and stay as they are.", preview.denied) % {
            "number": formats.number(preview.denied)}  # fmt: skip
    if preview.gone:
        yield ngettext("%(number)s record no longer exists.", "%(number)s records no longer exist.", preview.gone) % {
            "number": formats.number(preview.gone)}  # fmt: skip
    labels = [record_type[name].title() for type_name, name in preview.locked
              if (record_type := find_record_type(type_name)) is not None]  # fmt: skip
    if labels:
        yield _("You may not change these fields any more, so they stay: %(fields)s") % {
            "fields": formats.listed(labels)
        }
    if preview.unknown:
        yield _("These fields no longer exist: %(fields)s") % {"fields": formats.listed(preview.unknown)}


def _conflict_rows(
    conflicts: Sequence[Conflict], titles: Mapping[Key, Title], names: Names, actor: Actor
) -> Iterator[ConflictRow]:
    for item in conflicts:
        record_type = find_record_type(item.record_type)
        if record_type is None:
            continue
        field = record_type.get(item.name) if item.name else None
        now, before, set_to = (shown_value(record_type, item.name, value, actor)
                               for value in (item.now, item.before, item.set_to))  # fmt: skip
        who = names.person(item.actor_id) if item.at is not None else ""
        yield ConflictRow(
            title_in(titles, item.record_type, item.record_id), capfirst(str(record_type.label)),
            field.title() if field else "", _reason(item.reason), now, before, set_to, who, item.at,
        )  # fmt: skip


def _reason(reason: str) -> str:
    return {
        "deleted_since": _("was deleted since"), "restored_since": _("was restored since"),
        "changed_since": _("was changed since"), "in_use": _("is used by other records"),
        "taken": _("another record has a value that only one may have"),
        "unsound": _("the old values no longer pass the rules together with what stands there now"),
    }.get(reason, "")  # fmt: skip


def _sample(
    name: str, number: int, fields: Mapping[str, Any], titles: Mapping[Key, Title], actor: Actor
) -> Sample:  # fmt: skip
    record_type = find_record_type(name)
    rows = [] if record_type is None else [
        (record_type[key].title(), shown_value(record_type, key, pair[0], actor),
         shown_value(record_type, key, pair[1], actor))
        for key, pair in fields.items() if record_type.get(key) and actor.sees_field(name, key)
    ]  # fmt: skip
    return Sample(title_in(titles, name, number), tuple(rows[:6]))


def shown_value(record_type: RecordType, name: str, value: Any, actor: Actor) -> str:
    """Return a value from the event log as words; what it names but is no longer there is said plainly."""
    item = record_type.get(name)
    if item is None:
        return "" if value is None else str(value)
    if value in (None, "", []):
        return _("empty")
    if item.kind not in ("reference", "tags"):
        return cells.text_of(item, value)
    labels = cells.reference_labels(record_type, [(name, value)], actor)
    ids = value if isinstance(value, list) else [value]
    target = find_record_type(item.reference)
    word = target.label if target else item.reference
    lost = _("%(record)s %(number)s, which was deleted or which you may not see")
    texts = [labels.get((item.reference, int(pk))) or lost % {"record": word, "number": pk} for pk in ids]
    return formats.listed(texts)
