"""Gives every record type its composer, its comments on the timeline, and the addresses behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.registry import (
    ApiPart,
    Panel,
    RecordPart,
    Subject,
    Told,
    add_api_part,
    add_panel,
    add_part,
    add_subject,
    add_timeline_source,
    for_every_type,
    tell_changes,
)
from guanxi.records.time_machine.pages import title_in, titles_of
from guanxi.work.comment import api, views
from guanxi.work.comment.api_description import SCHEMAS, describe_all, describe_one, describe_restore
from guanxi.work.comment.composer import compose
from guanxi.work.comment.models import Comment
from guanxi.work.comment.timeline import source_of

_PARTS = (
    RecordPart("comments", "comments", views.comments),
    RecordPart("comments/<int:comment_id>", "comment", views.one_comment),
    RecordPart("comments/<int:comment_id>/delete", "comment_delete", views.remove_comment),
    RecordPart("comments/<int:comment_id>/restore", "comment_restore", views.bring_back),
    RecordPart("people", "people", views.people),
)


def _attach(record_type: RecordType) -> None:
    add_timeline_source(record_type.name, source_of(record_type))
    add_panel(record_type.name, Panel("comments", _("Comments"), compose(record_type), place="compose"))
    for part in _PARTS:
        add_part(record_type.name, part)


def _places(actor: Actor, rows: Sequence[Comment]) -> dict[int, tuple[str, str]]:
    """Return for each comment the record that it was written on, and where it stands there."""
    titles = titles_of({(row.record_type, row.record_id) for row in rows}, actor)
    found = {row.pk: title_in(titles, row.record_type, row.record_id) for row in rows}
    return {pk: (title.text, f"{title.url}#entry-k{pk}" if title.url else "") for pk, title in found.items()}


def _untold(actor: Actor, pairs: Sequence[tuple[Any, Any]]) -> list[list[tuple[str, str, str]]]:
    """Say nothing of the record of a comment, which is its title."""
    return [[] for _pair in pairs]


add_subject(Subject("comment", _("comment"), Comment, places=_places))
tell_changes(
    "comment", Told(Field("mentions", _("addressed"), "tags", reference="user")),
    Told(Field("record_type"), _untold), Told(Field("record_id"), _untold),
)  # fmt: skip
for_every_type(_attach)
add_api_part(ApiPart("comments", "comments", api.comments, describe_all, SCHEMAS))
add_api_part(ApiPart("comments/<int:comment_id>", "comment", api.one_comment, describe_one))
add_api_part(ApiPart("comments/<int:comment_id>/restore", "comment-restore", api.restore, describe_restore))
