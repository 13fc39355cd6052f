"""Attachments: files that belong to a customer."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Attachment(Record):
    """A file kept for a customer. Its bytes lie under ``sha256``, once for all rows that have the same.

    Access follows the customer at every download.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False
    )
    name = models.CharField(_("name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=120, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="attachment_customer"),
            models.Index(fields=["sha256"], name="attachment_sha256"),
        ]

    def __str__(self) -> str:
        return self.name
