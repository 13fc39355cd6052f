"""JSON bodies: read within limits, checked strictly against the declaration, turned into typed values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, type_text
from guanxi.records.api.errors import BodyTooLarge, Malformed, NotJson
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.values import parse_values

MAX_BYTES, MAX_DEPTH = 1_000_000, 16
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
Errors = dict[str, list[type_text]]
Shape = Callable[[Field, Any], Any]


def json_body(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that was sent; numbers with a fraction become ``Decimal``.

    Raises ``NotJson``, ``BodyTooLarge``, ``Malformed``.
    """
    if request.content_type != "application/json":
        raise NotJson
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        raise BodyTooLarge(limit=MAX_BYTES)
    try:
        body = _DECODER.decode(request.body)
    except (msgspec.DecodeError, RecursionError, ArithmeticError) as error:
        raise Malformed from error
    require_shallow(body)
    if not isinstance(body, dict):
        raise Malformed(_("Send one JSON object."))
    return body


def require_shallow(body: Any) -> None:
    """Refuse JSON nested deeper than ``MAX_DEPTH`` (raises ``Malformed``)."""
    level = [body]
    for _depth in range(MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
        if not below:
            return
        level = below
    raise Malformed(_("This JSON is nested too deeply."))


def typed_values(record_type: RecordType, body: Mapping[str, Any], actor: Actor, *, partial: bool) -> dict[str, Any]:
    """Return typed values by field name; with ``partial`` only those that were sent.

    Raises ``Invalid`` naming every field that is unknown, not the actor's to set, or of the wrong shape.
    """
    writable = {item.name for item in record_type.editable_fields(actor)}
    raw, errors = _plain_values(record_type, body, writable)
    try:
        values = parse_values(record_type, raw, writable - errors.keys(), time_zone=actor.time_zone, partial=partial)
    except Invalid as refusal:
        found: Errors = {name: list(sentences) for name, sentences in refusal.errors.items()}
        raise Invalid(found | errors) from refusal
    if errors:
        raise Invalid(errors)
    for name in raw:
        if raw[name] is None and record_type[name].kind == "boolean":
            values[name] = None
    return values


def _plain_values(
    record_type: RecordType, body: Mapping[str, Any], writable: set[str]
) -> tuple[dict[str, Any], Errors]:
    raw: dict[str, Any] = {}
    errors: Errors = {}
    for name, value in body.items():
        item = record_type.get(name)
        if item is None or name not in writable:
            errors[name] = [_("This field can't be set here.")]
            continue
        try:
            shape: Shape = _SHAPES.get(item.kind, _text)
            raw[name] = None if value is None else shape(item, value)
            if value is None and item.kind == "boolean" and not _is_nullable(record_type, item):
                raise ValueError(_("Choose yes or no."))
        except ValueError as refusal:
            errors[name] = [str(refusal)]
    for name, value in body.items():
        item = record_type.get(name)
        if item is not None and name in raw and item.kind == "money" and isinstance(value, dict):
            _take_currency(record_type, item, value, raw, errors, writable)
    return raw, errors


def _take_currency(
    record_type: RecordType, item: Field, value: Mapping[str, Any], raw: dict[str, Any], errors: Errors,
    writable: set[str],
) -> None:  # fmt: skip
    """Let the currency of an amount set the record's currency; two different currencies in one body are refused."""
    currency = value.get("currency")
    if currency is None:
        return
    beside = next((other for other in record_type.fields if other.column == item.currency), None)
    if beside is None or beside.name not in writable:
        errors[item.name] = [_("The currency of this amount can't be set.")]
    elif raw.setdefault(beside.name, currency) != currency:
        errors[item.name] = [_("All amounts of a record are in one currency.")]


def _is_nullable(record_type: RecordType, item: Field) -> bool:
    return bool(getattr(record_type.model._meta.get_field(item.path or item.name), "null", False))


def _text(item: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("Enter text."))
    return value


def _number(item: Field, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(_("Enter a number, for example 1234.50"))
    return value


def _integer(item: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(_("Enter a whole number."))
    return value


def _money(item: Field, value: Any) -> Any:
    if isinstance(value, dict):
        currency = value.get("currency")
        is_known = value.keys() <= {"amount", "currency"} and (currency is None or isinstance(currency, str))
        if not is_known or value.get("amount") is None:
            raise ValueError(_('Send an amount with its currency, for example {"amount": "12.00", "currency": "CNY"}'))
        value = value["amount"]
    return _number(item, value)


def _boolean(item: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("Choose yes or no."))
    return value


def _choice(item: Field, value: Any) -> Any:
    is_fit = isinstance(value, int) and not isinstance(value, bool) if item.is_numbered else isinstance(value, str)
    if not is_fit:
        raise ValueError(
            _("Choose one of: %(allowed)s") % {"allowed": ", ".join(choice.value for choice in item.choices)}
        )
    return value


def _list(item: Field, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(_("Send a list."))
    return [_reference(item, part) if item.kind == "tags" else _choice(item, part) for part in value]


def _reference(item: Field, value: Any) -> int:
    if isinstance(value, dict) and value.keys() <= {"id", "label"}:
        value = value.get("id")
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(_("Choose a record from the list."))
    return value


def _json(item: Field, value: Any) -> Any:
    """Return plain JSON as the database can hold it: no decimals, no NUL characters."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError(_("Enter text."))
    if isinstance(value, list):
        return [_json(item, part) for part in value]
    if isinstance(value, dict):
        return {_json(item, name): _json(item, part) for name, part in value.items()}
    return value


_SHAPES: dict[str, Shape] = {
    "integer": _integer, "decimal": _number, "percent": _number, "money": _money, "boolean": _boolean,
    "choice": _choice, "choices": _list, "tags": _list, "reference": _reference, "json": _json,
}  # fmt: skip
