"""Every route of the application, read from the URLconf."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from guanxi.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its pattern, its view, the names of the values in its address, and the record type it serves."""

    pattern: str
    name: str
    view: Callable[..., Any]
    values: tuple[str, ...]
    record_type: RecordType | None = None
    defaults: dict[str, Any] = field(default_factory=dict)

    def address(self, **values: Any) -> str:
        """The address with these values; the path of a record type stands for itself."""
        text = self.pattern
        for name in self.values:
            start, end = text.index("<"), text.index(">")
            assert name in text[start:end], (name, text)
            text = f"{text[:start]}{values[name]}{text[end + 1 :]}"
        return f"/{text}"

    def __str__(self) -> str:
        return self.name or self.pattern


def routes() -> list[Route]:
    """All routes, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: Sequence[URLPattern | URLResolver], before: str, outer: tuple[str, ...]) -> Iterator[Route]:
    for item in patterns:
        text, names = before + str(item.pattern), (*outer, *item.pattern.converters)
        if isinstance(item, URLPattern):
            given = dict(item.default_args or {})
            yield Route(text, item.name or "", item.callback, names, given.get("record_type"), given)
        else:
            yield from _walk(item.url_patterns, text, names)


def one_route_of_each_view(chosen: list[Route]) -> list[Route]:
    """One route for each view: a view that serves all record types stands with customers where it can."""
    found: dict[Callable[..., Any], Route] = {}
    for route in chosen:
        if route.view not in found or (route.record_type and route.record_type.name == "customer"):
            found[route.view] = route
    return list(found.values())


def own_routes() -> list[Route]:
    """The routes whose views are ours, not those of the sign-in library."""
    return [route for route in routes() if route.view.__module__.startswith("guanxi.")]
