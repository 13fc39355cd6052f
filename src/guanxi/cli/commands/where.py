"""Find the code of a record type, a page, an action or anything with a dotted name: prints file and line."""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern

from guanxi.cli.django_setup import use_django
from guanxi.cli.failure import CommandFailed

EXAMPLE = "./guanxi where customer.board"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", help="a record type (customer), a page or action (customer.board) or a Python name")


def run(arguments: argparse.Namespace) -> int:
    """Print `file:line` for each place where the name is defined; 1 when there is none."""
    use_django("app")
    places = [place for place in (_place(each) for each in _objects(arguments.name)) if place]
    if not places:
        raise CommandFailed(f"Nothing is named “{arguments.name}”.")
    print("\n".join(dict.fromkeys(places)))
    return 0


def _objects(name: str) -> list[Any]:
    """Return what the registries and the modules know by this name."""
    from django.urls import get_resolver

    from guanxi.records import registry

    found: list[Any] = []
    type_name, _, key = name.partition(".")
    names = {name, *(each.route for each in registry.bulk_actions(type_name) if each.key == key)}
    found += [route.callback for route in _routes(get_resolver().url_patterns) if route.name in names]
    kind = registry.find_record_type(name)
    if kind is not None:
        found.append(kind.model)
    module_name, _, attribute = name.rpartition(".")
    for base in (module_name, f"guanxi.{module_name}"):
        try:
            found.append(getattr(importlib.import_module(base), attribute))
        except (ImportError, AttributeError, ValueError):
            continue
    return found


def _routes(patterns: list[Any]) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from _routes(each.url_patterns)


def _place(thing: Any) -> str | None:
    try:
        plain = inspect.unwrap(thing)
        path, line = inspect.getsourcefile(plain), inspect.getsourcelines(plain)[1]
    except (TypeError, OSError):
        return None
    return None if path is None else f"{os.path.relpath(Path(path))}:{max(line, 1)}"
