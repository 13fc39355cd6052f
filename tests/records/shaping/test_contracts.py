"""What holds for every record type of ours holds for those that administrators shape, word for word."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from guanxi.records.registry import record_type
from tests.contracts import test_declarations, test_records
from tests.security import test_authorization
from tests.security.matrix import send
from tests.world import World

CHECKS = {
    name: check
    for module in (test_declarations, test_records, test_authorization)
    for name, check in vars(module).items()
    if name.startswith("test_") and "record" in inspect.signature(check).parameters
}
SHAPED = ("customer", "x_project")


@pytest.mark.parametrize("type_name", SHAPED)
@pytest.mark.parametrize("name", CHECKS)
def test_what_holds_for_every_record_type_holds_for_shaped_ones(sandbox: World, name: str, type_name: str) -> None:
    send(sandbox, "mei", "GET", "/api/v1/session")  # rights are known from here on
    check: Callable[..., None] = CHECKS[name]
    given: dict[str, Any] = {"sandbox": sandbox, "record": record_type(type_name), "text": "张 9"}
    check(**{key: given[key] for key in inspect.signature(check).parameters})
