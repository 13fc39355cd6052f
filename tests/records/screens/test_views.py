"""Views of lists: their order for each person, the one that opens first, their layout, and who may save them."""

from __future__ import annotations

import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.records.models import SavedView
from tests.records.screens.pages import add_customers, read, send
from tests.world import HOST, World


def tabs(html: str) -> list[str]:
    """The words of the tabs from left to right."""
    return [unescape(text) for text in re.findall(r'<a class="view-tab"[^>]*>.*?<span>([^<]*)</span>', html, re.S)]


def current(html: str) -> str:
    """The tab that is shown."""
    found = re.search(r'<a class="view-tab"[^>]*aria-current="page">.*?<span>([^<]*)</span>', html, re.S)
    assert found is not None
    return unescape(found.group(1))


def test_everybody_orders_the_tabs_for_themselves_and_says_which_opens_first(sandbox: World) -> None:
    before = tabs(read(sandbox.clients["mei"], "/customers/"))

    send(sandbox.clients["mei"], "/customers/views/arrange?view=people&key=people&step=left", {}, 302)
    send(sandbox.clients["mei"], "/customers/views/arrange?view=people&key=people&step=first", {}, 302)

    html = read(sandbox.clients["mei"], "/customers/")
    assert tabs(html) == [before[1], before[0], *before[2:]]
    assert current(html) == before[1]
    others = read(sandbox.clients["bo"], "/customers/")
    assert tabs(others) == before
    assert current(others) == before[0]
    send(sandbox.clients["mei"], "/customers/views/arrange?key=people&step=first", {}, 302)
    assert SavedView.objects.filter(kind="arrangement").count() == 1
    assert current(read(sandbox.clients["mei"], "/customers/?view=organizations")) == before[2]


def test_an_order_asks_no_further_question(sandbox: World) -> None:
    def asked() -> int:
        read(sandbox.clients["mei"], "/customers/?view=people&f=city:is:Nowhere")
        with CaptureQueriesContext(connection) as captured:
            read(sandbox.clients["mei"], "/customers/?view=people&f=city:is:Nowhere")
        return len(captured)

    plain = asked()
    send(sandbox.clients["mei"], "/customers/views/arrange?key=people&step=right", {}, 302)

    assert asked() == plain


def test_a_view_keeps_groups_pins_density_and_the_layout_it_was_saved_in(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/customers/views?group=status&pin=1&density=compact", {"name": "By status"}, 302)
    answer = send(sandbox.clients["mei"], "/customers/views?in=board&by=kind", {"name": "Kinds"}, 302)

    one, other = (SavedView.objects.get(name=name) for name in ("By status", "Kinds"))
    assert {name: one.state[name] for name in ("group", "pin", "density")} == {
        "group": "status", "pin": "1", "density": "compact"}  # fmt: skip
    assert other.state["layout"] == "board"
    assert other.state["by"] == "kind"
    assert answer["Location"] == f"/customers/board?view=s{other.pk}"
    led = sandbox.clients["mei"].get(f"/customers/?view=s{other.pk}", **HOST)
    assert led["Location"] == f"/customers/board?view=s{other.pk}"
    board = read(sandbox.clients["mei"], f"/customers/board?view=s{other.pk}")
    assert 'id="board-head-person"' in board
    assert "Unsaved changes" not in board
    assert "Unsaved changes" in read(sandbox.clients["mei"], f"/customers/?view=s{other.pk}&in=table")


def test_a_saved_board_opens_as_calendar_and_timeline_too_and_these_share_their_date(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/customers/views?in=board&by=kind", {"name": "Kinds"}, 302)
    send(sandbox.clients["mei"], "/customers/views?in=timeline&by=created_at&span=year", {"name": "Made"}, 302)
    board, line = (SavedView.objects.get(name=name).pk for name in ("Kinds", "Made"))

    for part in ("calendar", "timeline"):
        assert 'data-calendar="' in read(sandbox.clients["mei"], f"/customers/{part}?view=s{board}")
    calendar = read(sandbox.clients["mei"], f"/customers/calendar?view=s{line}")
    assert "<span>Created</span>" in calendar
    assert 'id="board-head-' in read(sandbox.clients["mei"], f"/customers/board?view=s{line}")


def test_a_shared_view_of_somebody_else_can_be_saved_as_a_new_one_only(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/customers/views?f=city:is:Wuhan", {"name": "Wuhan", "shared": "1"}, 302)
    view = SavedView.objects.get(name="Wuhan")

    menu = read(sandbox.clients["bo"], f"/customers/menu?of=view&view=s{view.pk}&sort=city")

    save = re.search(r'aria-disabled="true" title="([^"]+)"[^>]*>.*?<span class="grow">Save</span>', menu, re.S)
    assert save is not None
    assert "somebody else" in unescape(save.group(1))
    assert "Save as new" in menu
    assert "Reset" in menu
    send(sandbox.clients["bo"], f"/customers/views/{view.pk}?sort=city", {}, 404)
    view.refresh_from_db()
    assert view.state["sort"] != ["city"]


def test_a_group_of_a_view_that_the_reader_may_not_see_is_left_out(sandbox: World) -> None:
    add_customers(sandbox, "carla", ["Grouped for Carla"])
    SavedView.objects.create(
        record_type="customer", owner=sandbox.users["mei"], name="Odd", is_shared=True,
        state={"f": [], "tree": "", "sort": [], "cols": ["name"], "group": "no_such_field", "layout": ""},
    )  # fmt: skip
    view = SavedView.objects.get(name="Odd")

    html = read(sandbox.clients["carla"], f"/customers/?view=s{view.pk}")

    assert "data-group=" not in html
    assert "Grouped for Carla" in html


def test_how_wide_a_column_is_belongs_to_a_person_and_a_view_and_outlives_the_session(sandbox: World) -> None:
    def drawn(who: str, view: str) -> str:
        html = read(sandbox.clients[who], f"/customers/?view={view}")
        heads = re.findall(r'<th scope="col"[^>]*data-column="(\w+)"', html)
        return dict(zip(heads, re.findall(r'<col width="(\d+)">', html)[-len(heads) :], strict=True))["name"]

    usual = drawn("mei", "people")

    send(sandbox.clients["mei"], "/customers/columns?view=ranked", {"column": "name", "width": "411"}, 204)
    send(sandbox.clients["mei"], "/customers/columns?view=ranked", {"column": "kind", "width": "9999"}, 204)
    send(sandbox.clients["mei"], "/customers/columns?view=ranked", {"column": "nothing", "width": "90"}, 204)
    send(sandbox.clients["mei"], "/customers/columns?view=ranked", {"column": "name", "width": "-4"}, 204)
    send(sandbox.clients["mei"], "/customers/views/arrange?step=right&key=ranked", {}, 302)

    assert (drawn("mei", "ranked"), drawn("mei", "people"), drawn("bo", "ranked")) == ("411", usual, usual)
    kept = SavedView.objects.get(kind=SavedView.Kind.ARRANGEMENT, owner=sandbox.users["mei"]).state
    assert kept["widths"] == {"ranked": {"name": 411, "kind": 800}}


def test_many_shared_views_of_others_leave_a_person_the_own_order(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/customers/views/arrange?step=first&key=people", {}, 302)
    SavedView.objects.bulk_create(
        SavedView(record_type="customer", owner=sandbox.users["bo"], name=f"Shared {at}", is_shared=True, state={})
        for at in range(70)
    )

    assert 'aria-label="Opens first"' in read(sandbox.clients["mei"], "/customers/")
