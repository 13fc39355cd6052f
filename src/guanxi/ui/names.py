"""Initials and colours for the small pictures that stand for people and organizations."""

from __future__ import annotations

import re
from typing import Final
from zlib import crc32

COLORS: Final = ("gray", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "teal")

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LEGAL_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团公司|集团|公司)$")
_WORD = re.compile(r"[^\W\d_]|\d", re.UNICODE)


def is_chinese(name: str) -> bool:
    """Say whether a name is written in Chinese characters (its first letter is one)."""
    first = _WORD.search(name)
    return bool(first and _CJK.match(first.group()))


def initials(name: str, size_px: int = 20, organization: bool = False) -> str:
    """Return what stands in an avatar of ``size_px``.

    Latin names: first letters of the first and the last word. Chinese people: the last two characters (张伟明 → 伟明),
    one up to 20 px. Chinese organizations: the first characters of the name without its legal form.
    """
    name = name.strip()
    if not name:
        return "?"
    if is_chinese(name):
        letters = "".join(_CJK.findall(_LEGAL_FORMS.sub("", name) or name))
        wanted = 2 if size_px > 20 else 1
        return letters[:wanted] if organization else letters[-wanted:]
    words = [word for word in re.split(r"[\s,.&/()-]+", name) if _WORD.match(word)]
    if not words:
        return name[:1].upper()
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()


def color_of(key: str) -> str:
    """Return one of the ten picklist colours, always the same for the same key."""
    return COLORS[crc32(key.encode()) % len(COLORS)]
