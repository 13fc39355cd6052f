"""Where people write on a record page: a comment to colleagues or, where the type has notes, a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.screens.places import part_url
from guanxi.work.comment.rules import MAX_LENGTH
from guanxi.work.note.record_type import NOTE


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and came back unposted: why, and whether it may be posted all the same."""

    body: str = ""
    kind: str = "comment"
    chosen: tuple[int, ...] = ()
    errors: tuple[str, ...] = ()
    unseen: str = ""


def draw_composer(record_type: RecordType, record_id: int, actor: Actor, draft: Draft | None = None) -> str:
    """Return the form; nothing for who is no user."""
    if actor.user_id is None:
        return ""
    context = {
        "url": part_url(record_type, record_id, "comments"), "people_url": part_url(record_type, record_id, "people"),
        "with_note": takes_notes(record_type, actor), "draft": draft or Draft(), "most": MAX_LENGTH,
        "kept_as": f"{actor.user_id}:{record_type.name}:{record_id}",
    }  # fmt: skip
    return render_to_string("comment/composer.html", context)


def takes_notes(record_type: RecordType, actor: Actor) -> bool:
    """Say whether the actor may write notes about records of this type."""
    is_about = NOTE["customer"].reference == record_type.name
    return is_about and actor.may("create", NOTE.name) and actor.edits_field(NOTE.name, "body")


def compose(record_type: RecordType) -> Any:
    """Return the panel's function that draws the composer of one record type."""
    return lambda actor, record: draw_composer(record_type, record.pk, actor)
