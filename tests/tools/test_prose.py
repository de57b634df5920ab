"""The linter of prose hears what speaks against the course's voice, and reads nothing that isn't prose."""

from pathlib import Path

import pytest

from dockerlearn.course.blocks import Lexer
from tools import prose

LEXER = Lexer(Path("mkdocs.yml"))


def heard(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    return [(remark.line, remark.reason) for remark in prose.remarks(page, LEXER)]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("A container does not know.", "does not"),
        ("It works. It is the same file.", ". It is the"),
        ("You cannot see it.", "cannot"),
        ("You will see it.", "You will"),
        ("The layer lies below the others.", "lies below"),
        ("It asks the registry, for it is the only one.", "for it is"),
        ("Whoever types it sees it.", "Whoever"),
        ("It is simply a tag.", "simply"),
        ("A tool, e.g. curl, is missing.", "e.g"),
    ],
)
def test_what_nobody_says_at_a_whiteboard_is_heard_at_its_line(tmp_path: Path, sentence: str, words: str) -> None:
    [(line, message)] = heard(tmp_path, f"# Title\n\nFine.\n{sentence}\n")
    assert line == 4
    assert message.startswith(f"'{words}': ")


def test_what_proselint_knows_of_english_is_heard_too(tmp_path: Path) -> None:
    [(line, message)] = heard(tmp_path, "# Title\n\nIt starts with a clean slate.\n")
    assert (line, message) == (3, "'a clean slate' is a cliché")


@pytest.mark.parametrize(
    "text",
    [
        "Type `it does not`.",
        'It says "does not exist".',
        "[A link](does not.md) goes there.",
        "It does *not*.",
        "```text\nIt does not.\n```",
        "```console\n$ echo does not\ndoes not\n```",
        "<!-- does not -->",
        "Replacing it is the normal way.",
    ],
)
def test_code_quotations_and_what_is_stressed_are_not_read(tmp_path: Path, text: str) -> None:
    assert heard(tmp_path, f"# Title\n\n{text}\n") == []


QUIZ = """\
````quiz
What does not happen?

```console
$ echo does not
```

- [x] does not
  : It will not.
- [ ] did not
  : It will.
````
"""


def test_of_a_quiz_its_question_and_its_explanations_are_read(tmp_path: Path) -> None:
    assert [line for line, _ in heard(tmp_path, QUIZ)] == [2, 9, 11]


def test_of_the_front_matter_the_description_is_read(tmp_path: Path) -> None:
    page = "---\ntitle: It does not\ndescription: It does not.\n---\n\n# Title\n"
    assert [line for line, _ in heard(tmp_path, page)] == [3]


def test_it_fails_where_something_is_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.md").write_text("# Good\n", encoding="utf-8")
    (tmp_path / "bad.md").write_text("# Bad\n\nIt does not.\n", encoding="utf-8")
    assert prose.main([str(tmp_path / "good.md")]) == 0
    assert capsys.readouterr().out == ""
    assert prose.main([str(tmp_path / "good.md"), str(tmp_path / "bad.md")]) == 1
    assert capsys.readouterr().out == f"{tmp_path}/bad.md:3: 'does not': Contract it, as speech does.\n"
