"""Search keys of many products at once, column by column: the same as ``rules.search_keys`` gives for each alone."""

from __future__ import annotations

import polars as pl

from guanxi.core.name_columns import folded_column, pinyin_columns

_NAMES = ("sku", "name", "native_name")


def search_columns(facts: pl.DataFrame) -> pl.DataFrame:
    """Add the search keys to a frame with some of ``sku``, ``name`` and ``native_name``; an empty cell is none."""
    given = facts.select(
        (pl.col(each) if each in facts.columns else pl.lit(None, dtype=pl.String)).fill_null("").alias(each)
        for each in _NAMES
    )
    words = given.select(
        pl.concat_str([pl.when(pl.col(each) != "").then(each) for each in _NAMES], separator=" ", ignore_nulls=True)
    ).to_series()
    name = given["name"]
    sort_key = folded_column(pinyin_columns(name, folded_column(name))["pinyin"])
    return facts.with_columns(
        folded_column(words.fill_null("")).str.slice(0, 700).alias("search_name"),
        sort_key.zip_with(sort_key != "", name).str.slice(0, 300).alias("sort_key"),
    )
