"""What a rehearsal and an import that was only checked leave behind, and how the latter is discarded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import DomainError, NotFound
from guanxi.customers.customer.models import Customer
from guanxi.customers.relationship.models import Relationship
from guanxi.identity.company.queries import company
from guanxi.records.importing.job import NotNow, State
from guanxi.records.importing.run import discard_import
from guanxi.records.importing.tasks import work_on_import
from guanxi.records.models import ImportJob, SourceSystem
from tests.records.importing.conftest import Load, rows
from tests.records.importing.test_wizard import client_of, upload

pytestmark = pytest.mark.django_db
TEXT = "customer id,name,birthday\n1,Anna,1990-01-01\n2,Ben,soon\n"


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """Uploads go to a folder of their own."""
    settings.MEDIA_ROOT = tmp_path
    company()
    return tmp_path / "imports"


def test_a_rehearsal_leaves_neither_a_source_system_nor_an_import(load: Load, tmp_path: Path) -> None:
    result = load(TEXT, "customer", source="新系统", dry_run=True, name="kept.csv")
    assert rows(result) == {"created": 1, "errors": 1}
    assert [(each["row"], each["code"], each["column"]) for each in result.rejects] == [(3, "bad_date", "birthday")]
    assert str(result) == "A rehearsal, nothing is written: 1 created, 0 updated, 0 unchanged, 0 skipped, 1 errors."
    assert (SourceSystem.objects.count(), ImportJob.objects.count(), Customer.objects.count()) == (0, 0, 0)
    assert (tmp_path / "kept.csv").exists()


def test_a_rehearsal_that_is_refused_leaves_nothing_either(load: Load) -> None:
    with pytest.raises(DomainError):
        load("customer id,name\n1,Anna\n", "customer", dry_run=True, mapping={"columns": {"name": "customer.no"}})
    assert (SourceSystem.objects.count(), ImportJob.objects.count()) == (0, 0)


def test_a_rehearsal_knows_the_records_of_a_source_system_that_is_there(load: Load) -> None:
    load(TEXT, "customer", source="Shop")
    assert rows(load(TEXT, "customer", source="shop", dry_run=True)) == {"unchanged": 1, "errors": 1}
    assert rows(load(TEXT, "customer", source="other", dry_run=True)) == {"created": 1, "errors": 1}


def _checked(client: Client) -> ImportJob:
    upload(client, TEXT.encode(), "new.csv")
    job = ImportJob.objects.get()
    columns = {f"column-{n}": job.mapping["columns"][name] for n, name in enumerate(job.description["columns"])}
    client.post(f"/imports/{job.pk}/map", columns)
    work_on_import(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_an_import_that_was_only_checked_shows_its_rows_and_goes_with_its_file(files: Path) -> None:
    client = client_of("root", administrator=True)
    job = _checked(client)
    assert "2 rows checked" in client.get("/imports").content.decode()
    assert f'action="/imports/{job.pk}/discard"' in client.get(f"/imports/{job.pk}/check").content.decode()
    assert len(list(files.iterdir())) == 1

    assert client.post(f"/imports/{job.pk}/discard").headers["Location"] == "/imports"

    assert (ImportJob.objects.count(), list(files.iterdir())) == (0, [])
    page = client.get("/imports").content.decode()
    assert "The import was discarded. Nothing had been written." in page
    assert "new.csv" not in page


def test_a_cancelled_draft_can_be_discarded_by_command(files: Path) -> None:
    job = _checked(client := client_of("root", administrator=True))
    client.post(f"/imports/{job.pk}/cancel")
    assert f'action="/imports/{job.pk}/discard"' in client.get(f"/imports/{job.pk}").content.decode()
    discard_import(job.pk, actor=SYSTEM)
    assert (ImportJob.objects.count(), list(files.iterdir())) == (0, [])


def test_an_import_that_has_loaded_rows_or_is_somebody_elses_is_not_discarded(load: Load, files: Path) -> None:
    done = load(TEXT, "customer")
    with pytest.raises(NotNow):
        discard_import(done.job_id)
    ImportJob.objects.filter(pk=done.job_id).update(state=State.CANCELLED)
    with pytest.raises(NotNow):
        discard_import(done.job_id)
    ImportJob.objects.all().delete()
    job = _checked(client_of("root", administrator=True))
    stranger = client_of("mei", customer=dict.fromkeys(("view", "create", "edit", "import"), "all"))
    assert stranger.post(f"/imports/{job.pk}/discard").status_code == 404
    assert len(list(files.iterdir())) == ImportJob.objects.count() == 1
    with pytest.raises(NotFound):
        discard_import(job.pk + 1)


def test_the_import_of_a_list_begins_with_its_type_chosen() -> None:
    client = client_of("root", administrator=True)
    for name in ("interaction", "cost_to_serve", "customer"):
        page = client.get(f"/imports/new?type={name}").content.decode()
        assert page.count(" selected>") == 1
        assert f'<option value="{name}" selected>' in page
    assert " selected>" not in client.get("/imports/new?type=nothing").content.decode()


def test_the_check_says_what_works_for_references_and_which_rule_a_record_breaks(load: Load) -> None:
    load("customer id,name\n1,Anna\n2,Ben\n", "customer", source="File")
    client = client_of("root", administrator=True)
    text = "customer,kind,other,strength\n1,friend_of,1,\n1,friend_of,2,9\n1,friend_of,9,\n"
    kind = Relationship.Kind.values[0]
    upload(client, text.replace("friend_of", kind).encode(), "who.csv", plan="relationship")
    job = ImportJob.objects.get(file_name="who.csv")
    columns = {f"column-{n}": job.mapping["columns"][name] for n, name in enumerate(job.description["columns"])}
    client.post(f"/imports/{job.pk}/map", columns)
    work_on_import(job_id=job.pk)
    page = client.get(f"/imports/{job.pk}/check").content.decode()
    # Once under what can't be read, once beside the row.
    assert page.count("A relationship needs two different customers.") == 2
    assert page.count("Strength runs from 1 to 5.") == 2
    assert page.count("There is no customer “9”, or you may not see it. What works: its ID in the source") == 2
