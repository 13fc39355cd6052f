"""Canonical forms of contact points, so that the same address typed differently is the same."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from guanxi.core.names import fold

_DIGITS = re.compile(r"\D+")


def canonical_email(text: str) -> str:
    """Return an e-mail address in lower case without surrounding blanks."""
    return text.strip().lower()


def canonical_phone(text: str, region: str = "CN") -> str:
    """Return a phone number in E.164 form; ``region`` is assumed where no country code is given.

    Raises ``ValueError`` when it can't be a phone number.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def reversed_digits(text: str) -> str:
    """Return the digits of ``text`` backwards: an index on them finds numbers by their last digits."""
    return _DIGITS.sub("", text)[::-1][:24]


def contact_keys(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the technical key columns of a contact point."""
    kind, value = facts.get("kind"), facts.get("value") or ""
    if kind == "email":
        return {"normalized": canonical_email(value), "digits_reversed": ""}
    if kind == "phone":
        try:
            number = canonical_phone(value)
        except ValueError:
            number = _DIGITS.sub("", value)
        return {"normalized": number, "digits_reversed": reversed_digits(number)}
    return {"normalized": fold(value)[:400], "digits_reversed": ""}


def check_contact_point(facts: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the errors of a contact point: its value must fit its kind."""
    kind, value = facts.get("kind"), (facts.get("value") or "").strip()
    if kind == "email":
        try:
            validate_email(value)
        except ValidationError:
            return {"value": [_("This isn't an e-mail address. An example: mei@example.com")]}
    if kind == "phone":
        try:
            canonical_phone(value)
        except ValueError:
            return {"value": [_("This isn't a phone number. An example: +86 138 0013 8000")]}
    return {}
