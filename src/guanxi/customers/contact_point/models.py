"""Contact points: the addresses under which a customer can be reached."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class ContactPoint(Record):
    """One e-mail address, phone number, postal address or messenger id of a customer.

    ``value`` is what was typed; ``normalized`` its canonical form (lower-case e-mail, E.164 number, folded address);
    ``digits_reversed`` the digits of a number backwards, so that its last digits find it by an index.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        ADDRESS = "address", _("address")
        WECHAT = "wechat", _("WeChat")
        SOCIAL = "social", _("social media")
        WEBSITE = "website", _("website")

    class Label(models.TextChoices):
        MAIN = "main", _("main")
        WORK = "work", _("work")
        HOME = "home", _("home")
        MOBILE = "mobile", _("mobile")
        BILLING = "billing", _("billing")
        DELIVERY = "delivery", _("delivery")
        OTHER = "other", _("other")

    class Bounce(models.TextChoices):
        NONE = "none", _("reachable")
        SOFT = "soft", _("failing")
        HARD = "hard", _("not reachable")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="contact_points", verbose_name=_("customer"), db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    label = models.CharField(_("label"), max_length=48, choices=Label, default=Label.MAIN)
    value = models.CharField(_("value"), max_length=400)
    normalized = models.CharField(_("canonical form"), max_length=400, blank=True, editable=False)
    digits_reversed = models.CharField(max_length=24, blank=True, editable=False)
    is_primary = models.BooleanField(_("main one"), default=False)
    country = models.CharField(_("country"), max_length=60, blank=True)
    region = models.CharField(_("province or state"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    district = models.CharField(_("district"), max_length=120, blank=True)
    street = models.CharField(_("street"), max_length=300, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    is_opted_in = models.BooleanField(_("opted in"), null=True, blank=True)
    bounce = models.CharField(_("reachability"), max_length=4, choices=Bounce, default=Bounce.NONE)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "kind"], name="contact_point_customer"),
            models.Index(
                fields=["kind", "normalized"], opclasses=["varchar_ops", "varchar_pattern_ops"],
                name="contact_point_normalized",
            ),
            models.Index(
                fields=["digits_reversed"], opclasses=["text_pattern_ops"], condition=Q(kind="phone"),
                name="contact_point_digits",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "normalized"], condition=Q(deleted_at=None), name="contact_point_unique"
            )
        ]

    def __str__(self) -> str:
        return self.value
