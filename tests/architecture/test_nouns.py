"""Inside a noun the files import in one direction, its pages and jobs are its own, and nouns form no circle."""

from __future__ import annotations

from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from .source import PACKAGE

ORDER = ("urls", "views", "tasks", "record_type", "services", "queries", "errors", "models", "rules")
LEVEL = {"urls": 0, "views": 1, "tasks": 1, "listeners": 1} | {name: 2 + i for i, name in enumerate(ORDER[3:])}
FEATURES = ("catalog", "customers", "identity", "insights", "work")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("guanxi", cache_dir=None)


def nouns(feature: str) -> list[str]:
    folders = (path.parent for path in (PACKAGE / feature).glob("*/models.py"))
    return sorted(f"guanxi.{feature}.{folder.name}" for folder in folders)


ALL_NOUNS = [noun for feature in FEATURES for noun in nouns(feature)]


@pytest.mark.parametrize("noun", ALL_NOUNS)
def test_files_of_a_noun_import_downwards(noun: str) -> None:
    wrong = []
    for module in graph().find_children(noun):
        for imported in graph().find_modules_directly_imported_by(module):
            name, other = module.rsplit(".", 1)[1], imported.rsplit(".", 1)[-1]
            if imported.startswith(f"{noun}.") and name in LEVEL and other in LEVEL and LEVEL[name] >= LEVEL[other]:
                wrong.append(f"{module} imports {other}")

    assert wrong == []


@pytest.mark.parametrize("noun", ALL_NOUNS)
def test_pages_and_jobs_of_a_noun_are_its_own(noun: str) -> None:
    """Only the noun itself and the declarations of its feature may name them."""
    feature = ".".join(noun.split(".")[:2])
    allowed = {f"{feature}.declarations", f"{feature}.apps", f"{feature}.urls"}
    strangers = [
        f"{importer} imports {module}"
        for module in graph().find_children(noun)
        if module.rsplit(".", 1)[1] in ("views", "tasks", "listeners")
        for importer in graph().find_modules_that_directly_import(module)
        if not importer.startswith(f"{noun}.") and importer not in allowed and not importer.startswith("guanxi.config.")
    ]

    assert strangers == []


@pytest.mark.parametrize("feature", FEATURES)
def test_nouns_of_a_feature_form_no_circle(feature: str) -> None:
    known = nouns(feature)
    needs: dict[str, set[str]] = {noun: set() for noun in known}
    for noun in known:
        for module in graph().find_descendants(noun):
            for imported in graph().find_modules_directly_imported_by(module):
                owner = next((each for each in known if imported.startswith(f"{each}.")), noun)
                if owner != noun:
                    needs[noun].add(owner)
    try:
        list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
