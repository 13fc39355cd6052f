"""Reading the company's settings."""

from __future__ import annotations

from datetime import date

from guanxi.core.dates import today
from guanxi.identity.company.models import Company


def company() -> Company:
    """Return the company's settings, creating the row with its defaults on the first call."""
    return Company._default_manager.get_or_create(pk=1)[0]


def base_currency() -> str:
    """Return the company's currency: that of new amounts where nobody names another one."""
    found = Company._default_manager.filter(pk=1).values_list("base_currency", flat=True).first()
    return found or str(Company._meta.get_field("base_currency").get_default())


def as_of_date() -> date:
    """Return the day for which figures are computed: the company's as-of setting, else today in its time zone."""
    settings = company()
    return settings.as_of or today(settings.time_zone)
