"""Lists show exactly what their address says and the reader may see."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.models import SavedView
from guanxi.records.writing import create_record
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import add_customers, next_url, read, row_ids, send
from tests.world import HOST, World

ALL = "/customers/?view=people&f="


def test_a_seller_sees_her_customers_and_nobody_elses(sandbox: World) -> None:
    ids = row_ids(read(sandbox.clients["mei"], ALL))

    assert sandbox.own["customer"] in ids
    assert sandbox.foreign["customer"] not in ids


def test_paging_shows_every_row_once_in_order(sandbox: World) -> None:
    added = add_customers(sandbox, "mei", [f"Customer {number % 7} {number:03d}" for number in range(120)])

    seen: list[int] = []
    url = "/customers/?view=people&f=name:starts:Customer&sort=name"
    while url:
        html = read(sandbox.clients["mei"], url)
        seen += row_ids(html)
        url = next_url(html)

    names = {pk: f"Customer {index % 7} {index:03d}" for index, pk in enumerate(added)}
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, key=lambda pk: names[pk])


def test_previous_leads_back_to_the_same_page(sandbox: World) -> None:
    add_customers(sandbox, "mei", [f"Page {number:03d}" for number in range(120)])
    first = read(sandbox.clients["mei"], "/customers/?f=name:starts:Page&sort=name")
    second = read(sandbox.clients["mei"], next_url(first))
    third = read(sandbox.clients["mei"], next_url(second))

    back = third.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert row_ids(read(sandbox.clients["mei"], back)) == row_ids(second)


def test_the_number_of_queries_does_not_grow_with_the_rows(sandbox: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            read(sandbox.clients["mei"], "/customers/?view=people&f=name:starts:Many&cols=name,owner,tags,status,email")
        return len(captured)

    tag = sandbox.own["tag"]
    add_customers(sandbox, "mei", ["Many 0"], tags=[tag])
    queries()
    few = queries()
    add_customers(sandbox, "mei", [f"Many {number}" for number in range(1, 40)], tags=[tag])

    assert queries() == few
    assert few <= 8


def test_filters_search_sort_and_columns_stand_in_the_address(sandbox: World) -> None:
    shanghai, beijing = add_customers(sandbox, "mei", ["Lin Shanghai"], city="Shanghai"), add_customers(
        sandbox, "mei", ["Lin Beijing"], city="Beijing")  # fmt: skip

    html = read(sandbox.clients["mei"], "/customers/?q=lin&f=city:is:Shanghai&cols=name,city")

    assert row_ids(html) == shanghai
    assert beijing[0] not in row_ids(html)
    assert 'data-column="city"' in html
    assert 'data-column="owner"' not in html


def test_an_advanced_filter_is_a_tree_in_the_address(sandbox: World) -> None:
    one = add_customers(sandbox, "mei", ["Tree One"], city="Wuhan")
    two = add_customers(sandbox, "mei", ["Tree Two"], city="Xiamen")
    add_customers(sandbox, "mei", ["Tree Three"], city="Harbin")
    tree = {"any": [{"field": "city", "op": "is", "value": city} for city in ("Wuhan", "Xiamen")]}

    html = read(sandbox.clients["mei"], f"/customers/?{urlencode({'tree': json.dumps(tree), 'sort': 'created_at'})}")

    assert set(row_ids(html)) == {*one, *two}
    assert "Advanced filter" in html


def test_a_hidden_field_is_neither_shown_nor_a_way_to_filter_or_sort(sandbox: World) -> None:
    Role._default_manager.filter(key="mei").update(hidden_fields={"customer": ["city"]})
    access_changed()
    client = sandbox.clients["mei"]

    assert 'data-column="city"' not in read(client, "/customers/?view=organizations")
    assert "city" not in read(client, "/customers/filter").replace("data-search", "")
    for query in ("f=city:is:Wuhan", "sort=city", "cols=name,city"):
        read(client, f"/customers/?{query}", 422)


def test_a_wrong_value_in_the_filter_editor_comes_back_with_the_reason(sandbox: World) -> None:
    url = "/customers/filter?field=birthday&op=on&v=yesterdayish&apply=1"

    html = read(sandbox.clients["mei"], url, 422)

    assert "Use YYYY-MM-DD" in html
    assert 'value="yesterdayish"' in html


def test_the_filter_editor_leads_to_the_filtered_list(sandbox: World) -> None:
    response = sandbox.clients["mei"].get(
        "/customers/filter?field=status&op=in&v=lost&v=active&apply=1&view=people", **HOST
    )

    place = json.loads(response["HX-Location"])["path"]
    assert place == "/customers/?view=people&f=kind:in:person&f=status:in:lost,active"


def test_the_count_is_exact(sandbox: World) -> None:
    add_customers(sandbox, "mei", [f"Counted {number}" for number in range(60)])

    page = read(sandbox.clients["mei"], "/customers/?f=name:starts:Counted")
    count = read(sandbox.clients["mei"], "/customers/count?f=name:starts:Counted")

    assert "60 customers" not in page
    assert "60 customers" in count


def test_a_saved_view_is_private_until_it_is_shared(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/customers/views?f=city:is:Wuhan&sort=city", {"name": "Wuhan"}, 302)
    view = SavedView.objects.get(name="Wuhan")

    assert view.state == {"f": ["city:is:Wuhan"], "tree": "", "sort": ["city"], "cols": view.state["cols"]}
    assert "Wuhan" in read(sandbox.clients["mei"], "/customers/")
    assert "Wuhan" not in read(sandbox.clients["bo"], "/customers/")
    send(sandbox.clients["bo"], f"/customers/views/{view.pk}", {"name": "Mine now"}, 404)

    send(sandbox.clients["mei"], f"/customers/views/{view.pk}?view=s{view.pk}", {"name": "Wuhan", "shared": "1"}, 302)
    assert "Wuhan" in read(sandbox.clients["bo"], "/customers/")


def test_an_unsaved_change_of_a_view_is_marked_and_can_be_reset(sandbox: World) -> None:
    clean = read(sandbox.clients["mei"], "/customers/?view=people")
    changed = read(sandbox.clients["mei"], "/customers/?view=people&sort=city")

    assert "Unsaved changes" not in clean.split("<main")[1]
    assert "Unsaved changes" in changed
    assert 'href="/customers/?view=people"' in changed


def test_a_deadline_that_has_passed_is_marked_until_the_task_is_done(sandbox: World) -> None:
    at = {"past": datetime.now(UTC) - timedelta(days=3), "future": datetime.now(UTC) + timedelta(days=3)}
    made = {
        (when, status): create_record(
            TASK, actor=sandbox.actor("mei"),
            values={"subject": f"Call {when} {status}", "due_at": at[when], "status": status},
        ).pk
        for when in at for status in ("open", "done")
    }  # fmt: skip

    html = read(sandbox.clients["mei"], "/tasks/?view=all&f=subject:starts:Call")
    rows = {int(pk): row for pk, row in re.findall(r'<tr id="row-(\d+)"(.*?)</tr>', html, re.S)}

    assert {key for key, pk in made.items() if "text-danger" in rows[pk]} == {("past", "open")}


def test_empty_lists_say_why(sandbox: World) -> None:
    nothing = read(sandbox.clients["mei"], "/customers/?f=name:is:Nobody%20at%20all")

    denied = read(sandbox.clients["sam"], "/customers/", 403)
    assert "No customers match" in nothing
    assert "Ask an administrator" in denied


def test_a_record_title_that_is_markup_stays_text(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["<img src=x onerror=alert(1)>"])

    html = read(sandbox.clients["mei"], "/customers/?q=img")

    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
