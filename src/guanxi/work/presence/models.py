"""Who is looking at which record."""

from django.conf import settings
from django.db import models


class Presence(models.Model):
    """One browser of one user at one record, as last heard of at ``seen_at``; counts for ten seconds.

    Kept in an unlogged table: it says nothing after a crash, and its writes cost next to nothing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    browser = models.CharField(max_length=36)
    record_type = models.CharField(max_length=48)
    record_id = models.BigIntegerField()
    mode = models.CharField(max_length=4, default="view")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "user", "browser"], name="presence_once")
        ]
        indexes = [models.Index(fields=["seen_at"], name="presence_age")]
