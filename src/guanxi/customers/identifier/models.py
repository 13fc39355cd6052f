"""Identifiers: numbers by which others know a customer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Identifier(Record):
    """A number that a customer has: membership, tax, registration, identity card.

    An identity-card number is never kept: ``value`` holds its masked form and ``digest`` a keyed hash to find it by.
    """

    class Kind(models.TextChoices):
        MEMBERSHIP = "membership", _("membership number")
        TAX = "tax", _("tax number")
        REGISTRATION = "registration", _("registration number")
        ID_CARD = "id_card", _("identity card")
        PASSPORT = "passport", _("passport")
        OTHER = "other", _("other")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=48, choices=Kind)
    value = models.CharField(_("number"), max_length=120)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "issuer", "digest"], condition=Q(deleted_at=None), name="identifier_unique"
            )
        ]
        indexes = [
            models.Index(fields=["customer"], name="identifier_customer"),
            models.Index(fields=["digest"], name="identifier_digest"),
        ]

    def __str__(self) -> str:
        return self.value
