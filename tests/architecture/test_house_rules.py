"""What a reviewer would otherwise have to remember."""

from __future__ import annotations

import ast
import re

import pytest

from guanxi.records.registry import record_types

from .source import PACKAGE, ROOT, functions, python_files, shown, tracked_files, tree_of

LONGEST_FILE, LONGEST_FUNCTION = 400, 40
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "base", "tools"}
# Put together here, so that this file does not contain what it looks for.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.deb" + "ian.org",
    "npmm" + "irror",
]
MACHINE_PATHS = [r"(?<![\w.])/wo" + r"rk/", r"(?<![\w.])/ro" + r"ot/", r"/tmp/te" + "am"]


def test_files_are_short() -> None:
    long = {
        shown(path): count for path in python_files() if (count := len(path.read_text().splitlines())) >= LONGEST_FILE
    }

    assert long == {}


def test_functions_are_short() -> None:
    """A docstring explains and does not count."""
    long = {}
    for path in python_files():
        for name, node in functions(path):
            documented = ast.get_docstring(node) is not None and len(node.body) > 1
            first = node.body[1].lineno if documented else node.body[0].lineno
            if (node.end_lineno or 0) - first + 1 >= LONGEST_FUNCTION:
                long[f"{shown(path, node.lineno)} {name}"] = (node.end_lineno or 0) - first + 1

    assert long == {}


def test_module_names_say_what_is_inside() -> None:
    vague = [
        shown(path) for path in python_files() if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES
    ]

    assert vague == []


def test_no_model_overrides_save_or_delete_and_nobody_listens_to_signals() -> None:
    found = []
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(
                ("db.models.signals", "django.dispatch")
            ):
                found.append(f"{shown(path, node.lineno)} imports signals")
            if isinstance(node, ast.ClassDef) and path.name == "models.py":
                found += [
                    f"{shown(path, each.lineno)} {node.name}.{each.name}"
                    for each in node.body
                    if isinstance(each, ast.FunctionDef) and each.name in ("save", "delete")
                ]

    assert found == []


def test_public_functions_and_classes_are_documented() -> None:
    """In urls, apps and declarations the names alone tell; private names need no docstring."""
    bare = []
    for path in python_files():
        if path.name in ("urls.py", "apps.py", "wsgi.py"):
            continue
        if ast.get_docstring(tree_of(path)) is None and path.read_text().strip():
            bare.append(f"{shown(path)} (module)")
        for node in tree_of(path).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and ast.get_docstring(node) is None:
                bare.append(f"{shown(path, node.lineno)} {node.name}")

    assert bare == []


def test_no_registry_host_and_no_path_of_a_machine_is_written_anywhere() -> None:
    pattern = re.compile("|".join([re.escape(name) for name in REGISTRIES] + MACHINE_PATHS))
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{shown(path)}: {match.group()}" for match in [pattern.search(text)] if match]

    assert found == []


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "requirements").glob("*.lock")))
def test_locks_carry_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="ascii")
    entries = re.split(r"\n(?=[a-zA-Z0-9])", text)[1:]

    assert "://" not in text
    assert entries, "an empty lock"
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_front_ends_lock_carries_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")


def test_pages_and_queries_read_records_through_what_the_actor_may_see() -> None:
    """A manager would pass the access layer by; reading starts from ``records.access``.

    A line that reads otherwise for a good reason says it in a comment ``# access: …``. Identity is below the actors.
    """
    models = {each.model.__name__ for each in record_types()}
    found = [
        f"{shown(path, node.lineno)} {node.value.id}.{node.attr}"
        for path in python_files()
        if path.name in ("views.py", "queries.py") and "identity" not in path.parts
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
        and isinstance(node.value, ast.Name) and node.value.id in models
        and "# access: " not in path.read_text().splitlines()[node.lineno - 1]
    ]  # fmt: skip

    assert models, "no record type is declared"
    assert found == []


def test_templates_carry_no_inline_style_script_or_handler() -> None:
    pattern = re.compile(
        r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\b(src|type=\"application/json\"))|https?://(?!www\.w3\.org)"
    )
    found = [
        f"{shown(path, number)}: {match.group()}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := pattern.search(line)) and "{#" not in line
    ]

    assert found == []
