"""The tour of `demo --check` and the program's routes agree, and a failing page is seen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.urls import resolve

from guanxi.cli.failure import CommandFailed
from guanxi.cli.tour import STOPS, Stop, visit
from guanxi.cli.visitor import Visitor


class Pages(BaseHTTPRequestHandler):
    """A small site: a list with one link, a page that moved, one that fails, and a sign-in that knows one password."""

    def do_GET(self) -> None:
        cookie = self.headers.get("Cookie", "")
        match self.path:
            case "/account/login/":
                self.answer(200, '<input type="hidden" name="csrfmiddlewaretoken" value="t0ken">', cookie="csrf=1")
            case "/list/":
                self.answer(200, '<a href="/list/7?from=view">seven</a>')
            case "/list/7":
                self.answer(200 if "session=mei" in cookie else 404)
            case "/moved/":
                self.answer(302, location="/list/")
            case _:
                self.answer(500)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_right = body == "csrfmiddlewaretoken=t0ken&login=mei%40example.com&password=right" and "csrf=1" in str(
            self.headers.get("Cookie")
        )
        if is_right:
            self.answer(302, location="/", cookie="session=mei; Secure; HttpOnly")
        else:
            self.answer(200, "wrong password")

    def answer(self, status: int, text: str = "", *, location: str = "", cookie: str = "") -> None:
        self.send_response(status)
        for name, value in (("Location", location), ("Set-Cookie", cookie)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Visitor(f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("stop", STOPS, ids=lambda each: str(each.title))
def test_every_stop_is_a_route_of_the_program(stop: Stop) -> None:
    assert resolve(stop.path.split("?")[0])


def test_a_visitor_keeps_the_session_and_follows_links_and_redirects(visitor: Visitor) -> None:
    visitor.sign_in("mei@example.com", "right")
    stops = (Stop("list", "/list/"), Stop("one", "/list/", r"/list/\d+"), Stop("moved", "/moved/"))

    assert [(each.path, each.status) for each in visit(visitor, stops)] == [
        ("/list/", 200), ("/list/7", 200), ("/moved/", 200),
    ]  # fmt: skip


def test_a_failing_page_and_a_missing_link_are_not_good(visitor: Visitor) -> None:
    visits = list(visit(visitor, (Stop("broken", "/broken/"), Stop("none", "/list/", r"/nothing/\d+"))))

    assert [(each.status, each.is_good) for each in visits] == [(500, False), (0, False)]


def test_a_refused_sign_in_is_said(visitor: Visitor) -> None:
    with pytest.raises(CommandFailed, match=r"Signing in as mei@example\.com was refused"):
        visitor.sign_in("mei@example.com", "wrong")
