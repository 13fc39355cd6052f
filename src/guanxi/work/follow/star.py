"""The star beside the title of a record: lit while its reader follows it."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.screens.places import part_url
from guanxi.work.follow.queries import is_following


def draw_star(record_type: RecordType, record_id: int, is_on: bool) -> str:
    """Return the button."""
    url = part_url(record_type, record_id, "follow")
    return render_to_string("follow/star.html", {"url": url, "is_on": is_on})


def star_of(record_type: RecordType) -> Any:
    """Return the panel's function that draws the star of one record type."""

    def draw(actor: Actor, record: Any) -> str:
        if actor.user_id is None:
            return ""
        return draw_star(record_type, record.pk, is_following(record_type, record.pk, actor.user_id))

    return draw
