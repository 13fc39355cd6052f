"""Tells the import of files who acts and how the company writes phones, dates and money."""

from __future__ import annotations

from guanxi.identity.actors import actor_of
from guanxi.identity.company.queries import company
from guanxi.records.importing.surroundings import Habits, provide


def company_habits() -> Habits:
    """Return the habits of the company from its settings."""
    settings = company()
    return Habits(settings.phone_region, settings.time_zone, settings.base_currency)


provide(actor_of, company_habits)
