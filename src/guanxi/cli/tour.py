"""The tour of the demo company: the pages that a first visitor opens, asked once each by `demo --check`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from guanxi.cli.visitor import Visitor


@dataclass(frozen=True)
class Stop:
    """One page. ``follow`` is a pattern of paths: then the page asked is the first link to such a path on ``path``."""

    title: str
    path: str
    follow: str = ""


@dataclass(frozen=True)
class Visit:
    """What a stop gave: the path asked, its status (0 when there was no link to follow) and the milliseconds."""

    stop: Stop
    path: str
    status: int
    milliseconds: float

    @property
    def is_good(self) -> bool:
        """Whether the page was there."""
        return self.status == 200


STOPS = (
    Stop("today", "/"),
    Stop("people", "/customers/"),
    Stop("a customer", "/customers/", r"/customers/\d+"),
    Stop("customers as a board", "/customers/board"),
    Stop("a new customer", "/customers/new"),
    Stop("products", "/products/"),
    Stop("orders", "/orders/"),
    Stop("an order", "/orders/", r"/orders/\d+"),
    Stop("segments", "/segments/"),
    Stop("tasks", "/tasks/"),
    Stop("search", "/search?q=wang"),
    Stop("value", "/value/"),
    Stop("score runs", "/value/runs/"),
    Stop("imports", "/imports"),
    Stop("components", "/ui/"),
    Stop("settings", "/settings/"),
    Stop("users", "/settings/users/"),
    Stop("roles", "/settings/roles/"),
    Stop("company", "/settings/company/"),
    Stop("customers as JSON", "/api/v1/customers"),
    Stop("API description", "/api/v1/openapi.json"),
)


def visit(visitor: Visitor, stops: tuple[Stop, ...] = STOPS) -> Iterator[Visit]:
    """Ask each page once, as a signed-in visitor."""
    for stop in stops:
        path = stop.path
        if stop.follow:
            link = re.search(f'href="({stop.follow})[?"]', visitor.get(path).text)
            if link is None:
                yield Visit(stop, f"{path} → {stop.follow}", 0, 0.0)
                continue
            path = link.group(1)
        started = time.perf_counter()
        answer = visitor.get(path)
        yield Visit(stop, path, answer.status, (time.perf_counter() - started) * 1000)
