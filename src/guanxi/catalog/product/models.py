"""Products: whatever is sold: goods, services, financial products, vehicles, plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.identity.company.queries import base_currency
from guanxi.records.models import Record


class Product(Record):
    """Something that can be sold.

    ``list_price`` and ``unit_cost`` are per ``unit`` in ``currency`` (ISO 4217); an empty cost means the cost is
    unknown. ``upgrade_of`` names the product that this one is the next step up from.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        SERVICE = "service", _("service")
        FINANCIAL = "financial", _("financial product")
        PLAN = "plan", _("plan")
        VEHICLE = "vehicle", _("vehicle")

    class Lifecycle(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("on sale")
        PHASING_OUT = "phasing_out", _("phasing out")
        RETIRED = "retired", _("retired")

    class Risk(models.IntegerChoices):
        LOWEST = 1, "R1"
        LOW = 2, "R2"
        MEDIUM = 3, "R3"
        HIGH = 4, "R4"
        HIGHEST = 5, "R5"

    sku = models.CharField(_("SKU"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=300)
    native_name = models.CharField(_("Chinese name"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=48, choices=Kind, default=Kind.GOODS)
    category = models.ForeignKey(
        "catalog.ProductCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category"),
        db_index=False,
    )  # fmt: skip
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=24, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=base_currency)
    list_price = models.DecimalField(_("list price"), max_digits=18, decimal_places=4, null=True, blank=True)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=18, decimal_places=4, null=True, blank=True)
    risk_level = models.PositiveSmallIntegerField(_("risk level"), choices=Risk, null=True, blank=True)
    lifecycle = models.CharField(_("life cycle"), max_length=48, choices=Lifecycle, default=Lifecycle.ACTIVE)
    upgrade_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("upgrade of")
    )
    description = models.TextField(_("description"), blank=True)
    search_name = models.CharField(max_length=700, blank=True, editable=False)
    sort_key = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], condition=models.Q(deleted_at=None), name="product_sort"),
            models.Index(fields=["category", "id"], name="product_category"),
        ]

    def __str__(self) -> str:
        return self.name
