"""Registers the record types of daily work."""

from guanxi.work.attachment import card as attachment_card
from guanxi.work.attachment import record_type as attachment
from guanxi.work.comment import attached as comment
from guanxi.work.comment import live as comment_live
from guanxi.work.follow import attached as follow
from guanxi.work.note import record_type as note
from guanxi.work.note import timeline as note_timeline
from guanxi.work.notification import carriers as notification_carriers
from guanxi.work.notification import listeners as notification
from guanxi.work.notification import live as notification_live
from guanxi.work.presence import attached as presence
from guanxi.work.task import card as task_card
from guanxi.work.task import next_steps
from guanxi.work.task import record_type as task
from guanxi.work.task import timeline as task_timeline

__all__ = [
    "attachment", "attachment_card", "comment", "comment_live", "follow", "next_steps", "note", "note_timeline",
    "notification", "notification_carriers", "notification_live", "presence", "task", "task_card", "task_timeline",
]  # fmt: skip
