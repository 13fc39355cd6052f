"""Boards: whole counts and sums, cards in pieces, moves that notice each other."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import SYSTEM
from guanxi.customers.contact_point.record_type import CONTACT_POINT
from guanxi.customers.models import Customer
from guanxi.customers.order.record_type import ORDER
from guanxi.records import listing
from guanxi.records.writing import create_record
from tests.records.screens.pages import add_customers, read, send
from tests.world import HOST, World


def test_a_column_counts_and_adds_up_all_records_but_shows_the_first_fifty(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Buyer"])[0]
    at = Customer.objects.get(pk=pk).created_at
    for number in range(60):
        create_record(ORDER, actor=SYSTEM, values={"customer": pk, "number": f"B-{number:02d}", "ordered_at": at,
                                                   "status": "open", "total": Decimal("10.00"),
                                                   "currency": "CNY"})  # fmt: skip

    html = read(sandbox.clients["mei"], f"/orders/board?f=customer:in:{pk}")

    head = re.search(r'id="board-head-open".*?</div>', html, re.S)
    assert head is not None
    assert ">60<" in head.group()
    assert "¥600" in head.group()
    assert html.count('id="card-') - html.count('id="card-menu-') == 50
    more = re.search(r'hx-get="([^"]*board/cards[^"]*)"', html)
    assert more is not None
    rest = read(sandbox.clients["mei"], more.group(1).replace("&amp;", "&"))
    assert rest.count('id="card-') - rest.count('id="card-menu-') == 10


def test_columns_that_the_filter_leaves_out_are_empty_and_ask_nothing(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Here"], status="active")

    def asked(address: str) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            html = read(sandbox.clients["mei"], address)
        return len(captured), html

    asked("/customers/board")
    whole, _html = asked("/customers/board")
    few, html = asked("/customers/board?f=status:in:lost")
    head = re.search(r'id="board-head-active".*?</div>', html, re.S)

    assert few < whole
    assert head is not None
    assert '<span class="board-count">0</span>' in head.group()
    assert 'id="card-' not in html


def test_a_filter_that_names_several_columns_is_asked_of_the_database_once_in_each(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Berta", "Bruno"], status="active", city="Bern")
    add_customers(sandbox, "mei", ["Lea"], status="lost", city="Bern")
    add_customers(sandbox, "mei", ["Elsewhere"], status="lost", city="Basel")

    with CaptureQueriesContext(connection) as captured:
        html = read(sandbox.clients["mei"], "/customers/board?f=status:in:active,lost&f=city:is:Bern")

    heads = [re.search(rf'id="board-head-{value}".*?board-count">([^<]*)<', html, re.S) for value in ("active", "lost")]
    assert [head and head.group(1) for head in heads] == ["2", "1"]
    assert "Elsewhere" not in html
    assert max(query["sql"].count('"status" IN (') for query in captured) == 1


def test_an_empty_column_is_only_counted_and_a_short_one_finds_its_cards_before_it_sorts_them(
    sandbox: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LARGE", -1)
    add_customers(sandbox, "mei", ["Rare 1", "Rare 2"], status="lost", city="Rarehaven")

    with CaptureQueriesContext(connection) as captured:
        html = read(sandbox.clients["mei"], "/customers/board?f=status:in:lost,blocked&f=city:is:Rarehaven")

    assert html.index("Rare 2") < html.index("Rare 1")
    asked = [query["sql"] for query in captured]
    assert len([sql for sql in asked if "'blocked'" in sql and "COUNT(" in sql]) == 1
    assert [sql for sql in asked if "'blocked'" in sql and "COUNT(" not in sql] == []
    cards = [sql for sql in asked if "'lost'" in sql and "COUNT(" not in sql and '"version"' in sql]
    assert cards
    assert all("LIMIT 1000)" in sql for sql in cards)


def test_moving_a_card_changes_the_field_and_both_sums(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Mover"], status="active")[0]

    html = send(
        sandbox.clients["mei"], f"/customers/{pk}/move", {"stage": "lost", "version": "1"}, 200
    ).content.decode()

    assert Customer.objects.get(pk=pk).status == "lost"
    assert 'id="board-head-active"' in html
    assert 'id="board-head-lost"' in html
    assert 'data-version="2"' in html


def test_a_card_that_somebody_moved_meanwhile_is_not_moved(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Contested"], status="active")[0]
    send(sandbox.clients["bo"], f"/customers/{pk}/move", {"stage": "blocked", "version": "1"}, 200)

    response = sandbox.clients["mei"].post(
        f"/customers/{pk}/move", {"stage": "lost", "version": "1"}, HTTP_HX_REQUEST="true", **HOST
    )

    assert response.status_code == 409
    assert "Moved%20by%20Bo" in response["X-Problem"]
    assert Customer.objects.get(pk=pk).status == "blocked"


def test_a_move_to_nowhere_or_of_a_foreign_card_changes_nothing(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Still"], status="active")[0]

    send(sandbox.clients["mei"], f"/customers/{pk}/move", {"stage": "nowhere"}, 422)
    send(sandbox.clients["mei"], f"/customers/{sandbox.foreign['customer']}/move", {"stage": "lost"}, 404)

    assert Customer.objects.get(pk=pk).status == "active"


def test_a_board_without_a_card_says_so_and_leads_out_of_its_filter(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Shown"])
    nothing = read(sandbox.clients["mei"], "/customers/board?q=nobody-of-this-name")

    assert "No customers match" in nothing
    assert re.search(r'href="/customers/board[^"]*"[^>]*><span>Clear filters', nothing)
    assert "No customers match" not in read(sandbox.clients["mei"], "/customers/board")


def test_a_board_stands_by_any_choice_that_the_reader_sees(sandbox: World) -> None:
    html = read(sandbox.clients["mei"], "/tasks/board?view=all&by=priority")

    assert re.findall(r'id="board-head-(\w*)"', html) == ["low", "normal", "high"]
    assert 'aria-checked="true"><span class="grow">Priority' in re.sub(
        r"\s*\n\s*", "", read(sandbox.clients["mei"], "/tasks/menu?in=board&of=by&view=all&by=priority")
    )
    read(sandbox.clients["mei"], "/tasks/board?by=subject", 422)


def test_a_folded_column_keeps_its_count_and_asks_for_no_cards(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Folded 1", "Folded 2"], status="active")

    html = read(sandbox.clients["mei"], "/customers/board?view=people&f=name:starts:Folded&shut=active")

    column = html.split('id="stage-active"')[1].split("</section>")[0]
    assert '<span class="board-count">2</span>' in column
    assert 'id="card-' not in column
    more = re.search(r'hx-get="([^"]*board/cards[^"]*)"', column)
    assert more is not None
    assert read(sandbox.clients["mei"], more.group(1).replace("&amp;", "&")).count('id="card-') == 2


def test_a_move_that_needs_another_value_asks_for_it_and_moves_then(sandbox: World) -> None:
    customer = add_customers(sandbox, "mei", ["Reached"])[0]
    point = create_record(
        CONTACT_POINT, actor=SYSTEM, values={"customer": customer, "kind": "email", "value": "a@b.example"}
    )
    move = f"/contact-points/{point.pk}/move?in=board&by=kind"

    asked = send(sandbox.clients["mei"], move, {"stage": "phone", "version": str(point.version)}, 422)

    assert asked["HX-Retarget"] == "#dialog-slot"
    assert 'name="value"' in asked.content.decode()
    assert 'name="along" value="value"' in asked.content.decode()
    point.refresh_from_db()
    assert point.kind == "email"
    wrong = send(
        sandbox.clients["mei"], move,
        {"stage": "phone", "version": str(point.version), "along": "value", "value": "still no number"}, 422,
    )  # fmt: skip
    assert "aria-invalid" in wrong.content.decode()
    done = send(
        sandbox.clients["mei"], move,
        {"stage": "phone", "version": str(point.version), "along": "value", "value": "+4930123456"}, 204,
    )  # fmt: skip
    assert "list-changed" in done["HX-Trigger"]
    point.refresh_from_db()
    assert (point.kind, point.value) == ("phone", "+4930123456")
