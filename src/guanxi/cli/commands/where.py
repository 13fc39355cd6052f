"""Find the code of an action, a record type or anything with a dotted name: prints file and line."""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
from pathlib import Path
from typing import Any

from guanxi.cli.django_setup import use_django
from guanxi.cli.failure import CommandFailed

EXAMPLE = "./guanxi where customer"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", help="a record type (customer), an action (task.complete) or a dotted Python name")


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
    from guanxi.records import registry

    found: list[Any] = []
    find_action = getattr(registry, "find_action", None)
    action = find_action(name) if find_action is not None else None
    if action is not None:
        found.append(getattr(action, "service", getattr(action, "run", action)))
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


def _place(thing: Any) -> str | None:
    try:
        plain = inspect.unwrap(thing)
        path, line = inspect.getsourcefile(plain), inspect.getsourcelines(plain)[1]
    except (TypeError, OSError):
        return None
    return None if path is None else f"{os.path.relpath(Path(path))}:{max(line, 1)}"
