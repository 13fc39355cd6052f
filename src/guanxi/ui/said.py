"""Sentences in the language in force, each looked up once for a language.

A page says dozens of them beside its templates, and Django's ``gettext`` goes through locals of the thread and two
dictionaries for each. Import it as ``_`` where a page of many rows is built.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language, gettext


def said(text: str) -> str:
    """Return a sentence of ours in the language in force."""
    return _said(get_language() or "", text)


@lru_cache(maxsize=4096)
def _said(language: str, text: str) -> str:
    return gettext(text)
