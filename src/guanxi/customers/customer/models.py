"""Customers: anyone the company deals with, persons and organizations alike."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.identity.company.queries import base_currency
from guanxi.records.models import OwnedRecord


class Customer(OwnedRecord):
    """Anyone the company deals with: a person or an organization, in one or several roles.

    ``name`` is the name as used every day, in whatever script; ``latin_name`` its Latin form where that differs.
    ``search_name``, ``pinyin``, ``initials``, ``bigrams`` and ``sort_key`` are search keys computed from the names.
    Value tier, rung and other derived figures are never stored here: see ``CustomerFigures``.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANIZATION = "organization", _("organization")

    class Role(models.TextChoices):
        END_CUSTOMER = "end_customer", _("end customer")
        DISTRIBUTOR = "distributor", _("distributor")
        PARTNER = "partner", _("partner")
        SUPPLIER = "supplier", _("supplier")
        INTERNAL = "internal", _("internal")
        PUBLIC = "public", _("public")

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("prospect")
        ACTIVE = "active", _("active")
        INACTIVE = "inactive", _("inactive")
        LOST = "lost", _("lost")
        BLOCKED = "blocked", _("blocked")

    class Gender(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        VISIT = "visit", _("visit")
        POST = "post", _("post")

    # Named again without indexes of their own: those below begin with them, and imports write one index for each.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"),
        db_index=False,
    )  # fmt: skip
    team = models.ForeignKey(
        "identity.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"),
        db_index=False,
    )  # fmt: skip
    territory = models.ForeignKey(
        "identity.Territory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory"),
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=200)
    latin_name = models.CharField(_("Latin name"), max_length=200, blank=True)
    roles = ArrayField(models.CharField(max_length=16, choices=Role), default=list, blank=True, verbose_name=_("roles"))
    status = models.CharField(_("status"), max_length=48, choices=Status, default=Status.ACTIVE)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    occupation = models.CharField(_("occupation"), max_length=120, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    customer_since = models.DateField(_("customer since"), null=True, blank=True)
    preferred_channel = models.CharField(_("preferred channel"), max_length=8, choices=Channel, blank=True)
    preferred_language = models.CharField(_("preferred language"), max_length=10, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=base_currency)
    credit_limit = models.DecimalField(_("credit limit"), max_digits=18, decimal_places=2, null=True, blank=True)
    acquired_through = models.CharField(_("came through"), max_length=120, blank=True)
    household_size = models.PositiveSmallIntegerField(_("household size"), null=True, blank=True)
    income_band = models.CharField(_("income band"), max_length=40, blank=True)
    age_band = models.CharField(_("age band"), max_length=20, blank=True)
    description = models.TextField(_("description"), blank=True)
    tags = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("tags"))

    search_name = models.CharField(max_length=420, blank=True, editable=False)
    pinyin = models.CharField(max_length=420, blank=True, editable=False)
    initials = models.CharField(max_length=120, blank=True, editable=False)
    sort_key = models.CharField(max_length=200, blank=True, editable=False)
    bigrams = ArrayField(models.CharField(max_length=4), default=list, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], condition=Q(deleted_at=None), name="customer_sort"),
            models.Index(fields=["owner", "sort_key", "id"], condition=Q(deleted_at=None), name="customer_owner"),
            models.Index(fields=["team", "id"], condition=Q(deleted_at=None), name="customer_team"),
            models.Index(fields=["territory", "id"], condition=Q(deleted_at=None), name="customer_territory"),
            models.Index(fields=["status", "sort_key", "id"], condition=Q(deleted_at=None), name="customer_status"),
            models.Index(fields=["kind", "sort_key", "id"], condition=Q(deleted_at=None), name="customer_kind"),
            models.Index(fields=["city", "sort_key", "id"], condition=Q(deleted_at=None), name="customer_city"),
            models.Index(fields=["created_at", "id"], condition=Q(deleted_at=None), name="customer_created"),
            models.Index(OpClass("pinyin", "text_pattern_ops"), name="customer_pinyin"),
            models.Index(OpClass("initials", "text_pattern_ops"), name="customer_initials"),
            models.Index(OpClass("search_name", "text_pattern_ops"), name="customer_search_name"),
            # New entries wait in a list of at most 256 kB: imports write them twice as fast, searches hardly notice.
            GinIndex(fields=["bigrams"], name="customer_bigrams", fastupdate=True, gin_pending_list_limit=256),
            GinIndex(fields=["tags"], name="customer_tags"),
        ]

    def __str__(self) -> str:
        return self.name
