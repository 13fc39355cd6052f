"""Notifications: what somebody wants to be told, and how."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One thing of which one user is told. It holds no content: what it says is read when it is shown or sent, as far
    as the reader may see it then.

    ``source`` names what happened (``comment:12``, ``change:345``, ``set:6`` for a change of many records at once,
    which has no ``record_id``), so that nobody is told twice. ``fields`` are the names of changed fields.
    ``is_outward`` while e-mail and push haven't been looked at.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(max_length=16)
    record_type = models.CharField(max_length=48)
    record_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=40)
    fields = ArrayField(models.CharField(max_length=80), default=list)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    is_outward = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "source"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notification_newest"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["at"], condition=Q(is_outward=True), name="notification_outward"),
        ]


class NotificationWishes(models.Model):
    """How a user wants to be told: channels by event, and the quiet hours of the user's own time zone.

    ``channels`` maps an event to a list of ``app``, ``mail`` and ``push``; events left out keep their usual ones.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    channels = models.JSONField(default=dict)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    mentions_break_quiet = models.BooleanField(_("mentions come through"), default=False)


class PushSubscription(models.Model):
    """A browser in which one user is told by push: the address of its push service and the keys to encrypt for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
