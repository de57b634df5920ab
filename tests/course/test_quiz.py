"""Quizzes: what their grammar refuses, that the right answer is what is printed, how they are repaired and shown."""

import re

import pytest
from markdown import Markdown
from mkdocs.config import load_config

from dockerlearn.course.blocks import Lexer, read_quiz
from dockerlearn.course.built import Html
from dockerlearn.course.complete import compare
from dockerlearn.course.faults import PageRefused
from dockerlearn.course.fences import FenceRefused, inline
from dockerlearn.course.update import repaired
from dockerlearn.course.verify import PageRun
from tests.course.course_pages import ROOT
from tools.drift.damage import damages
from tools.drift.report import judged

LEXER = Lexer(ROOT / "mkdocs.yml")

CONCEPT = """\
```quiz
What does `docker rmi -f` *never*
remove?

- [ ] an **image**
  : It does, unless a container
    runs.
- [x] a container, and `<none>`
      of its files
  : Containers stay.
```
"""
CONSOLE = """\
````quiz
What does the last command print?

```console
$ x=1
$ echo $x
1
$ echo $x; echo; echo "  $((x + 1))"
```

- [ ] 1
      3
  : That would be x + 2.
- [x] 1

        2
  : An empty line lies between.

- [ ]
  : It does print something.
````
"""
PYTHON = """\
````quiz
What is printed?

```python
print("a" * 2)
```

- [x] aa
  : Times two.
- [ ] a2
  : No.
````
"""
QUIZZES = {"concept": CONCEPT, "console": CONSOLE, "python": PYTHON}

every_quiz = pytest.mark.parametrize("page", QUIZZES.values(), ids=QUIZZES)


def wrong(page: str) -> list[tuple[int, str]]:
    """What a page fails for: lines and reasons."""
    run = PageRun("page.md", LEXER.blocks(page))
    return [fault for index in range(len(run.blocks)) if (fault := run.wrong(index))]


def refusals(page: str) -> list[tuple[int, str]]:
    with pytest.raises(PageRefused) as refused:
        LEXER.blocks(page)
    return list(refused.value.faults)


# What is read


def test_a_quiz_is_read_as_question_code_and_choices_with_their_lines() -> None:
    (block,) = LEXER.blocks(f"# A page\n\n{CONSOLE}")
    quiz = read_quiz(block.text, block.text_line)
    assert quiz.question == "What does the last command print?"
    assert quiz.code is not None
    assert (quiz.code.language, quiz.code.text_line, quiz.code.text.count("\n")) == ("console", 7, 3)
    assert [(choice.text, choice.line, choice.right) for choice in quiz.choices] == [
        ("1\n3", 13, False),
        ("1\n\n  2", 16, True),
        ("", 21, False),
    ]
    assert [choice.explanation for choice in quiz.choices][1] == "An empty line lies between."
    assert quiz.right.printed == "1\n\n  2\n"


def test_words_go_on_in_the_next_line() -> None:
    (block,) = LEXER.blocks(CONCEPT)
    quiz = read_quiz(block.text, block.text_line)
    assert quiz.question == "What does `docker rmi -f` *never* remove?"
    assert quiz.choices[0].explanation == "It does, unless a container runs."


def test_an_answer_belongs_to_question_code_and_choices_and_not_to_their_explanations() -> None:
    def key(page: str) -> str:
        (block,) = LEXER.blocks(page)
        return read_quiz(block.text, block.text_line).key

    assert key(CONSOLE) == key(CONSOLE.replace("That would be", "This is"))
    others = {
        key(CONSOLE.replace(*change)) for change in [("What", "Which"), ("x + 1", "x + 2"), ("      3", "      4")]
    }
    assert len({key(CONSOLE), *others}) == 4


NOBODYS = "belongs to no choice: its text goes on behind 6 blanks, its explanation behind '  : ' and then 4 blanks"
REFUSED = {
    "no question": (CONCEPT, "What does `docker rmi -f` *never*\nremove?\n\n", "", [(2, "a quiz without a question")]),
    "two paragraphs": (
        CONCEPT,
        "remove?\n",
        "remove?\n\nWell?\n",
        [(5, "neither the question, in one paragraph, nor its code, nor a choice")],
    ),
    "one choice": (PYTHON, "- [ ] a2\n  : No.\n", "", [(2, "a quiz with fewer than two choices")]),
    "none is right": (PYTHON, "[x]", "[ ]", [(2, "a quiz has one right choice, - [x], and not 0")]),
    "two are right": (PYTHON, "[ ]", "[x]", [(10, "one right choice, - [x], and not 2")]),
    "no explanation": (PYTHON, "  : Times two.\n", "", [(8, "without an explanation")]),
    "an empty explanation": (PYTHON, "Times two.", " ", [(8, "without an explanation")]),
    "equal choices": (PYTHON, "a2", "aa", [(10, "says the same as one above")]),
    "choices that look equal": (CONSOLE, "      3", "      2", [(14, "says the same as one above")]),
    "a wildcard in a choice": (PYTHON, "a2", "...", [(10, "a wildcard: choices are exact")]),
    "a wildcard in the right choice": (PYTHON, "aa", "...", [(8, "a wildcard: choices are exact")]),
    "a wildcard in the code": (CONSOLE, "\n1\n$", "\n...\n$", [(7, "a wildcard")]),
    "a concept without a text": (CONCEPT, " an **image**", "", [(5, "without a text")]),
    "a line of nobody's": (PYTHON, "  : Times two.\n", "  : Times two.\nMore.\n", [(10, NOBODYS)]),
    "a text by too few blanks": (CONSOLE, "      3", "    3", [(12, NOBODYS)]),
    "an answer in the question": (
        CONSOLE,
        '1))"\n',
        '1))"\n1\n',
        [(10, "the last command is the question: its output is a choice")],
    ),
    "a prompt in the code": (CONSOLE, "\n1\n$", "\n$\n$", [(7, "a prompt that starts no command")]),
    "code of another language": (
        PYTHON,
        "```python",
        "```bash",
        [(4, "the code of a quiz is one console or python block, without options")],
    ),
    "code with options": (PYTHON, "```python", '```python title="x"', [(4, "without options")]),
    "two blocks of code": (
        PYTHON,
        "\n- [x]",
        "\n```python\nprint(1)\n```\n\n- [x]",
        [(8, "one console or python block")],
    ),
}


@pytest.mark.parametrize(("page", "old", "new", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_quiz_is_refused_on_its_line(page: str, old: str, new: str, expected: list[tuple[int, str]]) -> None:
    assert page.count(old) >= 1
    found = refusals(page.replace(old, new, 1))
    assert [line for line, _ in found] == [line for line, _ in expected]
    assert all(reason in said for (_, said), (_, reason) in zip(found, expected, strict=True)), found


def test_a_fence_that_is_too_short_for_its_code_is_refused_with_a_word_on_it() -> None:
    found = refusals(PYTHON.replace("````", "```"))
    assert (1, "unclosed fence: line 4 opens another inside it; close it above that, or give it a longer one") in found


def test_code_that_is_not_closed_is_an_unclosed_fence() -> None:
    found = refusals(re.sub(r"\n```\n", "\n", PYTHON))
    assert (
        4,
        "unclosed fence: the code of a quiz ends before its choices, and has a shorter fence than the quiz",
    ) in found


def test_a_quiz_stands_on_a_page_once() -> None:
    assert refusals(f"{CONCEPT}\n{CONCEPT}") == [(13, "a quiz that stands on this page already")]


@pytest.mark.parametrize("option", ['title="x"', 'hl_lines="1"', 'skip="no"', 'raises="KeyError"'])
def test_a_quiz_has_no_options(option: str) -> None:
    (fault,) = refusals(CONCEPT.replace("quiz", f"quiz {option}", 1))
    assert fault == (1, f"a block of language 'quiz' has no option {option.split('=')[0]!r}")


# What is right


@every_quiz
def test_a_quiz_whose_right_choice_is_what_is_printed_passes(page: str) -> None:
    assert wrong(page) == []


def test_a_right_choice_that_is_not_printed_fails_on_its_line() -> None:
    ((line, reason),) = wrong(CONSOLE.replace("        2", "        4"))
    assert line == 16
    assert reason.startswith("$ echo $x; echo;")
    assert "-  4\n+  2\n" in reason


def test_output_that_is_shown_above_the_question_is_compared_too() -> None:
    ((line, reason),) = wrong(CONSOLE.replace("\n1\n$", "\n2\n$"))
    assert (line, reason.split("\n")[0]) == (7, "$ echo $x")


def test_a_wrong_choice_that_is_printed_fails_on_its_line() -> None:
    swapped = PYTHON.replace("[x]", "[?]").replace("[ ]", "[x]").replace("[?]", "[ ]")
    assert wrong(swapped) == [
        (8, "the Python of the quiz on line 4\nprints what this choice says, which is marked as wrong")
    ]


def test_nothing_is_a_choice_too() -> None:
    silent = CONSOLE.replace('$ echo $x; echo; echo "  $((x + 1))"', "$ x=2")
    assert [line for line, _ in wrong(silent)] == [19]
    page = silent.replace("[x]", "[?]").replace("- [ ]\n", "- [x]\n").replace("[?]", "[ ]")
    assert wrong(page) == []


def test_python_that_raises_fails_on_its_line() -> None:
    ((line, reason),) = wrong(PYTHON.replace('print("a" * 2)', "1 / 0"))
    assert line == 5
    assert "ZeroDivisionError" in reason


def test_a_quiz_and_its_page_do_not_know_of_one_another() -> None:
    page = "```console\n$ x=9\n```\n\n```python\na = 9\n```\n\n{}\n\n```console\n$ echo [$x]\n[9]\n```\n"
    blind = CONSOLE.replace("$ x=1\n", "$ x=${x}1\n")
    assert wrong(page.format(blind)) == []
    with_name = PYTHON.replace('print("a" * 2)', 'print("a" * a)')
    assert "NameError" in wrong(page.format(with_name))[0][1]


# Repair


def test_the_right_choice_and_the_output_above_it_are_repaired() -> None:
    damaged = CONSOLE.replace("        2\n", "      7\n      8\n").replace("\n1\n$", "\n2\n$")
    assert repaired(LEXER, "page.md", damaged).text == CONSOLE


@pytest.mark.parametrize("unknown", ["- [x] ...", "- [x]", "- [x] a2", "- [x] a\n      b"])
def test_an_answer_that_is_not_known_yet_is_written(unknown: str) -> None:
    assert repaired(LEXER, "page.md", PYTHON.replace("- [x] aa", unknown)).text == PYTHON


def test_a_right_choice_becomes_nothing_if_nothing_is_printed() -> None:
    page = PYTHON.replace('print("a" * 2)', "a = 1")
    assert repaired(LEXER, "page.md", page).text == page.replace("- [x] aa", "- [x]")


def test_a_quiz_in_an_admonition_keeps_its_indentation() -> None:
    def inside(page: str) -> str:
        return "!!! note\n\n" + "".join(f"    {line}\n" if line else "\n" for line in page.split("\n")[:-1])

    damaged = inside(CONSOLE.replace("        2", "      3"))
    assert repaired(LEXER, "page.md", damaged).text == inside(CONSOLE)


def test_a_repair_that_would_make_two_choices_equal_is_refused() -> None:
    with pytest.raises(PageRefused) as refused:
        repaired(LEXER, "page.md", PYTHON.replace('"a" * 2', '"a2"'))
    ((line, reason),) = refused.value.faults
    assert line == 10
    assert "says the same as one above it" in reason


def test_a_concept_is_never_repaired() -> None:
    assert repaired(LEXER, "page.md", CONCEPT).text == CONCEPT
    with pytest.raises(PageRefused, match="a wildcard"):
        repaired(LEXER, "page.md", CONCEPT.replace("a container, and `<none>`", "..."))


# The drift score


def test_what_is_printed_for_a_quiz_and_the_literals_of_its_code_are_changed_and_noticed() -> None:
    changes = list(judged("page.md", LEXER.blocks(CONSOLE)))
    assert [noticed for _, noticed in changes] == [True] * len(changes)
    lines = {(damage.kind, damage.line, damage.before) for damage, _ in changes}
    assert ("expected line", 7, "1") in lines
    assert ("expected line", 14, "1") in lines
    assert ("expected line", 16, "  2") in lines
    assert ("literal", 5, "1") in lines
    assert {line for kind, line, _ in lines if kind == "expected line"} == {7, 14, 15, 16}


def test_a_damaged_page_differs_in_one_line() -> None:
    (block,) = LEXER.blocks(PYTHON)
    for damage in damages(block):
        before, after = PYTHON.split("\n"), damage.page(PYTHON).split("\n")
        assert len(before) == len(after)
        assert [number for number, pair in enumerate(zip(before, after, strict=True), 1) if len({*pair}) == 2] == [
            damage.line
        ]


def test_nothing_of_a_concept_is_changed() -> None:
    (block,) = LEXER.blocks(CONCEPT)
    assert list(damages(block)) == []


# What is shown


@pytest.fixture(scope="module")
def markdown() -> Markdown:
    config = load_config(str(ROOT / "mkdocs.yml"))
    return Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)


def shown(markdown: Markdown, page: str) -> str:
    return f"<article>{markdown.convert(page)}</article>"


@every_quiz
def test_a_quiz_shows_its_question_its_code_its_choices_and_why(markdown: Markdown, page: str) -> None:
    html = shown(markdown, page)
    assert list(compare(page.split("\n"), LEXER.blocks(page), Html(html))) == []
    assert html.count('type="radio"') == html.count("<label>") == page.count("\n- [")
    assert html.count("<details") == html.count("<legend>") == html.count('<li class="quiz-right">') == 1


SMALL = """\
````quiz
Which "one"?

- [x] `a` & b
  : Because.
- [ ] c
  : No.
````
"""


def test_a_quiz_has_the_structure_that_its_script_and_its_style_expect(markdown: Markdown) -> None:
    (block,) = LEXER.blocks(SMALL)
    key = read_quiz(block.text, block.text_line).key
    radio = f'<input type="radio" name="quiz-{key}" value='
    assert markdown.convert(SMALL) == (
        f'<div class="quiz" id="quiz-{key}" data-key="{key}"><fieldset><legend>Which "one"?</legend>'
        '<ol class="quiz-choices" type="A">'
        f'<li><label>{radio}"0"><span><code>a</code> &amp; b</span></label></li>'
        f'<li><label>{radio}"1"><span>c</span></label></li></ol><div class="quiz-bar"></div>'
        '<details class="quiz-answer"><summary>Answer</summary><ol type="A">'
        '<li class="quiz-right"><strong>Right.</strong> <span>Because.</span></li>'
        '<li class="quiz-wrong"><strong>Wrong.</strong> <span>No.</span></li></ol></details>'
        '</fieldset><div class="quiz-clear"></div></div>'
    )


CHANGES = {
    "another answer is right": ("<strong>Wrong.</strong>", "<strong>Right.</strong>"),
    "another question": ("last command", "first command"),
    "another choice": (">1\n3</code>", ">1\n4</code>"),
    "other blanks in a choice": (">1\n3</code>", ">1 3</code>"),
    "another explanation": ("That would be", "That is"),
    "a choice less": ("<em>nothing</em>", ""),
}


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
def test_a_quiz_that_is_shown_otherwise_than_it_was_checked_is_found(markdown: Markdown, old: str, new: str) -> None:
    html = shown(markdown, CONSOLE)
    assert old in html
    found = list(compare(CONSOLE.split("\n"), LEXER.blocks(CONSOLE), Html(html.replace(old, new, 1))))
    assert "a block that is not shown as it is run" in found[0].reason
    assert "shown and not run" in found[1].reason


def test_a_quiz_written_as_html_is_shown_and_not_checked() -> None:
    html = Html("<article><fieldset><legend>What?</legend></fieldset></article>")
    assert [fault.reason.split(":")[0] for fault in compare(["What?"], [], html)] == ["code that is shown and not run"]


def test_the_words_of_a_quiz_may_be_marked_and_everything_else_is_escaped() -> None:
    assert inline("a < b `<b> *c*` **d `e`** *f* & <g>") == (
        "a &lt; b <code>&lt;b&gt; *c*</code> <strong>d <code>e</code></strong> <em>f</em> &amp; &lt;g&gt;"
    )
    assert inline("2 * 3 and `open") == "2 * 3 and `open"


def test_output_in_a_choice_is_no_markdown(markdown: Markdown) -> None:
    html = markdown.convert(PYTHON.replace("a2", "*a* `<b>`"))
    assert ">*a* `&lt;b&gt;`</code>" in html


def test_two_quizzes_have_nothing_in_common(markdown: Markdown) -> None:
    html = markdown.convert(f"{CONCEPT}\n{CONSOLE}\n{PYTHON}")
    names = re.findall(r'name="(.*?)"', html)
    assert len(set(names)) == 3
    assert sorted(set(names)) == sorted(re.findall(r' id="(.*?)"', html))


def test_a_terminal_of_a_quiz_is_none_of_the_page_s(markdown: Markdown) -> None:
    html = markdown.convert(f"{CONSOLE}\n{PYTHON}")
    assert "language-" not in html
    assert html.count("no-copy") == 2


@pytest.mark.parametrize(("page", "old", "new"), [each[:3] for each in REFUSED.values()], ids=REFUSED)
def test_what_the_tests_refuse_the_site_refuses_aloud(markdown: Markdown, page: str, old: str, new: str) -> None:
    with pytest.raises(FenceRefused):
        markdown.convert(page.replace(old, new, 1))


def test_a_quiz_with_an_option_is_refused_aloud(markdown: Markdown) -> None:
    with pytest.raises(FenceRefused):
        markdown.convert(CONCEPT.replace("quiz", 'quiz title="x"', 1))
