"""How fast pages stand in a browser: Chromium against the product, with an empty cache and a full one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks import place
from benchmarks.web import _prepare

PORT = 8973
RUNS = 5
SETTLED_MS = 700
SIZE = {"width": 1440, "height": 900}
FLOOR = "data:text/html,<title>Floor</title><p>One sentence, from no server: what the browser takes for itself.</p>"
BEFORE = "/segments/"
COLUMNS = ("lcp_ms", "lcp_warm_ms", "ready_ms", "ready_warm_ms", "inp_ms", "palette_ms", "kb_cold", "kb_warm",
           "requests", "requests_warm", "cls", "nodes")  # fmt: skip
# Runs before the scripts of the page: what the browser measures by itself, kept for the end of the visit.
WATCH = """
window.seen = {lcp: 0, cls: 0, ready: 0, events: new Map()};
new PerformanceObserver(list => { for (const each of list.getEntries())
  seen.ready = Math.max(seen.ready, each.startTime + each.duration); })
  .observe({type: 'longtask', buffered: true});
new PerformanceObserver(list => { for (const each of list.getEntries())
  seen.ready = Math.max(seen.ready, each.startTime); })
  .observe({type: 'paint', buffered: true});
new PerformanceObserver(list => { for (const each of list.getEntries()) seen.lcp = each.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const each of list.getEntries())
  if (!each.hadRecentInput) seen.cls += each.value; })
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const each of list.getEntries()) if (each.interactionId)
  seen.events.set(each.interactionId, Math.max(seen.events.get(each.interactionId) ?? 0, each.duration)); })
  .observe({type: 'event', durationThreshold: 16, buffered: true});
addEventListener('keydown', event => {
  if (!(event.ctrlKey && event.key === 'k')) return;
  const began = event.timeStamp;
  const look = () => { const box = document.querySelector('#palette');
    if (box?.open && box.contains(document.activeElement)) seen.palette = performance.now() - began;
    else requestAnimationFrame(look); };
  requestAnimationFrame(look);
}, true);
"""
SEEN = """() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done({lcp: seen.lcp, cls: seen.cls,
  ready: seen.ready, palette: seen.palette ?? null, events: [...seen.events.values()],
  nodes: document.querySelectorAll('*').length}), 60)))"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--customers", type=int, default=10_000, help="size of the data set; data set L is 1000000")
    parser.add_argument("--pages", default="", help="only these, as list,record")
    parser.add_argument("--runs", type=int, default=RUNS, help="visits of each page; the medians are reported")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill an installation, open each page with an empty and a full cache, use it, and return the medians.

    ``floor`` is a page of one sentence without a server: what the browser on this machine takes for itself.

    Times are milliseconds from the start of the navigation, sizes kilobytes as they came over the wire. ``ready`` is
    when the rows were painted and the last task of more than 50 ms had ended; with a full cache (``warm``) the page is
    opened from another one of the product, as people do.
    """
    from guanxi.cli.browser import browser_path

    chromium = browser_path()
    if chromium is None:
        raise RuntimeError("There is no Chromium; GUANXI_BROWSER names one.")
    place.choose_home(arguments.customers)
    with place.database() as urls:
        key, first, version = _prepare(arguments.customers, urls.owner)
        with place.web_server("guanxi.cli.web:application", PORT, GUANXI_DB_ROLE="app"):
            wanted = [name for name in arguments.pages.split(",") if name]
            chosen = {name: path for name, path in pages(first).items() if not wanted or name in wanted}
            figures = _measured(chromium, key, chosen, arguments.runs)
    return {"postgres": version, "customers": arguments.customers, "runs": arguments.runs, "figures": figures}


def pages(first: int) -> dict[str, str]:
    """Return the key pages by name; ``first`` is the number of a customer."""
    return {
        "home": "/", "list": "/customers/", "record": f"/customers/{first}",
        "board": "/customers/board?f=status:in:prospect,inactive,lost,blocked", "dashboard": "/value/",
        "orders": "/orders/", "tasks": "/tasks/", "segment": "/segments/new", "form": "/customers/new",
        "search": "/search?q=%E7%8E%8B%E4%BC%9F", "imports": "/imports", "settings": "/settings/profile/",
    }  # fmt: skip


def _measured(chromium: str, key: str, addresses: Mapping[str, str], runs: int) -> dict[str, dict[str, float | None]]:
    from playwright.sync_api import sync_playwright

    figures = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        _visit(browser, key, "/customers/")  # wakes the processes of the server
        for name, path in {"floor": FLOOR, **addresses}.items():
            visits = [_visit(browser, key, path) for _turn in range(runs)]
            figures[name] = {column: _middle([each[column] for each in visits]) for column in COLUMNS}
            print(f"{name}: {figures[name]}", file=sys.stderr)
        browser.close()
    return figures


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 3) if known else None


def _visit(browser: Any, key: str, path: str) -> dict[str, float | None]:
    """Open a page in a fresh browser, use it, go to another, then open it again with what the browser kept."""
    context = browser.new_context(viewport=SIZE, base_url=f"http://localhost:{PORT}")
    host = f"https://localhost:{PORT}"  # cookies of this name want a secure origin, as which Chromium takes localhost
    context.add_cookies([{"name": "__Host-session", "value": key, "url": host, "secure": True, "httpOnly": True},
                         {"name": "__Host-csrf", "value": "a" * 32, "url": host, "secure": True}])  # fmt: skip
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = _Wire(context.new_cdp_session(page))
    cold = _opened(page, wire, path)
    used = _used(page) if path != FLOOR else {"inp": None, "palette": None}
    page.goto(BEFORE, wait_until="load")
    page.wait_for_timeout(SETTLED_MS)
    warm = _opened(page, wire, path)
    context.close()
    return {
        "lcp_ms": cold["lcp"], "lcp_warm_ms": warm["lcp"], "ready_ms": cold["ready"], "ready_warm_ms": warm["ready"],
        "inp_ms": used["inp"], "palette_ms": used["palette"],
        "kb_cold": cold["kb"], "kb_warm": warm["kb"], "requests": cold["requests"], "requests_warm": warm["requests"],
        "cls": round(cold["cls"], 4), "nodes": cold["nodes"],
    }  # fmt: skip


class _Wire:
    """Counts what comes over the network: requests answered by a server, and their bytes with headers."""

    def __init__(self, session: Any) -> None:
        self.bytes, self.requests = 0.0, 0
        self._cached: set[str] = set()
        session.send("Network.enable")
        session.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._cached and event["encodedDataLength"] > 0:
            self.bytes += event["encodedDataLength"]
            self.requests += 1

    def begin(self) -> None:
        """Count anew."""
        self.bytes, self.requests = 0.0, 0


def _opened(page: Any, wire: _Wire, path: str) -> dict[str, Any]:
    wire.begin()
    answer = page.goto(path, wait_until="load")
    if answer is not None and answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}.")
    page.wait_for_timeout(SETTLED_MS)  # what comes after the first paint belongs to the page: cards, counts, the bell
    seen = page.evaluate(SEEN)
    return {**seen, "kb": wire.bytes / 1024, "requests": wire.requests}


def _used(page: Any) -> dict[str, float | None]:
    """Use the keyboard and the mouse as on any page; return the slowest answer (INP) and the palette's.

    The browser reports answers in steps of 8 ms and none below 16 ms: what is faster counts as 16.
    """
    for press in ("j", "j", "k", "Control+k", "w", "a", "n", "Escape", "Escape", "?", "Escape", "Control+k", "Escape"):
        page.keyboard.press(press)
        page.wait_for_timeout(60)
    for place_ in (".user-button", ".user-button", "[popovertarget='create-menu']"):
        page.locator(place_).first.click()
        page.wait_for_timeout(60)
    page.keyboard.press("Escape")
    seen = page.evaluate(SEEN)
    return {"inp": max([16.0, *seen["events"]]), "palette": seen["palette"]}
