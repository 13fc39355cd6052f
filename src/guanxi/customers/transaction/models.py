"""Transactions: movements on a customer's accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.identity.company.queries import base_currency
from guanxi.records.models import Record


class Transaction(Record):
    """One movement on a holding: ``amount`` positive for what comes in, negative for what goes out, in ``currency``.

    The rows of a holding are its ledger: they are added and never changed or deleted, so that ``balance_after`` stays
    true. A mistake is put right by a row of the kind ``REVERSAL`` with the opposite amount; ``reverses`` names the row
    that it takes back, in whole or in part. ``change_set_id`` names the import that brought the row. Partitioned by
    month on ``created_at``; not managed: see the migrations.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening balance")
        DEPOSIT = "deposit", _("deposit")
        WITHDRAWAL = "withdrawal", _("withdrawal")
        PURCHASE = "purchase", _("purchase")
        PAYMENT = "payment", pgettext_lazy("movement on an account", "payment")
        TRANSFER = "transfer", _("transfer")
        FEE = "fee", _("fee")
        INTEREST = "interest", pgettext_lazy("money for money", "interest")
        EARNED = "earned", _("points earned")
        REDEEMED = "redeemed", _("points redeemed")
        EXPIRED = "expired", pgettext_lazy("movement on an account", "expired")
        REVERSAL = "reversal", _("reversal")

    customer = models.ForeignKey(
        "customers.Customer", models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("customer")
    )
    holding = models.ForeignKey(
        "customers.Holding", models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False,
        verbose_name=_("holding"),
    )  # fmt: skip
    occurred_at = models.DateTimeField(_("when"))
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    description = models.CharField(_("description"), max_length=300, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=base_currency)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    balance_after = models.DecimalField(_("balance after"), max_digits=18, decimal_places=2, null=True, blank=True)
    reverses = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False,
        verbose_name=_("takes back"),
    )  # fmt: skip
    change_set_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        managed = False
        db_table = "customers_transaction"

    def __str__(self) -> str:
        return self.description or str(self.pk)
