"""The built front end as a running process serves it, also after a newer build took its files away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from guanxi.config.static_files import StaticFiles
from guanxi.ui.assets import DIST


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


def test_browsers_get_built_files_compressed_where_they_accept_it(built: Path) -> None:
    whole = b"a script that is long enough to gain from being compressed"
    (built / "core-Old1.js").write_bytes(whole)
    (built / "core-Old1.js.br").write_bytes(b"small")
    (built / "core-Old1.js.gz").write_bytes(b"less small")
    with override_settings(STATIC_ROOT=built):
        served = StaticFiles(_nothing_here)

    for accepts, encoding, content in (
        ("gzip, br", "br", b"small"),
        ("gzip", "gzip", b"less small"),
        ("", None, whole),
    ):
        answer = served(RequestFactory().get("/static/core-Old1.js", HTTP_ACCEPT_ENCODING=accepts))
        assert answer.headers.get("Content-Encoding") == encoding
        assert b"".join(answer) == content  # type: ignore[call-overload]
        answer.close()


def test_the_build_leaves_no_script_or_style_uncompressed() -> None:
    plain = [
        path for path in DIST.rglob("*") if path.suffix in (".js", ".css", ".svg") and path.name != "service-worker.js"
    ]

    assert plain, "the front end is built"
    assert [
        path.name for path in plain for more in (".br", ".gz") if not path.with_name(path.name + more).exists()
    ] == []
