"""Tags: one set of coloured words over all records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Tag(Record):
    """A word that people stick on records; records hold tag ids."""

    class Color(models.TextChoices):
        GRAY = "gray", _("gray")
        BLUE = "blue", _("blue")
        INDIGO = "indigo", _("indigo")
        VIOLET = "violet", _("violet")
        PINK = "pink", _("pink")
        RED = "red", _("red")
        ORANGE = "orange", _("orange")
        YELLOW = "yellow", _("yellow")
        GREEN = "green", _("green")
        TEAL = "teal", _("teal")

    name = models.CharField(_("name"), max_length=60, unique=True)
    color = models.CharField(_("color"), max_length=10, choices=Color, default=Color.GRAY)

    def __str__(self) -> str:
        return self.name
