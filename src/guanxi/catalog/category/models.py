"""Product categories: a tree by which products are grouped."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class ProductCategory(Record):
    """A group of products; ``parent`` makes a tree."""

    name = models.CharField(_("name"), max_length=120)
    native_name = models.CharField(_("Chinese name"), max_length=120, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part of")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "parent"], name="category_name_unique", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name
