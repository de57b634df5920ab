"""What a command prints at another Docker is said below what it prints at the page's own, and verified as that is."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from markdown import Markdown

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.built import Html
from dockerlearn.course.complete import compare
from dockerlearn.course.console import alternatives, console_text, read_console, told
from dockerlearn.course.faults import Fault, PageRefused
from dockerlearn.course.fences import NAMES
from dockerlearn.course.sources import Sources
from dockerlearn.course.update import repaired
from dockerlearn.course.verify import Difference, PageRun
from dockerlearn.model.edition import EDITIONS
from tests.course.course_pages import ROOT
from tools.drift.damage import damages

LEXER = Lexer(ROOT / "mkdocs.yml")
VERSION = "$ docker version -f '{{.Server.Version}}'"
SIZE = "$ docker ps -s --format '{{.Size}}'"

TOLD = f"""\
```console
{VERSION}
29.8.0
[28]
28.5.2
$ docker run -d --name web nginx > /dev/null 2>&1
{SIZE}
4.1kB (virtual 162MB)
[29-upgraded, 28]
0B (virtual 162MB)
$ docker rm -f web
web
```
"""
UNTOLD = re.sub(r"^\[.*\]\n.*\n", "", TOLD, flags=re.MULTILINE)


def console(*lines: str) -> str:
    return "\n".join(["```console", *lines, "```", ""])


def commands(page: str) -> list[str]:
    """What is read of a page's first block, as the lines of the page that say it."""
    (block,) = LEXER.blocks(page)
    return [line for each in read_console(block.text, block.text_line) for line in each.told]


def wrong(page: str) -> list[Fault | None]:
    run = PageRun("page.md", LEXER.blocks(page))
    return [run.wrong(index) for index in range(len(run.blocks))]


def test_below_a_line_that_names_other_dockers_is_what_they_print() -> None:
    (block,) = LEXER.blocks(TOLD)
    version, _, size, _ = read_console(block.text, block.text_line)
    assert [version.said(docker).output for docker in EDITIONS] == ["29.8.0\n", "29.8.0\n", "28.5.2\n"]
    assert [size.said(docker)[1:] for docker in EDITIONS] == [
        (8, "4.1kB (virtual 162MB)\n"),
        (10, "0B (virtual 162MB)\n"),
        (10, "0B (virtual 162MB)\n"),
    ]


def test_a_docker_may_print_nothing_where_another_prints_something() -> None:
    page = console("$ docker ps", "[28]", "CONTAINER ID", "$ docker ps -a", "NAMES", "[29-upgraded]")
    (block,) = LEXER.blocks(page)
    first, second = read_console(block.text, block.text_line)
    assert (first.expected, first.said("28").output) == ("", "CONTAINER ID\n")
    assert (second.expected, second.said("29-upgraded").output, second.said("28").output) == ("NAMES\n", "", "NAMES\n")


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        (["[28]"], 2, "output before the first command"),
        (["$ ls", "[28]", "a", "[28]", "b"], 5, "a Docker that is named twice below one command"),
        (["$ ls", "[28, 28]", "a"], 3, "a Docker that is named twice below one command"),
        (["$ ls", "[28]", "> a"], 4, "a prompt that starts no command and continues none"),
        (["$ ls", "[28]", "..."], 4, "a wildcard: expected output is exact"),
    ],
)
def test_what_other_dockers_print_is_read_as_strictly(lines: list[str], line: int, reason: str) -> None:
    with pytest.raises(PageRefused) as refused:
        LEXER.blocks(console(*lines))
    assert refused.value.faults == [(line, reason)]


def test_a_line_in_brackets_that_names_no_docker_is_output() -> None:
    assert commands(console("$ ls", "[27]", "[29]", "[28] ")) == ["[27]", "[29]", "[28] "]


def test_a_page_that_says_what_each_docker_prints_passes() -> None:
    assert wrong(TOLD) == [None]


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ("28.5.2", "28.5.1", 5, f"{VERSION}\nat Docker 28\n"),
        ("[28]\n28.5.2\n", "", 3, f"{VERSION}\nat Docker 28\n"),
        ("[29-upgraded, 28]", "[28]", 8, f"{SIZE}\nat Docker 29-upgraded\n"),
        ("[28]", "[29-upgraded, 28]", 5, f"{VERSION}\nat Docker 29-upgraded\n"),
        ("29.8.0", "29.8.1", 3, f"{VERSION}\n---"),
    ],
)
def test_a_page_that_does_not_fails_at_the_line_and_names_the_docker(
    before: str, after: str, line: int, reason: str
) -> None:
    (fault,) = wrong(TOLD.replace(before, after, 1))
    assert isinstance(fault, Difference)
    assert fault.line == line
    assert fault.reason.startswith(reason)


def test_each_docker_has_a_terminal_of_its_own_through_the_whole_page() -> None:
    page = TOLD.replace("$ docker rm -f web\nweb\n", "")
    page += "\n" + console("$ docker ps -aq | wc -l", "1", "$ docker rm -f web", "web")
    assert wrong(page) == [None, None]


def test_repair_writes_what_the_other_dockers_print_and_takes_away_what_they_do_not() -> None:
    assert repaired(LEXER, "page.md", UNTOLD).text == TOLD
    assert repaired(LEXER, "page.md", TOLD).text == TOLD
    same = console("$ echo a", "a", "[28]", "b")
    assert repaired(LEXER, "page.md", same).text == console("$ echo a", "a")


def test_repair_names_dockers_that_agree_once() -> None:
    assert told({"29": "a\n", "29-upgraded": "a\n", "28": "a\n"}) == ["a"]
    assert told({"29": "a\n", "29-upgraded": "b\n", "28": "b\n"}) == ["a", "[29-upgraded, 28]", "b"]
    assert told({"29": "", "29-upgraded": "b\n", "28": "c\nd\n"}) == ["[29-upgraded]", "b", "[28]", "c", "d"]
    assert told({"29": "a\n", "29-upgraded": "", "28": "a\n"}) == ["a", "[29-upgraded]"]


QUIZ = """\
````quiz
What is printed?

```console
$ docker run -d --name web nginx > /dev/null 2>&1
$ docker ps -s --format '{{.Size}}'
```

- [x] 4.1kB (virtual 162MB)
  : On one of them.
- [ ] 1GB
  : No.
````
"""


def test_a_quiz_has_one_answer_for_all() -> None:
    (fault,) = wrong(QUIZ)
    assert fault is not None
    assert not isinstance(fault, Difference)
    assert fault.line == 9
    assert "at Docker 29-upgraded" in fault.reason
    assert fault.reason.endswith("A quiz has to print the same on every Docker.")


def test_and_shows_nothing_that_is_one_docker_s() -> None:
    page = QUIZ.replace("$ docker ps -s", f"{VERSION}\n29.8.0\n[28]\n28.5.2\n$ docker ps -s")
    with pytest.raises(PageRefused) as refused:
        LEXER.blocks(page)
    assert refused.value.faults == [(8, "a quiz that is not the same on every Docker: ask for what all print")]


def test_what_the_other_dockers_print_is_changed_by_the_drift_score_too() -> None:
    (block,) = LEXER.blocks(TOLD)
    changed = {(damage.line, damage.before) for damage in damages(block) if damage.kind == "expected line"}
    assert {(3, "29.8.0"), (5, "28.5.2"), (8, "4.1kB (virtual 162MB)"), (10, "0B (virtual 162MB)")} <= changed


# The site


def html(page: str) -> str:
    sources = Sources.read(ROOT / "mkdocs.yml")
    return Markdown(extensions=sources.extensions, extension_configs=sources.extension_configs).convert(page)


def test_dockers_that_print_the_same_are_one_alternative_with_the_commands_that_differ() -> None:
    (block,) = LEXER.blocks(TOLD)
    found = [(dockers, console_text(differing)) for dockers, differing in alternatives(read_console(block.text, 2))]
    assert found == [
        (("29-upgraded",), f"{SIZE}\n0B (virtual 162MB)"),
        (("28",), f"{VERSION}\n28.5.2\n{SIZE}\n0B (virtual 162MB)"),
    ]


def test_a_block_shows_its_own_docker_and_has_the_others_folded_below_it() -> None:
    shown = html(TOLD)
    own = f"{VERSION}\n29.8.0\n$ docker run -d --name web nginx > /dev/null 2>&1\n{SIZE}\n4.1kB (virtual 162MB)\n"
    assert [text.text for text in Html(f"<article>{shown}</article>").shown] == [
        f"{own}$ docker rm -f web\nweb\n",
        f"{SIZE}\n0B (virtual 162MB)\n",
        f"{VERSION}\n28.5.2\n{SIZE}\n0B (virtual 162MB)\n",
    ]
    assert re.findall(r'<details class="course-other" data-docker="([^"]*)"><summary>([^<]*)<', shown) == [
        ("29-upgraded", f"On {NAMES['29-upgraded']}"),
        ("28", "On Docker 28"),
    ]


def test_run_js_gets_what_each_docker_prints() -> None:
    (data,) = re.findall(r'data-commands="([^"]*)"', html(TOLD))
    assert [command["others"] for command in json.loads(unescape(data))] == [
        {"28": "28.5.2\n"},
        {},
        {"29-upgraded": "0B (virtual 162MB)\n", "28": "0B (virtual 162MB)\n"},
        {},
    ]


def test_every_docker_has_a_name_for_readers() -> None:
    assert NAMES.keys() == EDITIONS.keys()
    choice = Path(ROOT, "overrides/main.html").read_text(encoding="utf-8")
    assert re.findall('<option value="(.+?)">', choice) == list(EDITIONS)
    script = Path(ROOT, "docs/assets/docker.js").read_text(encoding="utf-8")
    assert f"const DOCKERS = {json.dumps(list(EDITIONS))};" in script


def test_a_site_that_shows_another_docker_s_output_wrongly_is_found_out() -> None:
    blocks = LEXER.blocks(TOLD)
    built = f"<article>{html(TOLD)}</article>"
    assert list(compare(TOLD.split("\n"), blocks, Html(built))) == []
    damaged = built[::-1].replace("2.5.82", "3.5.82", 1)[::-1]
    (fault, *_) = compare(TOLD.split("\n"), blocks, Html(damaged))
    assert "not shown as it is run" in fault.reason
