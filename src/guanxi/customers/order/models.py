"""Orders and their lines: the facts behind every value figure."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.identity.company.queries import base_currency
from guanxi.records.models import Record


class Order(Record):
    """One purchase or return of a customer.

    ``total`` is the sum of the lines after discounts, in ``currency``; a return has a negative total and may name the
    order it refunds. ``total_cost`` is empty when the cost of any line is unknown. An order without a customer (a
    cash sale) keeps ``customer`` empty.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")
        RETURNED = "returned", _("returned")

    class Channel(models.TextChoices):
        STORE = "store", _("store")
        WEB = "web", _("web shop")
        APP = "app", _("app")
        PHONE = "phone", _("phone")
        WECHAT = "wechat", _("WeChat")
        PARTNER = "partner", _("partner")
        FIELD = "field", _("field sales")

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer"),
        db_index=False,
    )  # fmt: skip
    number = models.CharField(_("number"), max_length=80)
    ordered_at = models.DateTimeField(_("ordered"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.COMPLETED)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    is_return = models.BooleanField(_("return"), default=False)
    refunds = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("refund of"),
        db_index=False,
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3, default=base_currency)
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2, default=0)
    discount = models.DecimalField(_("discount"), max_digits=18, decimal_places=2, default=0)
    total_cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=2, null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-ordered_at", "-id"], name="order_customer"),
            models.Index(fields=["-ordered_at", "-id"], condition=Q(deleted_at=None), name="order_recent"),
            models.Index(fields=["number"], name="order_number"),
            models.Index(fields=["refunds"], condition=Q(refunds__isnull=False), name="order_refunds"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line of an order: a product, a quantity, what was paid for it and what it cost.

    ``amount`` is after ``discount``; ``cost`` is empty when unknown. ``line_key`` is the line's identity inside its
    order, so that a file that brings the same line twice creates it once. Partitioned by month on ``created_at``;
    lines have no history of their own: the order's history tells when lines came. Not managed: see the first migration.
    """

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField()
    order = models.ForeignKey(Order, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("order"))
    product = models.ForeignKey(
        "catalog.Product", models.DO_NOTHING, null=True, related_name="+", db_constraint=False,
        verbose_name=_("product"),
    )  # fmt: skip
    line_key = models.BigIntegerField()
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=4, null=True)
    discount = models.DecimalField(_("discount"), max_digits=18, decimal_places=2, default=0)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=2, null=True)
    change_set_id = models.BigIntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "customers_orderline"
