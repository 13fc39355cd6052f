"""How wide a column is before anybody drags it: wide enough for its heading and for what usually stands in it."""

from __future__ import annotations

from math import ceil

from guanxi.records.fields import Field

FIRST = 280
_USUAL = {"text": 168, "long_text": 240, "email": 208, "phone": 144, "url": 176, "integer": 88, "decimal": 104,
          "money": 120, "percent": 96, "date": 112, "datetime": 112, "boolean": 80, "choice": 104, "choices": 168,
          "tags": 176, "reference": 168, "json": 200}  # fmt: skip
_LEAST_TEXT, _MOST_CHOICE = 80, 184
# Pixels of a character of 12 px type; both sides of a cell with the arrow of the sort; both sides of a chip in a cell.
_LATIN, _CHINESE, _HEAD_SIDES, _CHIP_SIDES = 6.8, 12.4, 40, 36


def column_width(item: Field, label: str, *, is_first: bool) -> int:
    """Return the width of a column in px, with its whole heading ``label`` in view and the arrow beside it."""
    head = ceil(_pixels(label)) + _HEAD_SIDES
    if is_first:
        return max(FIRST, head)
    usual = _USUAL[item.kind]
    if item.kind == "choice" and item.choices:
        longest = max(_pixels(str(choice.label)) for choice in item.choices)
        usual = min(_MOST_CHOICE, max(usual, ceil(longest) + _CHIP_SIDES))
    elif item.kind == "text" and item.max_length:
        usual = min(usual, max(_LEAST_TEXT, ceil(item.max_length * _LATIN) + _HEAD_SIDES))
    return max(usual, head)


def _pixels(text: str) -> float:
    return sum(_CHINESE if ord(character) > 0x2E7F else _LATIN for character in text)
