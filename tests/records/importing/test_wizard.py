"""The import wizard in the browser's terms: pages, posts and answers, by those who may and those who may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.customers.customer.models import Customer
from guanxi.identity.company.queries import company
from guanxi.identity.models import Role, User
from guanxi.records.importing.job import State
from guanxi.records.importing.tasks import work_on_import
from guanxi.records.models import ImportJob, SourceSystem
from tests.records.importing.test_loading_customers import CHINESE

pytestmark = pytest.mark.django_db
HOST = {"secure": True, "HTTP_HOST": "localhost"}


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """Uploads go to a folder of their own."""
    settings.MEDIA_ROOT = tmp_path
    company()
    return tmp_path / "imports"


def client_of(name: str, *, administrator: bool = False, **permissions: Any) -> Client:
    """A signed-in user with one role."""
    user = User.objects.create_user(f"{name}@example.com", "correct horse battery", name=name.title())
    user.roles.add(Role.objects.create(key=name, name=name, is_administrator=administrator, permissions=permissions))
    client = Client(**HOST)
    client.force_login(user)
    return client


def upload(client: Client, content: bytes, name: str = "客户.csv", **more: str) -> Any:
    """Post a file as the first page does."""
    return client.post("/imports/new", {"file": SimpleUploadedFile(name, content), "plan": "", **more})


def test_from_upload_to_undo() -> None:
    client = client_of("root", administrator=True)
    assert client.get("/imports").status_code == client.get("/imports/new").status_code == 200
    answer = upload(client, (CHINESE + "K004,韩梅梅,xx,,,,,\n").encode("gbk"), source_name="Old CRM")
    job = ImportJob.objects.get()
    assert answer.headers["Location"] == f"/imports/{job.pk}/map"
    assert (job.record_type, job.source.name if job.source else "", job.state) == ("customer", "Old CRM", State.DRAFT)
    page = client.get(f"/imports/{job.pk}/map").content.decode()
    assert "GB18030" in page
    assert page.count(" selected>") >= len(job.description["columns"])
    columns = {f"column-{n}": job.mapping["columns"][name] for n, name in enumerate(job.description["columns"])}
    assert client.post(f"/imports/{job.pk}/map", columns).headers["Location"] == f"/imports/{job.pk}/check"
    assert 'hx-trigger="every 1s"' in client.get(f"/imports/{job.pk}/check").content.decode()
    work_on_import(job_id=job.pk)
    checked = client.get(f"/imports/{job.pk}/check").content.decode()
    assert "hx-trigger" not in checked.split('id="import-state"')[1]
    assert "“xx” isn&#39;t a phone number that can be called." in checked
    assert Customer.objects.count() == 0
    assert client.post(f"/imports/{job.pk}").headers["Location"] == f"/imports/{job.pk}"
    work_on_import(job_id=job.pk)
    assert Customer.objects.count() == 3
    assert "The import is done" in client.get(f"/imports/{job.pk}").content.decode()
    download = client.get(f"/imports/{job.pk}/rejects")
    body = b"".join(download.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type,attr-defined]
    assert body.splitlines()[1].startswith("K004,韩梅梅,xx,,,,,,bad_phone,手机,")
    job.refresh_from_db()
    assert client.get(f"/changes/{job.change_set_id}").status_code == 200
    client.post(f"/changes/{job.change_set_id}/undo")
    work_on_import(job_id=job.pk)
    assert Customer.objects.filter(deleted_at=None).count() == 0
    assert "The import was undone" in client.get(f"/imports/{job.pk}").content.decode()


def test_a_fix_leaves_unreadable_cells_empty_and_checks_again() -> None:
    client = client_of("root", administrator=True)
    upload(client, b"customer id,name,birthday\n1,Anna,soon\n2,Ben,1990-01-01\n")
    job = ImportJob.objects.get()
    columns = {f"column-{n}": job.mapping["columns"][name] for n, name in enumerate(job.description["columns"])}
    client.post(f"/imports/{job.pk}/map", columns)
    work_on_import(job_id=job.pk)
    job.refresh_from_db()
    assert job.findings["counts"]["errors"] == 1
    client.post(f"/imports/{job.pk}/fix", {"lenient": "birthday"})
    work_on_import(job_id=job.pk)
    job.refresh_from_db()
    assert (job.findings["counts"]["created"], job.findings["counts"]["errors"]) == (2, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty"), (b"PK\x03\x04rubbish", "This file is damaged or not complete."),
        (b"%PDF-1.7 x", "This kind of file can&#39;t be read."), (b"a,b\n\x00,1\n", "binary data"),
    ],
)  # fmt: skip
def test_a_hostile_file_gets_a_clear_refusal_and_leaves_nothing(files: Path, content: bytes, sentence: str) -> None:
    answer = upload(client_of("root", administrator=True), content, "x.csv")
    assert answer.status_code == 422
    if content:
        assert sentence in answer.content.decode()
    assert not ImportJob.objects.exists()
    assert not files.exists() or list(files.iterdir()) == []


def test_the_kind_of_records_can_be_corrected() -> None:
    client = client_of("root", administrator=True)
    upload(client, b"sku,product name,category\nA1,Lamp,Light\n", plan="customer")
    job = ImportJob.objects.get()
    assert job.record_type == "customer"
    client.post(
        f"/imports/{job.pk}/describe", {"plan": "product", "encoding": "utf-8", "delimiter": ",", "header_row": "1"}
    )
    job.refresh_from_db()
    assert job.record_type == "product"
    assert job.mapping["columns"] == {"sku": "product.sku", "product name": "product.name", "category": "category.name"}


def test_who_may_not_import_gets_no_wizard_and_writes_nothing() -> None:
    reader = client_of("rita", **{"*": {"view": "all"}})
    assert reader.get("/imports/new").status_code == upload(reader, b"name\nAnna\n").status_code == 403
    assert not ImportJob.objects.exists()
    assert not SourceSystem.objects.exists()


def test_an_import_of_somebody_else_looks_as_if_it_were_not_there() -> None:
    upload(client_of("root", administrator=True), b"customer id,name\n1,Anna\n")
    job = ImportJob.objects.get()
    stranger = client_of("mei", customer={"*": "all"}, contact_point={"*": "all"})
    pages = ("", "/map", "/check", "/state", "/rejects", "/undo")
    assert {stranger.get(f"/imports/{job.pk}{page}").status_code for page in pages} == {404}
    posts = ("", "/map", "/check", "/fix", "/describe", "/pause", "/cancel", "/undo")
    assert {stranger.post(f"/imports/{job.pk}{page}").status_code for page in posts} == {404}
    before = (job.state, job.mapping)
    job.refresh_from_db()
    assert (job.state, job.mapping) == before


def test_the_wizard_speaks_chinese() -> None:
    client = client_of("root", administrator=True)
    User.objects.update(language="zh-hans")
    page = client.get("/imports/new", headers={"accept-language": "zh-hans"}).content.decode()
    assert "将文件拖到此处，或点击选择" in page
