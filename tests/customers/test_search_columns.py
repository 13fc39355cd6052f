"""The search keys of a whole file of customers or products are those that each would get alone."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.catalog.product.rules import search_keys as product_keys
from guanxi.catalog.product.search_columns import search_columns as product_columns
from guanxi.customers.customer.rules import search_keys
from guanxi.customers.customer.search_columns import search_columns

# Letters of several scripts, marks that fold away, family names and phrases with readings of their own.
_SIGNS = "aZ19 _-.,'’`\u3000öÜßéłçØ张单雄信尉迟重庆长江行银任华一乐䶵𠀀〇·（）株ａＢ!"
_NAMES = st.one_of(st.none(), st.text(_SIGNS, max_size=12), st.text("张伟单于重庆长江乐行银任", min_size=1, max_size=5))


def _alone(name: str | None, latin: str | None) -> dict[str, object]:
    return search_keys({"name": name, "latin_name": latin})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_NAMES, _NAMES), min_size=1, max_size=6))
def test_each_customer_of_a_file_gets_the_keys_it_would_get_alone(names: list[tuple[str | None, str | None]]) -> None:
    schema = {"name": pl.String, "latin_name": pl.String}

    keys = search_columns(pl.DataFrame(names, schema=schema, orient="row")).drop("name", "latin_name")

    assert keys.to_dicts() == [_alone(name, latin) for name, latin in names]


def test_names_without_a_latin_form_get_the_keys_they_would_get_alone() -> None:
    names = [
        "单雄信",
        "尉迟恭",
        "長孫無忌",
        "單于",
        "重庆银行",
        "O'Neil & Sons",
        "张",
        "Ünal Öz",
        "ＡＢＣ　公司",
        "!!!",
    ]

    keys = search_columns(pl.DataFrame({"name": names})).drop("name")

    assert keys.to_dicts() == [_alone(name, None) for name in names]
    assert keys["pinyin"].to_list()[:4] == ["shanxiongxin", "yuchigong", "zhangsunwuji", "chanyu"]


def test_a_long_name_is_cut_where_its_columns_end() -> None:
    name, latin = "庄" * 200, "x" * 300

    (keys,) = (
        search_columns(pl.DataFrame({"name": [name], "latin_name": [latin]})).drop("name", "latin_name").to_dicts()
    )

    assert keys == _alone(name, latin)
    sizes = [len(keys[each]) for each in ("search_name", "pinyin", "initials", "sort_key")]
    assert sizes == [420, 420, 120, 200]


def test_a_long_name_of_a_product_is_cut_where_its_columns_end() -> None:
    facts = {"sku": "A1", "name": "庄" * 300, "native_name": "x" * 500}

    (keys,) = product_columns(pl.DataFrame(facts)).drop(list(facts)).to_dicts()

    assert keys == product_keys(facts)
    assert (len(keys["search_name"]), len(keys["sort_key"])) == (700, 300)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_NAMES, _NAMES, _NAMES), min_size=1, max_size=6))
def test_each_product_of_a_file_gets_the_keys_it_would_get_alone(
    rows: list[tuple[str | None, str | None, str | None]],
) -> None:
    names = ["sku", "name", "native_name"]

    keys = product_columns(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")).drop(names)

    assert keys.to_dicts() == [product_keys(dict(zip(names, row, strict=True))) for row in rows]


def test_a_product_known_by_its_code_alone_is_sorted_by_it() -> None:
    keys = product_columns(pl.DataFrame({"sku": ["85123A"], "name": ["85123A"]})).drop("sku", "name")

    assert keys.to_dicts() == [{"search_name": "85123a 85123a", "sort_key": "85123a"}]
