"""Every code that reading or parsing gives has a sentence in English and in Chinese, about the same places."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

import guanxi.records
from guanxi.records.importing import messages

PACKAGE = Path(guanxi.records.__file__).parent
CATALOG = PACKAGE / "locale/zh_Hans/LC_MESSAGES/django.po"
PLACE = re.compile(r"%\((\w+)\)s")


def english_sentences() -> list[str]:
    text = (PACKAGE / "importing/messages.py").read_text(encoding="utf-8")
    return re.findall(r'_\(\s*"((?:[^"\\]|\\.)*)"', text)


def test_every_sentence_is_translated_with_the_same_places() -> None:
    with CATALOG.open("rb") as file:
        catalog = read_po(file)
    sentences = english_sentences()
    assert len(sentences) == len(messages.codes())
    for english in sentences:
        entry = catalog.get(english)
        assert entry is not None, english
        assert entry.string, english
        assert sorted(PLACE.findall(entry.string)) == sorted(PLACE.findall(english))


def test_every_code_given_in_the_source_has_a_sentence() -> None:
    sources = [*(PACKAGE / "importing/reading").glob("*.py"), *(PACKAGE / "importing/parsing").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    calls = r'(?:ImportRefused\(|RowError\([^"\n]*|refused\(cells, [^"\n]*|codes_where\([^"\n]*|code = )"(\w+)"'
    given = set(re.findall(calls, text))
    assert {"undecodable", "unclosed_quote", "wrong_cell_count", "too_long", "bad_phone", "hostile_xml"} <= given
    assert given <= messages.codes()
