"""Initials and colours of people and organizations."""

import pytest

from guanxi.ui.names import COLORS, color_of, initials


@pytest.mark.parametrize(
    ("name", "size", "organization", "expected"),
    [
        ("张伟明", 24, False, "伟明"),
        ("张伟明", 20, False, "明"),
        ("欧阳明哲", 32, False, "明哲"),
        ("上海浦江精密仪器有限公司", 24, True, "上海"),
        ("Maya Torres", 20, False, "MT"),
        ("Ana María de la Cruz", 20, False, "AC"),
        ("Cher", 20, False, "CH"),
        ("Baltic Timber & Pulp AS", 20, True, "BA"),
        ("  ", 20, False, "?"),
        ("😀", 20, False, "😀"),
    ],
)
def test_initials_follow_the_writing_of_the_name(name: str, size: int, organization: bool, expected: str) -> None:
    assert initials(name, size, organization) == expected


def test_a_name_keeps_its_colour_and_names_spread_over_all_ten() -> None:
    assert color_of("林晓梅") == color_of("林晓梅")
    assert {color_of(f"name {number}") for number in range(200)} == set(COLORS)
