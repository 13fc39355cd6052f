"""Changing the company's settings."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid, NotAllowed, type_text
from guanxi.identity.actors import access_changed
from guanxi.identity.choices import CURRENCIES, phone_regions
from guanxi.identity.company.models import Company
from guanxi.records.changes import record_change
from guanxi.records.registry import find_record_type

FIELDS = frozenset({
    "name", "native_name", "language", "time_zone", "base_currency", "rates", "phone_region", "fiscal_year_start",
    "as_of",
})  # fmt: skip


def change_company(*, actor: Actor, version: int | None = None, **values: Any) -> Company:
    """Change some of the company's settings (see ``Company`` for what each means).

    Raises ``NotAllowed`` unless the actor is an administrator, ``Conflict`` when somebody else saved since ``version``,
    ``Invalid`` for values that aren't offered.
    """
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    with transaction.atomic():
        company = Company._default_manager.select_for_update().get(pk=1)
        changed = {name: value for name, value in values.items() if getattr(company, name, None) != value}
        errors = _errors(company, changed)
        if errors:
            raise Invalid(errors)
        if version is not None and version != company.version and changed:
            both = {name: (str(getattr(company, name)), str(value)) for name, value in changed.items()}
            raise Conflict(both, company.version)
        if changed:
            fields = {name: (getattr(company, name), value) for name, value in changed.items()}
            for name, value in changed.items():
                setattr(company, name, value)
            company.version += 1
            company.save()
            record_change(actor, "company", 1, "changed", fields)
            access_changed()
    return company


def release_messages(*, actor: Actor) -> bool:
    """Let the messages go that were held back (as after a restore); returns whether they were held."""
    return _quarantine(actor, False)


def hold_messages(*, actor: Actor) -> bool:
    """Hold all outgoing messages back until they are released; returns whether they were going out."""
    return _quarantine(actor, True)


def _quarantine(actor: Actor, wanted: bool) -> bool:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    with transaction.atomic():
        company = Company._default_manager.select_for_update().get(pk=1)
        if company.is_quarantined is wanted:
            return False
        company.is_quarantined = wanted
        company.version += 1
        company.save(update_fields=["is_quarantined", "version", "updated_at"])
        record_change(actor, "company", 1, "held" if wanted else "released", {"is_quarantined": (not wanted, wanted)})
    return True


def parse_rates(text: str) -> dict[str, str]:
    """Return exchange rates from lines such as ``USD 7.12``: what one unit is worth in the base currency.

    Raises ``Invalid`` naming the first line that can't be read.
    """
    rates: dict[str, str] = {}
    for line in text.replace("=", " ").replace("\t", " ").splitlines():
        if not line.strip():
            continue
        code, _space, figure = line.strip().partition(" ")
        try:
            rate = Decimal(figure.strip())
            is_good = rate.is_finite() and rate > 0 and len(code) == 3 and code.isascii() and code.isalpha()
        except InvalidOperation:
            is_good = False
        if not is_good:
            sentence = _("“%(line)s” isn't a rate. An example: USD 7.12") % {"line": line.strip()[:40]}
            raise Invalid({"rates": [sentence]})
        rates[code.upper()] = str(rate)
    return rates


def _errors(company: Company, values: Mapping[str, Any]) -> dict[str, list[type_text]]:
    choose = _("Choose a value from the list.")
    allowed: dict[str, Any] = {
        "language": {code for code, _name in settings.LANGUAGES}, "time_zone": zoneinfo.available_timezones(),
        "base_currency": CURRENCIES, "fiscal_year_start": range(1, 13),
        "phone_region": {option.value for option in phone_regions()},
    }  # fmt: skip
    errors: dict[str, list[type_text]] = {}
    for name, value in values.items():
        if name not in FIELDS or (name in allowed and value not in allowed[name]):
            errors[name] = [choose]
    if len(values.get("name", "x").strip()) not in range(1, 121):
        errors["name"] = [_("Use between 1 and 120 characters.")]
    if len(values.get("native_name", "")) > 120:
        errors["native_name"] = [_("Use at most 120 characters.")]
    if isinstance(values.get("as_of"), date) and values["as_of"] > date(9000, 1, 1):
        errors["as_of"] = [_("Choose a value from the list.")]
    if "base_currency" in values and _has_orders():
        errors["base_currency"] = [_("There are orders already: their figures are kept in %(currency)s.")
                                   % {"currency": company.base_currency}]  # fmt: skip
    return errors


def _has_orders() -> bool:
    orders = find_record_type("order")
    return orders is not None and orders.model._default_manager.exists()
