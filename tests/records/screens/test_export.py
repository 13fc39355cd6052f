"""Exports hold exactly the rows of the list, for those who may export, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.records.exporting import harmless
from guanxi.records.models import ChangeSet
from tests.records.screens.pages import add_customers, hidden_value, read, row_ids
from tests.world import HOST, World


def _download(world: World, url: str, who: str = "mei") -> bytes:
    response = world.clients[who].get(url, **HOST)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def _rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("query", ["f=name:starts:File&sort=name", "f=name:starts:File&sort=-name&q=file 1", "q=file"])
def test_the_file_holds_the_rows_of_the_list_in_their_order(sandbox: World, query: str) -> None:
    add_customers(sandbox, "mei", [f"File {number:02d}" for number in range(30)])
    add_customers(sandbox, "carla", ["File of Carla"])
    shown = row_ids(read(sandbox.clients["mei"], f"/customers/?{query}"))

    rows = _rows(_download(sandbox, f"/customers/export/csv?{query}"))

    assert [int(row[0]) for row in rows[1:]] == shown


def test_a_selection_is_exported_and_nothing_else(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["File A", "File B", "File C"])
    html = read(sandbox.clients["mei"], f"/customers/bulk/export?id={ids[0]}&id={ids[2]}")
    url = html.split('href="/customers/export/csv')[1].split('"')[0].replace("&amp;", "&")

    assert "Export 2 customers" in html
    assert sorted(int(row[0]) for row in _rows(_download(sandbox, f"/customers/export/csv{url}"))[1:]) == [
        ids[0],
        ids[2],
    ]


def test_formats_agree_with_each_other(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["文件 王", "File B"], city="上海")
    query = "f=city:is:上海&cols=name,city,status&sort=name"

    table = _rows(_download(sandbox, f"/customers/export/csv?{query}"))
    lines = [json.loads(line) for line in _download(sandbox, f"/customers/export/jsonl?{query}").splitlines()]
    book = openpyxl.load_workbook(io.BytesIO(_download(sandbox, f"/customers/export/xlsx?{query}")))

    assert [row[1] for row in table[1:]] == [line["name"] for line in lines]
    assert [[str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)] == table


def test_an_export_needs_the_right_and_is_recorded(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["File A"])
    read(sandbox.clients["rita"], "/customers/export/csv", 403)

    _download(sandbox, "/customers/export/csv?f=name:is:File A&cols=name,city")

    kept = ChangeSet.objects.get(kind="export")
    assert kept.actor_id == sandbox.users["mei"].pk
    assert kept.counts == {"record_type": "customer", "rows": 1, "columns": ["name", "city"], "format": "csv"}


def test_formulas_leave_as_text(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["=HYPERLINK(1)"], city="\t@SUM(A1)")
    data = _download(sandbox, "/customers/export/csv?q=hyperlink&cols=name,city")

    assert _rows(data)[1][1:] == ["'=HYPERLINK(1)", "'\t@SUM(A1)"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=12), st.sampled_from("=+-@＝＋－＠"))
def test_whatever_stands_before_a_sign_no_spreadsheet_sees_a_formula(before: str, sign: str) -> None:
    written = harmless(f"{before}{sign}1+1")
    visible = "".join(character for character in written if not character.isspace() and character.isprintable())

    assert visible.startswith("'") or visible[:1] not in "=+-@＝＋－＠"


def test_the_server_decides_what_all_means(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["File A"])
    theirs = add_customers(sandbox, "carla", ["File of Carla"])
    html = read(sandbox.clients["mei"], f"/customers/bulk/edit?id={theirs[0]}&field=status")
    token = hidden_value(html, "selection")

    rows = _rows(_download(sandbox, f"/customers/export/csv?selection={token}"))

    assert rows[1:] == []
