"""Gives every record type its composer, its comments on the timeline, and the addresses behind them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import RecordType
from guanxi.records.registry import (
    ApiPart,
    Panel,
    RecordPart,
    Subject,
    add_api_part,
    add_panel,
    add_part,
    add_subject,
    add_timeline_source,
    for_every_type,
)
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


add_subject(Subject("comment", _("comment"), Comment, words={
    "mentions": _("addressed"), "record_type": _("record type"), "record_id": _("record"),
}))  # fmt: skip
for_every_type(_attach)
add_api_part(ApiPart("comments", "comments", api.comments, describe_all, SCHEMAS))
add_api_part(ApiPart("comments/<int:comment_id>", "comment", api.one_comment, describe_one))
add_api_part(ApiPart("comments/<int:comment_id>/restore", "comment-restore", api.restore, describe_restore))
