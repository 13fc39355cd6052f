"""Search keys of products."""

from __future__ import annotations

import re
from typing import Any

from guanxi.core.names import fold, pinyin_keys


def search_keys(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the search and sort keys computed from a product's names and SKU."""
    name, native = facts.get("name") or "", facts.get("native_name") or ""
    words = " ".join(part for part in (facts.get("sku") or "", name, native) if part)
    return {"search_name": fold(words)[:700], "sort_key": (fold(pinyin_keys(name)[0] or name) or name)[:300]}


# Codes that stand for no goods: postage, carriage, discounts, manual entries, fees, vouchers, adjustments (as upper
# or lower case).
SERVICE_CODE = (
    r"^(?i:post|dot|c\d|d|m|s|b|cruk|bank charges|amazonfee|adjust\d?|gift.*|freight|shipping|discount|voucher.*)$"
)


def is_service_code(sku: str) -> bool:
    """Say whether a stock code of a sales file stands for a charge, a discount or a voucher rather than for goods."""
    return re.match(SERVICE_CODE, sku) is not None
