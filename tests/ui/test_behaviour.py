"""What the scripts do: palette, keys, selection, editing in place, dialogs, boards; checked on the story pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def open_list(page: Page) -> None:
    """Open the list; keys pressed before the window has the focus go nowhere."""
    page.goto("/ui/list")
    page.bring_to_front()
    page.wait_for_function("document.hasFocus()")


def test_the_palette_opens_by_key_finds_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/ui/list")
    page.locator(".page-primary").focus()
    page.keyboard.press("Control+k")
    expect(page.locator("[data-palette-input]")).to_be_focused()
    page.keyboard.type("lin")
    expect(page.locator("#palette [role=option]").first).to_contain_text("林晓梅")
    page.keyboard.press("Escape")
    expect(page.locator(".page-primary")).to_be_focused()


def test_rows_are_walked_selected_and_extended_by_key(page: Page) -> None:
    open_list(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_id("row-2")
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-selection-count]")).to_have_text("2 selected")
    page.keyboard.press("Control+a")
    expect(page.locator("[data-selection-count]")).to_have_text("All 22 on this page selected")
    page.locator("[data-select-matching]").click()
    expect(page.locator("[data-selection-count]")).to_have_text("All 12,482 that match selected")
    page.keyboard.press("Escape")
    expect(page.locator("[data-selection-bar]")).to_be_hidden()


def test_a_range_is_selected_with_shift_and_the_mouse(page: Page) -> None:
    page.goto("/ui/list")
    page.locator("[data-select-row]").nth(1).click()
    page.locator("[data-select-row]").nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-selection-count]")).to_have_text("4 selected")


def test_space_looks_at_a_row_and_escape_returns_to_it(page: Page) -> None:
    open_list(page)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.locator("#panel-slot .side-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel-slot .side-panel")).to_have_count(0)
    expect(page.locator("#row-1")).to_be_focused()


def test_a_cell_keeps_what_was_typed_when_it_is_refused_and_saves_when_it_is_right(page: Page) -> None:
    page.goto("/ui/list")
    page.keyboard.press("j")
    page.keyboard.press("e")
    field = page.locator("td.is-editing input")
    expect(field).to_be_focused()
    field.fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".inline-error")).to_have_text("Enter a name")
    page.locator("td.is-editing input").fill("Zhou Ting")
    page.keyboard.press("Enter")
    expect(page.locator("#row-1 [data-column=owner]")).to_have_text("Zhou Ting")
    expect(page.locator("#row-2 td.is-editing input")).to_be_focused()


def test_escape_takes_an_edit_back(page: Page) -> None:
    page.goto("/ui/list")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.locator("td.is-editing input").fill("Somebody else")
    page.keyboard.press("Escape")
    expect(page.locator("#row-1 [data-column=owner] .person")).to_contain_text("Chen Jing")
    expect(page.locator("#row-1")).to_be_focused()


def test_searching_the_list_keeps_the_focus_and_puts_the_words_into_the_address(page: Page) -> None:
    page.goto("/ui/list")
    page.keyboard.press("/")
    page.keyboard.type("acme")
    page.wait_for_url("**/ui/list?q=acme")
    expect(page.locator("#list-search")).to_be_focused()


def test_a_refused_form_comes_back_in_its_dialog_with_the_focus_on_the_first_wrong_field(page: Page) -> None:
    page.goto("/ui/list")
    page.locator(".page-primary").click()
    page.locator("dialog[open] .button--primary").click()
    expect(page.locator("dialog[open] [aria-invalid=true]").first).to_be_focused()
    expect(page.locator("dialog[open]")).to_have_count(1)


def test_a_dialog_with_unsaved_words_asks_before_it_closes(page: Page) -> None:
    page.goto("/ui/list")
    page.locator(".page-primary").click()
    page.locator("dialog[open] [name=phone]").fill("+86 10")
    question = page.locator("dialog.ask")
    for way in ("button", "key"):
        if way == "button":
            page.locator("dialog[open] .dialog-foot [data-dialog-close]").click()
        else:
            page.keyboard.press("Escape")
        expect(question.locator("h2")).to_have_text("Leave without saving what you typed?")
        question.get_by_role("button", name="Keep editing").click()
        expect(page.locator("dialog[open]")).to_have_count(1)
        expect(page.locator("dialog[open] [name=phone]")).to_have_value("+86 10")

    page.keyboard.press("Escape")
    question.get_by_role("button", name="Leave without saving").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_reference_is_found_by_typing_and_chosen_by_enter(page: Page) -> None:
    page.goto("/ui/form")
    page.locator("#field-owner").fill("ma")
    expect(page.locator("#options-owner [role=option]").first).to_have_text("Maya Torres")
    page.locator("#field-owner").press("Enter")
    assert page.locator("input[name=owner]").input_value() == "8"
    assert page.url.endswith("/ui/form")


def test_what_was_typed_but_not_chosen_is_no_value(page: Page) -> None:
    page.goto("/ui/form")
    page.locator("#field-owner").fill("nobody of that name")
    page.locator("#field-phone").focus()
    expect(page.locator("#field-owner")).to_have_value("")


def test_the_theme_changes_at_once_and_is_remembered_in_a_cookie(page: Page) -> None:
    page.goto("/ui/list")
    page.locator(".user-button").click()
    page.locator("#user-menu [data-set='theme:dark']").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 15, 17)"
    assert {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}["guanxi_theme"] == "dark"


def test_single_keys_can_be_switched_off_while_control_k_stays(page: Page) -> None:
    page.goto("/ui/list")
    page.locator(".user-button").click()
    page.locator("#user-menu [data-set='shortcuts:off']").click()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_a_card_moves_by_key_by_menu_and_by_mouse(page: Page) -> None:
    page.goto("/ui/board")
    page.wait_for_function("document.querySelector('[data-board-list] .sortable-chosen, [data-board-list]')")
    card = page.locator("[data-board-list=lead] [data-board-card]").first
    name = card.get_attribute("data-name")
    page.wait_for_timeout(200)
    card.focus()
    page.keyboard.press("]")
    expect(page.locator("#announcer")).to_have_text(f"{name} moved to Needs")

    before = page.locator("[data-board-list=offer] [data-board-card]").count()
    page.locator("[data-board-list=talk] .card-menu").first.click(force=True)
    page.locator(".menu:popover-open [data-move-to=offer]").click()
    expect(page.locator("[data-board-list=offer] [data-board-card]")).to_have_count(before + 1)

    page.locator("[data-board-list=visit] [data-board-card]").nth(1).drag_to(page.locator("[data-board-list=offer]"))
    expect(page.locator("[data-board-list=offer] [data-board-card]")).to_have_count(before + 2)


def test_resting_on_a_source_mark_says_where_the_value_comes_from(page: Page) -> None:
    page.goto("/ui/record")
    page.locator("dd[data-column=address] .src").hover()
    expect(page.locator("#source-card")).to_contain_text("The newest value wins for addresses.")


def test_keys_of_a_record_page_write_a_note_and_edit_the_first_field(page: Page) -> None:
    page.goto("/ui/record")
    page.keyboard.press("e")
    expect(page.locator("dd.is-editing input")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("dialog[open][data-dialog]")).to_be_visible()


def test_a_figure_can_be_read_as_a_table_and_the_large_chart_is_drawn(page: Page) -> None:
    page.goto("/ui/value")
    expect(page.locator("[data-chart-canvas] canvas")).to_have_count(1)
    page.locator("[data-figure-table]").first.click()
    expect(page.locator("figure.is-table .data-table")).to_be_visible()


def test_enter_that_confirms_a_chinese_word_saves_nothing(page: Page) -> None:
    page.goto("/ui/list")
    page.keyboard.press("j")
    page.keyboard.press("e")
    field = page.locator("td.is-editing input")
    expect(field).to_be_focused()
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    expect(page.locator("td.is-editing input")).to_be_focused()


def test_a_page_is_fetched_while_the_pointer_rests_on_its_link(page: Page) -> None:
    page.goto("/ui/list")
    with page.expect_response("**/speculation-rules.json"):
        page.reload()
    link = page.locator(".nav-item[href='/ui/board']")
    link.hover()
    page.wait_for_timeout(1_200)
    link.click()
    page.wait_for_url("**/ui/board")
    way = page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType")
    assert way == "navigational-prefetch"


def test_a_question_before_an_action_is_a_dialog_of_ours_and_no_means_no(page: Page) -> None:
    page.goto("/ui/list")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          button.className = "button button--danger";
          button.textContent = "Erase";
          button.setAttribute("hx-post", "/ui/move");
          button.setAttribute("hx-confirm", "Erase 3 customers?");
          document.querySelector(".page-head-end").append(button);
          htmx.process(button);
        }"""
    )
    page.get_by_role("button", name="Erase").click()
    question = page.get_by_role("dialog", name="Erase 3 customers?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    assert "POST" not in sent

    page.get_by_role("button", name="Erase").click()
    with page.expect_request(lambda request: request.method == "POST"):
        question.get_by_role("button", name="Erase").click()


def test_a_card_that_somebody_else_moved_refreshes_the_board(chromium: Browser, stories: str) -> None:
    page = chromium.new_page(base_url=stories, reduced_motion="reduce")
    page.goto("/ui/board")
    page.wait_for_function("document.querySelector('[data-board-list]')")
    page.route("**/ui/move**", lambda route: route.fulfill(status=409, headers={"X-Problem": "Moved%20by%20Li%20Wei"}))
    card = page.locator("[data-board-list=lead] [data-board-card]").first
    name = card.get_attribute("id")
    card.focus()
    page.wait_for_timeout(300)
    with page.expect_request(lambda request: request.method == "GET" and request.url.endswith("/ui/board")):
        page.keyboard.press("]")
    expect(page.locator("#toasts .toast.is-error")).to_contain_text("Moved by Li Wei")
    expect(page.locator(f"[data-board-list=lead] #{name}")).to_be_focused()
    page.close()
