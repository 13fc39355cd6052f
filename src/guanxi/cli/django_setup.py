"""Start Django inside a command."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any, Literal

from guanxi.cli.failure import CommandFailed

SETTINGS = "guanxi.config.settings"


def use_django(role: Literal["owner", "app"]) -> None:
    """Set up Django in this process with the rights of one database role; call once, before importing models."""
    import django

    os.environ["GUANXI_DB_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        django.setup()
    except ModuleNotFoundError as error:
        raise CommandFailed(f"The installation is incomplete: {error}.") from error


def use_records() -> None:
    """Set up Django as the application does, with the record types and fields that administrators have made."""
    use_django("app")
    target("guanxi.records.shaping.live:keep_up_now")()


def target(path: str) -> Callable[..., Any]:
    """Import the function named ``module:function``; a part that is not installed is refused with a sentence."""
    module_name, function_name = path.split(":")
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        raise CommandFailed(f"This version has no {module_name}.{function_name} yet.") from error
    except AttributeError as error:
        raise CommandFailed(f"This version has no {module_name}.{function_name} yet.") from error
    return function  # type: ignore[no-any-return]
