"""Transactions: movements on a customer's accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Transaction(models.Model):
    """One movement on a holding: ``amount`` positive for money in, negative for money out, in ``currency``.

    Partitioned by month on ``created_at``; not managed: see the first migration.
    """

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField()
    customer = models.ForeignKey(
        "customers.Customer", models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("customer")
    )
    holding = models.ForeignKey(
        "customers.Holding",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("holding"),
    )
    occurred_at = models.DateTimeField(_("when"))
    kind = models.CharField(_("kind"), max_length=24, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    balance_after = models.DecimalField(_("balance after"), max_digits=18, decimal_places=2, null=True)
    change_set_id = models.BigIntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "customers_transaction"
