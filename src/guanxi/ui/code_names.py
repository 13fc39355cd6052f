"""Names of countries and languages for the codes that records hold, in the reader's language (data: Unicode CLDR)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from babel import Locale

from guanxi.core.names import fold, pinyin_keys
from guanxi.ui.formats import active_locale
from guanxi.ui.parts import Option

Codes = Literal["country", "language"]


def code_name(codes: Codes, code: str) -> str:
    """Return the name of an ISO 3166 country or BCP 47 language; what is no known code comes back as it is.

    A language code may be written with hyphens or underscores, in any case: “zh-hans” is “zh_Hans”.
    """
    return _names(codes, active_locale()).get(_key(codes, code), code)


def code_options(codes: Codes) -> tuple[Option, ...]:
    """Return all countries or the languages with a code of two letters and both scripts of Chinese, by name.

    Chinese names stand in the order of their pinyin.
    """
    return _options(codes, active_locale())


@lru_cache(maxsize=8)
def _options(codes: Codes, locale: Locale) -> tuple[Option, ...]:
    offered = {key: name for key, name in _names(codes, locale).items() if _is_offered(codes, key)}
    ordered = sorted(offered, key=lambda key: pinyin_keys(offered[key])[0] or fold(offered[key]))
    return tuple(Option(_written(codes, key), offered[key]) for key in ordered)


@lru_cache(maxsize=8)
def _names(codes: Codes, locale: Locale) -> dict[str, str]:
    found = locale.territories if codes == "country" else locale.languages
    return {str(key): str(name) for key, name in found.items()}


def _key(codes: Codes, code: str) -> str:
    if codes == "country":
        return code.strip().upper()
    head, *rest = code.strip().replace("-", "_").split("_")
    return "_".join([head.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


def _written(codes: Codes, key: str) -> str:
    return key if codes == "country" else key.lower().replace("_", "-")


def _is_offered(codes: Codes, key: str) -> bool:
    if codes == "country":
        return len(key) == 2 and key.isalpha() and key not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ")
    return len(key) == 2 or key in ("zh_Hans", "zh_Hant")
