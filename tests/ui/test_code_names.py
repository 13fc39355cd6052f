"""Codes of countries and languages are read and chosen by their names, in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from guanxi.ui.code_names import Codes, code_name, code_options


@pytest.mark.parametrize(
    ("language", "codes", "code", "name"),
    [
        ("en", "country", "CN", "China"),
        ("zh-hans", "country", "us", "美国"),
        ("en", "language", "zh-hans", "Simplified Chinese"),
        ("zh-hans", "language", "zh_Hans", "简体中文"),
        ("en", "language", "pt-br", "Brazilian Portuguese"),
        ("en", "country", "Bundesrepublik", "Bundesrepublik"),
    ],
)
def test_a_code_has_a_name_and_anything_else_stays_as_it_is(language: str, codes: Codes, code: str, name: str) -> None:
    with translation.override(language):
        assert code_name(codes, code) == name


def test_the_codes_offered_are_those_that_records_hold() -> None:
    with translation.override("en"):
        countries = {option.value: option.label for option in code_options("country")}
        languages = {option.value: option.label for option in code_options("language")}

    assert (countries["CN"], countries["DE"]) == ("China", "Germany")
    assert (languages["zh-hans"], languages["en"]) == ("Simplified Chinese", "English")
    assert list(countries.values())[:2] == ["Afghanistan", "Åland Islands"]
    assert "EU" not in countries
    assert "419" not in countries
