"""Maps the columns of a file to fields by their headers, in English and Chinese, and by their content."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import polars as pl

from guanxi.records.importing.parsing import FieldSpec, Kind, parse_column

Why = Literal["label", "word", "part", "content", ""]

CONFIDENT = 0.55
_SAMPLE = 200
_TELLING: tuple[Kind, ...] = ("email", "phone", "url", "date", "datetime", "integer", "decimal", "money")
_TRADITIONAL = str.maketrans(
    "編號稱戶姓聯繫絡電話郵備註訂單價額數國縣區員級標籤責來狀態類時間買賣會顧網業務公司職經銷貨產條碼傳真個組織單機構實際總計幣別語",
    "编号称户姓联系络电话邮备注订单价额数国县区员级标签责来状态类时间买卖会顾网业务公司职经销货产条码传真个组织单机构实际总计币别语",
)
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IN_BRACKETS = re.compile(r"[(\[【（<].*?[)\]】）>]")
_NOISE = frozenset({"the", "of", "your", "our", "field", "col", "column", "c"})


@dataclass(frozen=True, slots=True)
class TargetField:
    """A field that a column may fill.

    ``path`` names it (``customer.email``, ``line.quantity``). ``synonyms`` are further headers of its own. ``concept``
    is its entry in the synonym table; left out, it is found by the path.
    """

    path: str
    label: str = ""
    label_zh: str = ""
    kind: Kind = "text"
    synonyms: tuple[str, ...] = ()
    concept: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where a column goes: ``path`` is None if nowhere. ``confidence`` is from 0 to 1.

    ``why``: the header is the field's ``label`` or name, a known ``word`` for it, has such a word as a ``part``, or the
    ``content`` looks like the field's.
    """

    column: str
    path: str | None
    confidence: float = 0.0
    why: Why = ""


def map_headers(
    columns: Sequence[str], samples: pl.DataFrame | None, target_fields: Sequence[TargetField]
) -> list[Mapping]:
    """Propose a target for each column; no target is used twice, and the most certain pairs are made first.

    ``samples`` holds some rows of the file under the same column names; with it, columns whose content cannot be what
    the header says are doubted, and columns with a header that says nothing are recognised by content.
    """
    wanted = [_words_of(target) for target in target_fields]
    candidates: list[tuple[float, int, int, Why]] = []
    for number, column in enumerate(columns):
        cells = samples[column][:_SAMPLE] if samples is not None and column in samples.columns else None
        looks = _looks_of(cells)
        for place, target in enumerate(target_fields):
            score, why = _score(column, wanted[place])
            score, why = _weighed(score, why, target, looks)
            if score >= CONFIDENT:
                candidates.append((score, number, place, why))
    # Among equals the first target, then the first column, has precedence.
    candidates.sort(key=lambda item: (-item[0], item[2], item[1]))
    found: dict[int, Mapping] = {}
    taken: set[int] = set()
    for score, number, place, why in candidates:
        if number not in found and place not in taken:
            taken.add(place)
            found[number] = Mapping(columns[number], target_fields[place].path, round(score, 2), why)
    return [found.get(number, Mapping(column, None)) for number, column in enumerate(columns)]


@dataclass(frozen=True, slots=True)
class _Words:
    own: frozenset[str]
    known: frozenset[str]
    lent: frozenset[str]
    parts: tuple[frozenset[str], ...]


def _words_of(target: TargetField) -> _Words:
    """Collect the normalised headers of a target: its own, those of its concept, those of concepts it stands in for."""
    table = _table()
    concept = target.concept or _concept_of(target.path)
    own = {key_of(text) for text in (target.label, target.label_zh, target.path, *target.synonyms) if text}
    known = {key_of(text) for text in table[concept]["words"]} if concept in table else set()
    lenders = [entry for entry in table.values() if concept and concept in entry.get("or", ())]
    lent = {key_of(text) for entry in lenders for text in entry["words"]}
    texts = [target.label, *target.synonyms, *(table[concept]["words"] if concept in table else ())]
    parts = {frozenset(tokens_of(text)) for text in texts if text}
    return _Words(frozenset(own), frozenset(known), frozenset(lent), tuple(part for part in parts if part))


def _concept_of(path: str) -> str:
    """Find the concept of a path: as a whole, without ``.value``, by its last name."""
    by_path = _concepts_by_path()
    base = path.removesuffix(".value")
    return by_path.get(path) or by_path.get(base) or by_path.get(base.rpartition(".")[2], "")


@cache
def _table() -> AnyMapping[str, Any]:
    text = resources.files(__package__).joinpath("headers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _concepts_by_path() -> dict[str, str]:
    by_path: dict[str, str] = {}
    for concept, entry in _table().items():
        for path in (concept, *entry.get("paths", ())):
            by_path.setdefault(path, concept)
    return by_path


@cache
def tokens_of(header: str) -> tuple[str, ...]:
    """Cut a header into words without case, width, punctuation, brackets and noise; a run of Chinese is one word."""
    text = unicodedata.normalize("NFKC", header)
    text = _IN_BRACKETS.sub(" ", text) if _IN_BRACKETS.sub("", text).strip(" *:：") else text
    text = _CAMEL.sub(" ", text).casefold().translate(_TRADITIONAL)
    words = re.findall(r"[a-zà-ÿ]+|\d+|[\u3400-\u9fff]+", text)
    return tuple(word for word in words if word not in _NOISE) or tuple(words)


@cache
def key_of(header: str) -> str:
    """Return the words of a header as one: ``E-mail addr.`` and ``EmailAddr`` have the same key."""
    return "".join(tokens_of(header))


def _score(column: str, words: _Words) -> tuple[float, Why]:
    key = key_of(column)
    if not key:
        return 0.0, ""
    if key in words.own:
        return 1.0, "label"
    if key in words.known:
        return 0.97, "word"
    if key in words.lent:
        return 0.8, "word"
    return _partial(key, frozenset(tokens_of(column)), words), "part"


def _partial(key: str, tokens: frozenset[str], words: _Words) -> float:
    """Rate by how much of the header the longest known word within it makes up."""
    best = 0.0
    for part in words.parts:
        if part <= tokens:
            best = max(best, len(part) / len(tokens))
    for word in words.known:
        if len(word) > 1 and not word.isascii() and word in key:
            best = max(best, len(word) / len(key))
    return 0.5 + 0.4 * best if best >= 0.3 else 0.0


def _looks_of(cells: pl.Series | None) -> dict[Kind, float]:
    """Share of the filled cells that can be read as each kind; empty where too few cells are filled to tell."""
    if cells is None or cells.dtype.is_nested() or len(cells) - cells.null_count() < 3:
        return {}
    filled = cells.drop_nulls()
    if filled.dtype == pl.String:
        filled = filled.filter(filled.str.strip_chars() != "")
    if len(filled) < 3:
        return {}
    looks = {kind: 1 - len(parse_column(filled, _SPECS[kind]).errors) / len(filled) for kind in _TELLING}
    # Short numbers can be dialled somewhere, but are more often something else.
    long = (filled.cast(pl.String).str.count_matches("[0-9]") >= 10).mean()
    looks["phone"] = min(looks["phone"], float(long) if isinstance(long, float) else 0.0)
    return looks


_SPECS = {kind: FieldSpec(kind, decimals=6, max_digits=30) for kind in _TELLING}


def _weighed(score: float, why: Why, target: TargetField, looks: dict[Kind, float]) -> tuple[float, Why]:
    """Doubt a header that the content speaks against; go by content alone where it is telling and the header silent."""
    if target.kind not in looks:
        return score, why
    share = looks[target.kind]
    if score:
        return (score * 0.6 if share < 0.5 else score), why
    is_silent_kind = target.kind in ("email", "phone") or (target.kind == "url" and looks["email"] < 0.5)
    if share > 0.9 and is_silent_kind and looks["datetime"] < 0.5:
        return 0.6, "content"
    return 0.0, ""
