"""All models of daily work, for Django to find."""

from guanxi.work.attachment.models import Attachment
from guanxi.work.comment.models import Comment
from guanxi.work.note.models import Note
from guanxi.work.task.models import Task

__all__ = ["Attachment", "Comment", "Note", "Task"]
