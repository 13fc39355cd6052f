"""Masking and hashing of identifiers."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SECRET_KINDS = frozenset({"id_card", "passport"})


def masked(number: str) -> str:
    """Return a number of which only the first three and the last two characters can be read."""
    return number[:3] + "•" * max(4, len(number) - 5) + number[-2:] if len(number) > 5 else "•" * len(number)


def digest_of(number: str) -> str:
    """Return the keyed hash by which a number is found again without being kept (HMAC-SHA-256)."""
    if not settings.SECRET_KEY:
        raise ImproperlyConfigured("a secret key is needed to hash identifiers")
    text = "".join(number.split()).upper()
    return hmac.new(str(settings.SECRET_KEY).encode(), text.encode(), hashlib.sha256).hexdigest()


def identifier_keys(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the stored form of an identifier: its digest, and for secret kinds the masked number only."""
    value = facts.get("value") or ""
    if "•" in value:
        return {}
    keys = {"digest": digest_of(value)}
    return {**keys, "value": masked(value)} if facts.get("kind") in SECRET_KINDS else keys
