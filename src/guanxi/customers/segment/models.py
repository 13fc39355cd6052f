"""Segments: saved populations of customers, by rule or by hand, with who entered and left when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import OwnedRecord


class Segment(OwnedRecord):
    """A population of customers. A dynamic one is defined by a filter tree, a static one by its members.

    ``size`` and ``refreshed_at`` say how many members the last refresh found, and when.
    """

    class Kind(models.TextChoices):
        DYNAMIC = "dynamic", _("by rule")
        STATIC = "static", _("fixed list")

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.DYNAMIC)
    definition = models.JSONField(_("definition"), default=dict, blank=True)
    size = models.PositiveIntegerField(_("size"), default=0, editable=False)
    refreshed_at = models.DateTimeField(_("counted"), null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """The stay of one customer in one segment, from ``entered_at`` until ``left_at`` (empty: still there)."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+")
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], condition=models.Q(left_at=None), name="segment_member_once"
            )
        ]
        indexes = [models.Index(fields=["customer", "segment"], name="segment_member_customer")]


class SegmentSize(models.Model):
    """How large a segment was at a refresh, and how many entered and left since the one before."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    size = models.PositiveIntegerField()
    entered = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["segment", "-at"], name="segment_size_at")]
