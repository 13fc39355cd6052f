"""Comments on the timeline of every record, each with what its reader may do with it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.registry import TimelineItem, TimelineSource
from guanxi.records.screens.places import part_url
from guanxi.ui.parts import Action, MenuEntry
from guanxi.ui.said import said as _
from guanxi.work.comment.models import Comment
from guanxi.work.comment.queries import comments_of
from guanxi.work.comment.rules import comment_html

KEY = "comments"


def source_of(record_type: RecordType) -> TimelineSource:
    """Return the timeline source with the comments of one record type."""

    def read(actor: Actor, record_id: int, before: datetime, limit: int) -> list[TimelineItem]:
        found = comments_of(record_type, record_id, before, limit)
        return [_item(record_type, comment, actor) for comment in found]

    return TimelineSource(KEY, gettext_lazy("Comments"), "message-square", read)


def _item(record_type: RecordType, comment: Comment, actor: Actor) -> TimelineItem:
    html = comment_html(comment.body, comment.mentions, actor.user_id)
    return TimelineItem(
        at=comment.created_at, kind="comment", icon="message-square", title=_("commented"), html=str(html),
        who=comment.author.name, source=_("edited") if comment.edited_at else "", key=f"k{comment.pk}",
        menu=_menu(record_type, comment, actor),
    )  # fmt: skip


def _menu(record_type: RecordType, comment: Comment, actor: Actor) -> tuple[MenuEntry, ...]:
    url = part_url(record_type, comment.record_id, f"comments/{comment.pk}")
    body = f"#entry-k{comment.pk} .timeline-body"
    entries: list[MenuEntry] = []
    if comment.author_id == actor.user_id:
        entries.append(Action(_("Edit comment"), url, "pencil", method="htmx", target=body))
    if entries or actor.is_administrator:
        target = "#record-centre"
        entries.append(Action(_("Delete comment"), f"{url}/delete", "trash", method="post", danger=True, target=target))
    return tuple(entries)
