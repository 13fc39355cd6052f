"""What all tests share: the data beside the checkout, the browser, and a database server that is up."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.utils import OperationalError
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from guanxi.cli.browser import browser_path
from guanxi.core import postgres

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("GUANXI_SHARED_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session", autouse=True)
def database_server() -> Iterator[postgres.Urls]:
    """Keep the database server up for the whole run."""
    with postgres.lease() as urls:
        yield urls


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Make the test database whichever tests were chosen.

    The plugin makes it only for tests that it wraps in transactions; those that commit for themselves would work on
    the installation's own data when they are run alone.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb and not django_db_createdb)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            try:
                teardown_databases(made, verbosity=0)
            except OperationalError as left_open:  # a thread of a served page may still hold a connection
                warnings.warn(f"The test database stays: {left_open}", stacklevel=1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the data sets beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"The data sets are not in {SHARED_DATA}; name their folder in GUANXI_SHARED_DATA.")
    return SHARED_DATA


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of Chromium; tests in the browser are skipped where it is absent."""
    path = browser_path()
    if path is None:
        pytest.skip("There is no Chromium. Install the package chromium to run the tests in the browser.")
    return path
