"""Interactions: every touch between the company and a customer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Interaction(Record):
    """One touch: a visit, call, e-mail, chat, message, letter.

    ``linked_type`` and ``linked_id`` name the record that it was about, if any.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        VISIT = "visit", _("visit")
        EMAIL = "email", _("e-mail")
        CHAT = "chat", _("chat")
        WECHAT = "wechat", _("WeChat")
        SMS = "sms", _("SMS")
        SOCIAL = "social", _("social media")
        PORTAL = "portal", _("portal")
        STORE = "store", _("store")
        PARTNER = "partner", _("partner")

    class Direction(models.TextChoices):
        INBOUND = "in", _("from the customer")
        OUTBOUND = "out", _("to the customer")

    class Sentiment(models.TextChoices):
        POSITIVE = "positive", _("positive")
        NEUTRAL = "neutral", _("neutral")
        NEGATIVE = "negative", _("negative")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.OUTBOUND)
    occurred_at = models.DateTimeField(_("when"))
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("staff")
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("what was said"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    sentiment = models.CharField(_("sentiment"), max_length=8, choices=Sentiment, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True, default="", db_default="")
    linked_type = models.CharField(max_length=48, blank=True, editable=False)
    linked_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="interaction_customer"),
            models.Index(fields=["-occurred_at", "-id"], condition=Q(deleted_at=None), name="interaction_recent"),
        ]

    def __str__(self) -> str:
        return self.subject
