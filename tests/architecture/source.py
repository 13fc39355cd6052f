"""Reading the source tree for the tests of the house rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "guanxi"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*, with_migrations: bool = False) -> list[Path]:
    """The Python files of the package."""
    return sorted(path for path in PACKAGE.rglob("*.py") if with_migrations or "migrations" not in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    """Every function of a file with its qualified name."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield f"{prefix}{child.name}", child
            if isinstance(child, Function | ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")
            else:
                yield from walk(child, prefix)

    return walk(tree_of(path), "")


def shown(path: Path, line: int = 0) -> str:
    """``path:line`` relative to the checkout."""
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"


def tracked_files() -> list[Path]:
    """The files that belong to the project: all of the checkout but what it ignores."""
    skip = {".git", ".venv", "node_modules", "var", "build", "dist", "__pycache__"}
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        made = any(part.endswith((".egg-info", "_cache")) or part == ".hypothesis" for part in parts)
        is_ours = not made and not skip.intersection(parts)
        if is_ours and path.is_file() and not path.is_symlink():
            found.append(path)
    return sorted(found)
