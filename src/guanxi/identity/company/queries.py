"""Reading the company's settings."""

from __future__ import annotations

from datetime import date
from functools import cache

from guanxi.core.dates import today
from guanxi.identity.company.models import Company
from guanxi.records.statements import Statement


def company() -> Company:
    """Return the company's settings, creating the row with its defaults on the first call."""
    return Company._default_manager.get_or_create(pk=1)[0]


def base_currency() -> str:
    """Return the company's currency: that of new amounts where nobody names another one."""
    found = _base_currency().rows({})
    return str(found[0][0] if found else Company._meta.get_field("base_currency").get_default())


@cache
def _base_currency() -> Statement:
    return Statement.of(Company._default_manager.filter(pk=1).values_list("base_currency"))


def as_of_date() -> date:
    """Return the day for which figures are computed: the company's as-of setting, else today in its time zone."""
    settings = company()
    return settings.as_of or today(settings.time_zone)
