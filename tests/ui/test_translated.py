"""Templates say their sentences in the language of each reader, though they are compiled once for each language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import translation
from jinja2 import DictLoader, Environment

from guanxi.ui.environment import environment
from guanxi.ui.later import LaterShell, token_input_later, token_later
from guanxi.ui.shell import NavItem, Shell
from guanxi.ui.translated import TranslatedEnvironment


def env(**templates: str) -> Environment:
    """Return the environment of all pages with a few templates of its own."""
    return environment(loader=DictLoader(templates), autoescape=True)


def said(pages: Environment, language: str, **values: Any) -> str:
    """Return the template ``page`` as somebody reads it in a language."""
    with translation.override(language):
        return pages.get_template("page").render(**values)


def test_the_same_template_speaks_the_language_of_each_reader_by_turns() -> None:
    pages = env(page='{{ _("Save") }}, {% trans %}Cancel{% endtrans %}')

    assert [said(pages, code) for code in ("en", "zh-hans", "en")] == ["Save, Cancel", "保存, 取消", "Save, Cancel"]


def test_what_a_template_includes_and_imports_speaks_the_same_language() -> None:
    pages = env(
        page='{% extends "base" %}{% from "parts" import say %}{% block text %}{{ say() }}{% include "part" %}{% endblock %}',
        base="<{% block text %}{% endblock %}>",
        parts='{% macro say() %}{{ _("Save") }}{% endmacro %}',
        part='{% set word = _("Cancel") %}{{ word }}',
    )

    assert [said(pages, code) for code in ("zh-hans", "en")] == ["<保存取消>", "<SaveCancel>"]


def test_a_sentence_is_text_in_the_compiled_template_and_no_call() -> None:
    pages = env()
    assert isinstance(pages, TranslatedEnvironment)
    source = pages.for_language("zh-hans").compile('<b title="{{ _("Save") }}">', raw=True)

    assert '<b title="保存">' in source
    assert "context.call" not in source


def test_what_is_filled_in_is_escaped_once_and_numbers_stay_numbers() -> None:
    pages = env(
        page='{{ _("Edit %(field)s", field=name) }} {{ ngettext("%(num)d field needs a look", "%(num)d fields need a look", 2) }}'
    )

    assert said(pages, "en", name="<R&D>") == "Edit &lt;R&amp;D&gt; 2 fields need a look"


def test_a_mail_in_plain_text_keeps_its_characters() -> None:
    pages = env(
        page='{% autoescape false %}{{ _("Edit %(field)s", field=name) }} {{ _("Save") + "<" }}{% endautoescape %}'
    )

    assert said(pages, "en", name="<R&D>") == "Edit <R&D> Save<"


def test_the_frame_is_built_at_the_first_look_and_only_once() -> None:
    built: list[int] = []

    def build() -> Shell:
        built.append(1)
        return Shell(title="Home", company="Acme", user_name="Ann", phone_nav=(NavItem("Home", "/", "house"),))

    shell = LaterShell(build)
    assert built == []
    assert (shell.title, shell.company, shell.nav, shell.bottom_bar[0].label) == ("Home", "Acme", (), "Home")
    assert built == [1]
    with pytest.raises(AttributeError):
        shell.no_such_value  # noqa: B018


def test_all_forms_of_an_answer_carry_the_same_token_and_other_answers_another() -> None:
    first, second = RequestFactory().get("/"), RequestFactory().get("/")
    for request in (first, second):
        request.META["CSRF_COOKIE"] = "a" * 32

    assert str(token_later(first)) in str(token_input_later(first))
    assert str(token_later(first)) == str(token_later(first))
    assert str(token_later(first)) != str(token_later(second))


def test_a_token_renewed_while_answering_is_shown_anew() -> None:
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = "a" * 32
    before = str(token_later(request))
    request.META["CSRF_COOKIE"] = "b" * 32

    assert str(token_later(request)) != before


def test_what_one_process_compiled_another_shows_without_compiling_until_a_template_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, texts = tmp_path / "kept", {"page": '{{ _("Save") }}'}

    def shown(language: str) -> str:
        return said(environment(loader=DictLoader(texts), autoescape=True, compiled_folder=folder), language)

    assert [shown("en"), shown("zh-hans")] == ["Save", "保存"]
    with monkeypatch.context() as patch:
        patch.setattr(Environment, "compile", None)
        assert [shown("en"), shown("zh-hans")] == ["Save", "保存"]
    texts["page"] = '{{ _("Cancel") }}'
    assert [shown("en"), shown("zh-hans")] == ["Cancel", "取消"]


def test_compiled_templates_of_an_earlier_state_go_and_a_folder_that_cannot_be_written_stops_nobody(
    tmp_path: Path,
) -> None:
    old, other = tmp_path / "en-0123456789abcdef-1.cache", tmp_path / "zh-hans-0123456789abcdef-1.cache"
    for file in (old, other):
        file.write_bytes(b"old")
    pages = environment(loader=DictLoader({"page": "shown"}), autoescape=True, compiled_folder=tmp_path)

    assert said(pages, "en") == "shown"
    assert (old.exists(), other.exists()) == (False, True)
    blocked = environment(loader=DictLoader({"page": "shown"}), autoescape=True, compiled_folder=other / "x")
    assert said(blocked, "en") == "shown"
