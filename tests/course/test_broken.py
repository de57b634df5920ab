"""Broken pages: each is told with its page and line, by repair and by the suite, and repair leaves every byte of it alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dockerlearn.course.blocks import Block, Lexer, read_quiz
from dockerlearn.course.faults import PageRefused
from dockerlearn.course.update import Course, repair_all, repaired
from dockerlearn.course.verify import ExampleFailed, pages
from tests.course.course_pages import PAGES, ROOT, name

LEXER = Lexer(ROOT / "mkdocs.yml")
SYBIL = pages(ROOT / "mkdocs.yml")

GOOD = "```console\n$ echo a\na\n```\n"
UNREPAIRED = "```console\n$ echo a\n```\n"
NOTHING_CLOSES = "unclosed fence: nothing closes it in the list, quote or page it is in"


@dataclass(frozen=True)
class Broken:
    """A page, and where and why repair refuses it; where the suite fails, if that is another line."""

    page: str | bytes
    line: int
    reason: str
    fails: int | None = None


def fence(header: str, *lines: str, by: str = "```") -> str:
    return "\n".join([f"{by}{header}", *lines, by, ""])


def console(*lines: str) -> str:
    return f"Some words.\n\n{fence('console', *lines)}\nMore words.\n"


def swallows(line: int) -> str:
    return f"unclosed fence: line {line} opens another inside it; close it above that, or give it a longer one"


UNCLOSED = {
    "at the end": Broken("# Page\n\n```console\n$ echo a\nb\n", 3, NOTHING_CLOSES),
    "at the end without a line end": Broken("# Page\n\n```console\n$ echo a", 3, NOTHING_CLOSES),
    "nothing but a fence": Broken("```console", 1, NOTHING_CLOSES),
    "after front matter": Broken("---\ntitle: x\n---\n\n```console\n$ echo a\n", 5, NOTHING_CLOSES),
    "behind a byte order mark": Broken("\ufeff```console\n$ echo a\n", 1, NOTHING_CLOSES),
    "with carriage returns": Broken("# Page\r\n\r\n```console\r\n$ echo a\r\n", 3, NOTHING_CLOSES),
    "with mixed line ends": Broken("# Page\r\r\n```console\n$ echo a\r\n", 3, NOTHING_CLOSES),
    "two consoles merged": Broken(f"```console\n$ echo a\na\n\nProse.\n\n{UNREPAIRED}", 1, swallows(7)),
    "Python and its output merged": Broken("```python\nprint(1)\n\n```output\n2\n```\n", 1, swallows(4)),
    "an output before a console": Broken(f"```python\nprint(1)\n```\n\n```output\n2\n\n{GOOD}", 5, swallows(8)),
    "with a title": Broken(f'```console title="x"\n$ echo a\n\n{GOOD}', 1, swallows(4)),
    "in braces": Broken("```console\n$ echo a\n\n``` { .python title='x' }\npass\n```\n", 1, swallows(4)),
    "tildes": Broken("~~~console\n$ echo a\n", 1, NOTHING_CLOSES),
    "tildes merged": Broken("~~~console\n$ echo a\n\nProse.\n\n~~~python\npass\n~~~\n", 1, swallows(6)),
    "swallows tildes to the end": Broken("```console\n$ echo a\n\n~~~python\npass\n~~~\n", 1, NOTHING_CLOSES),
    "closed with the other kind": Broken(f"```console\n$ echo a\n~~~\n\n{GOOD}", 1, swallows(5)),
    "closed with a longer one": Broken(f"```console\n$ echo a\n````\n\n{GOOD}", 1, swallows(5)),
    "closed with a shorter one": Broken("````console\n$ echo a\n```\n", 1, NOTHING_CLOSES),
    "closed with two": Broken(f"```console\n$ echo a\n``\n\n{GOOD}", 1, swallows(5)),
    "closed a blank too deep": Broken(f"```console\n$ echo a\n ```\n\n{GOOD}", 1, swallows(5)),
    "closed with a word": Broken("```console\n$ echo a\n``` end\n\n```python\npass\n```\n", 1, swallows(3)),
    "in a list": Broken("1. first\n\n    ```console\n    $ echo a\n\ntext\n", 3, NOTHING_CLOSES),
    "in an admonition": Broken("!!! note\n\n    ```console\n    $ echo a\n\ntext\n", 3, NOTHING_CLOSES),
    "in a tab": Broken(f'=== "A"\n\n    ```console\n    $ echo a\n\n=== "B"\n\n{GOOD}', 3, NOTHING_CLOSES),
    "in a quote": Broken("> ```console\n> $ echo a\n\ntext\n", 1, NOTHING_CLOSES),
    "swallows a block in a list": Broken("```console\n$ echo a\n\n1. x\n\n    ```python\n    pass\n    ```\n", 1, NOTHING_CLOSES),
    "swallows a block in a quote": Broken("```console\n$ echo a\n\n> ```python\n> pass\n> ```\n\n```\n", 1, swallows(4)),
    "a drawing": Broken(f"```text\na ─▶ b\n\nProse.\n\n{UNREPAIRED}", 1, swallows(6)),
    "a Dockerfile": Broken("```dockerfile\nFROM nginx\n", 1, NOTHING_CLOSES),
    "a closing fence alone": Broken(
        f"$ echo a\na\n```\n\nProse.\n\n{GOOD}",
        3,
        "unclosed fence: line 7 opens another inside it; close it above that, or open the block that it closes",
    ),
    "a quiz": Broken(f"````quiz\nWhy?\n\n{UNREPAIRED}\n- [x] a\n  : b\n- [ ] c\n  : d\n", 1, NOTHING_CLOSES),
    "the code of a quiz": Broken(
        "````quiz\nWhy?\n\n```console\n$ echo a\n\n- [x] a\n  : b\n- [ ] c\n  : d\n````\n",
        4,
        "unclosed fence: the code of a quiz ends before its choices, and has a shorter fence than the quiz",
    ),
    "a quiz no longer than its code": Broken(
        f"```quiz\nWhy?\n\n{UNREPAIRED}\n- [x] a\n  : b\n- [ ] c\n  : d\n```\n", 1, swallows(4)
    ),
}  # fmt: skip


def lacks(command: str) -> Broken:
    """A page about what the model lacks."""
    return Broken(console(f"$ {command}"), 4, "what this prints says that the model lacks something: ", 5)


def misses(command: str) -> Broken:
    """A page about a program that is missing."""
    return Broken(console(f"$ {command}"), 4, "what this prints says that a program is missing: ", 5)


ALPINE = "```console\n$ docker pull -q alpine\ndocker.io/library/alpine:latest\n```\n\n"
QUIZ = "````quiz\nWhat is printed?\n\n```console\n$ {}\n```\n\n- [x] ...\n  : So it is.\n- [ ] x\n  : No.\n````\n"

FALSE = {
    "build": lacks("docker build ."),
    "network": lacks("docker network ls"),
    "compose": lacks("docker compose up"),
    "buildx": lacks("docker buildx ls"),
    "a flag": lacks("docker run --rm --privileged nginx true"),
    "a range of ports": lacks("docker run -p 8000-8001:80-81 nginx"),
    "sed": lacks("sed s/a/b/"),
    "an expansion": lacks("echo ${x%y}"),
    "a function": lacks("f() { echo; }"),
    "a part of the shell": lacks("echo `date`"),
    "an option of a tool": lacks("echo a | sort -k 2"),
    "a format": lacks("docker version --format '{{printf \"%b\" 1}}'"),
    "a part of the line": lacks("echo a; docker build .; echo b"),
    "git": misses("git status"),
    "a program that exists, in a pipe": lacks("echo '{}' | jq ."),
    "a program in a pipe": misses("echo a | git hash-object"),
    "a program among others": misses("echo a; git status; echo b"),
    "a package manager": Broken(
        f"{ALPINE}{console('$ docker run --rm alpine apk add git')}", 9, "says that the model lacks something: ", 10
    ),
    "a program of a container": Broken(
        f"{ALPINE}{console('$ docker run --rm alpine git status')}", 9, "says that a program is missing: ", 10
    ),
    "a program of a container's shell": Broken(
        f"{ALPINE}{console('$ docker run --rm alpine sh -c git')}", 9, "says that a program is missing: ", 10
    ),
    "a quiz about what the model lacks": Broken(
        QUIZ.format("docker build ."), 6, "says that the model lacks something: ", 8
    ),
    "a quiz about a program that is missing": Broken(
        QUIZ.format("git status"), 6, "says that a program is missing: ", 8
    ),
    "Python that prints it": Broken(
        "```python\nprint('bash: git: command not found')\n```\n", 1, "says that a program is missing: ", 3
    ),
    "Python with an output": Broken(
        fence("python", "print('dockerlearn: no')") + "\n" + fence("output", "x"),
        1, "says that the model lacks something: ", 6,
    ),
    "zsh": Broken(fence("python", "print('zsh: command not found: git')"), 1, "says that a program is missing: ", 3),
    "a fence": Broken(console("$ echo '~~~'"), 4, "says what looks like a fence: '~~~'", 5),
    "its own fence": Broken(console("$ echo '```'"), 4, "prints what no page can show exactly: '```'", 5),
    "an opening fence": Broken(console("$ echo '```console'"), 4, "says what looks like a fence: '```console'", 5),
    "a fence in a list": Broken(console("$ echo '    ```'"), 4, "says what looks like a fence: '    ```'", 5),
    "a longer fence": Broken(console("$ echo '`````'"), 4, "says what looks like a fence: '`````'", 5),
    "Python that prints a fence": Broken(fence("python", "print('~~~~')"), 1, "says what looks like a fence: '~~~~'", 3),
    "it stands there": Broken(
        console("$ git status", "bash: git: command not found"), 4, "says that a program is missing: ", 5
    ),
    "it stands in an output": Broken(
        fence("python", "print('dockerlearn: no')") + "\n" + fence("output", "dockerlearn: no"),
        1, "says that the model lacks something: ", 6,
    ),
    "another one is meant": Broken(
        console("$ git status").replace("console", 'console meant="jq: command not found"'),
        4, "says that a program is missing: 'bash: git: command not found'", 3,
    ),
    "nothing is meant": Broken(
        console("$ echo a", "a").replace("console", 'console meant="a"'), 3, "meant='a' is in no line of the output"
    ),
    "meant without a word": Broken(console("$ true").replace("console", "console meant"), 3, "option 'meant'"),
    "meant of Python": Broken(
        fence('python meant="x"', "pass"), 1, "a block of language 'python' has no option 'meant'"
    ),
}  # fmt: skip

ODD = {
    "the first byte": Broken(b"\xff# Page\n", 1, "byte 0xff is not UTF-8, at byte 0 of the page"),
    "in the prose": Broken(b"# Page\n\na\n\xe9t\xe9\n", 4, "byte 0xe9 is not UTF-8, at byte 10 of the page"),
    "in the output": Broken(b"```console\n$ echo a\n\xb5\n```\n", 3, "byte 0xb5 is not UTF-8, at byte 20 of the page"),
    "with carriage returns": Broken(b"# Page\r\n\r\n\xa0\n", 3, "byte 0xa0 is not UTF-8, at byte 10 of the page"),
    "UTF-16": Broken("# Page\n".encode("utf-16-le"), 1, "U+0000 is a control character, at byte 1 of the page"),
    "UTF-16 with its mark": Broken("# Page\n".encode("utf-16"), 1, "byte 0xff is not UTF-8, at byte 0 of the page"),
    "a character cut off": Broken("# é".encode()[:-1], 1, "byte 0xc3 is not UTF-8, at byte 2 of the page"),
    "half of a pair": Broken(b"a\n\xed\xa0\x80\n", 2, "byte 0xed is not UTF-8, at byte 2 of the page"),
    "too long a form": Broken(b"\xc0\x80", 1, "byte 0xc0 is not UTF-8, at byte 0 of the page"),
    "nothing": Broken(b"a\nb\0\n", 2, "U+0000 is a control character, at byte 3 of the page"),
    "an escape": Broken("é\n\x1b[31m\n", 2, "U+001B is a control character, at byte 3 of the page"),
    "a form feed": Broken("a\n\n\f\n", 3, "U+000C is a control character, at byte 3 of the page"),
    "a placeholder's mark": Broken("\x02a\x03\n", 1, "U+0002 is a control character, at byte 0 of the page"),
    "a delete": Broken("a\x7f\n", 1, "U+007F is a control character, at byte 1 of the page"),
    "a next line": Broken("a\x85\n", 1, "U+0085 is a control character, at byte 1 of the page"),
}  # fmt: skip

RUNS = {
    "raises": Broken(fence("python", "x = 0", "1 / x"), 3, "the Python block raised\n"),
    "is no Python": Broken(fence("python", "x = = 0"), 2, "the Python block raised\n"),
    "leaves": Broken(fence("python", "import os", "os._exit(0)"), 3, "the Python block calls os._exit, "),
    "is skipped by itself": Broken(fence("python", "import pytest", "pytest.skip()"), 3, "the Python block raised\n"),
    "ends itself": Broken(fence("python", "raise SystemExit"), 2, "the Python block raised\n"),
    "calls itself": Broken(fence("python", "def f(): f()", "f()"), 3, "the Python block raised\n"),
    "prints without end": Broken(fence("python", "while True: print(1)"), 2, "the Python block prints more than "),
    "does not fail": Broken(fence('python raises="KeyError"', "pass"), 1, "the Python block must fail, but "),
    "fails otherwise": Broken(fence('python raises="KeyError"', "1 / 0"), 2, "the Python block raised, and not KeyError"),
    "prints something else each time": Broken(
        fence("python", "print(object())"), 1, "what is printed here cannot be what the page says:", 3
    ),
    "prints a tab": Broken(fence("python", r"print('a\tb')"), 1, "prints what no page can show exactly: ", 3),
    "prints a prompt": Broken(console("$ echo '$ true'", "x"), 4, "prints what no page can show exactly: ", 5),
    "prints a wildcard": Broken(console("$ echo ..."), 4, "what is printed here cannot be what the page says:", 5),
    "prints half a line": Broken(console("$ echo -n a"), 4, "what is printed here cannot be what the page says:", 5),
    "goes on for ever": Broken(
        console("$ docker pull -q nginx", "docker.io/library/nginx:latest", "$ docker run --rm nginx"),
        6, "goes on for ever: a line ^C is missing ", 7,
    ),
    "has a language that is not run": Broken("text\n\n" + fence("pycon", ">>> 1"), 3, "a block of language 'pycon'"),
    "has an option that is none": Broken(fence('console test="no"', "$ true"), 1, "a block of language 'console' has no"),
    "has an output that nothing earns": Broken(fence("output", "1"), 1, "an output block that no python block "),
    "has a block without a text": Broken(fence("console"), 1, "an empty block"),
    "has output before a command": Broken(fence("console", "a", "$ true"), 2, "output before the first command"),
    "has no empty line above a block": Broken("text\n" + fence("console", "$ true"), 2, "a block needs an empty line "),
}  # fmt: skip

BROKEN = {
    f"{kind}: {what}": broken
    for kind, table in {"unclosed": UNCLOSED, "false": FALSE, "odd": ODD, "runs": RUNS}.items()
    for what, broken in table.items()
}
every = pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Broken) -> Path:
    """The broken page, in the folder that the tests are run in."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "broken.md"
    page.write_bytes(broken.page.encode() if isinstance(broken.page, str) else broken.page)
    return page


def failures(page: Path) -> Iterator[str]:
    """What the suite says of a page, a text a test."""
    for example in SYBIL.parse(page):
        try:
            example.evaluate()
        except ExampleFailed as failed:
            yield str(failed)


def test_there_are_many_ways_to_break_a_page() -> None:
    assert len(BROKEN) >= 100


@every
def test_repair_tells_page_and_line_leaves_every_byte_alone_and_goes_on(
    page: Path, broken: Broken, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page.read_bytes()
    page.with_name("next.md").write_text(UNREPAIRED, encoding="utf-8")
    course = Course(page.parent, ["*.md"])
    assert repair_all(LEXER, course.pages, course) is False
    said = capsys.readouterr().out
    assert said.startswith(f"broken.md:{broken.line}: ")
    assert broken.reason in said.partition("--- a/next.md")[0]
    assert "Traceback" not in said or "raised" in broken.reason
    assert said.endswith("pages: 2, repaired: 1, refused and left alone: 1\n")
    assert page.read_bytes() == before
    assert page.with_name("next.md").read_text(encoding="utf-8") == GOOD
    assert sorted(each.name for each in page.parent.iterdir()) == ["broken.md", "next.md"]


@every
def test_the_suite_is_red_with_page_and_line(page: Path, broken: Broken) -> None:
    said = "\n".join(failures(page))
    assert said.startswith(f"broken.md:{broken.fails or broken.line}: ")
    assert broken.fails or broken.reason in said


# What is told of a page is what is wrong with it, and nothing that follows from it

ONLY = {
    "what an open fence swallows, to the last line": ("```console\n$ echo a\n~~~", 1, NOTHING_CLOSES),
    "a longer fence inside": (fence("console", "$ echo a", "````text", "x", "````"), 1, swallows(3)),
    "an output below Python that is not closed": (
        f"```python\nprint(1)\n\n{GOOD}\n{fence('output', '1')}", 1, swallows(4)
    ),
    "a wildcard in a block that is not closed": (f"```console\n$ echo a\n...\n\n{GOOD}", 1, swallows(5)),
    "a command of a quiz": (
        QUIZ.format("git status\nbash: git: command not found\n$ echo y").replace("...", "y"),
        6, "the output says that a program is missing: 'bash: git: command not found'; ",
    ),
    "the right choice of a quiz": (
        QUIZ.format("git status").replace("...", "bash: git: command not found"),
        8, "the output says that a program is missing: 'bash: git: command not found'; ",
    ),
    "an output": (
        fence("python", "print('sh: x: not found')") + "\n" + fence("output", "a", "sh: x: not found"),
        7, "the output says that a program is missing: 'sh: x: not found'; ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "reason"), ONLY.values(), ids=ONLY)
def test_only_what_is_wrong_is_told(text: str, line: int, reason: str) -> None:
    with pytest.raises(PageRefused) as refused:
        LEXER.blocks(text)
    (fault,) = refused.value.faults
    assert fault.line == line
    assert fault.reason.startswith(reason)


# What is meant

MEANT = {
    "a refusal": (fence('console meant="docker build"', "$ docker build ."), 3),
    "two refusals": (fence('console meant="this model"', "$ docker build .", "$ echo a", "$ docker network ls"), 3),
    "a program": (fence('console meant="git: command not found"', "$ git status"), 3),
    "a fence": (fence('console meant="~~~"', "$ echo '~~~'"), 3),
    "in an output": (fence("python", "print('sh: git: not found')") + "\n" + fence('output meant="git"', "x"), 6),
    "in a quiz": (QUIZ.format("git status").replace("quiz", 'quiz meant="git"'), 8),
}


@pytest.mark.parametrize(("draft", "line"), MEANT.values(), ids=MEANT)
def test_what_is_meant_is_written_and_passes(tmp_path: Path, draft: str, line: int) -> None:
    page = tmp_path / "page.md"
    after = repaired(LEXER, "page.md", draft).text
    page.write_text(after, encoding="utf-8")
    assert after.split("\n")[: line - 1] == draft.split("\n")[: line - 1]
    assert after != draft
    assert list(failures(page)) == []


@pytest.mark.parametrize(
    "line",
    [
        "Error response from daemon: manifest for nginx:no not found: manifest unknown: manifest unknown",
        "Error response from daemon: docker.io/library/nginx:no: not found",
        "cat: can't open '/tmp/note': No such file or directory",
        "dockerlearn.model.errors.InvalidReference: invalid reference format",
        "`docker` is a program",
        "dockerlearn/web   latest",
    ],
)
def test_what_docker_says_needs_no_mark(tmp_path: Path, line: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(fence("python", f"print({line!r})") + "\n" + fence("output", line), encoding="utf-8")
    assert list(failures(page)) == []


# The pages of the course, each without one of its fences


def fences(block: Block) -> Iterator[tuple[int, int]]:
    """The lines of a block's fences, each with the line of the opening one."""
    yield from ((line, block.first_line) for line in (block.first_line, block.last_line))
    if block.language == "quiz" and (code := read_quiz(block.text, block.text_line).code):
        yield from fences(code)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_loses_a_fence_without_being_told_where(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = text.split("\n")
    for block in LEXER.blocks(text):
        for line, opening in fences(block):
            with pytest.raises(PageRefused) as refused:
                repaired(LEXER, "page.md", "\n".join(lines[: line - 1] + lines[line:]))
            unclosed = [fault.line for fault in refused.value.faults if fault.reason.startswith("unclosed fence")]
            assert unclosed, f"{name(page)}:{line}"
            assert line == opening or opening in unclosed, f"{name(page)}:{line}"
