"""Pages render in both languages, escape what people typed, and name only icons that exist."""

from __future__ import annotations

import re
from functools import cache

import pytest
from django.utils import translation
from jinja2 import Environment, FileSystemLoader

from guanxi.ui.assets import DIST, read_manifest
from guanxi.ui.details import draw_row, draw_value
from guanxi.ui.environment import environment, template_folders
from guanxi.ui.parts import Cell, Chip
from guanxi.ui.record_page import DetailRow, Source
from guanxi.ui.stories import components, lists, records, values
from guanxi.ui.stories.frame import story_shell

HOSTILE = "<script>alert(1)</script>"


@cache
def templates() -> Environment:
    """The environment of the program over all its templates."""
    return environment(loader=FileSystemLoader([str(folder) for folder in template_folders()]), autoescape=True)


@cache
def pages(language: str) -> dict[str, str]:
    """Every layout with its story."""
    with translation.override(language):
        shell = story_shell("Title", "list")
        contexts: dict[str, dict[str, object]] = {
            "ui/list.html": {"page": lists.story_list()},
            "ui/board.html": {"board": lists.story_board()},
            "ui/record.html": {"record": records.story_record()},
            "ui/form.html": {"form": records.story_form(True)},
            "ui/stories/value.html": values.story_value(),
            "ui/stories/components.html": components.story_components(),
        }
        given = {"shell": shell, "csrf_token": "token", "csrf_input": ""}
        return {name: templates().get_template(name).render(given | context) for name, context in contexts.items()}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_layout_renders_and_says_its_language(language: str) -> None:
    for name, markup in pages(language).items():
        assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in markup, name
        assert markup.count("<h1>") == 1, name


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = (DIST / read_manifest()["src/generated/icons.svg"]["file"]).read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    for name, markup in pages("en").items():
        named = set(re.findall(r"icons-[\w-]+\.svg#([\w-]+)", markup))
        assert named, name
        assert named - drawn == set(), name


def test_what_people_typed_never_becomes_markup() -> None:
    cells = [
        Cell("text", HOSTILE, tip=HOSTILE, detail=HOSTILE, icon="user"),
        Cell("name", HOSTILE, url="/x"),
        Cell("person", HOSTILE),
        Cell("status", HOSTILE),
        Cell("tag", chips=(Chip(HOSTILE),)),
        Cell("email", HOSTILE),
        Cell("phone", HOSTILE),
        Cell("markup", HOSTILE),
        Cell("rating", HOSTILE, level=1),
    ]
    for item in cells:
        template = templates().from_string("{{ cell(item) }}")
        markup = template.render(item=item)
        assert "<script>" not in markup, item.kind
        assert "&lt;script&gt;" in markup, item.kind


def test_the_details_of_a_record_take_nothing_as_markup() -> None:
    quoted = HOSTILE + '" onclick="x'
    rows = [
        DetailRow("a", quoted, Cell("text", quoted, edit_url=f"/x?{quoted}"), Source(HOSTILE, quoted, f"/s?{quoted}")),
        DetailRow("b", HOSTILE, Cell("text", ""), Source(HOSTILE, quoted), quoted, quoted, empty_text=HOSTILE),
    ]
    for row in rows:
        markup = draw_row(row)
        assert "<script>" not in markup
        assert '" onclick' not in markup
        assert markup.count("&lt;script&gt;") >= 5


def test_a_field_of_a_record_can_be_edited_unless_it_is_locked() -> None:
    cell = Cell("text", "Lin", edit_url="/customers/7/field/name")
    free, locked = draw_row(DetailRow("name", "Name", cell)), draw_row(DetailRow("name", "Name", cell, locked="Given"))

    assert 'data-edit-url="/customers/7/field/name"' in free
    assert 'aria-label="Edit Name"' in free
    assert "data-edit-url" not in locked
    assert "data-edit-button" not in locked
    assert 'title="Given"' in locked
    assert 'is-saved" data-column="name"' in draw_value(DetailRow("name", "Name", cell), "saved")


def test_an_empty_cell_shows_nothing() -> None:
    template = templates().from_string("{{ cell(item) }}")
    for kind in ("text", "number", "money", "percent", "person", "status", "email", "phone", "risk", "rating"):
        assert re.sub(r"<[^>]+>", "", template.render(item=Cell(kind))).strip() == "", kind  # type: ignore[arg-type]
