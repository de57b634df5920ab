"""A learner types at the terminal in the page: right and wrong, by keyboard, over several days and in two tabs."""

import json
import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.console import read_console
from dockerlearn.learn.challenge import GOALS, WELL_DONE
from dockerlearn.learn.playground import Playground
from tests.browser.audit import MODES, SHIFTS, left_with, pythons, shown_in, violations, watched
from tests.browser.built import OTHER_SITE, ROOT, SITE, addresses, served
from tests.challenge import SOLUTION

PLAYGROUND, CHALLENGE = addresses()["docs/playground.md"], addresses()["docs/challenge.md"]
KEY = "dockerlearn.playground"
LONG = (
    "for i in $(seq 9999); do docker run --rm alpine true; done\n" * 500
)  # no line takes Python long, but all of them do


@pytest.fixture
def tab(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """A tab in which nothing may be thrown and no policy violated, whatever is typed."""
    yield watched(context.new_page(), complaints)
    assert complaints == []


def prompt(tab: Page) -> Locator:
    return tab.get_by_role("textbox", name="Command")


def settled(tab: Page) -> None:
    """Wait until Python has answered all that was asked."""
    tab.locator("[data-terminal][data-busy=false]").wait_for(timeout=60_000)


def enter(tab: Page, line: str) -> None:
    """Put a line at the prompt, and wait for what comes of it."""
    prompt(tab).fill(line)
    prompt(tab).press("Enter")
    settled(tab)


def opened(tab: Page, site: str, address: str = PLAYGROUND, *lines: str) -> Page:
    """The page, with some lines typed into its terminal."""
    tab.goto(site + address)
    tab.locator(".course-terminal--live").wait_for()
    for line in lines:
        enter(tab, line)
    return tab


def paste(tab: Page, text: str) -> None:
    begin_to_paste(tab, text)
    settled(tab)


def begin_to_paste(tab: Page, text: str) -> None:
    prompt(tab).evaluate(
        """(input, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def text(shown: Locator) -> str:
    """What is seen, without the gaps between paragraphs."""
    return re.sub("\n+", "\n", shown.inner_text())


def screen(tab: Page) -> list[str]:
    """Each line of the terminal with what came of it."""
    return [text(each) for each in tab.get_by_role("log").locator("ol > li").all()]


def last(tab: Page) -> str:
    return text(tab.get_by_role("log").locator("ol > li").last)


def machine(tab: Page) -> str:
    return str(tab.get_by_role("region", name="The machine").inner_text())


def met(tab: Page) -> list[bool]:
    """Of each goal, whether the page shows it as met."""
    goals = tab.get_by_role("region", name="Goals").locator("ol > li")
    return [each.get_attribute("data-met") == "true" for each in goals.all()]


def kept(tab: Page) -> list[str]:
    """The lines that the browser keeps."""
    text = tab.evaluate("key => localStorage.getItem(key)", KEY)
    return [line for _, line in json.loads(text)["commands"]] if text else []


def button(tab: Page, name: str) -> Locator:
    return tab.get_by_role("button", name=name, exact=True)


# The terminal


def test_a_line_is_answered_as_in_any_terminal(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull -q nginx", "docker rmi nosuch")
    assert screen(tab)[0] == "$ docker pull -q nginx\ndocker.io/library/nginx:latest"
    assert screen(tab)[1].startswith("$ docker rmi nosuch\nError response from daemon: No such image: nosuch:latest")
    assert "Exit status 1" in screen(tab)[1]
    expect(prompt(tab)).to_have_value("")


def test_a_line_may_go_on_in_the_next(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "for i in 1 2; do", "echo $i")
    expect(tab.locator(".course-terminal__form .course-terminal__prompt")).to_have_text("> ")
    enter(tab, "done")
    assert last(tab) == "> done\n1\n2"


def test_the_machine_is_shown_beside_it_with_what_has_just_changed(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull nginx", "docker pull python:3.12-slim")
    view = tab.get_by_role("region", name="The machine")
    assert "2 images, 10 layers, 279MB on the disk; added up, the images have 388MB." in machine(tab)
    assert view.locator("[data-shared]").all_inner_texts() == [
        "2e5fcd694cbe 78.8MB shared with python:3.12-slim",
        "2e5fcd694cbe 78.8MB shared with nginx:latest",
    ]
    assert [each.inner_text().split()[0] for each in view.locator("[data-mark]").all()] == ["python:3.12-slim"]
    enter(tab, "docker run -d --name web -p 8080:80 nginx")
    web = view.locator("[data-mark=new]")
    assert re.sub("[0-9a-f]{12}", "ID", text(web)) == (
        "web ID running new\nStatus: Up Less than a second\nImage: nginx\nPorts: 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\n"
        "Writable layer: 4.1kB"
    )
    enter(tab, "docker stop web")
    assert "exited" in view.locator("[data-mark=changed]").inner_text()
    enter(tab, "docker rm web")
    assert "Gone: web" in machine(tab)
    assert view.locator("[data-mark]").count() == 0


def test_a_list_of_layers_that_was_closed_stays_closed(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull nginx")
    tab.get_by_text("7 layers, 0 shared").click()
    enter(tab, "docker ps")
    expect(tab.get_by_role("list", name="Layers, the top one first")).to_be_hidden()


def test_earlier_lines_come_back(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull nginx", "docker ps", "docker ps")
    prompt(tab).fill("dock")
    values = []
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown"):
        prompt(tab).press(key)
        values.append(prompt(tab).input_value())
    assert values == ["docker ps", "docker pull nginx", "docker pull nginx", "docker ps", "dock", "dock"]


def test_words_are_completed(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run -d --name web nginx")
    for typed, completed in [
        ("dock", "docker "),
        ("docker pul", "docker pull "),
        ("docker run --na", "docker run --name "),
        ("docker rmi ", "docker rmi nginx:latest "),
        ("docker stop w", "docker stop web "),
        ("docker cp w", "docker cp web:/"),
    ]:
        prompt(tab).fill(typed)
        prompt(tab).press("Tab")
        expect(prompt(tab)).to_have_value(completed)
        expect(prompt(tab)).to_be_focused()


def test_several_ways_to_go_on_are_offered(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND)
    prompt(tab).fill("docker pull hello")
    prompt(tab).press("Tab")
    offers = tab.get_by_role("group", name="Completions")
    expect(offers.get_by_role("button")).to_have_text(["hello-world", "hello-world:latest", "hello-world:linux"])
    expect(prompt(tab)).to_have_value("docker pull hello-world")
    tab.keyboard.press("Tab")  # on to the button for Enter, and then to what is offered
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    expect(button(tab, "hello-world:latest")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(prompt(tab)).to_have_value("docker pull hello-world:latest ")
    expect(prompt(tab)).to_be_focused()
    expect(offers).to_be_hidden()


@pytest.mark.parametrize("keys", [["Tab"], ["x", "Escape", "Tab"], ["x", "Shift+Tab"], ["q", "Tab", "Tab"]])
def test_the_keyboard_can_always_leave_the_prompt(tab: Page, site: str, keys: list[str]) -> None:
    opened(tab, site, PLAYGROUND, "docker ps")
    prompt(tab).focus()
    for key in keys:
        expect(prompt(tab)).to_be_focused()
        tab.keyboard.press(key)
        tab.wait_for_timeout(100)
    expect(prompt(tab)).not_to_be_focused()


def test_suggestions_run_what_they_say(tab: Page, site: str) -> None:
    opened(tab, site)
    chips = tab.get_by_role("group", name="What could come next").get_by_role("button")
    assert chips.all_inner_texts() == Playground(0).suggestions()  # before Python is there, too
    chips.first.click()
    settled(tab)
    assert screen(tab)[0].startswith("$ docker pull nginx\n")
    assert chips.all_inner_texts() == [
        "docker run -d --name web -p 8080:80 nginx",
        "docker history nginx:latest",
        "docker rmi nginx:latest",
    ]
    chips.first.focus()
    tab.keyboard.press("Enter")
    settled(tab)
    assert "web" in machine(tab)
    expect(prompt(tab)).to_be_focused()


def test_several_lines_are_pasted_and_what_has_no_line_end_stays_at_the_prompt(tab: Page, site: str) -> None:
    opened(tab, site)
    prompt(tab).fill("docker ")
    paste(tab, "pull -q nginx\r\ndocker images -q \\\n  | wc -l\ndocker ")
    assert [each.split("\n")[-1] for each in screen(tab)] == [
        "docker.io/library/nginx:latest",
        "$ docker images -q \\",
        "1",
    ]
    expect(prompt(tab)).to_have_value("docker ")


def test_all_commands_of_the_cheat_sheet_can_be_pasted_at_once(tab: Page, site: str) -> None:
    blocks = Lexer(ROOT / "mkdocs.yml").blocks((ROOT / "docs/cheat-sheet.md").read_text(encoding="utf-8"))
    consoles = [block for block in blocks if block.language == "console"]
    commands = [command.source for block in consoles for command in read_console(block.text, block.text_line)]
    opened(tab, site)
    paste(tab, "\n".join([*commands, ""]))
    entries = screen(tab)
    assert len(entries) == len("\n".join(commands).split("\n"))
    assert "Exit status" not in "".join(entries)
    assert "Containers\n\nNone yet." in machine(tab)


def test_ctrl_c_ends_what_goes_on(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run --name web nginx")
    assert last(tab).endswith("It goes on until Ctrl+C is typed.")
    enter(tab, "docker ps")
    assert last(tab).endswith("Not run: the command above has the terminal. Ctrl+C ends it.")
    prompt(tab).press("Control+c")
    settled(tab)
    assert last(tab) == "^C\nnginx: SIGINT, exiting"
    enter(tab, "docker start -a web")
    assert "running" in machine(tab)
    tab.get_by_role("button", name="Type Ctrl+C").click()
    settled(tab)
    assert last(tab) == "^C"
    assert "exited" in machine(tab)


def test_ctrl_c_copies_where_text_is_selected(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run --name web nginx")
    prompt(tab).fill("docker ps")
    prompt(tab).select_text()
    prompt(tab).press("Control+c")
    tab.wait_for_timeout(200)
    assert "^C" not in last(tab)


def test_a_shell_in_a_container_has_its_own_prompt(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run -it --rm alpine", "echo $((6 * 7))")
    assert last(tab) == "/ # echo $((6 * 7))\n42"
    prompt(tab).press("Control+d")
    settled(tab)
    enter(tab, "docker ps -aq")
    assert last(tab) == "$ docker ps -aq"


def test_a_question_waits_for_its_answer(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker create --name old alpine", "docker container prune")
    expect(tab.locator(".course-terminal__form .course-terminal__prompt")).to_have_text(
        "Are you sure you want to continue? [y/N] "
    )
    enter(tab, "y")
    assert "Gone: old" in machine(tab)


def test_what_went_wrong_gets_a_word_apart_from_docker_s_own(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker imges")
    expect(tab.locator(".course-terminal__note")).to_have_text("Did you mean docker images?")
    assert "Did you mean" not in tab.locator(".course-terminal__output").inner_text()


def test_the_screen_can_be_cleared(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull nginx")
    enter(tab, "clear")
    assert screen(tab) == []
    enter(tab, "docker ps")
    prompt(tab).press("Control+l")
    assert screen(tab) == []
    assert "nginx:latest" in machine(tab)


def test_the_newest_line_is_in_view(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run --help", "docker ps")
    box, line = tab.get_by_role("log").bounding_box(), tab.get_by_role("log").locator("li").last.bounding_box()
    assert box is not None
    assert line is not None
    assert line["y"] + line["height"] <= box["y"] + box["height"] + 1


# What is kept


def test_all_is_there_again_after_a_reload(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run -d --name web nginx", "docker run nginx")
    prompt(tab).press("Control+c")
    settled(tab)
    enter(tab, "docker ps -a")
    enter(tab, "for i in 1 2; do")
    before = screen(tab), re.sub(r" (new|changed)\n", "\n", machine(tab))
    tab.reload()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(len(before[0]), timeout=30_000)
    settled(tab)
    assert (screen(tab), machine(tab)) == before
    enter(tab, "echo $i; done")
    assert last(tab) == "> echo $i; done\n1\n2"


def test_all_is_there_again_when_the_reader_comes_back_from_another_page(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run -d --name web nginx")
    before = screen(tab)
    tab.get_by_role("link", name="1. What is an image?").first.click()
    expect(tab.locator("h1")).to_contain_text("What is an image?")
    tab.get_by_role("link", name="Playground").first.click()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(1)
    assert screen(tab) == before
    enter(tab, "docker stop web")
    assert last(tab) == "$ docker stop web\nweb"


def test_a_hundred_commands_are_kept(tab: Page, site: str) -> None:
    opened(tab, site)
    lines = [f"docker run -d --name n{number} nginx" if number % 10 == 0 else f"echo {number}" for number in range(100)]
    paste(tab, "\n".join([*lines, ""]))
    before = screen(tab)
    assert len(before) == 100
    tab.reload()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(100, timeout=30_000)
    assert screen(tab) == before
    assert kept(tab) == lines


def test_starting_over_forgets_and_can_be_undone(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull -q nginx")
    before = screen(tab)
    button(tab, "Start over").click()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(0)
    settled(tab)
    assert kept(tab) == []
    assert machine(tab).count("None yet.") == 2
    button(tab, "Undo").click()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(1)
    assert screen(tab) == before
    assert kept(tab) == ["docker pull -q nginx"]
    button(tab, "Start over").click()
    settled(tab)
    enter(tab, "docker ps")
    tab.reload()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(1, timeout=30_000)
    assert screen(tab)[0].startswith("$ docker ps")


def test_two_tabs_do_not_destroy_what_the_other_keeps(
    context: BrowserContext, tab: Page, site: str, complaints: list[str]
) -> None:
    opened(tab, site, PLAYGROUND, "docker pull -q nginx")
    other = opened(watched(context.new_page(), complaints), site)
    expect(other.get_by_role("log").locator("ol > li")).to_have_count(1, timeout=30_000)
    enter(tab, "docker run -d --name web nginx")
    notice = other.locator(".course-terminal__notice")
    expect(notice).to_contain_text("Another tab has gone on with this terminal, so what you type here is not kept.")
    enter(other, "docker rmi nginx")  # it works, and is not kept
    assert "Deleted:" in last(other)
    assert kept(other) == ["docker pull -q nginx", "docker run -d --name web nginx"]
    expect(tab.locator(".course-terminal__notice")).to_have_text("")

    button(other, "Go on from there").click()
    settled(other)
    assert screen(other) == screen(tab)
    enter(other, "docker stop web")
    assert kept(other)[2:] == ["docker stop web"]
    expect(tab.locator(".course-terminal__notice")).to_contain_text("Another tab has gone on")
    button(tab, "Keep this one instead").click()
    expect(tab.locator(".course-terminal__notice")).to_have_text("")
    assert len(kept(tab)) == 2
    expect(other.locator(".course-terminal__notice")).to_contain_text("Another tab has gone on")


UNUSABLE = {
    "off": "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
}


@pytest.mark.parametrize("storage", UNUSABLE)
def test_a_browser_that_keeps_nothing_is_no_obstacle(tab: Page, site: str, storage: str, complaints: list[str]) -> None:
    tab.add_init_script(UNUSABLE[storage])
    opened(tab, site, PLAYGROUND, "docker pull -q nginx", "docker images -q | wc -l")
    assert last(tab) == "$ docker images -q | wc -l\n1"
    expect(tab.locator(".course-terminal__notice")).to_contain_text("This browser keeps nothing for this site")
    complaints[:] = [
        each for each in complaints if re.search("assets/(kept|playground|machine)", each)
    ]  # the theme has its own


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", '"text"', "1e999", '{"version":1}', '{"version":2,"seed":1,"commands":[]}',
        '{"version":1,"seed":"x","commands":[]}', '{"version":1,"seed":1,"commands":[[1]]}',
        '{"version":1,"seed":1,"commands":[["1","docker ps"]]}', '{"version":1,"seed":1,"commands":[[1,2]]}',
        '{"version":1,"seed":1,"commands":{"length":3}}', "\u0000" * 1000,
    ],
)  # fmt: skip
def test_what_is_damaged_is_told_and_left_behind(tab: Page, site: str, text: str) -> None:
    tab.add_init_script(
        f"if (!sessionStorage.spoilt) {{ sessionStorage.spoilt = 1; localStorage.setItem('{KEY}', {json.dumps(text)}); }}"
    )
    opened(tab, site)
    expect(tab.locator(".course-terminal__notice")).to_contain_text("What was kept here could not be read.")
    enter(tab, "docker pull -q nginx")
    assert kept(tab) == ["docker pull -q nginx"]


def test_times_that_cannot_be_are_played_all_the_same(tab: Page, site: str) -> None:
    commands = [[-1, "docker run -d --name web nginx"], [1e300, "docker ps"], [5, "docker ps"]]
    text = json.dumps({"version": 1, "seed": 1, "commands": commands})
    tab.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(text)})")
    opened(tab, site)
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(3, timeout=30_000)
    assert "running" in machine(tab)


STARTS = 'python.runPython(`import sys; sys.path.insert(0, "${MODEL}")`);'
ANOTHER_MODEL = """
from dockerlearn.terminal.session import Session
begin = Session.begin
def changed(self, line):
    if "hang" in line:
        while True: pass
    if "crash" in line:
        nested = None
        for _ in range(10**6): nested = [nested]
        repr(nested)
    if "refused" in line:
        raise RecursionError
    return begin(self, line.replace("old", "new"))
Session.begin = changed
"""


def with_another_model(tab: Page) -> None:
    """Let the page have a model that hangs at some lines, raises at others, and prints something else for others again."""
    worker = (SITE / "assets/worker.js").read_text(encoding="utf-8")
    assert STARTS in worker
    changed = worker.replace(STARTS, f"{STARTS} python.runPython({json.dumps(ANOTHER_MODEL)});")
    tab.route("**/assets/worker.js", lambda route: route.fulfill(body=changed, content_type="text/javascript"))


def keep(tab: Page, *lines: str, **more: str) -> None:
    """Let the browser have kept some lines, before the page is opened for the first time."""
    commands = [[1.8e9 + place, line] for place, line in enumerate(lines)]
    text = json.dumps(json.dumps({"version": 1, "seed": 1, "commands": commands, **more}))
    tab.add_init_script(
        f"if (!sessionStorage.put) {{ sessionStorage.put = 1; localStorage.setItem('{KEY}', {text}); }}"
    )


def stored(tab: Page, name: str) -> str:
    return str(json.loads(tab.evaluate("key => localStorage.getItem(key)", KEY))[name])


def notice(tab: Page) -> Locator:
    return tab.locator(".course-terminal__notice")


def test_lines_that_the_model_does_not_take_any_more_leave_a_terminal_that_works(tab: Page, site: str) -> None:
    with_another_model(tab)
    keep(tab, "docker pull -q nginx", "echo refused", "docker ps -q")
    opened(tab, site)
    expect(notice(tab)).to_have_text(
        "2 of the 3 lines kept here could not be played again: the model does not take them any more.", timeout=30_000
    )
    assert screen(tab) == ["$ docker pull -q nginx\ndocker.io/library/nginx:latest"]
    assert len(kept(tab)) == 3  # until something else is
    enter(tab, "docker images -q | wc -l")
    assert last(tab) == "$ docker images -q | wc -l\n1"
    assert kept(tab) == ["docker pull -q nginx", "docker images -q | wc -l"]
    tab.reload()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(2, timeout=30_000)
    expect(notice(tab)).to_have_text("")


def test_a_line_that_raises_is_told_and_leaves_a_terminal_that_works(tab: Page, site: str) -> None:
    with_another_model(tab)
    opened(tab, site, PLAYGROUND, "docker pull -q nginx", "echo refused")
    expect(tab.locator(".course-terminal__status")).to_have_text("Python cannot answer: RecursionError")
    expect(prompt(tab)).to_have_value("echo refused")
    enter(tab, "docker images -q | wc -l")
    assert last(tab) == "$ docker images -q | wc -l\n1"
    assert kept(tab) == ["docker pull -q nginx", "docker images -q | wc -l"]


def test_python_that_has_crashed_is_started_anew(tab: Page, site: str, complaints: list[str]) -> None:
    with_another_model(tab)
    opened(tab, site, PLAYGROUND, "docker pull -q nginx", "echo crash")
    said = "Python cannot answer: Maximum call stack size exceeded"
    expect(tab.locator(".course-terminal__status")).to_have_text(said)
    assert left_with(tab, 0)
    enter(tab, "docker images -q | wc -l")
    assert last(tab) == "$ docker images -q | wc -l\n1"
    assert kept(tab) == ["docker pull -q nginx", "docker images -q | wc -l"]
    complaints.clear()  # Pyodide's own, of the crash


def test_what_is_kept_names_its_model_and_says_where_another_prints_something_else(
    browser: Browser, tab: Page, site: str, complaints: list[str]
) -> None:
    opened(tab, site, PLAYGROUND, "echo old")
    runtime = json.loads((SITE / "assets/runtime/runtime.json").read_text(encoding="utf-8"))
    assert stored(tab, "model") == runtime["model"]
    digest = Playground(0).replay([(0, "echo old")])["digest"]
    assert stored(tab, "digest") == digest

    context = browser.new_context()
    other = watched(context.new_page(), complaints)
    with_another_model(other)
    keep(other, "echo old", model="model-of-yesterday.zip", digest=digest)
    opened(other, site)
    expect(notice(other)).to_have_text(
        "Docker's model has changed since you typed this: some lines print something else now.", timeout=30_000
    )
    assert screen(other) == ["$ echo old\nnew"]
    enter(other, "true")
    assert (stored(other, "model"), kept(other)) == (runtime["model"], ["echo old", "true"])
    other.reload()
    expect(other.get_by_role("log").locator("ol > li")).to_have_count(2, timeout=30_000)
    expect(notice(other)).to_have_text("")
    context.close()


@pytest.mark.parametrize("more", [{}, {"model": "model-of-yesterday.zip"}])
def test_another_model_that_prints_the_same_is_no_matter(tab: Page, site: str, more: dict[str, str]) -> None:
    keep(tab, "echo a", **more, **({"digest": Playground(0).replay([(0, "echo a")])["digest"]} if more else {}))
    opened(tab, site)
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(1, timeout=30_000)
    expect(notice(tab)).to_have_text("")


def test_starting_over_needs_no_answer_from_python(tab: Page, site: str) -> None:
    with_another_model(tab)
    opened(tab, site, PLAYGROUND, "docker pull -q nginx")
    for line in ("echo hang", "docker rmi nginx", "echo never"):
        prompt(tab).fill(line)
        prompt(tab).press("Enter")
    expect(tab.locator(".course-terminal__status")).to_have_text("Running…")
    button(tab, "Start over").click()
    assert screen(tab) == []
    settled(tab)
    assert (screen(tab), kept(tab), machine(tab).count("None yet.")) == ([], [], 2)
    expect(tab.locator(".course-terminal__status")).to_have_text("")
    enter(tab, "docker ps -q")
    assert screen(tab) == ["$ docker ps -q"]
    assert left_with(tab, 1)
    button(tab, "Undo").click()
    settled(tab)
    assert screen(tab) == ["$ docker pull -q nginx\ndocker.io/library/nginx:latest"]


def test_lines_that_hang_when_they_are_played_again_can_be_left_behind(tab: Page, site: str) -> None:
    with_another_model(tab)
    keep(tab, "docker pull -q nginx", "echo hang")
    opened(tab, site)
    expect(tab.locator(".course-terminal__status")).to_have_text("Running…", timeout=30_000)
    button(tab, "Start over").click()
    settled(tab)
    enter(tab, "docker images -q | wc -l")
    assert screen(tab) == ["$ docker images -q | wc -l\n0"]
    assert kept(tab) == ["docker images -q | wc -l"]


# Python


def test_python_starts_when_somebody_is_about_to_type(tab: Page, site: str) -> None:
    opened(tab, site)
    status = tab.locator(".course-terminal__status")
    expect(status).to_have_text("Python starts when you type.")
    tab.wait_for_timeout(500)
    assert pythons(tab) == 0
    prompt(tab).focus()
    expect(status).to_have_text("", timeout=30_000)
    assert pythons(tab) == 1


def test_python_that_does_not_start_is_told_and_tried_again(context: BrowserContext, site: str) -> None:
    tab = context.new_page()
    tab.route("**/model-*.zip", lambda route: route.abort())
    opened(tab, site, PLAYGROUND, "docker ps -q")
    expect(tab.locator(".course-terminal__status")).to_contain_text(
        "Python did not start. Reload the page, or try another browser."
    )
    expect(prompt(tab)).to_have_value("docker ps -q")
    tab.unroute("**/model-*.zip")
    button(tab, "Try again").click()
    settled(tab)
    prompt(tab).press("Enter")
    settled(tab)
    assert last(tab) == "$ docker ps -q"


def test_a_site_without_python_says_so(context: BrowserContext, site: str) -> None:
    tab = context.new_page()
    tab.route("**/runtime.json", lambda route: route.fulfill(status=404))
    opened(tab, site, PLAYGROUND, "docker ps")
    expect(tab.locator(".course-terminal__status")).to_contain_text("this site was built without Python")


def test_ctrl_c_stops_python_itself_where_it_takes_very_long(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker pull -q alpine")
    begin_to_paste(tab, LONG)
    tab.wait_for_timeout(2_000)
    prompt(tab).press("Control+c")
    expect(tab.locator(".course-terminal__status")).to_contain_text("Stopped.")
    enter(tab, "docker images -q | wc -l")
    assert last(tab) == "$ docker images -q | wc -l\n1"
    assert kept(tab) == ["docker pull -q alpine", "docker images -q | wc -l"]


def test_examples_of_other_pages_and_terminals_do_not_disturb_each_other(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run -d --name web nginx")
    tab.get_by_role("link", name="1. What is an image?").first.click()
    run = tab.get_by_role("button", name="Run example 1", exact=True)
    run.click()
    expect(tab.get_by_role("group", name="Example 1", exact=True).get_by_role("status")).to_have_text(
        "Just as documented."
    )
    tab.get_by_role("link", name="10. The challenge").first.click()
    enter(tab, "docker ps -q")
    assert last(tab) == "$ docker ps -q"
    tab.get_by_role("link", name="Playground").first.click()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(1)
    enter(tab, "docker ps --format '{{.Names}}'")
    assert last(tab).endswith("\nweb")
    assert pythons(tab) == 1


def test_what_zensical_builds_has_the_terminal_too(browser: Browser) -> None:
    with served(OTHER_SITE) as site:
        tab = opened(browser.new_page(), site, PLAYGROUND, "docker pull -q nginx")
        assert last(tab) == "$ docker pull -q nginx\ndocker.io/library/nginx:latest"
        tab.close()


# The challenge


def tab_to(tab: Page, target: Locator) -> None:
    """Go there with Tab, as somebody without a mouse does."""
    for _ in range(200):
        if target.evaluate("node => node === document.activeElement"):
            return
        tab.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")


def test_the_whole_challenge_can_be_done_by_keyboard_alone(tab: Page, site: str) -> None:
    opened(tab, site, CHALLENGE)
    tab_to(tab, prompt(tab))
    counts = []
    for line in SOLUTION:
        tab.keyboard.type(line)
        tab.keyboard.press("Enter")
        settled(tab)
        counts.append(sum(met(tab)))
    assert counts == [0, 0, 1, 1, 2, 3, 4, 5, 6, 6, 7]
    goals = tab.get_by_role("region", name="Goals")
    assert WELL_DONE in goals.inner_text()
    assert goals.get_by_role("button").count() == 0
    assert [each.split("\n")[-1] for each in screen(tab) if "is met" in each] == [
        f"Goal {number}  is met: {goal.text}".replace("  ", " ") for number, goal in enumerate(GOALS, 1)
    ]


def test_mistakes_a_reload_and_hints_on_the_way_do_no_harm(tab: Page, site: str) -> None:
    opened(tab, site, CHALLENGE)
    tab_to(tab, prompt(tab))

    def types(*lines: str) -> None:
        for line in lines:
            tab.keyboard.type(line)
            tab.keyboard.press("Enter")
            settled(tab)

    types(
        "dokcer pull nginx",
        "docker pull ngnix",
        "docker pull node",
        "docker ps -a",
        *SOLUTION[:2],
        "docker pull python",
    )
    assert met(tab) == [False] * 7
    types(SOLUTION[2], "docker run nginx")
    assert met(tab) == [True] + [False] * 6
    tab.keyboard.press("Control+c")
    settled(tab)
    types("docker run -d --name first", "docker run --name -d first nginx", "docker system prune")
    types("n", *SOLUTION[3:5])
    assert met(tab) == [True, True, True] + [False] * 4  # the one that was interrupted is a container, too
    tab.keyboard.press("Escape")
    tab_to(tab, tab.get_by_role("button", name="Hint for goal 4"))
    tab.keyboard.press("Enter")
    settled(tab)
    goals = tab.get_by_role("region", name="Goals")
    assert "The refusal of docker rm names two ways out." in goals.inner_text()
    before = screen(tab), met(tab), goals.inner_text()
    tab.reload()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(len(before[0]), timeout=30_000)
    assert (screen(tab), met(tab), goals.inner_text()) == before
    tab_to(tab, prompt(tab))
    types("docker rm second", "docker stop first", "docker rm $(docker ps -aq --filter status=exited | head -n 1)")
    types("docker rm -f second", "docker logs nosuch", "docker rmi nginx", *SOLUTION[7:9], "docker system prune -f")
    types("docker rm -f $(docker ps -aq)", "docker rmi -f $(docker images -q)")
    assert met(tab)[:4] == [True] * 4
    types(
        "docker pull -q python:3.12-slim", "docker run -d --name again nginx", "docker stop again", "docker logs again"
    )
    types(SOLUTION[8], "docker rm again", "docker rmi nginx python:3.12-slim")
    assert met(tab) == [True] * 7
    assert WELL_DONE in goals.inner_text()


def test_the_solution_of_a_goal_is_the_page_s_own(tab: Page, site: str) -> None:
    opened(tab, site, CHALLENGE, *SOLUTION[:3])
    tab.get_by_role("button", name="Solution of goal 2").click()
    step = tab.locator("details", has_text="2. Two containers")
    expect(step).to_have_attribute("open", "")
    expect(step.locator("summary")).to_be_focused()
    expect(step).to_contain_text("docker run -d --name first nginx")


# Hostile lines

PARTS = [
    "<script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>", "<svg/onload=window.hacked=1>", "</pre></li>",
    "<style>*{display:none}</style>", "<iframe srcdoc='<script>parent.hacked=1</script>'>", "javascript:window.hacked=1", "&lt;b&gt;",
    "${window.hacked=1}", "{{constructor.constructor('window.hacked=1')()}}", "\u202e\u2066\u2067", "\u0600\u06dd مرحبا", "שלום",
    "漢字かな", "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿", "Z̸̢̛̠a̶̡̛l̷g̸o̵" * 20, "\x00\x07\x1b[31m\x9b2J", "\u2028\u2029\x85", "\ufeff\u200b\u00ad", "a" * 5000, "W" * 300,
    "'", '"', "\\", "$(", "`", "|", ";", "&&", ">", "docker run --name ", "docker tag nginx ", "docker pull ", "echo ", "echo '", "docker ",
    "docker exec web sh -c '", "docker run -d nginx ", "--format '{{", "}}'", "-p 99999:", "docker commit web ", "\t", "😀" * 200,
]  # fmt: skip


def test_two_hundred_hostile_lines_are_text_and_nothing_else(
    browser: Browser, site: str, complaints: list[str]
) -> None:
    chance = random.Random(20261126)
    lines = ["".join(chance.choices(PARTS, k=chance.randint(1, 6))) for _ in range(200)]
    context = browser.new_context(viewport={"width": 390, "height": 800})
    tab = watched(context.new_page(), complaints)
    opened(tab, site, PLAYGROUND, "docker run -d --name web nginx")
    elements = "node => node.querySelectorAll('script, img, svg, iframe, style, a').length"
    for line in lines:
        prompt(tab).fill(line)
        prompt(tab).press("Tab")
        prompt(tab).press("Enter")
        settled(tab)
        shown = tab.locator(".course-terminal__typed").last.inner_text()
        assert len(shown) >= min(len(line), 1)
        prompt(tab).press("Control+c")
        settled(tab)
        assert tab.locator("[data-terminal]").evaluate(elements) == 0
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.evaluate("window.hacked") is None
    before = [each for each in screen(tab) if "Not run:" not in each]
    assert len(before) > 380
    tab.reload()
    expect(tab.get_by_role("log").locator("ol > li")).to_have_count(len(before), timeout=60_000)
    assert screen(tab) == before
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.evaluate("window.hacked") is None
    assert complaints == []
    context.close()


def test_a_line_is_shown_as_it_was_typed(tab: Page, site: str) -> None:
    line = "echo '<b>&amp;</b> \u202eabc\u202c <script>window.hacked = 1</script>'"
    opened(tab, site, PLAYGROUND, line)
    assert tab.locator(".course-terminal__typed").evaluate("node => node.textContent") == line
    assert tab.locator(".course-terminal__output").evaluate("node => node.textContent") == line[6:-1]


# For everybody


@pytest.mark.parametrize(("width", "palette"), MODES)
def test_axe_finds_nothing_in_any_state(browser: Browser, site: str, width: int, palette: str) -> None:
    context = shown_in(browser, width, palette)
    tab = opened(context.new_page(), site)
    assert violations(tab) == []
    for line in (
        "docker pull nginx",
        "docker pull python:3.12-slim",
        "docker run -d --name web -p 8080:80 nginx",
        "docker imges",
    ):
        enter(tab, line)
    assert violations(tab) == []
    prompt(tab).fill("docker run ")
    prompt(tab).press("Tab")
    expect(tab.get_by_role("group", name="Completions")).to_be_visible()
    assert violations(tab) == []
    enter(tab, "docker run nginx")
    assert violations(tab) == []
    enter(tab, "not run")
    button(tab, "Start over").click()
    settled(tab)
    assert violations(tab) == []
    tab.evaluate("dispatchEvent(new StorageEvent('storage'))")
    tab.evaluate("key => { localStorage.setItem(key, ''); dispatchEvent(new StorageEvent('storage')); }", KEY)
    expect(button(tab, "Go on from there")).to_be_visible()
    assert violations(tab) == []
    opened(tab, site, CHALLENGE, *SOLUTION[:4], "hint")
    assert violations(tab) == []
    for line in SOLUTION[4:]:
        enter(tab, line)
    assert all(met(tab))
    assert violations(tab) == []
    context.close()
    context = shown_in(browser, width, palette)
    tab = context.new_page()
    tab.route("**/model-*.zip", lambda route: route.abort())
    opened(tab, site, PLAYGROUND, "docker ps")
    expect(button(tab, "Try again")).to_be_visible()
    assert violations(tab) == []
    context.close()


def test_what_a_screen_reader_hears_and_in_which_order(tab: Page, site: str) -> None:
    opened(tab, site, PLAYGROUND, "docker run -d --name web nginx")
    assert tab.locator("[data-terminal]").aria_snapshot().startswith('- region "Terminal"')
    log = tab.get_by_role("log", name="Output")
    expect(log).to_be_visible()
    assert log.get_attribute("aria-live") in (None, "polite")  # a log is polite by itself
    expect(prompt(tab)).to_have_accessible_description(re.compile("Tab completes a word"))
    order = tab.locator("[data-terminal]").evaluate(
        """root => [...root.querySelectorAll("[role], section, input, ul, ol[aria-label]")]
            .map((node) => node.getAttribute("aria-label") ?? node.getAttribute("role"))"""
    )
    assert order == [
        "Terminal", "status", "status", "Output", "status", "Command", "status", "Completions", "What could come next",
        "Goals", "The machine", "Images", "Layers, the top one first", "Containers",
    ]  # fmt: skip
    assert tab.locator("[data-terminal] .course-machine").get_attribute("aria-live") is None  # the log says it already


@pytest.mark.parametrize("address", [PLAYGROUND, CHALLENGE])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_when_the_terminal_arrives_or_is_used(
    browser: Browser, site: str, address: str, width: int
) -> None:
    heights = []
    for blocked in (True, False):
        context = browser.new_context(viewport={"width": width, "height": 900})
        tab = context.new_page()
        tab.add_init_script(SHIFTS)
        if blocked:
            tab.route("**/assets/playground.js", lambda route: route.abort())
        tab.goto(site + address, wait_until="networkidle")
        heights.append(tab.locator("article").evaluate("node => node.offsetHeight"))
        if not blocked:
            for line in ("docker pull nginx", "docker run -d nginx", "docker run nginx"):
                enter(tab, line)
            heights.append(tab.locator("article").evaluate("node => node.offsetHeight"))
            assert tab.evaluate("window.shifted") < 0.02
        context.close()
    assert len(set(heights)) == 1


def test_without_scripts_the_page_says_what_would_be_there(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site + PLAYGROUND)
    expect(tab.get_by_text("The terminal belongs here, but it needs JavaScript")).to_be_visible()
    box = tab.locator("[data-terminal]").bounding_box()
    assert box is not None
    assert box["height"] < 200
    context.close()


def test_where_the_script_does_not_arrive_the_page_says_so_after_a_while(browser: Browser, site: str) -> None:
    tab = browser.new_page()
    tab.route("**/assets/playground.js", lambda route: route.abort())
    tab.goto(site + PLAYGROUND)
    said = tab.get_by_text("The terminal belongs here, but it needs JavaScript")
    expect(said).to_be_hidden()
    expect(said).to_be_visible(timeout=6_000)
    tab.close()
