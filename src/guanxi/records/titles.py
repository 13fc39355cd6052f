"""What a change set did, in the language of its reader: told anew from what it counts, not from the words of its maker.

``counts`` hold what is needed: ``record_type``, ``rows`` and ``field`` of a bulk action; ``what`` and ``turn`` of an
undo; ``plurals`` of a new record type. The stored title serves where they don't: names of files, and sets from before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import type_text
from guanxi.records.declaration import RecordType
from guanxi.records.registry import find_record_type
from guanxi.records.screens.told import field_title
from guanxi.records.shaping.words import in_words
from guanxi.ui import formats

TITLE_LENGTH = 200
NEW_TYPE = "new_type"


def bulk_title(verb: str, record_type: RecordType, rows: int, label: type_text = "") -> str:
    """Return “Changed Owner of 37 customers” (``verb`` ``edit``), “Deleted 37 customers”, “Exported 37 customers”."""
    pattern = {
        "edit": _("Changed %(field)s of %(count)s %(records)s"), "delete": _("Deleted %(count)s %(records)s"),
        "export": _("Exported %(count)s %(records)s"),
    }[verb]  # fmt: skip
    return pattern % {"count": formats.number(rows), "records": record_type.plural, "field": label}


def new_type_title(plurals: Mapping[str, str]) -> str:
    """Return “Created the record type projects”; ``plurals`` are the words by language."""
    return _("Created the record type %(records)s") % {"records": in_words(plurals)}


def title_of(kind: str, counts: Mapping[str, Any], title: str, actor: Actor) -> str:
    """Return the title of a change set of ``kind`` for a reader; ``title`` is the stored one."""
    what = counts.get("what")
    if isinstance(what, Mapping):
        return undo_title(what, int(counts.get("turn", 1)), actor)
    if kind == NEW_TYPE and isinstance(counts.get("plurals"), Mapping):
        return new_type_title(counts["plurals"])
    verb = {"bulk_edit": "edit", "bulk_delete": "delete", "export": "export"}.get(kind)
    record_type = find_record_type(str(counts.get("record_type")))
    if verb is None or record_type is None or not isinstance(counts.get("rows"), int):
        return title
    item = record_type.get(str(counts.get("field")))
    if verb == "edit" and item is None:
        return title
    return bulk_title(verb, record_type, counts["rows"], item.label if item is not None else "")


def undo_title(what: Mapping[str, Any], turn: int, actor: Actor) -> str:
    """Return “Undid: …” (odd turns) or “Redid: …”; ``what`` is a change set or a single change as its counts say it."""
    told = (
        change_title(what["verb"], what["record_type"], what["fields"], actor, what["record"]) if "verb" in what
        else title_of(what["kind"], what["counts"], what["title"], actor)
    )  # fmt: skip
    return (_("Undid: %(title)s") if turn % 2 else _("Redid: %(title)s")) % {"title": told}


def change_title(verb: str, type_name: str, names: Iterable[str], actor: Actor, record: str = "") -> str:
    """Return what one change did, in words: “Changed Status and City”; ``record`` is added where it is given."""
    record_type = find_record_type(type_name)
    words = {
        "created": _("Created a record: %(record)s"), "deleted": _("Deleted a record: %(record)s"),
        "restored": _("Restored a record: %(record)s"),
    }  # fmt: skip
    if verb in words:
        title = words[verb] % {"record": record_type.label if record_type else type_name}
    else:
        seen = [name for name in names if record_type is not None and actor.sees_field(type_name, name)]
        labels = [label for name in seen if (label := field_title(type_name, name))]
        fields = formats.listed(labels[:4]) + ("…" if len(labels) > 4 else "")
        title = _("Changed %(fields)s") % {"fields": fields or _("a field")}
    return f"{title} · {record}" if record else title
