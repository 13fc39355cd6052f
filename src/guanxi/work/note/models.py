"""Notes: what people write down about a record."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Note(Record):
    """A text about a customer, plain and as typed."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False
    )
    body = models.TextField(_("note"), max_length=20_000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    is_pinned = models.BooleanField(_("pinned"), default=False)

    class Meta:
        indexes = [models.Index(fields=["customer", "-created_at"], name="note_customer")]

    def __str__(self) -> str:
        return self.body[:80]
