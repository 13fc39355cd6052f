"""The company that runs Guanxi: one row of settings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Company(Record):
    """Settings of the company; there is exactly one row, with id 1.

    ``rates`` maps a currency to what one unit of it is worth in the base currency. ``as_of`` freezes the day for which
    figures are computed (empty means today). ``access_version`` grows whenever users, roles, teams or territories
    change, so that cached permissions die at once. ``is_quarantined`` holds all outgoing messages back, as after a
    restore.
    """

    name = models.CharField(_("name"), max_length=120, default="Guanxi")
    native_name = models.CharField(_("Chinese name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=48, default="Asia/Shanghai")
    base_currency = models.CharField(_("base currency"), max_length=3, default="CNY")
    rates = models.JSONField(_("exchange rates"), default=dict, blank=True)
    phone_region = models.CharField(_("phone region"), max_length=2, default="CN")
    fiscal_year_start = models.PositiveSmallIntegerField(_("fiscal year starts in month"), default=1)
    as_of = models.DateField(_("figures as of"), null=True, blank=True)
    access_version = models.BigIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    is_quarantined = models.BooleanField(_("outgoing messages held back"), default=False, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="company_is_one")]

    def __str__(self) -> str:
        return self.name
