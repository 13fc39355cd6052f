"""The check shows the first rows in the words and formats in which lists will show them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone, translation

from guanxi.core.actor import SYSTEM
from guanxi.records.importing.checking import check_job
from guanxi.records.importing.job import create_job, request_check, source_system
from guanxi.records.importing.proposing import propose_mapping
from guanxi.records.importing.wizard import preview

ORDERS = "order number,customer id,order date,sku,quantity,unit price\n7001,c1,2026-03-04 09:30,A-1,12.000,1250.50\n"


@pytest.mark.django_db
def test_the_first_rows_are_shown_as_numbers_and_days_of_the_readers_language(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    job = create_job(SYSTEM, path, path.name, "order_line", source=source_system("shop"))
    job.mapping = propose_mapping(job, SYSTEM).to_json()
    job.save()
    request_check(SYSTEM, job.pk, defer=False)
    check_job(job.pk)
    job.refresh_from_db()

    with timezone.override("Asia/Shanghai"), translation.override("en"):
        shown = preview(job, SYSTEM)
    cells = dict(zip((label for label, _number in shown.columns), shown.rows[0], strict=True))

    assert cells["quantity"] == "12"
    assert cells["unit price"] == "1,250.5"
    assert cells["ordered"] == "Mar 4, 2026 09:30"
    assert dict(shown.columns)["quantity"] is True
