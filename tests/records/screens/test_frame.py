"""The frame around every page: kept between pages, never between people."""

from __future__ import annotations

import re

from tests.records.screens.pages import add_customers, read, send
from tests.world import HOST, World


def test_everybody_sees_their_own_frame(sandbox: World) -> None:
    for name in ("mei", "bo", "mei"):
        html = read(sandbox.clients[name], "/customers/")

        assert f"{name}@example.com" in html
        assert len(re.findall(r"(?:mei|bo)@example.com", html.split("<main")[0])) == 1


def test_the_current_place_is_marked_on_each_page(sandbox: World) -> None:
    for path in ("/customers/", "/orders/", "/customers/"):
        html = read(sandbox.clients["mei"], path)

        assert re.search(rf'href="{path}" aria-current="page"', html)
        assert len(re.findall(r'class="nav-item" href="[^"]*" aria-current="page"', html)) == 1


def test_forms_in_the_frame_carry_the_token_of_this_very_page(sandbox: World) -> None:
    first, second = (read(sandbox.clients["mei"], "/customers/") for _turn in range(2))

    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html) for html in (first, second)]
    assert tokens[0]
    assert "\x00" not in first
    assert set(tokens[0]).isdisjoint(tokens[1])


def test_a_notice_is_shown_once_and_not_to_a_page_fetched_in_advance(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Noticed"])[0]
    send(sandbox.clients["mei"], f"/customers/{pk}/delete", {}, 302)

    ahead = sandbox.clients["mei"].get("/customers/", headers={"Sec-Purpose": "prefetch;anonymous-client-ip"}, **HOST)
    shown = read(sandbox.clients["mei"], "/customers/")
    again = read(sandbox.clients["mei"], "/customers/")

    assert "Deleted “Noticed”" not in ahead.content.decode()
    assert "Deleted “Noticed”" in shown
    assert "Deleted “Noticed”" not in again
