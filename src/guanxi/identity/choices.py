"""What the settings offer in lists: languages, time zones, currencies, phone regions, months."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from phonenumbers import SUPPORTED_REGIONS

from guanxi.ui.parts import Option

CURRENCIES = (
    "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "SGD", "KRW", "AUD", "CAD", "CHF", "NZD", "SEK", "NOK", "DKK",
    "PLN", "CZK", "HUF", "RON", "TRY", "ILS", "AED", "SAR", "QAR", "INR", "IDR", "MYR", "THB", "VND", "PHP", "MOP",
    "BRL", "MXN", "CLP", "COP", "PEN", "ZAR", "NGN", "EGP", "KES", "UAH", "KZT",
)  # fmt: skip
_REGIONS = ("Asia", "Europe", "America", "Australia", "Pacific", "Africa", "Atlantic", "Indian")


def languages() -> tuple[Option, ...]:
    """Return the languages of the program, each in its own words."""
    return tuple(Option(code, name) for code, name in settings.LANGUAGES)


@lru_cache(maxsize=1)
def time_zones() -> tuple[Option, ...]:
    """Return the IANA time zones by region, Shanghai's region first."""
    known = sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in _REGIONS and "/" in name)
    ordered = sorted(known, key=lambda name: _REGIONS.index(name.split("/")[0]))
    named = tuple(Option(name, name.split("/", 1)[1].replace("_", " "), name.split("/")[0]) for name in ordered)
    return (Option("UTC", "UTC"), *named)


def currencies() -> tuple[Option, ...]:
    """Return the currencies offered, named in the language in force."""
    names = _locale().currencies
    return tuple(Option(code, f"{code} · {names.get(code, code)}") for code in CURRENCIES)


def phone_regions() -> tuple[Option, ...]:
    """Return the countries whose phone numbers may be written without a country code."""
    names = _locale().territories
    found = ((names.get(code, code), code) for code in SUPPORTED_REGIONS if len(code) == 2)
    return tuple(Option(code, f"{name} ({code})") for name, code in sorted(found))


def months() -> tuple[Option, ...]:
    """Return the months by number."""
    names = _locale().months["stand-alone"]["wide"]
    return tuple(Option(str(number), str(names[number])) for number in range(1, 13))


def _locale() -> Locale:
    return _locale_of("zh_Hans_CN" if (get_language() or "").startswith("zh") else "en")


@lru_cache(maxsize=4)
def _locale_of(code: str) -> Locale:
    return Locale.parse(code)
