"""One engine for each test module; its tables are fresh for every computation."""

from collections.abc import Iterator

import pytest

from guanxi.analytics import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory_limit="512MB") as opened:
        yield opened
