"""After an import, the list of its records: exactly those, and only for who may see the import."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from guanxi.core.actor import SYSTEM
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.identity.company.queries import company
from guanxi.records.importing.tasks import work_on_import
from guanxi.records.models import ImportJob
from guanxi.records.writing import create_record
from tests.records.importing.test_wizard import client_of, upload
from tests.records.screens.pages import row_ids

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    company()


def imported(client: Client, content: bytes, name: str = "list.csv") -> ImportJob:
    """A file taken through the whole wizard with the proposed columns."""
    assert upload(client, content, name, plan="customer").status_code == 302
    job = ImportJob.objects.latest("pk")
    columns = {
        f"column-{n}": job.mapping["columns"].get(header, "") for n, header in enumerate(job.description["columns"])
    }
    client.post(f"/imports/{job.pk}/map", columns)
    work_on_import(job_id=job.pk)
    client.post(f"/imports/{job.pk}")
    work_on_import(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_the_list_after_an_import_shows_exactly_its_records() -> None:
    client = client_of("root", administrator=True)
    bystander = create_record(CUSTOMER, actor=SYSTEM, values={"name": "Made the same day", "kind": "person"})
    first = imported(client, b"customer id,name\n1,Anna\n2,Ben\n")
    second = imported(client, b"customer id,name\n2,Benjamin\n3,Cleo\n", "second.csv")

    page = client.get(f"/imports/{first.pk}").content.decode()
    address = unescape(re.findall(r'href="(/customers/[?][^"]+)"', page)[-1])
    assert parse_qs(urlsplit(address).query)["f"] == [f"import:in:{first.pk}"]
    listed = client.get(f"/customers/?f=import:in:{second.pk}").content.decode()

    found = set(row_ids(client.get(address).content.decode()))
    names = dict(Customer._default_manager.values_list("name", "pk"))
    assert found == {names["Anna"], names["Benjamin"]}
    assert set(row_ids(listed)) == {names["Benjamin"], names["Cleo"]}
    assert bystander.pk not in found
    assert '<span class="chip-value">second.csv</span>' in listed


def test_who_may_not_see_an_import_cannot_list_by_it() -> None:
    job = imported(client_of("root", administrator=True), b"customer id,name\n1,Anna\n")
    other = client_of("other", customer={"view": "all"})

    answer = other.get(f"/api/v1/customers?f=import:in:{job.pk}")
    page = other.get(f"/customers/?f=import:in:{job.pk}").content.decode()

    assert (answer.status_code, "There is no such import." in answer.content.decode()) == (422, True)
    assert row_ids(page) == []
    assert "list.csv" not in page


def test_an_import_is_no_choice_in_the_menu_of_filters() -> None:
    client = client_of("root", administrator=True)

    menu = client.get("/customers/filter").content.decode()

    assert "field=city" in menu
    assert "field=import" not in menu


def test_a_required_name_is_never_offered_to_be_left_empty() -> None:
    client = client_of("root", administrator=True)
    upload(client, b"customer id,name,birthday\n1,%s,\n2,Ben,soon\n" % (b"x" * 900), plan="customer")
    job = ImportJob.objects.get()
    columns = {f"column-{n}": job.mapping["columns"][name] for n, name in enumerate(job.description["columns"])}
    client.post(f"/imports/{job.pk}/map", columns)
    work_on_import(job_id=job.pk)

    page = client.get(f"/imports/{job.pk}/check").content.decode()

    assert "<b>name</b>" in page
    assert 'name="lenient" value="birthday"' in page
    assert 'name="lenient" value="name"' not in page


def test_one_row_is_one_row() -> None:
    client = client_of("root", administrator=True)
    job = imported(client, b"customer id,name\n1,Anna\n")

    page = client.get(f"/imports/{job.pk}").content.decode()

    assert "of 1 row<" in page
    assert ">1 row ·" in client.get("/imports").content.decode()


def test_what_an_export_wrote_for_spreadsheets_is_read_back_as_it_was() -> None:
    client = client_of("root", administrator=True)
    imported(client, b"customer id,name,mobile,city\n1,'=SUM Ltd,'+8613800138000,'-ville\n")

    customer = Customer._default_manager.get()

    assert (customer.name, customer.city) == ("=SUM Ltd", "-ville")
    assert list(ContactPoint._default_manager.values_list("value", flat=True)) == ["+8613800138000"]
