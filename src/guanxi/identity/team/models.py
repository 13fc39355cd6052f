"""Teams: who works together; a manager of a team sees what the teams below it own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Team(Record):
    """A group of users under one lead; ``parent`` makes a tree."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part of")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="team_name_unique")]

    def __str__(self) -> str:
        return self.name
