"""Delimited and JSON files are read into raw text columns, whatever their encoding and shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.records.importing.reading import Choices, ImportRefused, Limits, open_source
from guanxi.records.importing.reading.charset import detect_charset

CHINESE = (
    "客户编号,客户名称,手机号码,地址,备注\n"
    "C001,上海晨光贸易有限公司,13800138000,上海市浦东新区世纪大道100号,老客户，按月结算\n"
    "C002,张伟,13912345678,北京市海淀区中关村大街1号,经朋友介绍\n"
)
TRADITIONAL = (
    "客戶編號,客戶名稱,電話,地址,備註\n"
    "C001,臺灣大明貿易股份有限公司,02-27208889,臺北市信義區市府路1號,長期合作的客戶\n"
    "C002,陳志明,0912345678,高雄市前鎮區中山路2號,由業務介紹\n"
)
WESTERN = "Nom,Ville,Téléphone\nJosé Müller,Besançon,0381610000\nHélène Lefèvre,Orléans,0238000000\n"


def write(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def rows_of(path: Path, size: int = 50_000, skip_rows: int = 0, **choices: object) -> list[tuple[object, ...]]:
    source = open_source(path, choices=Choices(**choices))  # type: ignore[arg-type]
    return [row for batch in source.batches(size, skip_rows=skip_rows) for row in batch.frame.rows()]


@pytest.mark.parametrize(
    ("content", "encoding", "found"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN, "latin-1", "cp1252"),
    ],
)
def test_the_encoding_is_found_and_the_text_comes_out_whole(
    tmp_path: Path, content: str, encoding: str, found: str
) -> None:
    path = write(tmp_path, content, encoding)
    source = open_source(path)
    assert source.describe().encoding == found
    assert source.describe().confidence > 0.6
    expected = [tuple(line.split(",")) for line in content.splitlines()]
    assert source.describe().columns == expected[0]
    assert rows_of(path) == expected[1:]


def test_the_encoding_of_a_file_that_begins_in_ascii_is_found_further_on(tmp_path: Path) -> None:
    plain = "id,name\n" + "".join(f"{number},Anna\n" for number in range(60_000))
    path = write(tmp_path, plain + "60000,上海晨光贸易有限公司\n60001,北京大学\n", "gb18030")
    assert detect_charset(path).name == "gb18030"
    assert rows_of(path)[-1] == ("60001", "北京大学")


def test_a_file_that_stops_being_utf8_names_the_byte(tmp_path: Path) -> None:
    good = "姓名,城市\n" + "张伟,北京\n" * 200_000
    data = good.encode() + "李娜,上海\n".encode("gbk")
    path = write(tmp_path, data)
    source = open_source(path)
    with pytest.raises(ImportRefused) as refusal:
        list(source.batches())
    assert refusal.value.code == "undecodable"
    assert refusal.value.params["encoding"] == "utf-8"
    assert refusal.value.params["position"] == len(good.encode())


def test_a_wrong_choice_of_encoding_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = write(tmp_path, CHINESE, "gbk")
    with pytest.raises(ImportRefused) as refusal:
        open_source(path, choices=Choices(encoding="utf-8"))
    assert (refusal.value.code, refusal.value.params["position"]) == ("undecodable", 0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["sku", "price", "text"], ["A1", "2,50", "red"], ["A2", "3.50", "blue"]]
    cells = [[f'"{cell}"' if delimiter in cell else cell for cell in line] for line in lines]
    path = write(tmp_path, "\n".join(delimiter.join(line) for line in cells))
    assert open_source(path).describe().delimiter == delimiter
    assert rows_of(path) == [tuple(line) for line in lines[1:]]


def test_quoted_newlines_delimiters_and_quotes_stay_in_their_cell(tmp_path: Path) -> None:
    path = write(tmp_path, 'name,note\r\n"Bo, Jr.","two\r\nlines, ""quoted"""\r\nMei,plain\r\n')
    assert rows_of(path) == [("Bo, Jr.", 'two\nlines, "quoted"'), ("Mei", "plain")]


def test_a_quote_within_a_cell_is_taken_as_it_stands(tmp_path: Path) -> None:
    path = write(tmp_path, 'sku,name,price\nA1,5" pipe,2.5\nA2,"3"" pipe",1.5\nA3,"x, y",1\n')
    assert rows_of(path) == [("A1", '5" pipe', "2.5"), ("A2", '3" pipe', "1.5"), ("A3", "x, y", "1")]


def test_title_lines_before_the_header_are_skipped(tmp_path: Path) -> None:
    path = write(tmp_path, "客户清单,,\n导出时间：2026年11月21日,,\n\n姓名,手机,城市\n张伟,13800138000,北京\n")
    description = open_source(path).describe()
    assert (description.header_row, description.columns) == (4, ("姓名", "手机", "城市"))
    assert description.record_number(0) == 5
    assert rows_of(path) == [("张伟", "13800138000", "北京")]


def test_a_file_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "张伟,13800138000,2026-01-02\n李娜,13900139000,2026-01-03\n")
    description = open_source(path).describe()
    assert (description.header_row, description.columns) == (0, ("column 1", "column 2", "column 3"))
    assert len(rows_of(path)) == 2


def test_repeated_and_empty_column_names_become_distinct(tmp_path: Path) -> None:
    path = write(tmp_path, "Phone,Name,Phone,\n1,2,3,4\n")
    assert open_source(path).describe().columns == ("Phone", "Name", "Phone (2)", "column 4")


def test_rows_of_the_wrong_width_are_reported_and_the_others_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,c\n1,2,3\nx,y\n\n4,5,6\n7,8,9,10\n,,\n11,12,13,,\n")
    (batch,) = open_source(path).batches()
    assert batch.frame.rows() == [("1", "2", "3"), ("4", "5", "6"), ("11", "12", "13")]
    assert batch.rows.to_list() == [0, 3, 6]
    assert [(error.row, error.code, error.params, error.cells) for error in batch.errors] == [
        (1, "wrong_cell_count", {"expected": 3, "found": 2}, ("x", "y")),
        (4, "wrong_cell_count", {"expected": 3, "found": 4}, ("7", "8", "9", "10")),
    ]
    assert (batch.first_row, batch.records, batch.progress) == (0, 7, 1.0)


def test_the_regular_and_the_irregular_way_of_reading_agree(tmp_path: Path) -> None:
    lines = ["a,b,c", "1,2,3", "x,y", "", '"q,q",5,6', "7,8,9,10", "11,12,13,,", '14,"line\nbreak",16']
    regular = write(tmp_path, "\n".join(lines) + "\n", name="regular.csv")
    irregular = write(tmp_path, "\n".join([lines[0], '0,5" pipe,0', *lines[1:]]) + "\n", name="irregular.csv")
    (first,), (second,) = open_source(regular).batches(), open_source(irregular).batches()
    assert second.frame.rows()[1:] == first.frame.rows()
    assert [row - 1 for row in second.rows.to_list()[1:]] == first.rows.to_list()
    assert [(error.row - 1, error.params, error.cells) for error in second.errors] == [
        (error.row, error.params, error.cells) for error in first.errors
    ]


@pytest.mark.parametrize("skip_rows", [0, 1, 70_000, 123_456, 199_999, 200_000])
def test_a_pass_can_be_taken_up_again_at_any_row(tmp_path: Path, skip_rows: int) -> None:
    path = write(tmp_path, "id,text\n" + "".join(f'{number},"row, {number}"\n' for number in range(200_000)))
    batches = list(open_source(path).batches(30_000, skip_rows=skip_rows))
    assert [row[0] for batch in batches for row in batch.frame.rows()] == [str(n) for n in range(skip_rows, 200_000)]
    assert all(batch.records == 30_000 for batch in batches[:-1])
    assert [batch.next_row for batch in batches[:-1]] == [batch.first_row for batch in batches[1:]]


def test_json_lines_keep_numbers_as_written_and_flatten_objects(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"id": 9007199254740993, "price": 1.10, "address": {"city": "北京", "zip": null}, "tags": ["a", "b"]}\n'
        '{"id": 2, "vip": true}\nnot json\n',
        name="file.jsonl",
    )
    source = open_source(path)
    assert source.describe().columns == ("id", "price", "address.city", "address.zip", "tags", "vip")
    (batch,) = source.batches()
    assert batch.frame.rows() == [
        ("9007199254740993", "1.10", "北京", None, "a; b", None),
        ("2", None, None, None, None, "true"),
    ]
    assert [(error.row, error.code) for error in batch.errors] == [(2, "bad_json")]


def test_a_json_array_is_streamed(tmp_path: Path) -> None:
    items = ",\n".join(f'{{"id": {number}, "name": "客户 [{number}]"}}' for number in range(50_000))
    path = write(tmp_path, f"[\n{items}\n]\n", name="file.json")
    source = open_source(path)
    assert source.describe().format == "json"
    batches = list(source.batches(20_000, skip_rows=10))
    assert [batch.records for batch in batches] == [20_000, 20_000, 9_990]
    assert batches[-1].frame.row(-1) == ("49999", "客户 [49999]")


def test_a_json_array_that_breaks_off_is_refused_with_its_row(tmp_path: Path) -> None:
    path = write(tmp_path, '[{"id": 1}, {"id": 2}, {"id":', name="file.json")
    with pytest.raises(ImportRefused) as refusal:
        open_source(path)
    assert (refusal.value.code, refusal.value.params) == ("broken_json", {"row": 3})


def test_an_old_macintosh_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\r1,2\r3,4\r")
    assert rows_of(path) == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n  \n", "no_rows"),
        (b"\xd0\xcf\x11\xe0rest of an old workbook", "unsupported_format"),
        (b"a,b\n1,x\x00y\n" + b"1,2\n" * 100, "nul_bytes"),
        (bytes(range(256)) * 50, "binary_file"),
        (b'a,b\n1,"never closed\n2,3\n', "unclosed_quote"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ImportRefused) as refusal:
        list(open_source(path).batches())
    assert refusal.value.code == code


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a\n" + "1\n" * 1001)
    with pytest.raises(ImportRefused) as refusal:
        list(open_source(path, limits=Limits(rows=1000)).batches(100))
    assert (refusal.value.code, refusal.value.params["limit"]) == ("too_many_rows", 1000)
