"""The file of the tutorial, encoded in GBK with Chinese headers, comes in through the wizard and goes out again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guanxi.customers.customer.models import Customer
from guanxi.records.models import ImportJob
from tests.journeys.conftest import Open

FILE = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "files" / "customers-gbk.csv"
NAMES = {"王小明", "欧阳雪", "苏州金鸡湖半导体材料有限公司", "李娜", "单立文"}

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def counts(page: Page) -> list[str]:
    """The four counts of the check or the result, in their order."""
    return page.locator(".import-outcome b").all_inner_texts()


def present() -> set[str]:
    """Which of the names in the file are customers now."""
    return set(Customer.objects.filter(name__in=NAMES, deleted_at=None).values_list("name", flat=True))


def test_five_of_six_rows_come_in_and_the_whole_import_is_taken_back(visit: Open) -> None:
    page = visit("administrator").page
    page.goto("/imports/new")
    page.locator("#import-file").set_input_files(FILE)
    page.locator("#import-plan").select_option("customer")
    page.locator("#import-source-name").fill("旧名单")
    page.locator("form[data-upload] .button--primary").click()

    page.wait_for_url("**/map")
    expect(page.locator(".imp-head")).to_contain_text(re.compile("GB18030|GBK", re.IGNORECASE))
    expect(page.locator(".cover-num")).to_have_text("7/7")
    page.locator(".imp-foot .button--primary").click()

    page.wait_for_url("**/check")
    expect(page.locator(".imp-foot .button--primary")).to_have_text("Import 5 rows")
    assert counts(page) == ["5", "0", "0", "1"]
    expect(page.locator(".rejects").first).to_contain_text("客户名称")
    assert present() == set()
    page.locator(".imp-foot .button--primary").click()

    expect(page.locator(".run-head h2")).to_have_text("The import is done")
    assert counts(page) == ["5", "0", "0", "1"]
    assert present() == NAMES
    job = ImportJob._default_manager.latest("pk")
    page.get_by_role("link", name="Show the records").click()
    for name in NAMES:
        expect(page.locator("#list-rows")).to_contain_text(name)

    page.goto(f"/imports/{job.pk}")
    page.get_by_role("link", name="Undo import…").click()
    with page.expect_navigation():
        page.locator("form.tm-foot .button--primary").click()
    page.goto(f"/imports/{job.pk}")
    expect(page.locator(".run-head h2")).to_have_text("The import was undone")
    assert present() == set()
