"""Secrets at rest: encrypted with a key derived from the secret key of the installation; a stolen dump is of no use."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


def seal(text: str) -> str:
    """Return the text encrypted (AES-128-CBC with HMAC-SHA-256, as Fernet defines it)."""
    return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Return the text that was sealed; raises ``cryptography.fernet.InvalidToken`` under another key."""
    return _cipher(settings.SECRET_KEY).decrypt(sealed.encode("ascii")).decode()


@lru_cache(maxsize=2)
def _cipher(secret_key: str) -> Fernet:
    key = hashlib.blake2b(secret_key.encode(), digest_size=32, person=b"guanxi.sealing").digest()
    return Fernet(base64.urlsafe_b64encode(key))
