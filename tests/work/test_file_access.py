"""Who may add, read and remove the files of a customer: those who may see it, as far as their role goes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from guanxi.records.registry import record_type
from guanxi.work.attachment.models import Attachment
from tests.security.test_hidden_fields import rule
from tests.work.uploads import CONTRACT, download, newest, stored, upload
from tests.world import HOST, World

pytestmark = pytest.mark.usefixtures("folder")


def test_nobody_adds_to_a_customer_they_may_not_see_or_without_the_right(sandbox: World, folder: Path) -> None:
    before = Attachment._default_manager.count()

    answers = [
        upload(sandbox, who, "a.txt", b"x", customer).status_code
        for who, customer in (
            ("mei", sandbox.foreign["customer"]), ("mei", 987_654_321), ("rita", sandbox.own["customer"]),
            ("sam", sandbox.own["customer"]), ("anonymous", sandbox.own["customer"]),
        )
    ]  # fmt: skip

    assert answers == [404, 404, 403, 404, 401]
    assert Attachment._default_manager.count() == before
    assert stored(folder) == []


@pytest.mark.parametrize("kind", ["hidden", "locked"])
@pytest.mark.parametrize("name", ["media_type", "size", "sha256", "uploaded_by", "created_at"])
def test_what_the_program_finds_out_of_a_file_needs_no_right(sandbox: World, kind: str, name: str) -> None:
    with rule(kind, record_type("attachment"), name):
        assert upload(sandbox, "mei", "contract.pdf").status_code == 200
        file = newest()
        assert (file.media_type, file.size) == ("application/pdf", len(CONTRACT))
        assert (file.sha256, file.uploaded_by_id) == (hashlib.sha256(CONTRACT).hexdigest(), sandbox.users["mei"].pk)


@pytest.mark.parametrize("name", ["name", "customer"])
def test_who_may_not_say_what_a_file_is_called_or_whose_it_is_adds_none(
    sandbox: World, folder: Path, name: str
) -> None:
    before = Attachment._default_manager.count()
    with rule("locked", record_type("attachment"), name):
        assert upload(sandbox, "mei", "contract.pdf").status_code == 422
        assert Attachment._default_manager.count() == before
        assert stored(folder) == []


def test_a_file_of_a_foreign_customer_is_one_that_does_not_exist(sandbox: World) -> None:
    upload(sandbox, "carla", "offer.pdf", customer=sandbox.foreign["customer"])
    file = newest()

    assert download(sandbox, "carla", file.pk).status_code == 200
    assert download(sandbox, "rita", file.pk).status_code == 200
    assert download(sandbox, "mei", file.pk).status_code == 404
    assert download(sandbox, "sam", file.pk).status_code == 404
    assert download(sandbox, "anonymous", file.pk).status_code in (302, 401)
    assert sandbox.clients["mei"].post(f"/files/{file.pk}/remove", **HOST).status_code == 404
    assert sandbox.clients["mei"].get(f"/customers/{sandbox.foreign['customer']}/files", **HOST).status_code == 404


def test_files_of_a_customer_in_the_bin_are_closed(sandbox: World) -> None:
    upload(sandbox, "mei", "offer.pdf")
    file = newest()

    assert sandbox.clients["mei"].post(f"/customers/{sandbox.own['customer']}/delete", **HOST).status_code == 302

    assert download(sandbox, "mei", file.pk).status_code == 404


def test_a_deleted_file_leaves_the_card_and_comes_back(sandbox: World) -> None:
    upload(sandbox, "mei", "offer.pdf")
    file = newest()

    gone = sandbox.clients["mei"].post(f"/files/{file.pk}/remove", HTTP_HX_REQUEST="true", **HOST)

    assert gone.status_code == 200
    assert f"/files/{file.pk}/download" not in gone.content.decode()
    assert f'"undo": "/files/{file.pk}/restore"' in gone["HX-Trigger"]
    assert download(sandbox, "mei", file.pk).status_code == 404
    assert sandbox.clients["mei"].post(f"/files/{file.pk}/restore", HTTP_HX_REQUEST="true", **HOST).status_code == 204
    assert b"".join(download(sandbox, "mei", file.pk).streaming_content) == CONTRACT


def test_who_may_only_read_gets_a_card_without_buttons(sandbox: World) -> None:
    upload(sandbox, "mei", "offer.pdf")

    card = sandbox.clients["rita"].get(f"/customers/{sandbox.own['customer']}/files", **HOST).content.decode()

    assert "offer.pdf" in card
    assert "data-files-input" not in card
    assert "/remove" not in card
    assert sandbox.clients["rita"].post(f"/files/{newest().pk}/remove", **HOST).status_code == 403
