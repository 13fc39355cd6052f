"""Who wants to hear of which record."""

from django.conf import settings
from django.db import models


class Follow(models.Model):
    """What one user wants to hear of one record, said or begun by commenting, by being addressed or by creating it.

    ``is_on`` is False for somebody who wants to hear nothing, which also counts for the record's owner, who follows
    without a row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    record_type = models.CharField(max_length=48)
    record_id = models.BigIntegerField()
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "record_type", "record_id"], name="follow_once")]
        indexes = [models.Index(fields=["record_type", "record_id"], name="follow_record")]
