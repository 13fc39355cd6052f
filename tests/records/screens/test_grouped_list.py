"""Lists in groups: heads with counts and sums, rows within their group, and the foot of every list."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import SYSTEM
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records import listing, summing
from guanxi.records.registry import record_types
from guanxi.records.writing import create_record
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import add_customers, read, row_ids
from tests.world import HOST, World

NAMED = "/customers/?view=people&f=name:starts:Group&cols=name,status,credit_limit"


def heads(html: str) -> list[tuple[str, str, str]]:
    """Key, words and number of each group."""
    parts = re.findall(
        r'data-group="([^"]*)".*?<span class="truncate"[^>]*>([^<]*)</span><span class="group-count">([^<]*)<',
        html,
        re.S,
    )
    return [(key, unescape(words), count) for key, words, count in parts]


def rows_below(html: str, key: str) -> list[int]:
    """The rows that came along below one group."""
    return row_ids(html.split(f'data-group="{key}"')[1].split('class="group-head"')[0])


def test_a_list_by_a_choice_has_a_head_for_each_value_with_its_count_and_sum(sandbox: World) -> None:
    active = add_customers(
        sandbox, "mei", ["Group A", "Group B"], status="active", credit_limit=Decimal(100), currency="EUR"
    )
    lost = add_customers(sandbox, "mei", ["Group C"], status="lost", credit_limit=Decimal(7), currency="EUR")

    html = read(sandbox.clients["mei"], f"{NAMED}&group=status")

    found = {key: count for key, _words, count in heads(html)}
    assert found == {"active": "2", "lost": "1"}
    assert sorted(rows_below(html, "active")) == active
    assert rows_below(html, "lost") == lost
    assert "€200" in html.split('data-group="active"')[1].split("</tr>")[0]
    assert "€207" in html.split("<tfoot>")[1]


def test_a_folded_group_keeps_its_head_and_sends_no_rows(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Group A"], status="active")
    lost = add_customers(sandbox, "mei", ["Group C"], status="lost")

    html = read(sandbox.clients["mei"], f"{NAMED}&group=status&shut=active")

    assert row_ids(html) == lost
    assert 'aria-expanded="false"' in html.split('data-group="active"')[1].split("</tr>")[0]


def test_the_rows_of_a_group_are_paged_without_loss(sandbox: World) -> None:
    added = add_customers(sandbox, "mei", [f"Group {number:03d}" for number in range(120)])

    seen: list[int] = []
    html = read(sandbox.clients["mei"], f"{NAMED}&group=owner")
    while True:
        seen += row_ids(html)
        more = re.search(r'hx-get="(/customers/group\?[^"]+next=[^"]+)"', html)
        if more is None:
            break
        html = read(sandbox.clients["mei"], unescape(more.group(1)))

    assert len(seen) == len(set(seen)) == 120
    assert sorted(seen) == added


def test_dates_are_grouped_by_month_in_the_time_zone_of_the_reader(sandbox: World) -> None:
    user = sandbox.users["carla"]
    user.time_zone = "Asia/Shanghai"
    user.save(update_fields=["time_zone"])
    access_changed()
    late = datetime(2031, 1, 31, 17, 30, tzinfo=UTC)  # the first of February in Shanghai
    ids = [
        create_record(TASK, actor=SYSTEM, values={"subject": f"Grouped {at:%d}", "due_at": at, "owner": user.pk, "status": "open"}).pk
        for at in (late, late.replace(hour=3))
    ]  # fmt: skip

    html = read(sandbox.clients["carla"], "/tasks/?view=all&f=subject:starts:Grouped&group=due_at:month")

    assert [(key, count) for key, _words, count in heads(html)] == [("2031-02-01", "1"), ("2031-01-01", "1")]
    assert rows_below(html, "2031-02-01") == [ids[0]]
    assert rows_below(html, "2031-01-01") == [ids[1]]


def test_a_grouping_that_the_reader_may_not_see_is_refused(sandbox: World) -> None:
    Role._default_manager.filter(key="mei").update(hidden_fields={"customer": ["city"]})
    access_changed()

    assert sandbox.clients["mei"].get("/customers/?group=city", **HOST).status_code == 422
    assert sandbox.clients["mei"].get("/customers/?group=name", **HOST).status_code == 422
    assert sandbox.clients["mei"].get("/customers/group?group=owner&key=x", **HOST).status_code == 422


def test_a_short_list_is_added_up_with_the_page_and_a_longer_one_with_its_count(sandbox: World) -> None:
    add_customers(sandbox, "mei", [f"Group {number}" for number in range(60)], credit_limit=Decimal(10), currency="EUR")
    short = read(sandbox.clients["mei"], f"{NAMED}&f=name:is:Group+7")
    long = read(sandbox.clients["mei"], NAMED)
    count = read(sandbox.clients["mei"], NAMED.replace("/customers/?", "/customers/count?"))

    assert "€10.00" in short.split("<tfoot>")[1]
    assert "€" not in long.split("<tfoot>")[1]
    assert "€600.00" in count
    assert 'id="sum-credit_limit" hx-swap-oob="true"' in count


def test_amounts_in_several_currencies_are_not_added_up(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Group E"], credit_limit=Decimal(10), currency="EUR")
    add_customers(sandbox, "mei", ["Group U"], credit_limit=Decimal(10), currency="USD")

    foot = read(sandbox.clients["mei"], NAMED).split("<tfoot>")[1]

    assert "20" not in foot.split("</tfoot>")[0].replace("&#", "")
    assert "several currencies" in foot


def test_a_long_list_is_added_up_only_when_asked(sandbox: World, monkeypatch: pytest.MonkeyPatch) -> None:
    add_customers(sandbox, "mei", [f"Group {number}" for number in range(60)], credit_limit=Decimal(10), currency="EUR")
    monkeypatch.setattr(listing, "COUNT_LIMIT", 50)
    url = NAMED.replace("/customers/?", "/customers/count?")

    unasked, asked = read(sandbox.clients["mei"], url), read(sandbox.clients["mei"], f"{url}&full=1")

    assert "€600" not in unasked
    assert "Not added up yet" in unasked
    assert "€600.00" in asked
    grouped = read(sandbox.clients["mei"], f"{NAMED}&group=status")
    assert [count for _key, _words, count in heads(grouped)] == ["60"]
    assert "€600" not in grouped
    assert "€600" in read(sandbox.clients["mei"], f"{NAMED}&group=status&full=1")


def test_grouping_that_takes_too_long_says_so_and_shows_the_list(
    sandbox: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add_customers(sandbox, "mei", ["Group A"])

    def stopped(*args: Any, **kwargs: Any) -> Any:
        with summing.limited_to(1), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr("guanxi.records.screens.grouped.read_group_list", stopped)
    html = read(sandbox.clients["mei"], f"{NAMED}&group=status")

    assert "Grouping takes too long" in html
    assert row_ids(html) == added


def test_a_list_without_groups_asks_as_little_as_before(sandbox: World) -> None:
    url = NAMED.replace("cols=name,status,credit_limit", "cols=name,status")
    for _warm in range(2):
        read(sandbox.clients["mei"], url)
    with CaptureQueriesContext(connection) as plain:
        read(sandbox.clients["mei"], url)
    with CaptureQueriesContext(connection) as summed:
        read(sandbox.clients["mei"], NAMED)

    assert len(summed) == len(plain)


@pytest.mark.parametrize("record_type", list(record_types()), ids=lambda item: item.name)
def test_every_type_is_grouped_by_each_field_that_its_menu_offers(record_type: Any, sandbox: World) -> None:
    client = sandbox.clients["root"]
    menu = read(client, f"/{record_type.path}/menu?of=group")
    offered = re.findall(r'tabindex="0" hx-get="([^"]*[?&;]group=[^"]*)"', menu)
    for url in offered:
        html = read(client, unescape(url))
        counts = [int(count.replace(",", "")) for _key, _words, count in heads(html)]
        plain = listing.exact_count(record_type, listing.Query(columns=()), SYSTEM)
        assert sum(counts) <= plain


def test_a_cell_filters_by_its_value_or_without_it(sandbox: World) -> None:
    active = add_customers(sandbox, "mei", ["Group A"], status="active")
    lost = add_customers(sandbox, "mei", ["Group C"], status="lost")
    menu = read(
        sandbox.clients["mei"], NAMED.replace("/customers/?", f"/customers/menu?of=cell&column=status&id={lost[0]}&")
    )

    only, other = (unescape(url) for url in re.findall(r'tabindex="0" hx-get="([^"]+)"', menu)[:2])

    assert row_ids(read(sandbox.clients["mei"], only)) == lost
    assert row_ids(read(sandbox.clients["mei"], other)) == active
    foreign = sandbox.foreign["customer"]
    assert sandbox.clients["mei"].get(f"/customers/menu?of=cell&column=status&id={foreign}", **HOST).status_code == 404


def test_the_menu_of_a_column_moves_pins_and_hides_it(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Group A"])
    menu = read(sandbox.clients["mei"], NAMED.replace("/customers/?", "/customers/menu?of=column&column=status&"))
    links = {
        unescape(label): unescape(url)
        for url, label in re.findall(r'tabindex="0" hx-get="([^"]+)".*?<span class="grow">([^<]+)<', menu, re.S)
    }

    assert "cols=name,credit_limit,status" in links["Move right"]
    assert "cols=name,credit_limit" in links["Hide"]
    pinned = read(sandbox.clients["mei"], links["Pin"])
    assert 'data-pin="1" data-column="status"' in pinned
