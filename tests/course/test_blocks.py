"""Superfences finds the blocks, in every form that authors write them, with exact lines; or says what is wrong with them."""

from pathlib import Path
from textwrap import dedent

import pytest

from dockerlearn.course.blocks import Block, Lexer
from dockerlearn.course.console import Command, read_console
from dockerlearn.course.faults import Fault, PageRefused

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lexer() -> Lexer:
    return Lexer(ROOT / "mkdocs.yml")


def only(blocks: list[Block]) -> Block:
    (block,) = blocks
    return block


def refusals(lexer: Lexer, page: str) -> list[tuple[int, str]]:
    with pytest.raises(PageRefused) as refused:
        lexer.blocks(page)
    return [(fault.line, fault.reason) for fault in refused.value.faults]


FORMS = {
    "plain": ("```python", "python", {}),
    "alias py": ("```py", "python", {}),
    "alias python3": ("```python3", "python", {}),
    "blank before the language": ("``` python", "python", {}),
    "trailing blank": ("```python ", "python", {}),
    "tildes": ("~~~python", "python", {}),
    "long fence": ("`````python", "python", {}),
    "title": ('```python title="stack.py"', "python", {"title": "stack.py"}),
    "highlighted lines": ('```python hl_lines="1"', "python", {"hl_lines": "1"}),
    "must fail": ('```py raises="KeyError"', "python", {"raises": "KeyError"}),
    "must fail, in braces": ('``` { .python raises="KeyError" }', "python", {"raises": "KeyError"}),
    "skipped": ("```console skip='needs two machines'", "console", {"skip": "needs two machines"}),
    "braces": ("```{ .python }", "python", {}),
    "braces after a blank": ("``` { .python .annotate }", "python", {}),
    "braces with a title": ('``` { .py title="a b" }', "python", {"title": "a b"}),
    "console": ("```console", "console", {}),
    "console with a title": ('```console title="here"', "console", {"title": "here"}),
    "console in braces": ('```{ .console hl_lines="1 2-3" }', "console", {"hl_lines": "1 2-3"}),
    "inert": ("```dockerfile", "dockerfile", {}),
}


@pytest.mark.parametrize(("header", "language", "options"), FORMS.values(), ids=FORMS)
def test_every_form_of_a_fence_is_found(lexer: Lexer, header: str, language: str, options: dict[str, str]) -> None:
    fence = header[: len(header) - len(header.lstrip("`~"))]
    block = only(lexer.blocks(f"# A page\n\n{header}\n$ true\n{fence}\n"))
    assert (block.language, block.options) == (language, options)
    assert (block.first_line, block.last_line, block.text_line) == (3, 5, 4)
    assert block.text == "$ true"


PLACES = {
    "admonition": ("!!! note\n\n    ```python\n    a = 1\n\n    b = 2\n    ```\n", 3, "    "),
    "straight after its opener": ("!!! note\n    ```python\n    a = 1\n\n    b = 2\n    ```\n", 2, "    "),
    "details": ('??? note "More"\n\n    text\n\n    ```python\n    a = 1\n\n    b = 2\n    ```\n', 5, "    "),
    "tab in a tab": (
        '=== "A"\n\n    === "B"\n\n        ```python\n        a = 1\n\n        b = 2\n        ```\n',
        5,
        "        ",
    ),
    "list": ("1. first\n\n    ```python\n    a = 1\n\n    b = 2\n    ```\n", 3, "    "),
    "quote": ("> said\n>\n> ```python\n> a = 1\n>\n> b = 2\n> ```\n", 3, "> "),
    "after front matter": ("---\ntitle: x\n---\n\ntext\n\n```python\na = 1\n\nb = 2\n```\n", 7, ""),
    "tabbed in": ("!!! note\n\n\t```python\n\ta = 1\n\n\tb = 2\n\t```\n", 3, "    "),
    "last line without its end": ("text\n\n```python\na = 1\n\nb = 2\n```", 3, ""),
}


@pytest.mark.parametrize(("page", "line", "prefix"), PLACES.values(), ids=PLACES)
def test_a_block_is_found_wherever_it_stands(lexer: Lexer, page: str, line: int, prefix: str) -> None:
    block = only(lexer.blocks(page))
    assert (block.first_line, block.last_line, block.prefix) == (line, line + 4, prefix)
    assert block.text == "a = 1\n\nb = 2"


def test_a_longer_fence_shows_a_fence_without_running_it(lexer: Lexer) -> None:
    block = only(lexer.blocks("````text\n```python\n1 / 0\n```\n````\n"))
    assert (block.language, block.text) == ("text", "```python\n1 / 0\n```")


def test_an_output_block_belongs_to_the_python_block_above(lexer: Lexer) -> None:
    blocks = lexer.blocks("```py\nprint(1)\n```\n\n\n```output\n1\n```\n")
    assert [(block.language, block.first_line) for block in blocks] == [("python", 1), ("output", 6)]


OUTPUT = "```output\n1\n```\n"
PYTHON = "```python\nprint(1)\n```\n"
CONSOLE = "```console\n$ true\n```\n"

REFUSED = {
    "unknown language": ("```rust\nfn\n```\n", 1, "'rust'"),
    "no language": ("```\nx\n```\n", 1, "''"),
    "a capital": ("```Python\nx\n```\n", 1, "'Python'"),
    "pycon": ("```pycon\n>>> 1\n```\n", 1, "python block"),
    "bash": ("```bash\nls\n```\n", 1, "console block"),
    "unknown option": ('text\n\n```python test="no"\nx\n```\n', 3, "'test'"),
    "unknown option of an inert language": ('``` { .text test="no" }\nx\n```\n', 1, "'test'"),
    "a console block that must fail": ('```console raises="KeyError"\n$ true\n```\n', 1, "no option 'raises'"),
    "must fail in no way": ('```python raises=""\nx\n```\n', 1, "raises"),
    "must fail somehow": ("```python raises\nx\n```\n", 1, "raises"),
    "must fail in two ways": ('```python raises="KeyError, ValueError"\nx\n```\n', 1, "raises"),
    "skipped without a reason": ('```python skip=" "\nx\n```\n', 1, "skip"),
    "skipped without a word": ("```console skip\n$ true\n```\n", 1, "skip"),
    "output that is skipped": (f'{PYTHON}\n```output skip="why"\n1\n```\n', 5, "no option 'skip'"),
    "an inert block that is skipped": ('``` { .text skip="why" }\nx\n```\n', 1, "no option 'skip'"),
    "unknown option in braces": ("``` { .python linenums=1 }\nx\n```\n", 1, "linenums"),
    "data option": ('``` { .python data-test="skip" }\nx\n```\n', 1, "data-test"),
    "console option": ('```console linenums="1"\n$ true\n```\n', 1, "linenums"),
    "console hl_lines": ('```console hl_lines="all"\n$ true\n```\n', 1, "hl_lines"),
    "unclosed": ("text\n\n```python\nprint(1)\n", 3, "fence"),
    "closed less deep": ("!!! note\n\n    ```python\n    x\n```\n", 3, "fence"),
    "options that are no options": ("```python {oops\nx\n```\n", 1, "fence"),
    "empty": ("```python\n```\n", 1, "empty"),
    "crowded above": (f"text\n{PYTHON}", 2, "empty line"),
    "crowded below": (f"{PYTHON}text\n", 1, "empty line"),
    "output first": (OUTPUT, 1, "earned"),
    "output after console": (f"{CONSOLE}\n{OUTPUT}", 5, "earned"),
    "output after prose": (f"{PYTHON}\nprints\n\n{OUTPUT}", 7, "earned"),
    "output twice": (f"{PYTHON}\n{OUTPUT}\n{OUTPUT}", 9, "earned"),
    "output elsewhere": (f"{PYTHON}\n!!! note\n\n    ```output\n    1\n    ```\n", 7, "earned"),
    "output outside": ("!!! note\n\n    ```python\n    print(1)\n    ```\n\n```output\n1\n```\n", 7, "earned"),
    "output with a wildcard": (f"{PYTHON}\n```output\n1\n...\n```\n", 7, "wildcard"),
    "console without a command": ("```console\nhello\n```\n", 2, "before the first command"),
    "console with a wildcard": ("```console\n$ ls\na\n...\n```\n", 4, "wildcard"),
    "console with an ellipsis": ("```console\n$ ls\n  …\n```\n", 3, "wildcard"),
    "console with a bare prompt": ("```console\n$ ls\n$\n```\n", 3, "prompt"),
    "console with a late continuation": ("```console\n$ ls\na\n> b\n```\n", 4, "prompt"),
    "console that opens with a continuation": ("```console\n> ls\n```\n", 2, "prompt"),
    "console that opens with an interrupt": ("```console\n^C\n```\n", 2, "one, and once"),
    "console with two interrupts": ("```console\n$ docker run nginx\n^C\n^C\n```\n", 4, "one, and once"),
    "after front matter": ("---\na: b\n---\n\n```console\n$ ls\n...\n```\n", 7, "wildcard"),
}


@pytest.mark.parametrize(("page", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_neither_run_nor_inert_is_refused_with_its_line(
    lexer: Lexer, page: str, line: int, reason: str
) -> None:
    first_line, first_reason = refusals(lexer, page)[0]
    assert first_line == line
    assert reason in first_reason


COMMANDS = "commands belong in a console block"
PYTHON_IS = "Python belongs in a python block, what it prints in an output block"
LANGUAGES = {
    **dict.fromkeys(("bash", "sh", "shell", "shell-session", "zsh"), COMMANDS),
    **dict.fromkeys(("pycon", "pytb", "doctest"), PYTHON_IS),
    "rust": "run are console, python, py, python3, output, quiz; inert are text, dockerfile, yaml",
}
REASONS = {
    'unknown option': ('```python test="no"\nx\n```\n', "a block of language 'python' has no option 'test'"),
    'value': ("```python skip\nx\n```\n", "option 'skip' of a block of language 'python' cannot be 'skip'"),
    "empty": ("```python\n```\n", "an empty block"),
    "crowded": (
        f"{PYTHON}text\n",
        "a block needs an empty line before and after it, or its HTML is a paragraph's",
    ),
    "output first": (OUTPUT, "an output block that no python block directly before it has earned"),
    "output with a wildcard": (f"{PYTHON}\n```output\n...\n```\n", "a wildcard: expected output is exact"),
    "no command": ("```console\nhello\n```\n", "output before the first command"),
    "a wildcard": ("```console\n$ ls\n…\n```\n", "a wildcard: expected output is exact"),
    "a prompt": ("```console\n$ ls\n$\n```\n", "a prompt that starts no command and continues none"),
    "two interrupts": ("```console\n$ ls\n^C\n^C\n```\n", "^C interrupts a command that runs: one, and once"),
    "unclosed": ("```python\nprint(1)\n", "unclosed fence: nothing closes it in the list, quote or page it is in"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "instead"), LANGUAGES.items())
def test_what_is_not_run_says_what_to_write_instead(lexer: Lexer, language: str, instead: str) -> None:
    reason = f"a block of language {language!r} is not run: {instead}"
    assert refusals(lexer, f"```{language}\nx\n```\n") == [(1, reason)]


@pytest.mark.parametrize(("page", "reason"), REASONS.values(), ids=REASONS)
def test_a_refusal_says_what_is_wrong(lexer: Lexer, page: str, reason: str) -> None:
    assert [said for _, said in refusals(lexer, page)] == [reason]


def test_a_refusal_is_a_text_of_its_faults_by_line() -> None:
    refused = PageRefused([Fault(7, "a wildcard"), Fault(3, "an empty block")])
    assert str(refused) == "line 3: an empty block; line 7: a wildcard"
    assert refused.faults == [Fault(3, "an empty block"), Fault(7, "a wildcard")]


def test_all_faults_of_a_page_are_told_at_once(lexer: Lexer) -> None:
    page = f"{OUTPUT}\n```console\n...\n```\n\n```perl\nx\n```\n"
    assert [line for line, _ in refusals(lexer, page)] == [1, 6, 9]


def test_a_draft_may_leave_open_what_is_printed_and_nothing_else(lexer: Lexer) -> None:
    page = f"{PYTHON}\n```output\n```\n\n```console\n$ ls\n...\n```\n"
    assert [line for line, _ in refusals(lexer, page)] == [5, 10]
    blocks = lexer.blocks(page, draft=True)
    assert [block.language for block in blocks] == ["python", "output", "console"]
    assert read_console(blocks[2].text, 9, draft=True) == [Command("ls", 9, "...\n")]
    with pytest.raises(PageRefused):
        lexer.blocks(f"{page}\n```python\n```\n", draft=True)


def test_one_page_leaves_nothing_behind_for_the_next(lexer: Lexer) -> None:
    refusals(lexer, "---\na: b\n---\n\n```console\n...\n```\n")
    assert only(lexer.blocks(CONSOLE)).first_line == 1
    assert lexer.blocks("no block at all\n") == []


def test_console_text_is_commands_with_their_output() -> None:
    text = dedent("""\
        $ docker images
        $ for i in 1 2; do
        >   echo $i
        >
        > done
        1

        2
        $ false""")
    assert read_console(text, 10) == [
        Command("docker images", 10, ""),
        Command("for i in 1 2; do\n  echo $i\n\ndone", 11, "1\n\n2\n"),
        Command("false", 18, ""),
    ]
    assert read_console(text, 10)[1].expected_line == 15
