"""A segment is put together by looking and choosing; its count, its members and its export are the same people."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from guanxi.customers.score.models import CustomerFigures
from guanxi.customers.segment.models import Segment
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_a_condition_is_counted_at_once_saved_as_a_segment_and_its_members_exported(
    visit: Open, tmp_path: Path
) -> None:
    gold = CustomerFigures.objects.filter(tier="gold", customer__deleted_at=None)
    names = set(gold.values_list("customer__name", flat=True))
    page = visit("marketer").page
    page.goto("/segments/new")
    page.locator("#rule-build .rule-pill.f").click()
    page.locator("#rule-fields input[type=text]").fill("tier")
    page.locator("#rule-fields .menu-item:visible", has_text=re.compile("value tier", re.IGNORECASE)).first.click()
    page.locator("#rule-build .rule-value input[value=gold]").check()
    expect(page.locator("#rule-count")).to_have_text(str(len(names)))
    expect(page.locator("#rule-sentence")).to_contain_text(re.compile("gold", re.IGNORECASE))

    page.locator("[name=name]").fill("The golden ones")
    page.locator(".rule-head .button--primary").click()
    page.wait_for_url(re.compile(r"/segments/\d+$"))
    segment = Segment._default_manager.get(name="The golden ones")
    expect(page.locator(".segment-size .big")).to_have_text(str(len(names)))

    page.locator(".segment-actions a", has_text="Show members").click()
    expect(page.locator("#list-rows [data-row]")).to_have_count(len(names))
    with page.expect_download() as download:
        page.goto(f"/segments/{segment.pk}")
        page.locator(".segment-actions a", has_text="Export").click()
    file = tmp_path / "members.xlsx"
    download.value.save_as(file)
    sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert {row[header.index("Name")] for row in rows} == names
