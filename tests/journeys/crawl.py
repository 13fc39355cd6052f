"""Every page that a person can open, with an address that works, and what must hold of it on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.routes import own_routes

WIDTHS = (320, 375, 430)
MEASURE = """least => {
  const wrong = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) wrong.push(`scrolls to ${width}`);
  for (const box of document.querySelectorAll('main, .scroller, .content')) {
    if (box.scrollWidth > box.clientWidth + 1 && !box.closest('[data-scrolls]') &&
        !['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) wrong.push(`${box.className || box.tagName} overflows`);
    else if (box.scrollWidth > box.clientWidth + 1 && box.matches('main, .scroller, .content') && !box.querySelector('.board') && !box.matches('.timeline-scroller'))
      wrong.push(`${box.className || box.tagName} scrolls sideways by ${box.scrollWidth - box.clientWidth}`);
  }
  const seen = new Set();
  for (const each of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=tab]')) {
    if (!each.checkVisibility({opacityProperty: true, visibilityProperty: true}) || each.closest('dialog:not([open]), [popover]:not(:popover-open), .skip-link, .visually-hidden')) continue;
    const style = getComputedStyle(each);
    // The rule leaves out links in a sentence, and what the label around it enlarges.
    if (each.matches('a') && style.display === 'inline') continue;
    const target = each.matches('input[type=checkbox], input[type=radio]') ? each.closest('label') ?? each : each.closest('.input') ?? each;
    const {width, height} = target.getBoundingClientRect();
    if (!width || !height) continue;
    // A transparent edge around the drawing takes the thumb, too.
    const edge = getComputedStyle(target, '::after');
    const grows = edge.content !== 'none' && edge.position === 'absolute' ? side => Math.max(0, -parseFloat(edge[side]) || 0) : () => 0;
    const box = {width: width + grows('left') + grows('right'), height: height + grows('top') + grows('bottom')};
    const need = each.matches('.button--primary, .bottom-bar-item, .topbar .icon-button') ? 44 : 24;
    if (box.height < need - 0.5 || box.width < need - 0.5) {
      const name = `${each.tagName.toLowerCase()}.${each.className} “${(each.textContent || each.getAttribute('aria-label') || each.name || '').trim().slice(0, 30)}” ${Math.round(box.width)}x${Math.round(box.height)}, needs ${need}`;
      if (!seen.has(name)) { seen.add(name); wrong.push(name); }
    }
  }
  return wrong;
}"""


def addresses(ids: dict[str, int], values: dict[str, Any]) -> Iterator[str]:
    """An address for every route that can be opened; ``ids`` gives a record of each type, ``values`` other numbers."""
    for route in own_routes():
        given = {**values, "record_id": ids.get(route.record_type.name)} if route.record_type else values
        if not route.pattern.startswith(("api/", "ui/")) and all(given.get(name) for name in route.values):
            yield route.address(**{name: given[name] for name in route.values})


def is_page(page: Page, path: str) -> bool:
    """Say whether a whole page answers at this address, and not a part of one, a file, an error or another address."""
    answer = page.request.get(path, max_redirects=0, fail_on_status_code=False, timeout=60_000)
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status == 200 and is_html and answer.text().lstrip().startswith("<!doctype html>")


def complaints(page: Page) -> list[str]:
    """What a small screen doesn't bear on this page: sideways scrolling, and targets too small for a thumb."""
    return list(page.evaluate(MEASURE, 24))
