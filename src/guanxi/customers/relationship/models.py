"""Relationships: who is connected to whom, and how."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Relationship(Record):
    """A typed link: ``customer`` is the ``kind`` of ``other`` (“Mei is an employee of Acme”).

    ``role`` is free text or a buying-centre role (decision maker, payer, influencer, user). ``strength`` runs from 1
    to 5.
    """

    class Kind(models.TextChoices):
        EMPLOYEE = "employee_of", _("employee of")
        SPOUSE = "spouse_of", _("spouse of")
        HOUSEHOLD = "household_member_of", _("household member of")
        PARENT = "parent_of", _("parent of")
        SUBSIDIARY = "subsidiary_of", _("subsidiary of")
        REFERRED = "referred_by", _("referred by")
        DEALER = "dealer_of", _("dealer of")
        PARTNER = "partner_of", _("partner of")
        FRIEND = "friend_of", _("friend of")

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    kind = models.CharField(_("relationship"), max_length=20, choices=Kind)
    other = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("with"), db_index=False
    )
    role = models.CharField(_("role"), max_length=80, blank=True)
    strength = models.PositiveSmallIntegerField(_("strength"), null=True, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(customer=F("other")), name="relationship_two_customers",
                violation_error_message=_("A relationship needs two different customers."),
            ),
            models.CheckConstraint(
                condition=Q(strength__isnull=True) | Q(strength__range=(1, 5)), name="relationship_strength_range",
                violation_error_message=_("Strength runs from 1 to 5."),
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "other"], condition=Q(deleted_at=None), name="relationship_unique"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["other"], name="relationship_other")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.other_id}"
