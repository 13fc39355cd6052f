"""A refusal that was written down in the background is read in the reader's language, word for word."""

from __future__ import annotations

import pytest
from django.utils import translation

from guanxi.records.importing.refusals import explain_code


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "A new customer needs this value."), ("zh-hans", "新建客户需要该值。")],
)
def test_the_kind_of_record_is_named_in_the_language_of_the_sentence(language: str, sentence: str) -> None:
    with translation.override(language):
        assert explain_code("missing", {"label": "customer"}) == sentence


def test_a_sentence_without_a_kind_of_record_stays_whole() -> None:
    with translation.override("en"):
        assert explain_code("out_of_reach", {}) == (
            "You can't put a record where you may not see it. Choose another owner, team or territory."
        )
