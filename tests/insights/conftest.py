"""The scored company, built once for each module in a transaction that is rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.insights.company import Scored, build_company


@pytest.fixture(scope="module")
def scored(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scored]:
    """The company whose costs are known."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_company()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def uncosted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scored]:
    """The company of which no cost is known."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_company(costs=False)
        transaction.set_rollback(True)


@pytest.fixture
def company(scored: Scored, db: None) -> Scored:
    """The scored company for one test, whose writes are taken back."""
    return scored
