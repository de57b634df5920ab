"""How the site shows the blocks that are run: custom fences for superfences, named in mkdocs.yml.

The copy button gives the commands and nothing else: Material copies what the nearest `data-copy` says. Selecting with the
mouse gives the same, without any script, because the stylesheet makes prompts and output unselectable; their line
ends lie inside them for that reason. run.js reads the commands and their output from `data-commands`, as JSON, so that no
script has to find them in the HTML again.

A quiz works without any script: its choices can be chosen from, and its answer unfolds. quiz.js fills the empty places in
it, whose height the stylesheet keeps free.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from markdown import Markdown
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer
from pygments.lexers.shell import BashLexer
from pymdownx.superfences import SuperFencesException

from ..learn import wire
from .blocks import NOTHING, Block, Quiz, read_quiz, wrong_option
from .console import Command, alternatives, read_console
from .faults import PageRefused

NAMES = {"29": "Docker 29", "29-upgraded": "a Docker 29 that was upgraded from 28", "28": "Docker 28"}
"""What a reader calls each Docker."""

_BASH = BashLexer(stripnl=False, ensurenl=False)
_PYTHON = PythonLexer(stripnl=False)
_HTML = HtmlFormatter(nowrap=True)
_INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*")  # named for the elements


class FenceRefused(SuperFencesException):  # type: ignore[misc]  # superfences has no types
    """A fence that the site does not show. Any other exception would be swallowed, and the fence shown as a paragraph."""


def options(
    language: str, inputs: dict[str, str], options: dict[str, str], attrs: dict[str, str], md: Markdown
) -> bool:
    """Accept what may stand behind a language, and refuse the rest aloud: a fence refused in silence gets the default look."""
    for option, value in inputs.items():
        if wrong := wrong_option(language, option, value):
            raise FenceRefused(wrong)
        options[option] = value
    return True


def console(source: str, language: str, css_class: str, options: dict[str, str], md: Markdown, **shown: Any) -> str:
    """A terminal: prompts, highlighted commands, and their output."""
    try:
        commands = read_console(source, 1)
    except PageRefused as refused:
        raise FenceRefused(str(refused)) from None
    copied = "\n".join(command.source for command in commands)
    data_copy = f' data-copy="{escape(copied).replace(chr(10), "&#10;")}"'
    attributes = f'{data_copy}{_how_to_run(options)} data-commands="{escape(_json(commands))}"'
    own = _block(css_class, _terminal(commands), options, shown, attributes)
    return own + "".join(_elsewhere(css_class, *each) for each in alternatives(commands))


def _elsewhere(css_class: str, dockers: tuple[str, ...], commands: list[Command]) -> str:
    """What other Dockers print, folded: for who has one of them, and no script that puts it in the place of the rest."""
    names = " and ".join(NAMES[docker] for docker in dockers)
    lines = _block(f"{css_class} no-copy", _terminal(commands), {}, {"id_value": "", "classes": []}, "")
    return f'<details class="course-other" data-docker="{" ".join(dockers)}"><summary>On {names}</summary>{lines}</details>'


def output(source: str, language: str, css_class: str, options: dict[str, str], md: Markdown, **shown: Any) -> str:
    """What the Python block above printed."""
    return _block(f"{css_class} no-copy", [_printed(line) for line in source.split("\n")], options, shown, "")


def python(source: str, language: str, css_class: str, options: dict[str, str], md: Markdown, **shown: Any) -> str:
    """Python as the theme highlights it, by whatever name; a fence of its own for its options, which tell how it is run."""
    html: str = md.preprocessors["fenced_code_block"].highlight(source, "python", options, md, **shown)  # type: ignore[attr-defined]
    return html.replace("<div", f"<div{_how_to_run(options)}", 1)


def _json(commands: list[Command]) -> str:
    """The commands of a block as run.js reads them."""
    listed: list[wire.Command] = [
        {
            "source": command.source,
            "output": command.expected,
            "others": {docker: said.output for said in command.others for docker in said.dockers},
            "interrupt": command.interrupt,
        }
        for command in commands
    ]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def _how_to_run(options: dict[str, str]) -> str:
    """The options of a block that change how run.js runs it."""
    return "".join(f' data-{name}="{escape(options[name])}"' for name in ("raises", "skip") if name in options)


def quiz(source: str, language: str, css_class: str, options: dict[str, str], md: Markdown, **shown: Any) -> str:
    """A question, its code, its choices, and folded away which is right, and why."""
    try:
        asked = read_quiz(source, 1)
    except PageRefused as refused:
        raise FenceRefused(str(refused)) from None
    name = escape(shown["id_value"] or f"quiz-{asked.key}")
    classes = escape(" ".join([css_class, *shown["classes"]]))
    return (
        f'<div class="{classes}" id="{name}" data-key="{asked.key}"><fieldset>'
        f"<legend>{inline(asked.question)}</legend>{_code(asked.code) if asked.code else ''}"
        f'<ol class="quiz-choices" type="A">{"".join(_choices(asked))}</ol><div class="quiz-bar"></div>'
        f'<details class="quiz-answer"><summary>Answer</summary><ol type="A">{"".join(_explanations(asked))}</ol></details>'
        f'</fieldset><div class="quiz-clear"></div></div>'
    )


def inline(text: str) -> str:
    """A line of a quiz as HTML: `code`, **strong** and *stressed* words, and all else as it stands."""
    html, end = "", 0
    for found in _INLINE.finditer(text):
        tag = str(found.lastgroup)
        inside = escape(found[tag], quote=False) if tag == "code" else inline(found[tag])
        html += f"{escape(text[end : found.start()], quote=False)}<{tag}>{inside}</{tag}>"
        end = found.end()
    return html + escape(text[end:], quote=False)


def _code(code: Block) -> str:
    if code.language == "console":
        lines = _terminal(read_console(code.text, 1))
    else:
        lines = highlight(code.text, _PYTHON, _HTML).splitlines(keepends=True)
    return _block(f"quiz-{code.language} no-copy", lines, {}, {"id_value": "", "classes": []}, "")


def _choices(asked: Quiz) -> Iterator[str]:
    for number, choice in enumerate(asked.choices):
        text = inline(choice.text)
        if asked.code:
            output = f'<code class="quiz-output">{escape(choice.text, quote=False)}</code>'
            text = output if choice.text else f"<em>{NOTHING}</em>"
        radio = f'<input type="radio" name="quiz-{asked.key}" value="{number}">'
        yield f"<li><label>{radio}<span>{text}</span></label></li>"


def _explanations(asked: Quiz) -> Iterator[str]:
    for choice in asked.choices:
        css_class, word = ("quiz-right", "Right.") if choice.right else ("quiz-wrong", "Wrong.")
        yield f'<li class="{css_class}"><strong>{word}</strong> <span>{inline(choice.explanation)}</span></li>'


def _terminal(commands: list[Command]) -> list[str]:
    lines = []
    for command in commands:
        coloured = highlight(command.source, _BASH, _HTML).removesuffix("\n").split("\n")
        lines += [_prompt("$ ", coloured[0]), *(_prompt("> ", line) for line in coloured[1:])]
        lines += [_printed(line) for line in command.expected.split("\n")[:-1]]
    return lines


def _prompt(prompt: str, command: str) -> str:
    return f'<span class="gp">{escape(prompt)}</span>{command}\n'


def _printed(line: str) -> str:
    return f'<span class="go">{escape(line, quote=False)}\n</span>'


def _block(css_class: str, lines: list[str], options: dict[str, str], shown: dict[str, Any], attributes: str) -> str:
    for number in _numbers(options.get("hl_lines", "")):
        if not 1 <= number <= len(lines):
            raise FenceRefused(f"hl_lines names line {number} of a block of {len(lines)} lines")
        lines[number - 1] = f'<span class="hll">{lines[number - 1]}</span>'
    title = f'<span class="filename">{escape(options["title"])}</span>' if "title" in options else ""
    name = f' id="{escape(shown["id_value"])}"' if shown["id_value"] else ""
    classes = " ".join([css_class, "highlight", *shown["classes"]])
    body = "".join(lines)
    return f'<div class="{classes}"{name}{attributes}>{title}<pre><span></span><code>{body}</code></pre></div>'


def _numbers(hl_lines: str) -> list[int]:
    numbers: list[int] = []
    for entry in hl_lines.split():
        first, _, last = entry.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers
