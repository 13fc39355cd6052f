"""Numbers, money, dates and sizes as the reader expects them: in the active language and time zone.

Amounts are ``Decimal`` with an ISO 4217 currency or in loyalty points (``POINTS``), instants are aware ``datetime``.
``None`` becomes an empty string.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

Number = int | float | Decimal

_SYMBOLS = {"CNY": "¥", "JPY": "JP¥"}
POINTS = "PTS"
"""Stands in the place of a currency where an account is kept in loyalty points; no currency has this code."""
_MINUS = "\N{MINUS SIGN}"
_DAY = timedelta(days=1)
_BYTE_UNITS = ("B", "KB", "MB", "GB", "TB")


@lru_cache(maxsize=8)
def locale_of(language: str) -> Locale:
    """Return the Babel locale of a Django language code such as ``zh-hans``."""
    return Locale.parse("zh_Hans_CN" if language.startswith("zh") else language.replace("-", "_"), sep="_")


def active_locale() -> Locale:
    """Return the Babel locale of the active language (English when translation is off)."""
    return locale_of(get_language() or "en")


def number(value: Number | None, decimals: int | None = None) -> str:
    """Return a number with grouping; ``decimals`` fixes the digits after the point."""
    if value is None:
        return ""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return _signed(format_decimal(value, format=pattern, locale=active_locale()))


def compact(value: Number | None) -> str:
    """Return a number shortened with K, M or 万, 亿, to one digit after the point."""
    if value is None:
        return ""
    if -_least_compact() < value < _least_compact():
        return number(value, 0)
    return _signed(format_compact_decimal(value, locale=active_locale(), fraction_digits=1))


def money(amount: Number | None, currency: str, decimals: int | None = None) -> str:
    """Return an amount with its currency; ``decimals`` overrides the digits of the currency (0 for whole units).

    The yuan is ``¥`` and the yen ``JP¥`` in every language, so that one sign never means two currencies.
    """
    if amount is None:
        return ""
    if currency == POINTS:
        return _points(amount, number(amount, 0 if amount == int(amount) else 2))
    locale = active_locale()
    pattern = None if decimals is None else "¤#,##0" + ("." + "0" * decimals if decimals else "")
    digits = decimals is None
    text = format_currency(amount, currency, format=pattern, locale=locale, currency_digits=digits)
    return _signed(_with_symbol(text, currency, locale))


def money_compact(amount: Number | None, currency: str) -> str:
    """Return an amount shortened with K, M or 万, 亿, for tiles and axes; never where figures are compared exactly."""
    if amount is None:
        return ""
    if -_least_compact() < amount < _least_compact():
        return money(amount, currency, 0)
    if currency == POINTS:
        return _points(amount, compact(amount))
    locale = active_locale()
    text = format_compact_currency(amount, currency, locale=locale, fraction_digits=2)
    return _signed(_with_symbol(text, currency, locale))


def percent(share: Number | None, decimals: int = 1) -> str:
    """Return a share (0.314 means 31.4 %) as a percentage."""
    if share is None:
        return ""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    return _signed(format_percent(share, format=pattern, locale=active_locale()))


def day(value: date | datetime | None) -> str:
    """Return a full calendar date (“Nov 21, 2026”, “2026年11月21日”); instants are read in the active time zone."""
    local = _local_date(value)
    if local is None:
        return ""
    locale = active_locale()
    return format_date(local, format="long" if locale.language == "zh" else "medium", locale=locale)


def day_short(value: date | datetime | None, on: date | None = None) -> str:
    """Return a date for a table: “Today”, “Yesterday”, month and day this year, otherwise the full date.

    ``on`` is the day the reader lives in; today in the active time zone when left out.
    """
    local = _local_date(value)
    if local is None:
        return ""
    today = on or timezone.localdate()
    if local == today:
        return _("Today")
    if local == today - _DAY:
        return _("Yesterday")
    if local == today + _DAY:
        return _("Tomorrow")
    if local.year == today.year:
        locale = active_locale()
        return format_skeleton("MMMd", datetime.combine(local, datetime.min.time()), locale=locale)
    return day(local)


def moment(value: datetime | None) -> str:
    """Return a full date with hours and minutes (24 h) in the active time zone."""
    if value is None:
        return ""
    return f"{day(value)} {clock(value)}"


def clock(value: datetime | None) -> str:
    """Return hours and minutes (24 h) in the active time zone."""
    return "" if value is None else timezone.localtime(value).strftime("%H:%M")


def relative(value: datetime | None, now: datetime | None = None) -> str:
    """Return how long ago within 24 hours (“5 min ago”), otherwise the short date."""
    if value is None:
        return ""
    present = now or timezone.now()
    distance = value - present
    if abs(distance) < timedelta(minutes=1):
        return _("Just now")
    if abs(distance) < _DAY:
        return format_timedelta(distance, add_direction=True, format="narrow", locale=active_locale())
    return day_short(value, timezone.localdate(present))


def bytes_size(size: int | None) -> str:
    """Return a file size in B, KB, MB, GB or TB (powers of 1024)."""
    if size is None:
        return ""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(_BYTE_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{number(round(amount, 1 if unit and amount < 100 else 0))} {_BYTE_UNITS[unit]}"


def _least_compact() -> int:
    """Return where shortening begins: at a thousand, in Chinese at ten thousand (万)."""
    return 10_000 if active_locale().language == "zh" else 1_000


def _local_date(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def _points(amount: Number, text: str) -> str:
    return ngettext("%(text)s point", "%(text)s points", 1 if abs(amount) == 1 else 2) % {"text": text}


def _with_symbol(text: str, currency: str, locale: Locale) -> str:
    symbol = _SYMBOLS.get(currency)
    return text if symbol is None else text.replace(get_currency_symbol(currency, locale=locale), symbol, 1)


def _signed(text: str) -> str:
    """Put a real minus sign, which is as wide as a digit, where Babel writes a hyphen."""
    return text.replace("-", _MINUS)


def listed(texts: Iterable[str]) -> str:
    """Return words one after the other, as the reader's language parts them."""
    return pgettext("between items of a list", ", ").join(texts)
