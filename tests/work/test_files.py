"""Files of a customer: what comes in goes out unchanged, to those who may see the customer and to nobody else."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import transaction

from guanxi.cli.archive import write_backup
from guanxi.core import postgres
from guanxi.core.errors import Invalid
from guanxi.records.changes import history
from guanxi.records.writing import change_record
from guanxi.work.attachment import store
from guanxi.work.attachment.errors import ContentMissing
from guanxi.work.attachment.models import Attachment
from guanxi.work.attachment.rules import clean_name, media_type_of
from guanxi.work.attachment.services import add_file, sweep_files
from tests.work.uploads import CONTRACT, download, newest, problem, stored, upload
from tests.world import HOST, World

pytestmark = pytest.mark.usefixtures("folder")


def test_an_uploaded_file_stands_in_the_card_and_comes_back_byte_for_byte(sandbox: World, folder: Path) -> None:
    answer = upload(sandbox, "mei", "contract.pdf")

    file = newest()
    assert answer.status_code == 200
    assert f'href="/files/{file.pk}/download"' in answer.content.decode()
    assert "contract.pdf" in answer.content.decode()
    assert (file.name, file.media_type, file.size) == ("contract.pdf", "application/pdf", len(CONTRACT))
    assert file.uploaded_by_id == sandbox.users["mei"].pk
    assert stored(folder) == [hashlib.sha256(CONTRACT).hexdigest()]
    around = sandbox.clients["mei"].get(f"/customers/{sandbox.own['customer']}/around", **HOST)
    assert f'href="/files/{file.pk}/download"' in around.content.decode()
    back = download(sandbox, "mei", file.pk)
    assert b"".join(back.streaming_content) == CONTRACT


def test_an_upload_is_written_to_the_history(sandbox: World) -> None:
    upload(sandbox, "mei", "contract.pdf")

    (change,) = history("attachment", newest().pk)
    assert (change.verb, change.actor_id) == ("created", sandbox.users["mei"].pk)
    assert change.fields["name"] == [None, "contract.pdf"]


def test_a_download_is_saved_and_never_shown_or_kept_by_others(sandbox: World) -> None:
    upload(sandbox, "mei", "page.html", b"<script>alert(1)</script>")

    answer = download(sandbox, "mei", newest().pk)

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Length"] == "25"


def test_a_compressing_browser_gets_the_bytes_as_they_are(sandbox: World) -> None:
    upload(sandbox, "mei", "contract.pdf")

    answer = sandbox.clients["mei"].get(f"/files/{newest().pk}/download", HTTP_ACCEPT_ENCODING="gzip, br", **HOST)

    assert answer["Content-Encoding"] == "identity"
    assert answer["Content-Length"] == str(len(CONTRACT))
    assert b"".join(answer.streaming_content) == CONTRACT


def test_a_chinese_name_comes_back_as_it_was(sandbox: World) -> None:
    upload(sandbox, "mei", "王伟 合同（终稿）.docx")

    assert newest().name == "王伟 合同（终稿）.docx"
    answer = download(sandbox, "mei", newest().pk)
    expected = quote("王伟 合同（终稿）.docx", safe="")
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{expected}"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mei\\offer.xlsx", "offer.xlsx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie: x.txt"),
        ("re\u0301sume\u0301.pdf", "résumé.pdf"),
        (" spaced.txt ", "spaced.txt"),
        ('say "hi".txt', 'say "hi".txt'),
    ],
)
def test_a_name_keeps_no_folder_and_no_hidden_sign(sandbox: World, sent: str, kept: str) -> None:
    assert upload(sandbox, "mei", sent, b"x").status_code == 200

    assert newest().name == kept
    assert download(sandbox, "mei", newest().pk).status_code == 200


def test_no_name_is_typed_in_later_that_could_not_be_uploaded(sandbox: World) -> None:
    upload(sandbox, "mei", "offer.pdf")

    with pytest.raises(Invalid, match="no slashes and no hidden signs"):
        change_record(newest(), actor=sandbox.actor("mei"), name="../offer.pdf")


@pytest.mark.parametrize(
    ("name", "content", "status", "sentence"),
    [
        ("empty.txt", b"", 422, "“empty.txt” is empty. Choose a file with something in it."),
        ("large.bin", b"x" * 1025, 413,
         "“large.bin” is larger than 1 KB. Split it, or ask an administrator to raise the limit."),
        ("n" * 252 + ".txt", b"x", 422,
         f"The name “{'n' * 40}…” is longer than 255 characters. Shorten it, then choose the file again."),
        ("..", b"x", 422, "This file has no name. Give it one, then choose it again."),
    ],
)  # fmt: skip
def test_a_refusal_says_why_and_stores_nothing(
    sandbox: World, folder: Path, settings: Any, name: str, content: bytes, status: int, sentence: str
) -> None:
    settings.FILE_MAX_BYTES = 1024
    before = Attachment._default_manager.count()

    answer = upload(sandbox, "mei", name, content)

    assert (answer.status_code, problem(answer)) == (status, sentence)
    assert Attachment._default_manager.count() == before
    assert stored(folder) == []


def test_a_file_as_large_as_the_limit_is_taken(sandbox: World, settings: Any) -> None:
    settings.FILE_MAX_BYTES = 1024

    assert upload(sandbox, "mei", "full.bin", b"x" * 1024).status_code == 200


def test_a_body_that_turns_out_longer_or_shorter_than_announced_is_refused(
    sandbox: World, folder: Path, settings: Any
) -> None:
    settings.FILE_MAX_BYTES = 1024
    before = Attachment._default_manager.count()
    for length, announced, sentence in ((5000, 10, "is larger than 1 KB"), (10, 20, "did not arrive whole")):
        blocks = iter([b"x" * length, b""])
        with pytest.raises(Exception, match=sentence):
            add_file(sandbox.own["customer"], "a.bin", lambda _: next(blocks), announced, actor=sandbox.actor("mei"))  # noqa: B023

    assert Attachment._default_manager.count() == before
    assert stored(folder) == []


def test_a_form_is_refused_for_it_would_be_read_whole_before_anybody_looks(sandbox: World, folder: Path) -> None:
    path = f"/customers/{sandbox.own['customer']}/files?name=a.txt"

    assert sandbox.clients["mei"].post(path, {"file": "x"}, **HOST).status_code == 422
    assert stored(folder) == []


def test_a_transaction_that_fails_leaves_no_row_and_no_half_file(
    sandbox: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Attachment._default_manager.count()

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    answer = upload(sandbox, "mei", "contract.pdf")

    assert answer.status_code == 507
    assert problem(answer).startswith("There is no room left for files.")
    assert Attachment._default_manager.count() == before
    assert stored(folder) == []


def test_a_file_that_a_phone_sends_again_is_added_once(sandbox: World, folder: Path) -> None:
    key = str(uuid4())
    before = Attachment._default_manager.count()
    for _again in range(2):
        assert upload(sandbox, "mei", "photo.jpg", HTTP_IDEMPOTENCY_KEY=key).status_code == 200
    assert (Attachment._default_manager.count(), len(stored(folder))) == (before + 1, 1)
    upload(sandbox, "mei", "photo.jpg", HTTP_IDEMPOTENCY_KEY=str(uuid4()))

    assert (Attachment._default_manager.count(), stored(folder)) == (before + 2, [newest().sha256])


def test_the_same_bytes_are_stored_once_and_stay_until_the_last_file_is_gone(sandbox: World, folder: Path) -> None:
    upload(sandbox, "mei", "first.pdf")
    first = newest()
    upload(sandbox, "carla", "second.pdf", customer=sandbox.foreign["customer"])
    second = newest()
    assert stored(folder) == [first.sha256]

    Attachment._default_manager.filter(pk=first.pk).delete()
    later = datetime.now(UTC) + timedelta(days=3)
    assert sweep_files(later) == 0
    assert b"".join(download(sandbox, "carla", second.pk).streaming_content) == CONTRACT

    Attachment._default_manager.filter(pk=second.pk).delete()
    assert sweep_files(datetime.now(UTC)) == 0, "what came today may still get its row"
    assert sweep_files(later) == 1
    assert stored(folder) == []


def test_the_sweep_keeps_what_lies_in_the_bin_and_takes_what_was_broken_off(sandbox: World, folder: Path) -> None:
    upload(sandbox, "mei", "offer.pdf")
    sandbox.clients["mei"].post(f"/files/{newest().pk}/remove", **HOST)
    half = folder / store.ARRIVING / "half"
    half.write_bytes(b"x")
    os.utime(half, (0, 0))
    foreign = folder / "imports" / "orders.csv"
    foreign.parent.mkdir()
    foreign.write_bytes(b"x")
    os.utime(foreign, (0, 0))

    assert sweep_files(datetime.now(UTC) + timedelta(days=3)) == 1

    assert stored(folder) == [newest().sha256, "orders.csv"]


def test_the_files_of_a_deleted_customer_outlive_the_sweep_and_come_back_with_it(sandbox: World, folder: Path) -> None:
    upload(sandbox, "mei", "offer.pdf")
    file_id, customer = newest().pk, sandbox.own["customer"]
    sandbox.clients["mei"].post(f"/customers/{customer}/delete", **HOST)

    assert download(sandbox, "mei", file_id).status_code == 404
    assert sweep_files(datetime.now(UTC) + timedelta(days=3)) == 0

    sandbox.clients["mei"].post(f"/customers/{customer}/restore", **HOST)
    assert b"".join(download(sandbox, "mei", file_id).streaming_content) == CONTRACT


def test_a_record_without_its_bytes_says_so(sandbox: World) -> None:
    answer = sandbox.clients["mei"].get(f"/files/{sandbox.own['attachment']}/download", HTTP_HX_REQUEST="true", **HOST)

    assert answer.status_code == 404
    assert problem(answer) == (
        "The content of this file is missing. Ask an administrator to bring it back from a backup."
    )


def test_the_list_saves_a_file_by_its_name_and_its_page_offers_it_first(sandbox: World) -> None:
    upload(sandbox, "mei", "offer.pdf")
    file = newest()

    rows = sandbox.clients["mei"].get("/files/", **HOST).content.decode()
    page = sandbox.clients["mei"].get(f"/files/{file.pk}", **HOST).content.decode()

    assert re.search(rf'<a href="/files/{file.pk}/download" download="" [^>]*data-open-link', rows)
    assert f'href="/files/{file.pk}/download"' in page


def test_kinds_are_told_by_the_name_alone_and_the_same_everywhere() -> None:
    names = ("a.PDF", "b.docx", "合同.xlsx", "photo.jpeg", "noend", "x.unheardof")

    assert [media_type_of(name) for name in names] == [
        "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "image/jpeg", "application/octet-stream",
        "application/octet-stream",
    ]  # fmt: skip
    assert clean_name("合同.pdf") == "合同.pdf"


def test_only_a_checksum_leads_to_a_file(folder: Path) -> None:
    for text in ("", "..", "../secret-key", "A" * 64, "g" * 64, "a" * 63):
        with pytest.raises(ContentMissing):
            store.place_of(text)


def test_a_backup_holds_the_bytes(sandbox: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(sandbox, "mei", "contract.pdf")
    sha256 = newest().sha256
    known = postgres.urls()
    assert known is not None
    monkeypatch.setattr("guanxi.cli.archive.home", lambda: tmp_path)

    written = write_backup(known.owner, tmp_path / "monday", lambda sentence, share: None)

    assert written.files == {f"{store.KEPT}/{sha256[:2]}/{sha256}": sha256}
    assert (tmp_path / "monday" / "files" / store.KEPT / sha256[:2] / sha256).read_bytes() == CONTRACT


def test_a_sweep_waits_for_an_upload_that_has_not_committed(sandbox: World) -> None:
    with transaction.atomic():
        upload(sandbox, "mei", "contract.pdf")
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert [row[0] for row in cursor.fetchall()] == ["ShareLock"]


def test_people_read_sizes_in_megabytes_and_programs_in_bytes(sandbox: World) -> None:
    upload(sandbox, "mei", "offer.pdf", b"x" * 1_572_864)
    file = newest()

    assert "1.5 MB" in sandbox.clients["mei"].get("/files/", **HOST).content.decode()
    assert "1.5 MB" in sandbox.clients["mei"].get(f"/files/{file.pk}", **HOST).content.decode()
    assert sandbox.clients["mei"].get(f"/api/v1/files/{file.pk}", **HOST).json()["size"] == 1_572_864
