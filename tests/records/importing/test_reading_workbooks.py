"""Workbooks and Parquet files are read as they were saved; formulas are never evaluated."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import polars as pl
import pytest

from guanxi.records.importing.reading import Choices, ImportRefused, open_source


def workbook(path: Path, rows: list[list[object]], title: str = "客户") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.create_sheet("notes").append(["other", "sheet"])
    book.save(path)
    return path


def replaced(path: Path, part: str, content: bytes) -> Path:
    """Copy a workbook with one part replaced."""
    copy = path.with_name("changed.xlsx")
    with ZipFile(path) as old, ZipFile(copy, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return copy


def test_a_sheet_is_read_as_text_with_dates_and_whole_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["客户名单", None, None, None, None],
            ["姓名", "手机", "生日", "下单时间", "金额"],
            ["张伟", 13800138000, date(1990, 2, 28), datetime(2026, 11, 21, 14, 5), 0.1 + 0.2],  # noqa: DTZ001
            [None, None, None, None, None],
            ["李娜", "139 0013 9000", None, None, -12],
            ["x", None, None, None, None, "surplus"],
        ],
    )
    source = open_source(path)
    description = source.describe()
    assert (description.format, description.sheet, description.sheets) == ("xlsx", "客户", ("客户", "notes"))
    assert (description.header_row, description.columns) == (2, ("姓名", "手机", "生日", "下单时间", "金额"))
    (batch,) = source.batches()
    assert batch.frame.rows() == [
        ("张伟", "13800138000", "1990-02-28", "2026-11-21 14:05:00", "0.3"),
        ("李娜", "139 0013 9000", None, None, "-12"),
    ]
    assert batch.rows.to_list() == [0, 2]
    assert [(error.row, error.code) for error in batch.errors] == [(3, "wrong_cell_count")]
    assert next(iter(source.batches(skip_rows=1))).frame.rows() == [("李娜", "139 0013 9000", None, None, "-12")]


def test_another_sheet_can_be_chosen_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    assert open_source(path, choices=Choices(sheet="notes")).describe().columns == ("other", "sheet")
    with pytest.raises(ImportRefused) as refusal:
        open_source(path, choices=Choices(sheet="gone"))
    assert (refusal.value.code, refusal.value.params) == ("no_such_sheet", {"name": "gone"})


def test_of_a_formula_only_the_stored_value_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["name", "total"], ["Mei", 1]])
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>total</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>HYPERLINK("http://x")</f><v>Mei</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>Bo</t></is></c><c r="B3"><f>WEBSERVICE("http://x")</f></c></row>'
        "</sheetData></worksheet>"
    )
    changed = replaced(path, "xl/worksheets/sheet1.xml", sheet.encode())
    (batch,) = open_source(changed).batches()
    assert batch.frame.rows() == [("Mei", "2"), ("Bo", None)]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://example.test/x.dtd">',
    ],
)
def test_declared_entities_are_refused(tmp_path: Path, prolog: str) -> None:
    path = workbook(tmp_path / "a.xlsx", [["name"], ["Mei"]])
    content = f'<?xml version="1.0"?>{prolog}<worksheet><sheetData/></worksheet>'
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        with pytest.raises(ImportRefused) as refusal:
            open_source(replaced(path, part, content.encode()))
        assert refusal.value.code == "hostile_xml"


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["name"], ["Mei"]])
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ImportRefused) as refusal:
        open_source(broken)
    assert refusal.value.code == "damaged_file"
    with pytest.raises(ImportRefused) as refusal:
        open_source(replaced(path, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>"))
    assert refusal.value.code == "damaged_file"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "text")
    with pytest.raises(ImportRefused) as refusal:
        open_source(path)
    assert refusal.value.code == "unsupported_format"


def test_a_parquet_file_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame(
        {
            "id": [1, 2, 3],
            "name": ["张伟", None, "Mei"],
            "amount": [Decimal("1.10"), None, Decimal("3.00")],
            "at": [datetime(2026, 11, 21, 14, 5), None, datetime(2026, 1, 1)],  # noqa: DTZ001
            "tags": [["a", "b"], None, []],
        },
        schema_overrides={"amount": pl.Decimal(12, 2)},
    )
    frame.write_parquet(path)
    source = open_source(path)
    assert (source.describe().format, source.describe().rows) == ("parquet", 3)
    (batch,) = source.batches()
    assert batch.frame.schema["amount"] == pl.Decimal(12, 2)
    assert batch.frame.drop("tags").rows() == frame.drop("tags").rows()
    assert batch.frame["tags"].to_list() == ["a; b", None, ""]
    assert batch.progress == 1.0


def test_a_parquet_file_can_be_taken_up_again_at_any_row(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"id": range(120_000)}).write_parquet(path, row_group_size=25_000)
    batches = list(open_source(path).batches(40_000, skip_rows=60_001))
    assert [(batch.first_row, batch.records) for batch in batches] == [(60_001, 40_000), (100_001, 19_999)]
    assert batches[0].frame.row(0) == (60_001,)
    assert batches[0].rows[0] == 60_001
