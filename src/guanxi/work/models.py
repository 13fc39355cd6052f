"""All models of daily work, for Django to find."""

from guanxi.work.attachment.models import Attachment
from guanxi.work.comment.models import Comment
from guanxi.work.follow.models import Follow
from guanxi.work.note.models import Note
from guanxi.work.notification.models import Notification, NotificationWishes, PushSubscription
from guanxi.work.presence.models import Presence
from guanxi.work.task.models import Task

__all__ = [
    "Attachment",
    "Comment",
    "Follow",
    "Note",
    "Notification",
    "NotificationWishes",
    "Presence",
    "PushSubscription",
    "Task",
]
