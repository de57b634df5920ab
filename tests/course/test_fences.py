"""The HTML of console and output blocks: what Material expects, what is copied, and nothing shown that is not run."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.faults import PageRefused
from dockerlearn.course.fences import FenceRefused
from dockerlearn.learn.wire import Command

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def markdown() -> Markdown:
    config = load_config(str(ROOT / "mkdocs.yml"))
    return Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)


class Shown(HTMLParser):
    """The text of a fragment, by the class of the innermost span around it, and the copied text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.copied: str | None = None
        self.commands: list[Command] | None = None
        self.classes: list[str] = []
        self.text: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "data-copy" in values:
            self.copied = values["data-copy"]
        if commands := values.get("data-commands"):
            self.commands = json.loads(commands)
        self.classes.append(values.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        self.classes.pop()

    def handle_data(self, data: str) -> None:
        self.text.append((self.classes[-1] if self.classes else "", data))

    def only(self, name: str) -> str:
        return "".join(text for css_class, text in self.text if css_class == name)

    def without(self, *names: str) -> str:
        return "".join(text for css_class, text in self.text if css_class not in names)


CONSOLE = """\
```console
$ docker images --format '{{.ID}} <none>' | head -1
<none> & "x"
$ for i in 1 2; do
>   echo "$i"
> done
1

2
```
"""
COPIED = """\
docker images --format '{{.ID}} <none>' | head -1
for i in 1 2; do
  echo "$i"
done"""


def test_a_console_block_has_the_structure_that_the_theme_expects(markdown: Markdown) -> None:
    html = markdown.convert(CONSOLE)
    assert re.match(
        r'<div class="language-console highlight" data-copy="[^"]*" data-commands="[^"]*"><pre><span></span><code><span',
        html,
    )
    assert html.endswith("</code></pre></div>")


def test_a_console_block_has_its_commands_as_data(markdown: Markdown) -> None:
    first, second = COPIED.split("\n", 1)
    page = CONSOLE.removesuffix("```\n") + "$ sleep 9\n^C\n```\n"
    assert Shown(markdown.convert(page)).commands == [
        {"source": first, "output": '<none> & "x"\n', "others": {}, "interrupt": False},
        {"source": second, "output": "1\n\n2\n", "others": {}, "interrupt": False},
        {"source": "sleep 9", "output": "^C\n", "others": {}, "interrupt": True},
    ]


def test_a_console_block_shows_its_whole_text(markdown: Markdown) -> None:
    shown = Shown(markdown.convert(CONSOLE))
    assert "".join(text for _, text in shown.text) == CONSOLE.removeprefix("```console\n").removesuffix("```\n")


def test_what_is_copied_is_written_on_one_line_of_html(markdown: Markdown) -> None:
    html = markdown.convert("```console\n$ a &&\n> b\n```\n")
    assert ' data-copy="a &amp;&amp;&#10;b"' in html


def test_the_copy_button_gets_the_commands_and_nothing_else(markdown: Markdown) -> None:
    assert Shown(markdown.convert(CONSOLE)).copied == COPIED


def test_what_can_be_selected_is_the_commands_and_nothing_else(markdown: Markdown) -> None:
    assert Shown(markdown.convert(CONSOLE)).without("gp", "go") == f"{COPIED}\n"


def test_prompts_and_output_are_marked_as_such(markdown: Markdown) -> None:
    shown = Shown(markdown.convert(CONSOLE))
    assert shown.only("gp") == "$ $ > > "
    assert shown.only("go") == '<none> & "x"\n1\n\n2\n'


def test_an_output_block_is_never_copied(markdown: Markdown) -> None:
    html = markdown.convert("```python\nprint('<a>\\n\\nb')\n```\n\n```output\n<a>\n\nb\n```\n")
    shown = html[html.index('<div class="language-output no-copy highlight">') :]
    assert Shown(shown).only("go") == "<a>\n\nb\n"
    assert "data-copy" not in shown


def test_a_title_and_highlighted_lines(markdown: Markdown) -> None:
    html = markdown.convert('```console title="a <b>" hl_lines="1 3-4"\n$ ls\n> -l\na\nb\n```\n')
    assert '<span class="filename">a &lt;b&gt;</span><pre>' in html
    highlighted = re.findall(r'<span class="hll">(.*?)\n(?:</span>)+', html, re.DOTALL)
    assert [re.sub("<[^>]*>", "", line) for line in highlighted] == ["$ ls", "a", "b"]


def test_names_and_classes_are_kept(markdown: Markdown) -> None:
    assert markdown.convert("``` { .console #first .wide }\n$ ls\n```\n").startswith(
        '<div class="language-console highlight wide" id="first" data-copy="ls" data-commands='
    )


def test_a_block_in_an_admonition_is_shown_as_one(markdown: Markdown) -> None:
    html = markdown.convert("!!! note\n\n    ```console\n    $ ls\n    a\n    ```\n")
    assert Shown(html[html.index('<div class="language') :].removesuffix("\n</div>")).copied == "ls"


@pytest.mark.parametrize(
    "page",
    [
        "```console\nno command\n```\n",
        "```console\n$ ls\n...\n```\n",
        '```console linenums="1"\n$ ls\n```\n',
        '```python linenums="1"\nx\n```\n',
        '```console skip=""\n$ ls\n```\n',
        '``` { .py raises="" }\nx\n```\n',
        '```console hl_lines="x"\n$ ls\n```\n',
        '``` { .output data-x="1" }\n1\n```\n',
    ],
)
def test_what_the_tests_refuse_the_site_refuses_too(markdown: Markdown, page: str) -> None:
    with pytest.raises(FenceRefused):
        markdown.convert(page)
    with pytest.raises(PageRefused):
        Lexer(ROOT / "mkdocs.yml").blocks(page)


@pytest.mark.parametrize("language", ["python", "py", "python3"])
def test_python_is_shown_by_one_name_and_tells_the_page_how_it_is_run(markdown: Markdown, language: str) -> None:
    seen, told = 'title="a <b>" hl_lines="1"', 'raises="KeyError" skip="a <reason>"'
    html = markdown.convert(f"```{language} {seen} {told}\n{{}}[1]\n```\n")
    begins = '<div data-raises="KeyError" data-skip="a &lt;reason&gt;" class="language-python highlight">'
    assert html.startswith(f'{begins}<span class="filename">a &lt;b&gt;</span><pre>')
    assert '<span class="hll"><span class="p">' in html
    plain = markdown.convert(f"```{language} {seen}\n{{}}[1]\n```\n")
    assert html == plain.replace('<div class="language-python highlight">', begins)


def test_a_skipped_terminal_tells_the_page_why(markdown: Markdown) -> None:
    skipped = markdown.convert('```console skip="a reason"\n$ ls\n```\n')
    plain = markdown.convert("```console\n$ ls\n```\n")
    assert skipped == plain.replace(' data-copy="ls"', ' data-copy="ls" data-skip="a reason"') != plain


def test_highlighted_lines_must_exist(markdown: Markdown) -> None:
    with pytest.raises(FenceRefused, match="line 3 of a block of 2 lines"):
        markdown.convert('```console hl_lines="3"\n$ ls\na\n```\n')
