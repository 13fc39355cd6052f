"""Holdings: what a customer factually owns or uses of what we sell."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.identity.company.queries import base_currency
from guanxi.records.models import Record


class Holding(Record):
    """An account, card, policy, vehicle, device, subscription or membership in a customer's hands.

    ``customer`` owns it; ``used_by`` and ``bought_by`` may be others. Money is in ``currency``.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("account")
        CARD = "card", _("card")
        POLICY = "policy", _("policy")
        VEHICLE = "vehicle", _("vehicle")
        DEVICE = "device", _("device")
        SUBSCRIPTION = "subscription", _("subscription")
        MEMBERSHIP = "membership", _("membership")
        CONTRACT = "contract", _("contract")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DORMANT = "dormant", _("dormant")
        CLOSED = "closed", _("closed")

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", db_index=False,
        verbose_name=pgettext_lazy("whose account, card or device it is", "owner"),
    )  # fmt: skip
    used_by = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("used by")
    )
    bought_by = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bought by")
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    kind = models.CharField(_("kind"), max_length=48, choices=Kind, default=Kind.DEVICE)
    number = models.CharField(_("number"), max_length=80)
    status = models.CharField(_("status"), max_length=48, choices=Status, default=Status.ACTIVE)
    opened_on = models.DateField(_("since"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    purchase_channel = models.CharField(_("bought through"), max_length=80, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=base_currency)
    balance = models.DecimalField(_("balance"), max_digits=18, decimal_places=2, null=True, blank=True)
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=2, null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"], condition=Q(deleted_at=None), name="holding_number_unique",
                violation_error_message=_("Another holding has this number already."),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["customer", "kind"], name="holding_customer")]

    def __str__(self) -> str:
        return self.number
