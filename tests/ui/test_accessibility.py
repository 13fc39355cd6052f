"""The story pages have no finding of axe, on a desk and on a phone, in both themes and languages, and fit a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("", "list", "record", "board", "form?errors=1", "value", "signin", "empty?kind=none", "error/404")
DESK, PHONE = (1440, 900), (390, 844)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "theme", "language"), [(DESK, "light", "en"), (PHONE, "dark", "zh-hans")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(
    chromium: Browser, stories: str, name: str, size: tuple[int, int], theme: str, language: str
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; run `npm ci` in frontend/.")
    viewport = {"width": size[0], "height": size[1]}
    context = chromium.new_context(viewport=viewport, bypass_csp=True, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    sign = "&" if "?" in name else "?"
    page.goto(f"{stories}/ui/{name}{sign}lang={language}&theme={theme}")
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target).join(' | ')}`))"
    )
    context.close()
    assert found == []


@pytest.mark.parametrize("width", [320, 390, 800])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(chromium: Browser, stories: str, name: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, has_touch=True, is_mobile=width < 500)
    page = context.new_page()
    page.goto(f"{stories}/ui/{name}")
    scrolled = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert scrolled == width


@pytest.mark.parametrize("name", ["list", "record", "board", "value"])
def test_main_targets_are_large_enough_for_a_thumb(chromium: Browser, stories: str, name: str) -> None:
    """44 px for the main targets: bottom bar, top bar, head of the page. A target may be larger than what is drawn."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{stories}/ui/{name}")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             '.bottom-bar-item, .topbar-end button, .page-head-end :is(a, button), .record-actions :is(a, button)')]
           .filter(e => e.offsetParent && getComputedStyle(e).visibility !== 'hidden')
           .map(e => {
             const box = e.getBoundingClientRect();
             const more = getComputedStyle(e, '::after');
             const grown = more.content === 'none' ? 0 : -parseFloat(more.top || '0');
             return [e.className, Math.round(box.height + 2 * Math.max(0, grown)), Math.round(box.width)];
           })
           .filter(([, height, width]) => height < 44 || width < 32)"""
    )
    context.close()
    assert small == []
