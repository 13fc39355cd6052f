"""What the pages say exists: links lead somewhere, commands and settings are real, and the tutorial's code is valid."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from guanxi.cli.dispatch import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TUTORIAL = ROOT / "docs" / "tutorial" / "new-record-type.md"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# As the tutorial asks: two modules in the app `customers`, imported after those that are there.
TRY_OUT = """
import json, sys, types
import os; os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
import django
django.setup()
from guanxi.records.registry import type_at
for name, source in zip(("models", "record_type"), json.load(sys.stdin), strict=True):
    path = f"guanxi.customers.shop_event.{name}"
    sys.modules[path] = module = types.ModuleType(path)
    exec(compile(source, path, "exec"), module.__dict__)
made = type_at("shop-events")
used = {*made.columns, *made.sort, *made.quick, *(name for part in made.sections for name in part.fields)}
print(json.dumps({
    "kinds": {item.name: item.kind for item in made.fields},
    "undeclared": sorted(name for name in used if made.get(name.lstrip("-")) is None),
    "table": made.model._meta.db_table,
    "app": made.model._meta.app_label,
}))
"""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as a link to one of them spells it."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def without_comments(text: str) -> str:
    """A page without what stands behind `#` in its examples."""
    return re.sub(r"\s#\s.*", "", text)


@pages
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _sign, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pages
def test_every_command_that_is_named_exists(page: Path) -> None:
    known = {command.name for command in COMMANDS} | {"COMMAND"}
    named = set(re.findall(r"\./guanxi ([a-zA-Z][\w-]*)", without_comments(page.read_text(encoding="utf-8"))))
    assert named - known == set()


def test_the_reference_lists_exactly_the_commands_that_help_lists() -> None:
    table = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8").split("| setting")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`([a-z-]+)`", " ".join(first_cells))) == sorted(
        command.name for command in COMMANDS if command.summary
    )


def test_every_setting_of_the_reference_is_read_by_the_program() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    names = set(re.findall(r"GUANXI_[A-Z_]+", page))
    program = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"""["'](GUANXI_[A-Z_]+)""", program))
    assert names
    assert names - read == set()


def test_the_two_files_of_the_tutorial_make_a_record_type() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    done = subprocess.run(
        [sys.executable, "-c", TRY_OUT], input=json.dumps(blocks), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "kinds": {"name": "text", "starts_at": "datetime", "places": "integer", "owner": "reference"},
        "undeclared": [], "table": "customers_shopevent", "app": "customers",
    }  # fmt: skip
