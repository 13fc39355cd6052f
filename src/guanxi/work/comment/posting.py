"""What the composer posts: a comment or a note, at once or by a device that had no connection, once for its token."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.screens.creating import once
from guanxi.records.screens.places import record_url
from guanxi.records.screens.reading import title_of
from guanxi.records.screens.waiting_views import Piece, add_work
from guanxi.records.writing import create_record
from guanxi.work.comment.composer import Draft, takes_notes
from guanxi.work.comment.rules import clean_text
from guanxi.work.comment.services import add_comment
from guanxi.work.note.record_type import NOTE


def read_draft(sent: QueryDict) -> Draft:
    """Return what a composer sent."""
    chosen = tuple(int(item) for item in sent.getlist("mention") if item.isdecimal() and len(item) < 19)
    kind = "note" if sent.get("kind") == "note" else "comment"
    return Draft(sent.get("body", ""), kind, chosen)


def post(record_type: RecordType, record_id: int, sent: QueryDict, token: str, *, actor: Actor) -> int:
    """Post what a composer sent and return its id; a token that was used for this record before posts nothing.

    Raises what ``add_comment`` and ``create_record`` raise.
    """
    draft = read_draft(sent)

    def write() -> int:
        if draft.kind == "note":
            return _write_note(record_type, record_id, draft.body, actor)
        anyway = sent.get("anyway") == "1"
        return add_comment(record_type, record_id, draft.body, actor=actor, chosen=draft.chosen, told_anyway=anyway).pk

    return once(actor, f"said:{record_type.name}:{record_id}", token, write)


def _write_note(record_type: RecordType, record_id: int, text: str, actor: Actor) -> int:
    access.get_visible(actor, record_type, record_id)
    if not takes_notes(record_type, actor):
        raise NotAllowed
    body = clean_text(text)
    if not body:
        raise Invalid({"body": [_("Write something first.")]})
    values = {"customer": record_id, "body": body}
    return int(create_record(NOTE, actor=actor, values=values, known={"author": actor.user_id}).pk)


def _post_later(piece: Piece, actor: Actor) -> dict[str, Any]:
    record_type, record_id = piece.record_type, piece.record_id
    access.get_visible(actor, record_type, record_id)
    number = post(record_type, record_id, piece.values, piece.key, actor=actor)
    title = title_of(record_type, record_id, actor)
    return {"id": number, "url": record_url(record_type, record_id), "title": title}


add_work("said", _post_later)
