"""Comments: what colleagues say to each other about a record of any type."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Comment(Record):
    """A short text about one record, held by type and id because one table serves all record types.

    Whoever may see the record sees its comments, and nobody else. ``mentions`` are the colleagues addressed in it, as
    ``[id, name as written]``.
    """

    record_type = models.CharField(max_length=48)
    record_id = models.BigIntegerField()
    body = models.TextField(_("comment"), max_length=10_000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    mentions = models.JSONField(default=list)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["record_type", "record_id", "-created_at"], name="comment_record")]

    def __str__(self) -> str:
        return self.body[:80]
