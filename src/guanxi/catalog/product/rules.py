"""Search keys of products."""

from __future__ import annotations

from typing import Any

from guanxi.core.names import fold, pinyin_keys


def search_keys(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the search and sort keys computed from a product's names and SKU."""
    name, native = facts.get("name") or "", facts.get("native_name") or ""
    words = " ".join(part for part in (facts.get("sku") or "", name, native) if part)
    return {"search_name": fold(words)[:700], "sort_key": (fold(pinyin_keys(name)[0] or name) or name)[:300]}
