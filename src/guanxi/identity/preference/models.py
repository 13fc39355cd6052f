"""What a user has put away: a checklist, a tour that was seen."""

from django.conf import settings
from django.db import models


class PutAway(models.Model):
    """One thing that a user doesn't want to be shown by itself again; ``key`` names it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=48)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="put_away_once")]

    def __str__(self) -> str:
        return self.key
