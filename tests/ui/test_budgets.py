"""What the browser has to fetch stays within its budget (KB after gzip)."""

from __future__ import annotations

import gzip

import pytest

from guanxi.ui.assets import DIST, read_manifest


@pytest.mark.parametrize(
    ("entry", "part", "most_kb"),
    [
        ("src/core.ts", "css", 25),
        ("src/core.ts", "file", 75),
        ("src/dragging.ts", "file", 16),
        ("src/charts.ts", "file", 210),
        ("src/generated/icons.svg", "file", 20),
    ],
)
def test_a_file_of_the_front_end_is_small_enough(entry: str, part: str, most_kb: int) -> None:
    found = read_manifest()[entry][part]
    name = found[0] if isinstance(found, list) else found
    assert len(gzip.compress((DIST / name).read_bytes(), 9)) <= most_kb * 1024


def test_a_first_visit_fetches_one_style_sheet_and_one_script() -> None:
    core = read_manifest()["src/core.ts"]
    assert len(core["css"]) == 1
    assert core.get("imports", []) == []
