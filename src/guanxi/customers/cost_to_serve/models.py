"""What serving a customer costs beyond the goods: handling, returns, visits, calls, coupons."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.identity.company.queries import base_currency
from guanxi.records.models import Record


class CostToServe(Record):
    """A cost of serving one customer: so many occurrences of an activity at a unit cost.

    ``amount`` is in ``currency``. A cost without ``incurred_at`` belongs to the running year and counts in every
    window.
    """

    class Kind(models.TextChoices):
        HANDLING = "handling", _("handling of orders")
        RETURN = "return", _("returns")
        COUPON = "coupon", _("coupons")
        MAILING = "mailing", _("mailings")
        CONTACT = "contact", _("service contacts")
        ACCOUNT = "account", _("keeping the account")
        VISIT = "visit", _("visits")
        OTHER = "other", _("other")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=48, choices=Kind)
    detail = models.CharField(_("detail"), max_length=80, blank=True)
    occurrences = models.PositiveIntegerField(_("how often"), default=1)
    unit_cost = models.DecimalField(_("cost each"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=base_currency)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    incurred_at = models.DateTimeField(_("when"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "kind"], name="cost_to_serve_customer")]

    def __str__(self) -> str:
        return self.kind
