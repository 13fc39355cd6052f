"""What is written in Python reads exactly like what is written by the templates, in tables as on records."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guanxi.ui import formats, quick_formats
from guanxi.ui.cells import draw_cell, draw_chip
from guanxi.ui.list_page import Column
from guanxi.ui.parts import Cell, Chip
from guanxi.ui.table_rows import (
    TableColumn,
    TableRow,
    Writer,
    boolean_writer,
    chip_writer,
    email_writer,
    figure_writer,
    name_writer,
    phone_writer,
    reference_writer,
    text_writer,
    write_rows,
)  # fmt: skip

LANGUAGES = ("en", "zh-hans")
AMOUNT = Decimal("-1234567.50")
CHIP = Chip("Gold & more", "yellow")


def _cell(item: Cell) -> str:
    return _plain(draw_cell(item))


def _plain(markup: str) -> str:
    """Markup without the space between elements and without elements that mean nothing."""
    return re.sub(r"<span>([^<]*)</span>", r"\1", re.sub(r">\s+<", "><", " ".join(markup.split())))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("item", "write", "value"),
    [
        (Cell("money", AMOUNT, currency="CNY"), lambda: figure_writer("money"), {"amount": AMOUNT, "currency": "CNY"}),
        (Cell("money", AMOUNT, currency="USD", url="/f/7", tip="why"),
         lambda: figure_writer("money", link=("/f/", ""), tip="why"), {"amount": AMOUNT, "currency": "USD"}),
        (Cell("number", 1234567), lambda: figure_writer("integer"), 1234567),
        (Cell("number", AMOUNT, decimals=3), lambda: figure_writer("decimal", 3), AMOUNT),
        (Cell("percent", Decimal("0.314")), lambda: figure_writer("percent"), Decimal("31.4")),
        (Cell("tag", chips=(CHIP,)), lambda: chip_writer({"gold": CHIP}), "gold"),
        (Cell("tag", chips=(CHIP,), url="/f/7"), lambda: chip_writer({"gold": CHIP}, ("/f/", "")), "gold"),
        (Cell("person", "Chen Jing", url="/users/3"), lambda: reference_writer("/users/", people=True),
         {"id": 3, "label": "Chen Jing"}),
        (Cell("boolean", True), boolean_writer, True),
        (Cell("boolean", False), boolean_writer, False),
        (Cell("email", "mei@example.com"), lambda: email_writer, "mei@example.com"),
        (Cell("phone", "+86 138 0013 8000"), lambda: phone_writer, "+86 138 0013 8000"),
        (Cell("name", "张伟 <Wei>", url="/customers/7"), lambda: name_writer("/customers/", frozenset()), "张伟 <Wei>"),
        (Cell("name", "Acme Ltd", url="/customers/7", organization=True),
         lambda: name_writer("/customers/", frozenset({7})), "Acme Ltd"),
    ],
)  # fmt: skip
def test_a_cell_of_a_long_table_is_the_cell_of_a_record(
    language: str, item: Cell, write: Callable[[], Writer], value: object
) -> None:
    with translation.override(language):
        assert _plain(write()(value, 7)) == _cell(item)


@pytest.mark.parametrize(
    ("item", "markup"),
    [
        (Cell("boolean", True), '<svg class="icon icon--14" role="img" aria-label="Yes">'),
        (Cell("boolean", False), '<span class="text-3"><svg class="icon icon--14" role="img" aria-label="No">'),
        (Cell("email", "o'mei@example.com"), '<a href="mailto:o&#x27;mei@example.com">o&#x27;mei@example.com</a>'),
        (Cell("phone", "+86 138 0013"), '<a class="tnum" href="tel:+861380013">+86 138 0013</a>'),
        (Cell("phone", "+861380013", detail="138 0013"), '<a class="tnum" href="tel:+861380013">138 0013</a>'),
        (Cell("money", Decimal(-5), "USD", url="/f/7", tip="why"),
         '<a class="num-link tnum" href="/f/7" title="why">−$5.00</a>'),
        (Cell("number", 7, bar=-0.4), '<span class="bar bar--neg v-40" aria-hidden="true"><i></i></span>'),
        (Cell("text", "Wuhan", url="/x?a=1&b=2", tone="quiet"), '<a class="cell-link text-2" href="/x?a=1&amp;b=2">'),
        (Cell("risk", 0.31, level=2, detail="Churn risk"), '<span class="risk risk--mid"><span class="level" '
         'aria-hidden="true"><i class="on"></i><i class="on"></i><i></i></span>'),
        (Cell("date", date(2024, 3, 2), tone="danger"), '<time class="date text-danger" title="Mar 2, 2024">'),
    ],
)  # fmt: skip
def test_a_cell_is_written_as_people_and_screen_readers_need_it(item: Cell, markup: str) -> None:
    with translation.override("en"):
        assert markup in draw_cell(item)


@pytest.mark.parametrize("name", ["张伟明", "Acme & Sons Ltd", "x"])
def test_pictures_chips_people_and_states_are_those_of_the_macros(name: str) -> None:
    def macro(call: str) -> str:
        source = f'{{% from "ui/components.html" import avatar, person, status, tag %}}{{{{ {call} }}}}'
        environment = engines.all()[0].env  # type: ignore[attr-defined]
        return _plain(environment.from_string(source).render(name=name))

    for organization in (True, False):
        assert _cell(Cell("person", name, organization=organization)) == macro(f"person(name, {organization})")
    assert _cell(Cell("status", name, color="green")) == macro('status(name, "green")')
    for color, icon in (("yellow", ""), ("gray", "star")):
        assert _plain(draw_chip(Chip(name, color, icon))) == macro(f'tag(name, "{color}", "{icon}")')


@pytest.mark.parametrize("language", LANGUAGES)
@given(
    amount=st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    currency=st.sampled_from(["CNY", "USD", "EUR", "JPY", "KWD", "CHF", "XXX"]),
)
def test_quick_money_is_money(language: str, amount: Decimal, currency: str) -> None:
    with translation.override(language):
        assert quick_formats.money(amount, currency) == formats.money(amount, currency)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.integers(-(10**12), 10**12), places=st.integers(0, 4))
def test_quick_numbers_are_numbers(language: str, value: int, places: int) -> None:
    with translation.override(language):
        assert quick_formats.number(value) == formats.number(value)
        assert quick_formats.number_text(Decimal(value) / 7, places) == formats.number(Decimal(value) / 7, places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_quick_dates_are_dates(language: str) -> None:
    with translation.override(language):
        for value in (date(2026, 3, 2), datetime(2024, 12, 31, 23, 30, tzinfo=UTC), datetime.now(UTC)):
            assert quick_formats.day(value) == formats.day(value)
            assert quick_formats.day_short(value) == formats.day_short(value)
        assert quick_formats.moment(datetime(2026, 3, 2, 23, 5, tzinfo=UTC)) == formats.moment(
            datetime(2026, 3, 2, 23, 5, tzinfo=UTC)
        )


def test_a_row_of_a_long_table_has_one_element_for_each_value_so_that_a_page_of_fifty_stays_small() -> None:
    columns = [
        TableColumn(Column("name", "Name"), name_writer("/customers/", frozenset()), "field/name?cell=1"),
        TableColumn(Column("tier", "Tier"), chip_writer({"gold": CHIP}, ("/figures/tier/", "/"))),
        TableColumn(Column("value", "Value"), figure_writer("money", link=("/figures/value/", "/"))),
        TableColumn(Column("owner", "Owner"), reference_writer("/users/", people=True)),
        TableColumn(Column("city", "City"), text_writer),
    ]
    values = ["Chen Jing", "gold", {"amount": AMOUNT, "currency": "CNY"}, {"id": 3, "label": "Li Na"}, "Wuhan"]

    with translation.override("en"):
        markup = write_rows([TableRow(7, "Chen Jing", values)], columns, "/customers/", "?from=x", selectable=True)

    assert re.findall(r"<(\w+)", markup) == ["tr", "td", "input", *["td", "a"] * 4, "td"]
    assert 'data-peek="/customers/7/peek?from=x"' in markup
