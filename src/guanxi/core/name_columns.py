"""Names of many records at once, column by column: the same as ``core.names`` gives for each alone.

Only what imports whole files loads this module: it needs polars.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guanxi.core.names import ambiguous_pairs, fold, pinyin_keys, reading_of, surname_reading

_HAN = r"^[\u4e00-\u9fff]+$"
_LONGEST_SURNAME_CASE = 3
_BLANK, _NEWLINE = 32, 10
_BITS = np.uint64(21)  # of one code point

type_codes = NDArray[np.uint64]


def folded_column(texts: pl.Series) -> pl.Series:
    """Return ``names.fold`` of each text: plain ASCII and plain Chinese as columns, the others one by one."""
    frame = texts.to_frame("text").select(
        "text",
        is_plain=(pl.col("text").str.len_bytes() == pl.col("text").str.len_chars())
        & ~pl.col("text").str.contains("['`]"),
        is_han=pl.col("text").str.contains(_HAN),
    )
    lower = frame["text"].str.to_lowercase()
    if lower.str.contains(r"[^a-z0-9 ]|  |^ | $").any():
        lower = lower.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars(" ")
    folded = frame["text"].zip_with(frame["is_han"], lower)
    odd = (~(frame["is_plain"] | frame["is_han"])).arg_true()
    if not odd.len():
        return folded
    found = [fold(text) for text in frame["text"].gather(odd).to_list()]
    return folded.scatter(odd, pl.Series(found, dtype=pl.String))


def pinyin_columns(name: pl.Series, folded: pl.Series) -> pl.DataFrame:
    """Return ``pinyin`` and ``initials`` of each name, as ``names.pinyin_keys`` does; ``folded`` beforehand."""
    is_ascii = folded.str.len_bytes() == folded.str.len_chars()
    pinyin, initials = folded.clone(), folded.str.replace_all(r"([^ ])[^ ]* ?", "$1")
    simple = ~is_ascii & folded.str.contains(_HAN)
    if simple.any():
        simple = simple.scatter(simple.arg_true(), ~_may_be_phrases(folded.filter(simple)))
    if simple.any():
        read = _read_one_by_one(folded.filter(simple))
        at = simple.arg_true()
        pinyin, initials = pinyin.scatter(at, read["pinyin"]), initials.scatter(at, read["initials"])
    odd = (~(is_ascii | simple)).arg_true()
    if odd.len():
        found = [pinyin_keys(text) for text in name.gather(odd).to_list()]
        pinyin = pinyin.scatter(odd, pl.Series([each for each, _ in found], dtype=pl.String))
        initials = initials.scatter(odd, pl.Series([each for _, each in found], dtype=pl.String))
    return pl.DataFrame({"pinyin": pinyin, "initials": initials})


def _may_be_phrases(names: pl.Series) -> pl.Series:
    """Say of each Chinese name whether more than its single characters may count: it is read by the dictionary."""
    codes, row = _codes(names)
    pairs, known = (codes[:-1] << _BITS) | codes[1:], _ambiguous()
    suspect = known[np.minimum(np.searchsorted(known, pairs), len(known) - 1)] == pairs
    found = np.zeros(len(names), dtype=bool)
    found[row[:-1][suspect]] = True
    return pl.Series(found)


@cache
def _ambiguous() -> type_codes:
    codes = np.frombuffer("".join(ambiguous_pairs()).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    return np.sort((codes[0::2] << _BITS) | codes[1::2])


def _read_one_by_one(names: pl.Series) -> pl.DataFrame:
    """Read Chinese names character by character, the first one as a family name where the name is so short."""
    characters = names.str.split("")
    known = {char: reading_of(char) for char in characters.explode(empty_as_null=True).unique().to_list()}
    family = {char: surname_reading(char) or reading for char, reading in known.items()}
    syllable = pl.element().replace_strict(known, return_dtype=pl.String)
    is_person = characters.list.len().is_between(2, _LONGEST_SURNAME_CASE)
    first = pl.col("first").replace_strict
    frame = pl.DataFrame({"read": characters.list.eval(syllable), "first": names.str.slice(0, 1), "person": is_person})
    frame = frame.with_columns(
        pl.when("person").then(first(family, return_dtype=pl.String)).otherwise(first(known, return_dtype=pl.String))
    )
    rest = pl.col("read").list.slice(1)
    return frame.select(
        pl.concat_str("first", rest.list.eval(pl.lit(" ") + pl.element()).list.join("")).alias("pinyin"),
        pl.concat_str(
            pl.col("first").str.slice(0, 1), rest.list.eval(pl.element().str.slice(0, 1)).list.join("")
        ).alias("initials"),
    )


def bigram_column(folded: pl.Series) -> pl.Series:
    """Return the pairs of neighbouring characters of folded texts, as ``names.bigrams`` does."""
    codes, row = _codes(folded)
    is_sign = (codes != _BLANK) & (codes != _NEWLINE)
    follows = np.append(is_sign[1:], False)
    alone = is_sign & ~follows & ~np.append(False, is_sign[:-1])
    at = np.flatnonzero((is_sign & follows) | alone)
    second = np.where(alone[at], np.uint64(0), codes[np.minimum(at + 1, len(codes) - 1)])
    key = (row[at].astype(np.uint64) << np.uint64(42)) | (codes[at] << _BITS) | second
    _distinct, first = np.unique(key, return_index=True)
    kept = np.sort(first)
    signs = np.column_stack((codes[at][kept], second[kept], np.full(len(kept), _NEWLINE, dtype=np.uint64))).ravel()
    text = signs[signs != 0].astype("<u4").tobytes().decode("utf-32-le")
    frame = pl.DataFrame(
        {"row": row[at][kept], "pair": text.split("\n")[:-1]}, schema={"row": pl.Int64, "pair": pl.String}
    )
    lists = frame.group_by("row", maintain_order=True).agg("pair")
    rows = pl.DataFrame({"row": np.arange(len(folded))})
    return rows.join(lists, on="row", how="left", maintain_order="left")["pair"].fill_null([])


def _codes(texts: pl.Series) -> tuple[type_codes, NDArray[np.int64]]:
    """Return the code points of texts that hold no newline, one newline after each, and to which text each belongs."""
    whole = "".join([f"{text}\n" for text in texts.to_list()])
    codes = np.frombuffer(whole.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    ends = codes == _NEWLINE
    return codes, np.cumsum(ends) - ends
