"""A contract goes onto a customer's page, comes back as it was, is deleted and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from guanxi.customers.customer.models import Customer
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_files_are_added_one_is_refused_and_a_deleted_one_is_taken_back(
    visit: Open, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FILE_MAX_BYTES = 600 * 1024
    content = bytes(range(256)) * 2000
    for name, data in (("合同（终稿）.pdf", content), ("empty.txt", b""), ("film.mov", b"x" * 614_401)):
        (tmp_path / name).write_bytes(data)
    seen = visit("sales-manager")
    seen.expected.add(422)
    page = seen.page
    customer = Customer.objects.filter(deleted_at=None).order_by("pk")[0]
    page.goto(f"/customers/{customer.pk}")
    card = page.locator(".files")

    with page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Add file").click()
    chooser.value.set_files([tmp_path / name for name in ("合同（终稿）.pdf", "empty.txt", "film.mov")])

    expect(card.locator(".file-name")).to_have_text(["合同（终稿）.pdf"])
    expect(card.locator("[data-files-said] p")).to_have_text(
        [
            "“empty.txt” is empty. Choose a file with something in it.",
            "“film.mov” is larger than 600 KB. Split it, or ask an administrator to raise the limit.",
        ]
    )
    with page.expect_download() as download:
        card.locator(".file-name").click()
    assert download.value.suggested_filename == "合同（终稿）.pdf"
    assert Path(download.value.path()).read_bytes() == content

    card.get_by_role("button", name="Delete 合同（终稿）.pdf").click()
    expect(card.locator(".file-name")).to_have_count(0)
    page.locator("#toasts [data-undo]").click()
    expect(card.locator(".file-name")).to_have_text(["合同（终稿）.pdf"])
