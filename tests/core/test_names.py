"""Names are folded, spelled in pinyin and cut into pairs, so that each way of typing them finds them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from guanxi.core import names
from guanxi.core.names import bigrams, fold, pinyin_keys


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Müller & Söhne GmbH ", "muller sohne gmbh"),
        ("ＡＢＣ　公司（上海）", "abc 公司 上海"),
        ("O'Neil-Smith", "oneil smith"),
        ("STRASSE", fold("Straße")),
        ("José", "jose"),
        ("张伟", "张伟"),
        ("", ""),
        ("—", ""),
    ],
)
def test_fold_leaves_only_what_tells_names_apart(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张伟", "zhang wei", "zw"),
        ("单雄信", "shan xiong xin", "sxx"),
        ("曾国藩", "zeng guo fan", "zgf"),
        ("仇英", "qiu ying", "qy"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("欧阳修", "ou yang xiu", "oyx"),
        ("吕布", "lv bu", "lb"),
        ("重庆银行股份有限公司", "chong qing yin hang gu fen you xian gong si", "cqyhgfyxgs"),
        ("長江實業", "chang jiang shi ye", "cjsy"),
        ("Acme 上海公司", "acme shang hai gong si", "ashgs"),
        ("Anna Müller", "anna muller", "am"),
        ("", "", ""),
    ],
)
def test_pinyin_reads_family_names_and_phrases(name: str, pinyin: str, initials: str) -> None:
    assert pinyin_keys(name) == (pinyin, initials)


def test_bigrams_are_the_distinct_pairs_of_each_word() -> None:
    assert bigrams("王伟建") == ["王伟", "伟建"]
    assert bigrams("Anna An") == ["an", "nn", "na"]
    assert bigrams("张") == ["张"]
    assert bigrams(" ") == []


def test_threads_that_need_the_dictionary_at_once_read_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []

    def read() -> bytes:
        reads.append("phrases")
        sleep(0.05)
        return b'{"\xe9\x87\x8d\xe5\xba\x86": ["chong", "qing"]}'

    monkeypatch.setattr(names, "_own_phrases", read)
    names._read_phrases.cache_clear()
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(names.pinyin_keys, ["重庆"] * 4))
    finally:
        names._read_phrases.cache_clear()

    assert found == [("chong qing", "cq")] * 4
    assert reads == ["phrases"]


def test_once_the_dictionary_is_loaded_no_name_waits_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    names._read_phrases.cache_clear()
    names._characters.cache_clear()
    names.load_dictionary()

    monkeypatch.setattr(names, "_dictionary", lambda name: pytest.fail(f"read {name}"))

    assert pinyin_keys("重庆齉") == ("chong qing nang", "cqn")
