"""A reader says once which Docker he has: every page shows what that prints, and he can go on as before."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dockerlearn.course.fences import NAMES
from dockerlearn.model.edition import EDITIONS
from tests.browser.audit import MODES, shown_in, violations, watched
from tests.browser.built import OTHER_SITE, addresses, served
from tests.browser.examples import CHOICE, choose, run, runnable

ADDRESSES = addresses()
PAGE, LESSON, PLAYGROUND = (ADDRESSES[f"docs/{name}.md"] for name in ("your-docker", "writable-layer", "playground"))
VERSIONS = {"29": "29.8.0", "29-upgraded": "29.8.0", "28": "28.5.2"}
SIZES = {"29": "4.1kB (virtual 162MB)", "29-upgraded": "0B (virtual 162MB)", "28": "0B (virtual 162MB)"}


@pytest.fixture
def tab(context: BrowserContext, complaints: list[str]) -> Page:
    return watched(context.new_page(), complaints)


def opened(tab: Page, address: str) -> Page:
    tab.goto(address)
    tab.wait_for_selector(f"{CHOICE}:enabled")
    return tab


def terminals(tab: Page) -> list[str]:
    """What the terminals of a page show."""
    return [block.locator("pre > code").text_content() or "" for block in runnable(tab)]


@pytest.mark.parametrize("docker", EDITIONS)
def test_the_page_shows_what_that_docker_prints(tab: Page, site: str, docker: str, complaints: list[str]) -> None:
    opened(tab, site + PAGE)
    choose(tab, docker)
    version, example = terminals(tab)
    assert version.endswith(f"\n{VERSIONS[docker]}\n")
    assert SIZES[docker] in example
    assert all(size not in example for size in SIZES.values() if size != SIZES[docker])
    assert complaints == []


def test_it_is_remembered_on_every_page_and_after_a_reload(tab: Page, site: str) -> None:
    choose(opened(tab, site + PAGE), "28")
    tab.get_by_role("link", name="6. The writable layer").first.click()
    tab.wait_for_url(re.compile(LESSON))
    expect(tab.locator(CHOICE)).to_have_value("28")
    shown = tab.locator(".course-runnable").filter(has_text="\n0B (virtual 119MB)")
    expect(shown).to_have_count(1)
    tab.reload()
    expect(tab.locator(CHOICE)).to_have_value("28")
    expect(shown).to_have_count(1)


def test_another_tab_follows(context: BrowserContext, site: str) -> None:
    one, two = (opened(context.new_page(), site + PAGE) for _ in "12")
    choose(one, "28")
    expect(two.locator(CHOICE)).to_have_value("28")
    expect(runnable(two)[0]).to_contain_text("28.5.2")


def test_whatever_stands_in_the_storage_the_page_s_own_docker_is_shown(tab: Page, site: str) -> None:
    opened(tab, site + PAGE)
    tab.evaluate("localStorage.setItem('dockerlearn.docker', '27')")
    tab.reload()
    expect(tab.locator(CHOICE)).to_have_value("29")
    assert "29.8.0" in terminals(tab)[0]


def test_who_may_keep_nothing_can_choose_all_the_same(browser: Browser, site: str) -> None:
    tab = browser.new_page()
    tab.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})")
    choose(opened(tab, site + PAGE), "28")
    assert "28.5.2" in terminals(tab)[0]
    tab.close()


def test_run_types_at_that_docker(tab: Page, site: str) -> None:
    opened(tab, site + PAGE)
    version, example = runnable(tab)
    for docker in EDITIONS:
        choose(tab, docker)
        run(example)
        assert example.locator(".course-run__status").inner_text() == "Just as documented."
        run(version)
        assert VERSIONS[docker] in version.inner_text()


def test_what_the_reader_has_changed_stays_and_runs_at_the_docker_that_is_chosen(tab: Page, site: str) -> None:
    opened(tab, site + PAGE)
    block = runnable(tab)[0]
    block.locator("[data-does=edit]").click()
    block.locator("textarea").fill("docker version -f '{{.Client.Version}}'")
    choose(tab, "28")
    expect(block.locator("textarea")).to_have_value("docker version -f '{{.Client.Version}}'")
    run(block)
    assert "28.2.2" in block.inner_text()
    block.locator("[data-does=reset]").click()
    assert block.locator("pre > code").inner_text().endswith("\n28.5.2\n")


def test_how_much_of_the_page_is_another_is_said(tab: Page, site: str) -> None:
    opened(tab, site + PAGE)
    status = tab.locator(".course-docker [role=status]")
    expect(status).to_have_text("")
    choose(tab, "28")
    expect(status).to_have_text("2 examples here print something else.")
    choose(tab, "29-upgraded")
    expect(status).to_have_text("1 example here prints something else.")
    choose(tab, "29")
    expect(status).to_have_text("")


def test_it_is_chosen_by_keyboard_and_has_a_name_for_a_screen_reader(tab: Page, site: str) -> None:
    opened(tab, site + PAGE)
    choice = tab.get_by_role("combobox", name="My Docker")
    choice.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    expect(choice).to_have_value("28")
    assert "28.5.2" in terminals(tab)[0]
    assert choice.locator("option").all_inner_texts() == ["Docker 29", "Docker 29, upgraded from 28", "Docker 28"]


def test_each_docker_has_a_playground_of_its_own(tab: Page, site: str) -> None:
    opened(tab, site + PLAYGROUND)

    def type_in(line: str) -> None:
        tab.get_by_label("Command", exact=True).fill(line)
        tab.keyboard.press("Enter")

    type_in("docker version -f '{{.Server.Version}}'")
    expect(tab.locator(".course-terminal__output").last).to_have_text("29.8.0")
    choose(tab, "28")
    expect(tab.locator(".course-terminal__output")).to_have_count(0)
    type_in("docker version -f '{{.Server.Version}}'")
    expect(tab.locator(".course-terminal__output").last).to_have_text("28.5.2")
    choose(tab, "29")
    expect(tab.locator(".course-terminal__output").last).to_have_text("29.8.0")
    tab.reload()
    expect(tab.locator(".course-terminal__output").last).to_have_text("29.8.0")


def test_without_scripts_the_page_s_own_is_shown_and_the_others_unfold(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site + PAGE)
    assert "29.8.0" in tab.locator(".language-console pre").first.inner_text()
    folded = tab.locator("details.course-other")
    names = [f"On {NAMES[docker]}" for docker in ("28", "29-upgraded", "28")]
    assert [each.strip() for each in folded.locator("summary").all_inner_texts()] == names
    assert not folded.first.locator("pre").is_visible()
    folded.first.locator("summary").click()
    assert folded.first.locator("pre").inner_text().endswith("28.5.2\n")
    assert not tab.locator(CHOICE).is_visible()
    assert "Docker Hub of 21 August 2026" in tab.locator(".course-docker").inner_text()
    context.close()


def test_with_scripts_nothing_is_folded_below_an_example(tab: Page, site: str) -> None:
    opened(tab, site + PAGE)
    assert not tab.locator("details.course-other").first.is_visible()


def test_what_zensical_builds_lets_choose_as_well(browser: Browser) -> None:
    with served(OTHER_SITE) as site:
        tab = opened(browser.new_page(), site + PAGE)
        choose(tab, "28")
        assert "28.5.2" in terminals(tab)[0]
        tab.close()


@pytest.mark.parametrize("page", ADDRESSES)
@pytest.mark.parametrize(("width", "palette"), MODES)
def test_axe_finds_nothing_at_another_docker(browser: Browser, site: str, page: str, width: int, palette: str) -> None:
    with shown_in(browser, width, palette) as context:
        tab = opened(context.new_page(), site + ADDRESSES[page])
        choose(tab, "28")
        assert violations(tab) == []
