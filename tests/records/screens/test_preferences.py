"""Preferences are saved with the user and in force at the next page."""

from __future__ import annotations

from tests.records.screens.pages import read, send
from tests.world import World


def test_the_language_changes_every_page_at_once(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/preferences/language", {"language": "zh-Hans"}, 204)

    html = read(sandbox.clients["mei"], "/")

    assert '<html lang="zh-Hans"' in html


def test_theme_density_and_shortcuts_are_kept_with_the_user(sandbox: World) -> None:
    for name, value in (("theme", "dark"), ("density", "compact"), ("shortcuts", "off")):
        send(sandbox.clients["mei"], "/preferences", {"name": name, "value": value}, 204)

    html = read(sandbox.clients["mei"], "/")

    assert 'data-theme="dark" data-density="compact" data-shortcuts="off"' in html


def test_unknown_preferences_and_values_are_refused(sandbox: World) -> None:
    send(sandbox.clients["mei"], "/preferences", {"name": "is_active", "value": "on"}, 422)
    send(sandbox.clients["mei"], "/preferences", {"name": "theme", "value": "pink"}, 422)
    send(sandbox.clients["mei"], "/preferences/language", {"language": "tlh"}, 422)


def test_the_first_page_shows_my_open_tasks_only(sandbox: World) -> None:
    html = read(sandbox.clients["mei"], "/")

    assert f"/tasks/{sandbox.own['task']}" in html
    assert f"/tasks/{sandbox.foreign['task']}" not in html


def test_places_that_one_may_not_see_are_not_in_the_sidebar(sandbox: World) -> None:
    assert 'href="/customers/"' in read(sandbox.clients["mei"], "/")
    assert 'href="/customers/"' not in read(sandbox.clients["sam"], "/")
