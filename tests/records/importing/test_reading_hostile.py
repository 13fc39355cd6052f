"""Files made to exhaust the machine are refused with a reason, within bounded memory.

Each is read in a process of its own that reports how far its memory grew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

MEGABYTE = 1 << 20
ALLOWED_GROWTH = 150 * MEGABYTE

READ = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from guanxi.records.importing.reading import ImportRefused, open_source
small = Path(sys.argv[2])
list(open_source(small).batches())
with open("/proc/self/statm") as statm:
    before = int(statm.read().split()[1]) * 4096
code, rows = "", 0
try:
    for batch in open_source(Path(sys.argv[1])).batches():
        rows += batch.records
except ImportRefused as refusal:
    code = refusal.code
with open("/proc/self/status") as status:  # getrusage would count the test process from which this one was made
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps({"code": code, "rows": rows, "growth": peak - before}))
"""


def read(path: Path) -> tuple[str, int, int]:
    """Read a file in a fresh process: the code of its refusal, the rows read, the growth of memory in bytes."""
    small = path.with_name("small.csv")
    small.write_text("a,b\n1,2\n")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(small)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    return report["code"], report["rows"], report["growth"]


def one_long_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        for _ in range(1024):
            file.write(b"x" * MEGABYTE)


def one_long_first_line(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(300):
            file.write(b"x" * MEGABYTE)


def an_unclosed_quote(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'a,b\n1,"')
        for _ in range(500):
            file.write(b"text\n" * (MEGABYTE // 5))


def an_unclosed_quote_after_irregular_ones(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'a,b\n1,5" pipe\n2,"')
        for _ in range(200):
            file.write(b"x" * MEGABYTE)


def a_million_columns(path: Path) -> None:
    path.write_text(",".join(f"column{number}" for number in range(1_000_000)) + "\n" + "1," * 999_999 + "1\n")


def columns_without_end(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(300):
            file.write(b"," * MEGABYTE)


def rows_without_end(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a\n")
        for _ in range(64):
            file.write(b"1\n" * (MEGABYTE // 2))


def a_json_string_without_end(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'[{"a": 1}, {"a": "')
        for _ in range(300):
            file.write(b"x" * MEGABYTE)


def json_nested_without_end(path: Path) -> None:
    path.write_bytes(b'[{"a": 1}, {"a": ' + b"[" * (20 * MEGABYTE))


PARTS = {
    "[Content_Types].xml": "<Types/>",
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>',
}


def packed(path: Path, part: str, opening: bytes, repeated: bytes, times: int) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        if part != "xl/worksheets/sheet1.xml":
            archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
        with archive.open(part, "w", force_zip64=True) as file:
            file.write(opening)
            for _ in range(times):
                file.write(repeated)


def a_sheet_of_zeros(path: Path) -> None:
    packed(path, "xl/worksheets/sheet1.xml", b"", bytes(MEGABYTE), 1000)


def a_million_shared_strings(path: Path) -> None:
    texts = b"".join(b"<si><t>%06x%06x</t></si>" % (n * 7919 % 16777213, n * 104729 % 16777213) for n in range(100_000))
    packed(path, "xl/sharedStrings.xml", b"<sst>", texts, 11)


def one_row_of_a_workbook_without_end(path: Path) -> None:
    cells = b"".join(b'<c t="inlineStr"><is><t>%010d</t></is></c>' % (n * 7919 % 9999991) for n in range(16_000))
    packed(path, "xl/worksheets/sheet1.xml", b'<worksheet><sheetData><row r="1">', cells, 100)


def rows_of_a_workbook_without_end(path: Path) -> None:
    packed(path, "xl/worksheets/sheet1.xml", b'<worksheet><sheetData><row r="999999999"/>', b"<row/>", 10_000)


def thousands_of_entries(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"x{number}", "")


def a_parquet_file_that_repeats_a_text(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000_000, pa.int32()), pa.array(["x" * 20_000]))
    pq.write_table(pa.table({"a": text}), path)


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (one_long_line, {"row_too_long"}),
        (one_long_first_line, {"row_too_long"}),
        (an_unclosed_quote, {"unclosed_quote"}),
        (an_unclosed_quote_after_irregular_ones, {"unclosed_quote", "row_too_long"}),
        (a_million_columns, {"too_many_columns"}),
        (columns_without_end, {"too_many_columns"}),
        (rows_without_end, {"too_many_rows"}),
        (a_json_string_without_end, {"row_too_long"}),
        (json_nested_without_end, {"row_too_long", "broken_json"}),
        (a_sheet_of_zeros, {"unpacks_too_large"}),
        (a_million_shared_strings, {"too_many_strings"}),
        (one_row_of_a_workbook_without_end, {"too_many_columns", "row_too_long"}),
        (rows_of_a_workbook_without_end, {"too_many_rows"}),
        (thousands_of_entries, {"too_many_entries"}),
        (a_parquet_file_that_repeats_a_text, {"unpacks_too_large"}),
    ],
    ids=lambda item: item.__name__ if callable(item) else "-",
)
def test_a_hostile_file_is_refused_within_bounded_memory(
    tmp_path: Path, make: Callable[[Path], None], codes: set[str]
) -> None:
    path = tmp_path / "hostile"
    make(path)
    code, _, growth = read(path)
    path.unlink()
    assert code in codes
    assert growth < ALLOWED_GROWTH


def test_a_large_file_is_read_within_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("order,sku,name,quantity,at,price,customer,country\n")
        for number in range(20):
            line = f"{number},85123A,WHITE HANGING HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
            file.write(line * 100_000)
    code, rows, growth = read(path)
    path.unlink()
    assert (code, rows) == ("", 2_000_000)
    assert growth < ALLOWED_GROWTH
