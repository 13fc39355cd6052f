"""What a device wrote down while it had no connection: created or changed once, however often it is sent.

The device keeps the order and sends one piece of work at a time. Each answer is JSON with a ``state``: ``done``,
``refused`` with sentences, or ``conflict`` with both values of each field that somebody else changed meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from guanxi.core.policy import signed_in
from guanxi.records import access, changes
from guanxi.records.declaration import RecordType
from guanxi.records.registry import type_at
from guanxi.records.screens import cells, places
from guanxi.records.screens.answers import actor_of
from guanxi.records.screens.creating import create_once, create_with_companions, once, with_starts
from guanxi.records.screens.forms import TOKEN, form_names, read_form
from guanxi.records.screens.inputs import input_text
from guanxi.records.screens.reading import title_of
from guanxi.records.screens.sources import names_of
from guanxi.records.values import parse_value
from guanxi.records.writing import change_record

COMBINED = frozenset({"text", "long_text"})
Work = Callable[["Piece", Actor], dict[str, Any]]
_WORKS: dict[str, Work] = {}


def add_work(form: str, work: Work) -> None:
    """Let a feature do the pieces of work that name ``form``: ``work`` answers what ``done`` says besides.

    It does a piece once for its ``key`` (``screens.creating.once``) and raises what refuses it.
    """
    _WORKS[form] = work


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work of a device; ``record_id`` is 0 for a new record, ``form`` the form it was typed into."""

    record_type: RecordType
    record_id: int
    version: int | None
    form: str
    values: QueryDict
    key: str


@signed_in
@require_POST
def take(request: HttpRequest) -> JsonResponse:
    """Do one piece of work and answer what became of it; a piece that was done before answers the same again."""
    actor = actor_of(request)
    try:
        piece = _read(request)
    except (Invalid, NotFound) as refusal:
        return _refused([str(refusal)], refusal.status)
    try:
        made = _WORKS.get(piece.form, _create if piece.record_id == 0 else _change)(piece, actor)
    except Conflict as conflict:
        fields = _both(piece, conflict, actor)
        return JsonResponse({"state": "conflict", "version": conflict.version, "fields": fields}, status=409)
    except Invalid as refusal:
        return _refused(_sentences(piece.record_type, refusal), refusal.status)
    except DomainError as refusal:
        return _refused([str(refusal)], refusal.status, refusal.code)
    return JsonResponse({"state": "done", **made})


def _refused(sentences: list[str], status: int, code: str = "") -> JsonResponse:
    return JsonResponse({"state": "refused", "sentences": sentences, "code": code}, status=status)


def _read(request: HttpRequest) -> Piece:
    """Return the piece of work in the body; raises ``Invalid`` for one that can't be read."""
    try:
        sent = json.loads(request.body)
        path, form = str(sent["path"]), str(sent.get("form") or "quick")
        record_id, version = int(sent.get("record") or 0), sent.get("version")
        values, key = QueryDict(str(sent["values"])), str(sent["key"])
    except (ValueError, KeyError, TypeError, AttributeError, DomainError) as error:
        raise Invalid({"": [_("The request could not be read.")]}) from error
    record_type = type_at(path)
    if record_type is None or not 0 <= record_id < 2**63:
        raise NotFound
    return Piece(record_type, record_id, int(version) if isinstance(version, int) else None, form, values, key)


def _create(piece: Piece, actor: Actor) -> dict[str, Any]:
    record_type = piece.record_type
    access.require_may(actor, "create", record_type)
    names = form_names(record_type, actor, is_new=True, quick=piece.form == "quick")
    record_id = create_once(
        record_type, actor, piece.values.get(TOKEN) or piece.key,
        lambda: create_with_companions(
            record_type, actor, with_starts(record_type, actor, read_form(record_type, actor, names, piece.values))
        ),
    )  # fmt: skip
    title = title_of(record_type, record_id, actor)
    return {"id": record_id, "url": places.record_url(record_type, record_id), "title": title}


def _change(piece: Piece, actor: Actor) -> dict[str, Any]:
    record_type = piece.record_type
    record = access.get_visible(actor, record_type, piece.record_id, "edit")
    values = _typed(piece, actor)

    def change() -> int:
        changed = change_record(record, actor=actor, version=piece.version, **values)
        if changed.version == record.version:
            return 0
        newest = changes.history(record_type.name, record.pk, limit=1)
        return newest[0].pk if newest else 0

    change_id = once(actor, f"change:{record_type.name}", piece.key, change)
    undo = places.part_url(record_type, record.pk, f"changes/{change_id}/undo") if change_id else ""
    return {"id": record.pk, "url": places.record_url(record_type, record.pk), "undo": undo,
            "title": title_of(record_type, record.pk, actor)}  # fmt: skip


def _typed(piece: Piece, actor: Actor) -> dict[str, Any]:
    """Return the typed values of the fields that were sent; raises ``Invalid``, ``NotAllowed``."""
    values: dict[str, Any] = {}
    errors: dict[str, list[Any]] = {}
    for name in piece.values:
        item = piece.record_type.get(name)
        if item is None or not actor.sees_field(piece.record_type.name, name):
            continue
        if not cells.can_edit(piece.record_type, item, actor):
            raise NotAllowed(_("You may not change this field."))
        many = item.kind in ("choices", "tags")
        try:
            raw: Any = piece.values.getlist(name) if many else piece.values[name]
            values[name] = parse_value(item, raw, time_zone=actor.time_zone)
        except ValueError as refusal:
            errors[name] = [str(refusal)]
            continue
        if item.required and values[name] in (None, "", []):
            errors[name] = [_("Enter %(field)s.") % {"field": item.label}]
    if errors:
        raise Invalid(errors)
    return values


def _both(piece: Piece, conflict: Conflict, actor: Actor) -> list[dict[str, Any]]:
    """Return, for each field that both changed, both values as words and as an input would hold them."""
    found = []
    record_type = piece.record_type
    newest = changes.history(record_type.name, piece.record_id, limit=50)
    for name, (theirs, mine) in conflict.fields.items():
        item = record_type[name]
        labels = cells.reference_labels(record_type, [(name, theirs), (name, mine)], actor)
        words = [cells.text_of(item, value, labels) or _("empty") for value in (mine, theirs)]
        rows = [row for row in newest if name in row.fields][:1]
        who = names_of(rows).person(rows[0].actor_id) if rows else _("Somebody")
        inputs = [input_text(item, value) for value in (mine, theirs)]
        found.append({"name": name, "label": item.title(), "who": who, "mine": inputs[0], "theirs": inputs[1],
                      "mine_words": words[0], "theirs_words": words[1], "combine": item.kind in COMBINED})  # fmt: skip
    return found


def _sentences(record_type: RecordType, refusal: Invalid) -> list[str]:
    """Return the refusals as sentences, each named by its field."""
    said: list[str] = []
    colon = pgettext("between a label and its message", ": ")
    for name, texts in refusal.errors.items():
        item = record_type.get(name) if name else None
        said += [f"{item.title()}{colon}{text}" if item else text for text in texts]
    return said or [str(refusal)]
