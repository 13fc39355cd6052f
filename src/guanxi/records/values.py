"""Values between the database, JSON and people: one codec for history, API, forms and inline edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid, type_text
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER_NOISE = str.maketrans("", "", ", \u00a0\u202f￥¥$€£")
_TRUE, _FALSE = {"true", "1", "yes", "on", "是"}, {"false", "0", "no", "off", "否", ""}


def to_json(value: Any) -> Any:
    """Return ``value`` as JSON can hold it exactly: decimals and instants as text, models as their id."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    if hasattr(value, "pk"):
        return value.pk
    return value


def parse_value(item: Field, raw: Any, *, time_zone: str = "UTC") -> Any:
    """Return the typed value of ``raw`` (form text or JSON) for one field.

    Empty text means no value. Raises ``ValueError`` with a sentence for the reader.
    """
    if isinstance(raw, str):
        raw = _CONTROL.sub("", raw).strip()
    if raw is None or raw == "" or raw == []:
        return [] if item.kind in ("choices", "tags") else (False if item.kind == "boolean" else None)
    parser = _PARSERS.get(item.kind, _text)
    return parser(item, raw, time_zone)


def parse_values(
    record_type: RecordType, raw: Mapping[str, Any], names: set[str], *, time_zone: str = "UTC", partial: bool = False
) -> dict[str, Any]:
    """Return typed values for the given fields of ``raw``; with ``partial`` missing fields are left alone.

    Raises ``Invalid`` naming every field that was refused, unknown or not writable.
    """
    errors: dict[str, list[type_text]] = {}
    values: dict[str, Any] = {}
    for name in raw:
        if name not in names:
            errors[name] = [_("This field can't be set here.")]
    for item in record_type.fields:
        if item.name not in names or (item.name not in raw and partial):
            continue
        try:
            value = parse_value(item, raw.get(item.name), time_zone=time_zone)
        except ValueError as refusal:
            errors[item.name] = [str(refusal)]
            continue
        if item.required and value in (None, "", []):
            errors[item.name] = [_("Enter %(field)s.") % {"field": item.label}]
        elif item.name in raw or value not in (None, "", [], False):
            values[item.name] = value
    if errors:
        raise Invalid(errors)
    return values


def _text(item: Field, raw: Any, time_zone: str) -> str:
    if not isinstance(raw, str):
        raise ValueError(_("Enter text."))
    if item.max_length and len(raw) > item.max_length:
        raise ValueError(_("Use at most %(limit)s characters; this has %(length)s.")
                         % {"limit": item.max_length, "length": len(raw)})  # fmt: skip
    return raw


def _email(item: Field, raw: Any, time_zone: str) -> str:
    text = _text(item, raw, time_zone)
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(_("This isn't an e-mail address. An example: mei@example.com")) from error
    return text


def _url(item: Field, raw: Any, time_zone: str) -> str:
    text = _text(item, raw, time_zone)
    text = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as error:
        raise ValueError(_("This isn't a web address. An example: https://example.com")) from error
    return text


def _decimal(item: Field, raw: Any, time_zone: str) -> Decimal:
    try:
        number = Decimal(raw.translate(_NUMBER_NOISE) if isinstance(raw, str) else str(raw))
    except (InvalidOperation, ValueError) as error:
        raise ValueError(_("Enter a number, for example 1234.50")) from error
    if isinstance(raw, bool) or not number.is_finite() or abs(number) >= Decimal(10) ** 16:
        raise ValueError(_("Enter a number, for example 1234.50"))
    return number.quantize(Decimal(1).scaleb(-item.decimals))


def _integer(item: Field, raw: Any, time_zone: str) -> int:
    number = _decimal(item, raw, time_zone) if not isinstance(raw, int) else Decimal(raw)
    if isinstance(raw, bool) or number != number.to_integral_value() or abs(number) >= 2**63:
        raise ValueError(_("Enter a whole number."))
    return int(number)


def _date(item: Field, raw: Any, time_zone: str) -> date:
    try:
        value = raw if isinstance(raw, date) else parse_date(str(raw))
    except ValueError:
        value = None
    if value is None:
        raise ValueError(_("This date isn't valid. Use YYYY-MM-DD, for example 2026-11-21"))
    return value


def _datetime(item: Field, raw: Any, time_zone: str) -> datetime:
    try:
        value = raw if isinstance(raw, datetime) else parse_datetime(str(raw))
        day = parse_date(str(raw)) if value is None else None
    except ValueError:
        value = day = None
    if value is None and day is not None:
        value = datetime.combine(day, time.min)
    try:
        if value is not None:
            return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)
    except OverflowError:
        pass  # the first or last day of the calendar, which another zone doesn't have
    raise ValueError(_("This time isn't valid. Use YYYY-MM-DD hh:mm, for example 2026-11-21 14:30"))


def _boolean(item: Field, raw: Any, time_zone: str) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(_("Choose yes or no."))
    return text in _TRUE


def _choice(item: Field, raw: Any, time_zone: str) -> str | int:
    if item.choice(raw) is None:
        allowed = ", ".join(str(choice.label) for choice in item.choices)
        raise ValueError(_("Choose one of: %(allowed)s") % {"allowed": allowed})
    return int(raw) if item.is_numbered else str(raw)


def _choices(item: Field, raw: Any, time_zone: str) -> list[str | int]:
    items = raw if isinstance(raw, (list, tuple)) else [part for part in str(raw).split(",") if part.strip()]
    return [_choice(item, str(part).strip(), time_zone) for part in items]


def _tags(item: Field, raw: Any, time_zone: str) -> list[int]:
    items = raw if isinstance(raw, (list, tuple)) else str(raw).split(",")
    return [_reference(item, part, time_zone) for part in items]


def _reference(item: Field, raw: Any, time_zone: str) -> int:
    text = str(raw).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number < 2**63:
        raise ValueError(_("Choose a record from the list."))
    return number


_PARSERS: dict[str, Any] = {
    "email": _email, "url": _url, "decimal": _decimal, "money": _decimal, "percent": _decimal, "integer": _integer,
    "date": _date, "datetime": _datetime, "boolean": _boolean, "choice": _choice, "choices": _choices, "tags": _tags,
    "reference": _reference, "json": lambda item, raw, time_zone: raw,
}  # fmt: skip
