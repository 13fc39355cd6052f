"""Words that administrators give in one or both languages, and the names that are made of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.functional import lazystr
from django.utils.translation import get_language

from guanxi.core.errors import type_text
from guanxi.core.names import pinyin_keys

LANGUAGES = ("en", "zh-hans")
PREFIX = "x_"
_LONGEST = 40
_RUN = re.compile(r"[^a-z0-9]+")


class Words:
    """A text in the languages it was given in; as text it reads in the language in force, else in the other one."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = {language: text for language, text in said.items() if text}

    def __str__(self) -> str:
        language = get_language() or ""
        wanted = "zh-hans" if language.startswith("zh") else "en"
        return self.said.get(wanted) or next(iter(self.said.values()), "")


def in_words(said: Mapping[str, str]) -> str:
    """Return words by language in the language in force, now."""
    return str(Words(said))


def in_language(said: Mapping[str, str]) -> type_text:
    """Return words by language as a text that is translated when it is shown."""
    return lazystr(Words(said))


def name_from(said: Mapping[str, str], taken: Collection[str]) -> str:
    """Return the name under which something with these words is known to programs: ``x_annual_revenue``.

    English words where there are some, else their pinyin; a number is added while the name is taken.
    """
    text = said.get("en") or pinyin_keys(said.get("zh-hans", ""))[0]
    slug = _RUN.sub("_", text.lower()).strip("_")[:_LONGEST].strip("_") or "field"
    name, number = f"{PREFIX}{slug}", 2
    while name in taken:
        name, number = f"{PREFIX}{slug[: _LONGEST - 4]}_{number}", number + 1
    return name


def path_from(name: str, taken: Collection[str]) -> str:
    """Return the part of addresses for a record type of this name: ``x_site_visit`` → ``site-visit``."""
    path = name.removeprefix(PREFIX).replace("_", "-")
    path = path if path[:1].isalpha() else f"x-{path}"
    return path if path not in taken else name.replace("_", "-")
