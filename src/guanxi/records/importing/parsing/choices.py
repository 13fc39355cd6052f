"""Cells that stand for one of a few values, in any wording of either language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import polars as pl

from guanxi.records.importing.parsing.spec import FieldSpec, Outcome, refused

_TRUE = (
    "true", "yes", "y", "1", "t", "on", "x", "✓", "✔", "√", "是", "有", "对", "對", "真", "已", "开", "開",
    "启用", "啟用", "同意",
)  # fmt: skip
_FALSE = (
    "false", "no", "n", "0", "f", "off", "✗", "×", "否", "无", "無", "没有", "沒有", "不是", "错", "假", "未",
    "关", "關", "停用", "不同意",
)  # fmt: skip
_BOOLEANS = {**dict.fromkeys(_TRUE, "true"), **dict.fromkeys(_FALSE, "false")}


def word(text: str) -> str:
    """Return a wording without case, width, and the blanks, hyphens and underscores between its words."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char not in " \t\n\u00a0-_")


def _chosen(cells: pl.Series, wordings: Mapping[str, str]) -> pl.Series:
    return pl.Series(
        "value", [None if cell is None else wordings.get(word(cell)) for cell in cells.to_list()], dtype=pl.String
    )


def wordings_of(choices: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the stored value of each wording; a stored value beats an alias of another."""
    wordings = {word(alias): value for value, aliases in choices.items() for alias in aliases}
    return {**wordings, **{word(value): value for value in choices}}


def parse_boolean(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read yes and no; the wordings of the spec's choices ``true`` and ``false`` count too."""
    chosen = _chosen(cells, {**_BOOLEANS, **wordings_of(spec.choices)})
    values = chosen.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return refused(cells, values, "bad_boolean")


def parse_choice(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read one of the choices by its stored value, its label or an alias."""
    return refused(cells, _chosen(cells, wordings_of(spec.choices)), "unknown_choice")


def parse_choices(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read several choices, parted as tags are; one that is unknown refuses the cell."""
    wordings = wordings_of(spec.choices)
    values: list[list[str] | None] = []
    for cell in cells.str.replace_all(r"[;|、，；\n]", ",").to_list():
        names = [wordings.get(word(name)) for name in cell.split(",") if name.strip()] if cell else None
        known = [name for name in names if name is not None] if names else []
        values.append(list(dict.fromkeys(known)) if names and len(known) == len(names) else None)
    chosen = pl.Series("value", values, dtype=pl.List(pl.String))
    return refused(cells, chosen, "unknown_choice")
