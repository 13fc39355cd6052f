"""Text is readable and colours are told apart, in both themes and by every kind of colour vision."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from tests.ui.tokens import STYLES, colors, contrast, distance, seen

THEMES = ("light", "dark")
SURFACES = ("canvas", "surface", "subtle", "hover", "overlay")
PICKLIST = ("gray", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "teal")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", [*SURFACES, "selected"])
@pytest.mark.parametrize("text", ["text", "text-2", "text-3", "accent-text"])
def test_text_has_enough_contrast_on_every_surface(theme: str, surface: str, text: str) -> None:
    token = colors(theme)
    assert contrast(token[text], token[surface]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", ["danger", "warn", "ok", "info"])
def test_words_of_a_state_are_readable_on_the_page_and_on_their_own_ground(theme: str, state: str) -> None:
    token = colors(theme)
    for ground in (*SURFACES, f"{state}-soft"):
        assert contrast(token[state], token[ground]) >= 4.5, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["accent", "accent-hover", "accent-active", "danger-solid", "danger-hover"])
def test_words_on_filled_buttons_are_readable(theme: str, ground: str) -> None:
    token = colors(theme)
    assert contrast(token["text-on-accent"], token[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PICKLIST)
def test_picklist_colours_are_readable(theme: str, name: str) -> None:
    token = colors(theme)
    assert contrast(token[f"tag-{name}-fg"], token[f"tag-{name}-bg"]) >= 6.5


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_inputs_and_the_focus_ring_are_seen(theme: str) -> None:
    token = colors(theme)
    for surface in ("canvas", "surface", "subtle"):
        assert contrast(token["control"], token[surface]) >= 3
        assert contrast(token["focus"], token[surface]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_on_heat_cells_are_readable(theme: str) -> None:
    token = colors(theme)
    text = {1: "text", 2: "text", 3: "text", 4: "on-seq-mid", 5: "on-seq-high", 6: "on-seq-high", 7: "on-seq-high"}
    for step, name in text.items():
        assert contrast(token[name], token[f"seq-{step}"]) >= 4.5, step


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", ["normal", "protan", "deutan", "tritan"])
def test_chart_colours_are_told_apart(theme: str, vision: str) -> None:
    token = colors(theme)
    series = [token[f"chart-{number}"] for number in range(1, 7)]
    assert all(contrast(color, token["surface"]) >= 3 for color in series)
    assert min(distance(seen(a, vision), seen(b, vision)) for a, b in combinations(series, 2)) >= 29


def test_only_the_token_file_names_colours() -> None:
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsl")
    allowed = {"rgb(0 0 0 / 0.18)", "rgb(255 255 255 / 0.3)", "rgb(255 255 255 / 0.14)", "#000"}
    offending = {}
    for path in sorted(STYLES.glob("*.css")):
        if path.name == "tokens.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for value in allowed:
            text = text.replace(value, "")
        if found := named.findall(text):
            offending[path.name] = found
    assert offending == {}


def test_style_files_are_short() -> None:
    long = {path.name: count for path in STYLES.glob("*.css") if (count := len(path.read_text().splitlines())) > 400}
    assert long == {}
