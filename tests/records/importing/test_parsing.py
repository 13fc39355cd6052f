"""Columns of raw cells become typed values; each cell that cannot gives a code, its row and what it held."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import phonenumbers
import polars as pl
import pytest

from guanxi.records.importing.messages import codes
from guanxi.records.importing.parsing import FieldSpec, Parsed, parse_column, settle_spec, value_type
from guanxi.records.importing.parsing.contacts import phone_of
from guanxi.records.importing.parsing.spec import DecimalMark

GENDERS = {"male": ("Male", "男", "先生"), "female": ("Female", "女")}


def parse(cells: Sequence[str | None], spec: FieldSpec) -> Parsed:
    return parse_column(pl.Series("cell", cells, dtype=pl.String), spec)


def value_of(cell: str, spec: FieldSpec) -> object:
    parsed = parse([cell], spec)
    assert parsed.errors.is_empty(), parsed.errors
    return parsed.values[0]


def code_of(cell: str, spec: FieldSpec) -> str:
    parsed = parse([cell], spec)
    assert parsed.values[0] is None
    code = parsed.errors["code"].item()
    assert code in codes()
    return str(code)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("  Acme \t Ltd ", "Acme Ltd"), ("a\x00b\u200bc", "abc"), ("e\u0301", "é"), ("　张　伟", "张 伟"), ("\x01", None)],
)
def test_text_is_trimmed_collapsed_and_freed_of_what_cannot_be_seen(cell: str, value: str | None) -> None:
    assert value_of(cell, FieldSpec("text")) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("'=1+1", "=1+1"), ("'+8613800138000", "+8613800138000"), ("'-5 Ltd", "-5 Ltd"), ("'@mei", "@mei"), ("''=x", "'=x"),
     ("'ＴＡＸ", "'ＴＡＸ"), ("'s Hertogenbosch", "'s Hertogenbosch"), ("'", "'")],
)  # fmt: skip
def test_the_apostrophe_that_exports_write_before_a_formula_is_taken_away(cell: str, value: str) -> None:
    assert value_of(cell, FieldSpec("text")) == value


def test_a_long_text_keeps_its_lines() -> None:
    assert value_of("one  \r\n\r\n  two\x00", FieldSpec("long_text")) == "one\n\n  two"


def test_refused_cells_keep_row_raw_cell_and_limit() -> None:
    parsed = parse(["ok", "", " far too long ", None], FieldSpec("text", required=True, max_length=5))
    assert parsed.values.to_list() == ["ok", None, None, None]
    assert parsed.errors.to_dicts() == [
        {"row": 1, "code": "required", "params": {"value": "", "limit": None}},
        {"row": 2, "code": "too_long", "params": {"value": "far too long", "limit": "5"}},
        {"row": 3, "code": "required", "params": {"value": "", "limit": None}},
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12", 12), ("-3", -3), ("1,234", 1234), ("１２", 12), ("12.0", 12), ("(5)", -5), ("1 234", 1234)],
)
def test_whole_numbers(cell: str, value: int) -> None:
    assert value_of(cell, FieldSpec("integer")) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1.5", "bad_integer"), ("two", "bad_integer"), ("99999999999999999999", "out_of_range"), ("1,23", "bad_integer")],
)
def test_what_is_no_whole_number(cell: str, code: str) -> None:
    assert code_of(cell, FieldSpec("integer")) == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'234.5", "1234.50"),
        ("1 234,5", "1234.50"),
        ("￥1,000", "1000.00"),
        ("(12.5)", "-12.50"),
        ("12.5-", "-12.50"),
        ("−7", "-7.00"),
        ("3.5万", "35000.00"),
        ("1.2亿", "120000000.00"),
        ("１２．５", "12.50"),
        ("1.2E+03", "1200.00"),
        ("0.3000000", "0.30"),
        (".5", "0.50"),
        ("1,23,456.70", "123456.70"),
    ],
)
def test_decimals_in_the_ways_people_write_them(cell: str, value: str) -> None:
    assert value_of(cell, FieldSpec("decimal")) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.239", "too_many_decimals"),
        ("12345678901234567.00", "out_of_range"),
        ("12%", "bad_number"),
        ("1.2.3", "bad_number"),
        ("--5", "bad_number"),
        ("abc", "bad_number"),
        ("=1+1", "bad_number"),
        ("9" * 100_000, "bad_number"),
    ],
)
def test_what_is_no_decimal_of_the_field(cell: str, code: str) -> None:
    assert code_of(cell, FieldSpec("decimal")) == code


def test_the_decimal_mark_is_found_from_the_whole_column() -> None:
    german = pl.Series(["1.000", "12,50", "3"])
    spec = settle_spec(german, FieldSpec("decimal"))
    assert spec.decimal_mark == ","
    assert parse_column(german, spec).values.to_list() == [Decimal("1000.00"), Decimal("12.50"), Decimal("3.00")]
    assert settle_spec(pl.Series(["1,000", "12.50"]), FieldSpec("decimal")).decimal_mark == "."


def test_percentages_may_carry_their_sign() -> None:
    assert value_of("12.5 %", FieldSpec("percent")) == Decimal("12.50")


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("100", "100.00", "CNY"),
        ("￥1,234.50", "1234.50", "CNY"),
        ("$5", "5.00", "USD"),
        ("HK$ 12", "12.00", "HKD"),
        ("12,50 €", "12.50", "EUR"),
        ("EUR 12", "12.00", "EUR"),
        ("3.5万元", "35000.00", "CNY"),
        ("100美元", "100.00", "USD"),
        ("-£3", "-3.00", "GBP"),
    ],
)
def test_money_with_symbol_code_or_name(cell: str, amount: str, currency: str) -> None:
    assert value_of(cell, FieldSpec("money", currency="CNY")) == {"amount": Decimal(amount), "currency": currency}


def test_a_shared_symbol_means_the_usual_currency_where_that_uses_it() -> None:
    assert value_of("$5", FieldSpec("money", currency="AUD")) == {"amount": Decimal("5.00"), "currency": "AUD"}
    assert value_of("¥5", FieldSpec("money", currency="JPY", decimals=0)) == {"amount": Decimal(5), "currency": "JPY"}


@pytest.mark.parametrize(("cell", "code"), [("XXQ 5", "unknown_currency"), ("free", "bad_money")])
def test_what_is_no_amount(cell: str, code: str) -> None:
    assert code_of(cell, FieldSpec("money", currency="CNY")) == code


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2010-12-01 08:26:00", datetime(2010, 12, 1, 0, 26, tzinfo=UTC)),
        ("2010-12-01T08:26:00Z", datetime(2010, 12, 1, 8, 26, tzinfo=UTC)),
        ("2026-11-21T14:05:00.250+08:00", datetime(2026, 11, 21, 6, 5, 0, 250_000, tzinfo=UTC)),
        ("2026/1/5 14:05", datetime(2026, 1, 5, 6, 5, tzinfo=UTC)),
        ("2026年11月21日 14:05", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("2026年11月21日 下午2:05", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("2026年11月21日14时05分", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("Nov 21, 2026 2:05 PM", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("21-Nov-26 12:05 AM", datetime(2026, 11, 20, 16, 5, tzinfo=UTC)),
        ("20261121140500", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("45000.5", datetime(2023, 3, 15, 4, 0, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 20, 16, 0, tzinfo=UTC)),
    ],
)
def test_moments_become_utc(cell: str, moment: datetime) -> None:
    assert value_of(cell, FieldSpec("datetime", time_zone="Asia/Shanghai")) == moment


@pytest.mark.parametrize(("mark", "cell", "amount"), [(",", "1.234", "1234"), (".", "1.23", "1.23")])
def test_a_plain_amount_is_read_by_the_decimal_mark_of_its_file(mark: DecimalMark, cell: str, amount: str) -> None:
    assert value_of(cell, FieldSpec("money", decimal_mark=mark)) == {"amount": Decimal(amount), "currency": None}


def test_a_column_may_mix_moments_with_and_without_an_offset() -> None:
    cells = [
        "2026-11-21T14:05:00.250+0800",
        "2026-11-21t00:05:59-05:30",
        "2026-11-21 14:05",
        "2026-02-30T00:00:00Z",
        "2026-11-21T14:05Z",
        None,
    ]

    parsed = parse(cells, FieldSpec("datetime", time_zone="Asia/Shanghai"))

    assert parsed.values.to_list() == [
        datetime(2026, 11, 21, 6, 5, 0, 250_000, tzinfo=UTC), datetime(2026, 11, 21, 5, 35, 59, tzinfo=UTC),
        datetime(2026, 11, 21, 6, 5, tzinfo=UTC), None, datetime(2026, 11, 21, 14, 5, tzinfo=UTC), None,
    ]  # fmt: skip
    assert parsed.errors.select("row", "code").rows() == [(3, "bad_datetime")]


def test_a_date_with_an_offset_is_that_of_the_zone_of_the_company() -> None:
    assert value_of("2026-11-21T23:30:00Z", FieldSpec("date", time_zone="Asia/Shanghai")) == date(2026, 11, 22)


def test_hours_that_clocks_repeat_or_leave_out() -> None:
    berlin = FieldSpec("datetime", time_zone="Europe/Berlin")
    assert value_of("2026-10-25 02:30:00", berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert code_of("2026-03-29 02:30:00", berlin) == "no_such_time"


def test_the_order_of_day_and_month_is_found_from_the_whole_column() -> None:
    assert parse(["13/01/2026", "02/03/2026", "1.2.26"], FieldSpec("date")).values.to_list() == [
        date(2026, 1, 13), date(2026, 3, 2), date(2026, 2, 1),
    ]  # fmt: skip
    assert parse(["01/13/2026", "02/03/2026"], FieldSpec("date")).values.to_list() == [
        date(2026, 1, 13), date(2026, 2, 3),
    ]  # fmt: skip
    assert settle_spec(pl.Series(["01/02/2026", "03/04/2026"]), FieldSpec("date")).date_order == ""
    assert value_of("01/02/2026", FieldSpec("date", region="US")) == date(2026, 1, 2)
    assert value_of("01/02/2026", FieldSpec("date", region="GB")) == date(2026, 2, 1)


@pytest.mark.parametrize("cell", ["2026-02-30", "13/13/2026", "yesterday", "2026", "0026-01-01", "1" * 100_000])
def test_what_is_no_date(cell: str) -> None:
    assert code_of(cell, FieldSpec("date")) == "bad_date"


def test_a_date_before_the_common_era_of_computers() -> None:
    assert value_of("1931年1月7日", FieldSpec("date")) == date(1931, 1, 7)


@pytest.mark.parametrize(("cell", "value"), [("YES", True), ("是", True), ("1", True), ("n", False), ("否", False)])
def test_yes_and_no(cell: str, value: bool) -> None:
    assert value_of(cell, FieldSpec("boolean")) is value


def test_choices_by_value_label_or_alias_in_either_language() -> None:
    spec = FieldSpec("choice", choices=GENDERS)
    assert parse(["男", "FEMALE", "male", "先 生", None], spec).values.to_list() == [
        "male", "female", "male", "male", None,
    ]  # fmt: skip
    assert code_of("unknown", spec) == "unknown_choice"
    assert code_of("maybe", FieldSpec("boolean")) == "bad_boolean"
    several = FieldSpec("choices", choices=GENDERS)
    assert parse(["男、女", "女;x"], several).values.to_list() == [["male", "female"], None]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("A.B+c@Example.COM", "a.b+c@example.com"),
        ("Mei Lin <mei@example.com>", "mei@example.com"),
        ("mailto:mei@example.com", "mei@example.com"),
        ("mei＠example.com", "mei@example.com"),
        ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_email_addresses(cell: str, value: str) -> None:
    assert value_of(cell, FieldSpec("email")) == value


@pytest.mark.parametrize(
    "cell", ["mei", "mei@", "@x.com", "a..b@x.com", "a@b", "a b@x.com", "a@x.com, b@x.com", "a" * 65 + "@x.com"]
)
def test_what_is_no_email_address(cell: str) -> None:
    assert code_of(cell, FieldSpec("email")) == "bad_email"


@pytest.mark.parametrize(
    ("cell", "region", "value"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+86-138-0013-8000", "CN", "+8613800138000"),
        ("0086 139 1234 5678", "CN", "+8613912345678"),
        ("8613800138000", "CN", "+8613800138000"),
        ("13800138000.0", "CN", "+8613800138000"),
        ("（010）6552-9988", "CN", "+861065529988"),
        ("010-65529988转8012", "CN", "+861065529988"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("+1 416 555 0134", "US", "+14165550134"),
        ("07911 123456", "GB", "+447911123456"),
        ("02-2720-8889", "TW", "+886227208889"),
        ("+49 30 901820", "CN", "+4930901820"),
    ],
)
def test_phone_numbers_become_e164(cell: str, region: str, value: str) -> None:
    assert value_of(cell, FieldSpec("phone", region=region)) == value


@pytest.mark.parametrize("cell", ["123", "phone", "138001380001380013800", "13800138000, 13900139000"])
def test_what_is_no_phone_number(cell: str) -> None:
    assert code_of(cell, FieldSpec("phone")) == "bad_phone"


@pytest.mark.parametrize("region", ["CN", "US", "GB", "DE", "FR", "JP", "TW", "HK", "SG", "IT", "AU", "RU", "MX", "AR"])
def test_recognising_phones_by_column_agrees_with_parsing_them_one_by_one(region: str) -> None:
    chance = random.Random(7)
    country = phonenumbers.country_code_for_region(region)
    cells = []
    for _ in range(3_000):
        digits = "".join(chance.choices("0123456789", k=chance.randint(6, 12)))
        beginnings = ["", "0", "1", "8", "+", "00", f"+{country}", f"+{country}0", f"+{country} ("]
        cells.append(chance.choice(beginnings) + digits)
    parsed = parse(cells, FieldSpec("phone", region=region)).values.to_list()
    for cell, value in zip(cells, parsed, strict=True):
        try:
            number = phonenumbers.parse(cell, region)
            possible = phonenumbers.is_possible_number(number)
        except phonenumbers.NumberParseException:
            possible = False
        assert value == (phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Example.com/Path?q=1", "https://example.com/Path?q=1"),
        ("HTTP://X.example.com:8080", "http://x.example.com:8080"),
        ("//cdn.example.com/x", "https://cdn.example.com/x"),
    ],
)
def test_web_addresses(cell: str, value: str) -> None:
    assert value_of(cell, FieldSpec("url")) == value


@pytest.mark.parametrize(
    "cell", ["javascript:alert(1)", "ftp://x.com", "data:text/html,x", "a b", "localhost", "http://"]
)
def test_what_is_no_web_address(cell: str) -> None:
    assert code_of(cell, FieldSpec("url")) == "bad_url"


def test_tags_are_split_and_distinct() -> None:
    parsed = parse(["VIP, 老客户；VIP、 new ", None], FieldSpec("tags"))
    assert parsed.values.to_list() == [["VIP", "老客户", "new"], None]


def test_typed_columns_are_read_like_text() -> None:
    assert parse_column(pl.Series([17850.0, None]), FieldSpec("text")).values.to_list() == ["17850", None]
    assert parse_column(pl.Series([0.1 + 0.2, 2.55]), FieldSpec("decimal")).values.to_list() == [
        Decimal("0.30"), Decimal("2.55"),
    ]  # fmt: skip
    moment = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    shanghai = FieldSpec("datetime", time_zone="Asia/Shanghai")
    assert parse_column(pl.Series([moment]), shanghai).values.to_list() == [moment]
    assert parse_column(pl.Series([date(2026, 1, 2)]), FieldSpec("date")).values.to_list() == [date(2026, 1, 2)]
    assert parse_column(pl.Series([True]), FieldSpec("boolean")).values.to_list() == [True]
    assert parse_column(pl.Series([None, None]), FieldSpec("phone")).values.to_list() == [None, None]


@pytest.mark.parametrize(
    "kind",
    ["text", "long_text", "email", "phone", "url", "integer", "decimal", "money", "percent", "date", "datetime",
     "boolean", "choice", "choices", "tags"],
)  # fmt: skip
@pytest.mark.parametrize("cells", [[], [None], ["", "  "], ["=cmd|' /C calc'!A0", "\ud7ff", "💥" * 50, "-", "+", "()"]])
def test_every_kind_takes_any_cells_and_gives_its_type(kind: str, cells: list[str | None]) -> None:
    spec = FieldSpec(kind, choices=GENDERS)  # type: ignore[arg-type]
    parsed = parse(cells, spec)
    assert parsed.values.dtype == value_type(spec)
    assert parsed.values.len() == len(cells)
    assert set(parsed.errors["code"]) <= codes()


@pytest.mark.parametrize("region", ["CN", "US", "GB", "RU"])
def test_numbers_of_all_countries_are_read_in_a_column_as_each_is_alone(region: str) -> None:
    given = [phonenumbers.example_number(country) for country in sorted(phonenumbers.SUPPORTED_REGIONS)]
    cells = [
        cell
        for number in given
        for style in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        for written in [phonenumbers.format_number(number, style)]
        for cell in (written, written[:-1], written + "1", written.replace(" ", " 0", 1))
    ]

    assert parse(cells, FieldSpec("phone", region=region)).values.to_list() == [
        phone_of(each, region) for each in cells
    ]
