"""A reader who copies from the site, with the button or the mouse, gets commands that work."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.console import Command, read_console
from dockerlearn.learn.browser import INTERRUPT, commands
from dockerlearn.terminal.session import Session
from tests.browser.built import ROOT, addresses

LEXER = Lexer(ROOT / "mkdocs.yml")
ADDRESSES = addresses()
SETTLED = 250  # ms after which a tab that was brought to the front has stopped moving

every_page = pytest.mark.parametrize("page", ADDRESSES)


def console_blocks(page: str) -> list[list[Command]]:
    blocks = LEXER.blocks((ROOT / page).read_text(encoding="utf-8"))
    return [read_console(block.text, block.text_line) for block in blocks if block.language == "console"]


def commands_of(block: list[Command]) -> str:
    return "\n".join(command.source for command in block)


def typed(block: list[Command]) -> str:
    """The commands as they are typed, with the Ctrl-C that ends one of them."""
    return "\n".join(f"{command.source}\n{INTERRUPT}" if command.interrupt else command.source for command in block)


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.rstrip("/"))
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


def clipboard(tab: Page) -> str:
    return str(tab.evaluate("navigator.clipboard.readText()"))


def consoles(tab: Page) -> list[Locator]:
    """The page's terminals, those behind a tab or in a closed box too, once their buttons are there."""
    tab.wait_for_selector("article")
    tab.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    return list(tab.locator(".language-console[data-commands]").all())


def reveal(block: Locator) -> None:
    """Bring the tab to the front that a block stands in, if it stands in one."""
    moved = block.evaluate(
        """block => {
            let moved = false;
            for (let at = block.closest('.tabbed-block'); at; at = at.parentElement.closest('.tabbed-block')) {
                const set = at.closest('.tabbed-set');
                const place = [...at.parentElement.children].indexOf(at);
                const tab = set.querySelectorAll(':scope > input')[place];
                moved ||= !tab.checked;
                tab.click();
            }
            return moved;
        }"""
    )
    if moved:
        block.page.wait_for_timeout(SETTLED)


@every_page
def test_the_copy_button_gives_the_commands_and_they_give_the_output(tab: Page, site: str, page: str) -> None:
    tab.goto(site + ADDRESSES[page])
    expected = console_blocks(page)
    copied = []
    for block in consoles(tab):
        reveal(block)
        block.scroll_into_view_if_needed()
        block.locator("button[data-md-type=copy]").click()
        copied.append(clipboard(tab))
    assert copied == [commands_of(block) for block in expected]

    session, printed = Session.page(), ""
    for said in expected:
        for source, interrupt in commands(typed(said)):
            printed += session.run(source, interrupt=interrupt).output
    assert printed == "".join(command.expected for block in expected for command in block)


def drag_over(tab: Page, block: Locator) -> None:
    """Select a block as a hand does: press before its first character, release behind its last."""
    code = block.locator("pre > code")
    # By hand: waiting until it stands still, as Playwright would, needs the page's own scripts.
    code.evaluate("code => code.scrollIntoView({block: 'center', behavior: 'instant'})")
    tab.evaluate("getSelection().removeAllRanges()")
    box = code.bounding_box()
    assert box is not None
    left, top, right, bottom = box["x"] + 2, box["y"] + 6, box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    # Through the browser's own protocol: Playwright's mouse waits, while a button is down, for scripts in the page.
    browser = tab.context.new_cdp_session(tab)
    for kind, x, y in [
        ("mousePressed", left, top),
        ("mouseMoved", (left + right) / 2, (top + bottom) / 2),
        ("mouseMoved", right, bottom),
        ("mouseReleased", right, bottom),
    ]:
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        browser.send("Input.dispatchMouseEvent", event)
    browser.detach()


@every_page
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_mouse_selects_the_commands_and_nothing_else(browser: Browser, site: str, page: str, scripts: bool) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 2400}, java_script_enabled=scripts)
    tab = context.new_page()
    tab.goto(site + ADDRESSES[page])
    expected = console_blocks(page)
    blocks = consoles(tab)
    assert len(blocks) == len(expected)
    for block, said in zip(blocks, expected, strict=True):
        if scripts:
            reveal(block)
        if not block.is_visible():
            continue
        drag_over(tab, block)
        assert str(tab.evaluate("getSelection().toString()")).rstrip("\n") == commands_of(said)
    context.close()


@every_page
def test_output_of_python_has_no_copy_button_and_cannot_be_selected(tab: Page, site: str, page: str) -> None:
    tab.goto(site + ADDRESSES[page])
    for block in tab.locator(".language-output:visible").all():
        assert block.locator("button").count() == 0
        drag_over(tab, block)
        assert tab.evaluate("getSelection().toString()").strip() == ""


@every_page
def test_a_page_asks_no_other_host_for_anything(tab: Page, site: str, page: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(site + ADDRESSES[page], wait_until="networkidle")
    tab.locator("input.md-search__input").click()
    tab.keyboard.type("layer")
    tab.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((site, "blob:", "data:"))] == []
