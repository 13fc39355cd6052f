"""The built front end as a running process serves it, also after a newer build took its files away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from guanxi.config.static_files import StaticFiles


def _nothing_here(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "core-Old1.js").write_text("old()")
    return tmp_path


def test_a_file_of_an_earlier_build_is_not_found_once_it_is_gone(built: Path) -> None:
    with override_settings(STATIC_ROOT=built):
        served = StaticFiles(_nothing_here)
    asked = RequestFactory().get("/static/core-Old1.js")
    before = served(asked)
    assert (before.status_code, b"".join(before)) == (200, b"old()")  # type: ignore[call-overload]
    before.close()
    shutil.rmtree(built)
    assert served(asked).status_code == 404
