"""Search keys of many customers at once, column by column: the same as ``rules.search_keys`` gives for each alone."""

from __future__ import annotations

import polars as pl

from guanxi.core.name_columns import bigram_column, folded_column, pinyin_columns


def search_columns(facts: pl.DataFrame) -> pl.DataFrame:
    """Add the search keys to a frame with the column ``name``, perhaps ``latin_name``; an empty cell is no name."""
    name = facts["name"].fill_null("").alias("name")
    latin = facts["latin_name"].fill_null("") if "latin_name" in facts.columns else pl.Series([""])
    folded = folded_column(name)
    keys = pinyin_columns(name, folded)
    both = (folded + " " + folded_column(latin)).str.strip_chars(" ")
    return facts.with_columns(
        both.str.slice(0, 420).alias("search_name"),
        keys["pinyin"].str.replace_all(" ", "", literal=True).str.slice(0, 420).alias("pinyin"),
        keys["initials"].str.slice(0, 120).alias("initials"),
        keys["pinyin"].str.slice(0, 200).alias("sort_key"),
        bigram_column(both).alias("bigrams"),
    )
