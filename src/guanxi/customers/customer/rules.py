"""Arithmetic on a customer's names: the keys by which lists sort and search finds."""

from __future__ import annotations

from typing import Any

from guanxi.core.names import bigrams, fold, pinyin_keys


def search_keys(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the technical key columns computed from ``name`` and ``latin_name``.

    ``search_name`` holds both names folded, ``pinyin`` the whole name in tone-less pinyin without spaces, ``initials``
    its first letters, ``bigrams`` every two neighbouring characters, ``sort_key`` the name in dictionary order.
    """
    name, latin = facts.get("name") or "", facts.get("latin_name") or ""
    pinyin, initials = pinyin_keys(name)
    both = f"{fold(name)} {fold(latin)}".strip()
    return {
        "search_name": both[:420],
        "pinyin": pinyin.replace(" ", "")[:420],
        "initials": initials[:120],
        "sort_key": pinyin[:200],
        "bigrams": bigrams(both),
    }


def check_customer(facts: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the errors of a customer as a whole, by field."""
    from django.utils.translation import gettext as _

    errors: dict[str, list[Any]] = {}
    if not (facts.get("name") or "").strip():
        errors["name"] = [_("Enter a name.")]
    if facts.get("kind") == "organization":
        for name in ("gender", "birthday"):
            if facts.get(name):
                errors[name] = [_("Only a person has this.")]
    return errors
