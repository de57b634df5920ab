"""A reader without Docker runs the examples in the page, changes them, breaks them, and goes on reading."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from dockerlearn.course.console import console_text, read_console
from dockerlearn.model.edition import EDITIONS
from tests.browser.audit import MODES, SHIFTS, pythons, shown_in, violations, watched
from tests.browser.built import OTHER_SITE, SITE, addresses, served
from tests.browser.examples import LISTEN, answers, examples, run, run_all, runnable, settled

ADDRESSES = addresses()
WITH_EXAMPLES = [page for page in ADDRESSES if examples(page)]
LESSON = ADDRESSES["docs/what-is-an-image.md"]
CONTAINERS = ADDRESSES["docs/container-lifecycle.md"]
FOREVER = "while True: pass"


@pytest.fixture
def tab(context: BrowserContext, complaints: list[str]) -> Page:
    tab = watched(context.new_page(), complaints)
    tab.add_init_script(LISTEN)
    return tab


def status(block: Locator) -> str:
    return str(block.locator(".course-run__status").text_content() or "")


def press(block: Locator, button: str) -> None:
    block.locator(f"[data-does={button}]").click()


def of_language(tab: Page, language: str) -> Locator:
    """The first example of a language."""
    runnable(tab)
    block = tab.locator(f".course-runnable.language-{language}").first
    block.evaluate("block => block.closest('details')?.setAttribute('open', '')")
    return block


def edit(block: Locator, text: str) -> Locator:
    """Put other text into an example, whose box is opened if it's in one; its editor."""
    block.evaluate("block => block.closest('details')?.setAttribute('open', '')")
    if block.locator("textarea").count() == 0:
        press(block, "edit")
    editor = block.locator("textarea")
    editor.fill(text)
    return editor


def result(block: Locator) -> str:
    """What stands below a Python example as its output."""
    return str(block.locator("xpath=following-sibling::*[1]").locator("code").inner_text())


# What is printed


@pytest.mark.xdist_group("examples")  # in one process, which counts them
@pytest.mark.parametrize("docker", EDITIONS)
@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_every_example_prints_in_the_browser_what_its_page_says(
    tab: Page, site: str, page: str, docker: str, complaints: list[str], ran: dict[tuple[str, str], int]
) -> None:
    differences = list(run_all(tab, site + ADDRESSES[page], page, docker))
    ran[page, docker] = len(examples(page)) - len({each.line for each in differences})
    assert [str(each) for each in differences] == []
    assert {status(block) for block in runnable(tab)} == {"Just as documented."}
    assert complaints == []


def test_a_fault_in_the_model_changes_what_the_browser_prints_and_is_found_at_its_page_and_line(
    tab: Page, site: str
) -> None:
    """The fault: another unit of size."""
    page = "docs/pull-list-remove.md"

    def faulty(route: Route) -> None:
        made = io.BytesIO()
        [archive] = (SITE / "assets/runtime").glob("model-*.zip")
        with zipfile.ZipFile(archive) as right, zipfile.ZipFile(made, "w") as wrong:
            for name in right.namelist():
                if name.endswith("human.pyc"):
                    continue  # so that Python takes the source
                content = right.read(name)
                planted = content.replace(b'"kB"', b'"KB"', 1) if name.endswith("human.py") else content
                assert name != "dockerlearn/client/human.py" or planted != content
                wrong.writestr(name, planted)
        route.fulfill(body=made.getvalue())

    tab.route(re.compile("/model-[0-9a-f]+[.]zip"), faulty)
    differences = list(run_all(tab, site + ADDRESSES[page], page))
    assert differences
    assert all("kB" in each.said and each.printed == each.said.replace("kB", "KB") for each in differences)
    source = Path(page).read_text(encoding="utf-8").split("\n")
    assert {source[each.line - 1].strip() for each in differences} <= {"```console", "```python"}
    assert "Not as documented!" in {status(block) for block in runnable(tab)}


def test_what_zensical_builds_runs_as_well(browser: Browser) -> None:
    with served(OTHER_SITE) as site:
        tab = browser.new_page()
        tab.add_init_script(LISTEN)
        assert [str(each) for each in run_all(tab, site + CONTAINERS, "docs/container-lifecycle.md")] == []
        assert {status(block) for block in runnable(tab)} == {"Just as documented."}
        tab.close()


def test_the_examples_above_run_first(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    blocks = runnable(tab)
    run(blocks[4])
    assert [each["place"] for each in answers(tab)] == [0, 1, 2, 3, 4]
    run(blocks[5])
    assert [each["place"] for each in answers(tab)] == [0, 1, 2, 3, 4, 5]
    run(blocks[1])
    assert [each["place"] for each in answers(tab)][6:] == [0, 1]


# Changed by the reader


def test_a_reader_edits_commands_runs_them_and_takes_it_back(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    code = block.locator("pre > code")
    documented = code.inner_text()
    editor = edit(block, "docker pull -q alpine\ndocker images -q alpine | wc -l\ndocker run --rm alpine sleep 100\n^C")
    editor.press("Control+Enter")
    settled(block)
    assert code.inner_text() == (
        "$ docker pull -q alpine\ndocker.io/library/alpine:latest\n"
        "$ docker images -q alpine | wc -l\n1\n"
        "$ docker run --rm alpine sleep 100\n^C\n"
    )
    assert block.get_attribute("data-copy") == (
        "docker pull -q alpine\ndocker images -q alpine | wc -l\ndocker run --rm alpine sleep 100\n"
    )
    assert status(block) == "Prints something else than documented."
    press(block, "reset")
    assert code.inner_text() == documented
    assert status(block) == ""
    assert block.get_attribute("data-copy") == "docker pull nginx\ndocker pull nginx"
    run(block)
    assert status(block) == "Just as documented."


def test_a_reader_edits_python_runs_it_and_takes_it_back(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    documented, said = block.locator("pre > code").inner_text(), result(block)
    edit(block, "print('<b>six</b>', 2 * 3)").press("Shift+Enter")
    settled(block)
    assert result(block) == "<b>six</b> 6\n"
    assert status(block) == "Prints something else than documented."
    press(block, "reset")
    assert (block.locator("pre > code").inner_text(), result(block)) == (documented, said)


def test_an_edited_example_that_prints_the_same_is_told_so(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, f"print({result(block)!r}, end='')  # by heart").press("Control+Enter")
    settled(block)
    assert status(block) == "Prints the same as documented."


def test_later_examples_meet_what_a_reader_changed_above(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    first, second = runnable(tab)[:2]
    edit(first, "docker pull -q alpine")
    press(second, "edit")
    edit(second, "docker images --format '{{.Repository}}'").press("Control+Enter")
    settled(second)
    assert second.locator("pre > code").inner_text() == "$ docker images --format '{{.Repository}}'\nalpine\n"


def test_colours_change_no_character_of_what_a_reader_types(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    for language, text in [
        (
            "python",
            "x = f'{1:>3}' + \"\\\"\" + '''\n# no comment\n'''  # <i>&amp;\nfor i in range(3): print(i, None)\n\t1_000 ** .5",
        ),
        ("console", 'for i in 1 "$i" \'$j\' ${k}; do # <b>\n  echo done-it | wc -l && x="open\ndone'),
    ]:
        block = of_language(tab, language)
        edit(block, text)
        assert block.locator("pre > code").inner_text() == f"{text}\n"


# What goes wrong


def test_an_error_is_shown_with_its_line(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, "print('before')\n\n1 / 0").press("Control+Enter")
    settled(block)
    assert status(block) == "It failed, in line 3."
    assert result(block) == (
        'before\nTraceback (most recent call last):\n  File "<example>", line 3, in <module>\n    1 / 0\n    ~~^~~\n'
        "ZeroDivisionError: division by zero\n"
    )


def test_an_error_inside_the_model_is_shown_with_the_models_source(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, "from dockerlearn import Reference\nReference.parse('Nginx')").press("Control+Enter")
    settled(block)
    assert status(block) == "It failed, in line 2."
    lines = result(block).splitlines()
    [place] = [number for number, line in enumerate(lines) if "reference.py" in line and "raise" in lines[number + 1]]
    assert Path("dockerlearn/model/reference.py").read_text(encoding="utf-8").find(lines[place + 1].strip()) > 0


def test_below_an_error_nothing_is_run(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    blocks = runnable(tab)
    python = of_language(tab, "python")
    number = next(
        number
        for number, block in enumerate(blocks)
        if block.locator("xpath=self::*[contains(@class, 'language-python')]").count()
    )
    edit(python, "import nosuch")
    run(blocks[number + 1])
    assert status(blocks[number + 1]) == f"Not run: example {number + 1} failed."
    assert status(python) == "It failed, in line 1."


def test_an_endless_loop_does_not_freeze_the_page_and_can_be_stopped(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, FOREVER).press("Control+Enter")
    expect(block.locator(".course-run__status")).to_have_text("Running…")
    tab.get_by_role("link", name="3. Exploring layers").first.hover()  # the page still answers
    press(block, "stop")
    settled(block)
    assert status(block) == "Stopped. Run starts Python anew."
    press(block, "reset")
    run(block)
    assert status(block) == "Just as documented."


def test_endless_output_is_cut(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, "print('x' * 150_000)").press("Control+Enter")
    settled(block)
    assert result(block).endswith("\n[50,001 more characters are not shown]\n")


def test_leaving_the_program_does_not_end_python(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, "raise SystemExit('enough')").press("Control+Enter")
    settled(block)
    assert status(block) == "It failed, in line 1."
    press(block, "reset")
    run(block)
    assert status(block) == "Just as documented."


USUAL = (
    "abc array ast base64 bisect calendar collections collections.abc contextlib copy csv datetime decimal difflib enum fractions "
    "functools glob gzip hashlib heapq inspect io itertools json keyword logging math operator os pathlib pickle pprint random re "
    "secrets shlex shutil statistics string struct sys tarfile tempfile textwrap time tomllib traceback types typing unicodedata uuid "
    "warnings weakref zipfile zlib"
).split()


def test_what_readers_usually_import_is_there(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, "".join(f"import {module}\n" for module in USUAL) + "print('all')").press("Control+Enter")
    settled(block)
    assert result(block) == "all\n"


# When Python cannot start


@pytest.mark.parametrize(
    "missing", ["worker.js", "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "stdlib-*.zip", "model-*.zip"]
)
def test_where_python_does_not_start_the_reader_is_told_what_to_do(tab: Page, site: str, missing: str) -> None:
    tab.route(f"**/{missing}", lambda route: route.abort())
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    run(block)
    assert status(block).startswith("Python did not start. Reload the page, or try another browser. (")
    tab.unroute(f"**/{missing}")
    run(block)
    assert status(block) == "Just as documented."


def test_where_the_policy_forbids_webassembly_the_reader_is_told(browser: Browser, site: str) -> None:
    tab = browser.new_page()

    def stricter(route: Route) -> None:
        response = route.fetch()
        policy = response.headers["content-security-policy"].replace(" 'wasm-unsafe-eval'", "")
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})

    tab.route("**/worker.js", stricter)
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    run(block)
    assert status(block).startswith("Python did not start. Reload the page, or try another browser. (")
    assert "WebAssembly" in status(block)
    tab.close()


def test_a_site_without_python_says_so(tab: Page, site: str) -> None:
    tab.route("**/assets/runtime/**", lambda route: route.fulfill(status=404))
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    run(block)
    assert status(block) == "Run is off: this site was built without Python for the browser."


def test_who_waits_long_is_told_what_may_be_wrong(tab: Page, site: str) -> None:
    held: list[Route] = []
    tab.route("**/pyodide.asm.wasm", lambda route: held.append(route))
    tab.clock.install()
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    press(block, "run")
    expect(block.locator(".course-run__status")).to_have_text("Starting Python…")
    tab.clock.fast_forward(15_000)
    expect(block.locator(".course-run__status")).to_have_text(
        "Python takes long to start. On a slow connection, wait; otherwise reload the page."
    )
    while not held:
        tab.wait_for_timeout(50)
    held.pop().continue_()
    settled(block)
    assert status(block) == "Just as documented."


# When it starts, and how long it lives


def test_who_only_reads_downloads_nothing(tab: Page, site: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(site + LESSON, wait_until="networkidle")
    runnable(tab)
    assert [url for url in asked if "runtime" in url or "worker.js" in url] == []
    assert pythons(tab) == 0


def test_python_starts_when_the_mouse_comes_near(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    with tab.expect_worker():
        of_language(tab, "console").hover()


def test_python_starts_when_the_keyboard_comes_near(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    button = of_language(tab, "console").locator("[data-does=run]")
    with tab.expect_worker():
        button.focus()


def test_python_starts_at_a_touch(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    tab = context.new_page()
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    with tab.expect_worker():
        block.locator("pre").tap()
    block.locator("[data-does=run]").tap()
    settled(block)
    assert status(block) == "Just as documented."
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_one_python_serves_all_pages(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    run(runnable(tab)[0])
    tab.evaluate("window.same = true")
    tab.get_by_role("link", name="2. Sharing layers").first.click()
    tab.wait_for_url("**/sharing-layers/")
    expect(tab.locator("h1")).to_contain_text("Sharing layers")
    run(runnable(tab)[0])
    assert status(runnable(tab)[0]) == "Just as documented."
    tab.go_back()
    expect(tab.locator("h1")).to_contain_text("What is an image?")
    run(runnable(tab)[1])
    assert status(runnable(tab)[1]) == "Just as documented."
    assert tab.evaluate("window.same")
    assert pythons(tab) == 1


def test_whoever_leaves_a_page_that_runs_for_ever_can_run_the_next_one(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    edit(block, FOREVER).press("Control+Enter")
    expect(block.locator(".course-run__status")).to_have_text("Running…")
    tab.get_by_role("link", name="2. Sharing layers").first.click()
    expect(tab.locator("h1")).to_contain_text("Sharing layers")
    run(runnable(tab)[0])
    assert status(runnable(tab)[0]) == "Just as documented."
    for _ in range(100):  # the browser takes a moment, or some seconds, to bury the other one
        if pythons(tab) > 1:
            tab.wait_for_timeout(100)
    assert pythons(tab) == 1


# For everybody


def test_the_keyboard_alone_is_enough(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "python")
    block.locator("[data-does=run]").focus()
    tab.keyboard.press("Tab")
    expect(block.locator("[data-does=edit]")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(block.locator("textarea")).to_be_focused()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("print(6 * 7)")
    tab.keyboard.press("Control+Enter")
    settled(block)
    assert result(block) == "42\n"
    expect(block.locator("textarea")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(block.locator("[data-does=run]")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(block.locator("[data-does=reset]")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(block.locator("[data-does=run]")).to_be_focused()

    console = of_language(tab, "console")
    console.locator("[data-does=edit]").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Control+Enter")
    settled(console)
    expect(console.locator("[data-does=edit]")).to_be_focused()


def test_what_happens_is_announced(tab: Page, site: str) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    group = tab.get_by_role("group", name="Example 1", exact=True)
    expect(group.get_by_role("button", name="Run example 1", exact=True)).to_be_visible()
    expect(group.get_by_role("status")).to_have_text("No Docker? Run it here, in your browser.")
    run(block)
    expect(group.get_by_role("status")).to_have_text("Just as documented.")


@pytest.mark.parametrize(
    "page", ["docs/what-is-an-image.md", "docs/container-lifecycle.md", "docs/naming-containers.md"]
)
@pytest.mark.parametrize(("width", "palette"), MODES)
def test_axe_finds_nothing(browser: Browser, site: str, page: str, width: int, palette: str) -> None:
    context = shown_in(browser, width, palette)
    tab = context.new_page()
    tab.goto(site + ADDRESSES[page])
    blocks = runnable(tab)
    assert violations(tab) == []
    run(blocks[0])
    console, python = of_language(tab, "console"), of_language(tab, "python")
    edit(console, "docker ps -a").press("Control+Enter")
    settled(console)
    edit(python, "1 / 0").press("Control+Enter")  # stays open, with the error below it
    settled(python)
    assert status(python) == "It failed, in line 1."
    assert violations(tab) == []
    context.close()


@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_without_scripts_a_page_reads_as_it_is(browser: Browser, site: str, page: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site + ADDRESSES[page])
    assert tab.locator(".course-run").count() == 0
    shown = [code.inner_text() for code in tab.locator(".language-console > pre > code:visible").all()]
    consoles = (example.block for example in examples(page) if example.block.language == "console")
    said = [console_text(read_console(block.text, block.text_line)) for block in consoles]
    assert shown
    assert {text.rstrip("\n") for text in shown} <= set(said)
    gap = tab.evaluate("getComputedStyle(document.querySelector('.language-console'), '::after').content")
    assert gap == "none"
    context.close()


@pytest.mark.parametrize("page", WITH_EXAMPLES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_when_the_scripts_arrive(browser: Browser, site: str, page: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    tab.add_init_script(SHIFTS)
    tab.goto(site + ADDRESSES[page])
    runnable(tab)
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.shifted") < 0.02
    context.close()


def test_the_buttons_take_the_room_that_was_kept_for_them(browser: Browser, site: str) -> None:
    """Layout shift counts only what is in view; this is the height of the whole page."""
    heights = []
    for blocked in (True, False):
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        if blocked:
            tab.route("**/assets/run.js", lambda route: route.abort())
        tab.goto(site + LESSON, wait_until="networkidle")
        heights.append(tab.locator("article").evaluate("article => article.offsetHeight"))
        tab.close()
    assert heights[0] == heights[1]


def test_nothing_leaves_for_another_host(tab: Page, site: str) -> None:
    asked: list[str] = []
    tab.context.on("request", lambda request: asked.append(request.url))
    tab.goto(site + LESSON)
    run(runnable(tab)[0])
    assert any(url.endswith("pyodide.asm.wasm") for url in asked)
    assert [url for url in asked if not url.startswith((site, "blob:", "data:"))] == []
