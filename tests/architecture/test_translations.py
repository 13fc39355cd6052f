"""Every sentence of the program exists in English and in 简体中文, with the same places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings

from .source import PACKAGE

APPS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "N_")) | {
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACES = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")
Message = tuple[str | None, str | tuple[str, ...]]


def messages_of(app: Path) -> Iterator[tuple[Message, str]]:
    """The sentences of one package, each with the place where it stands."""
    found = extract_from_dir(
        str(app), METHODS, {"**/templates/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do"}}, KEYWORDS
    )
    for name, line, message, _, context in found:
        yield (context, message), f"{app.name}/{name}:{line}"


@cache
def catalogue_of(app: Path) -> Catalog:
    path = app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


@pytest.mark.parametrize("app", APPS, ids=lambda app: str(app.name))
def test_every_sentence_has_a_chinese_twin(app: Path) -> None:
    """A twin in the package itself or, for words that several share, in another one: Django looks through all."""
    missing = {}
    for (context, message), place in messages_of(app):
        key = message[0] if isinstance(message, tuple) else message
        entries = [catalogue_of(each).get(key, context) for each in APPS]
        if key.strip() and not any(entry is not None and translated(entry.string) for entry in entries):
            missing[place] = key

    assert missing == {}


@pytest.mark.parametrize("app", APPS, ids=lambda app: str(app.name))
def test_translations_fill_in_the_same_places(app: Path) -> None:
    wrong = []
    for entry in catalogue_of(app):
        if entry.id and entry.string:
            ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
            strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
            expected = set(PLACES.findall(ids[-1]))
            wrong += [f"{ids[0]!r}: {text!r}" for text in strings if text and set(PLACES.findall(text)) != expected]

    assert wrong == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: str(app.name))
def test_no_translation_is_marked_as_doubtful(app: Path) -> None:
    assert [entry.id for entry in catalogue_of(app) if entry.id and entry.fuzzy] == []


def test_django_looks_into_every_catalogue() -> None:
    reached = {Path(path) for path in settings.LOCALE_PATHS} | {
        Path(each.path) / "locale" for each in apps.get_app_configs()
    }

    assert [path.name for path in APPS if (path / "locale").is_dir() and path / "locale" not in reached] == []


def translated(string: str | tuple[str, ...] | list[str]) -> bool:
    texts = [string] if isinstance(string, str) else list(string)
    return bool(texts) and bool(texts[0])
