"""Consent: for which purpose and over which channel a customer may be approached."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Consent(Record):
    """The customer's present word on one purpose and channel, with when and how it was given."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("service")
        OFFERS = "offers", _("offers")
        PROFILING = "profiling", _("profiling")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        POST = "post", _("post")

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    is_given = models.BooleanField(_("consents"), default=False)
    recorded_at = models.DateTimeField(_("recorded"))
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "purpose", "channel"], condition=Q(deleted_at=None), name="consent_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}"
