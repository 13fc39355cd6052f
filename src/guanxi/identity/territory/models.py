"""Territories: the areas into which the market is carved; a territory includes those below it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Territory(Record):
    """A part of the market; ``parent`` makes a tree."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part of")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="territory_name_unique")]

    def __str__(self) -> str:
        return self.name
