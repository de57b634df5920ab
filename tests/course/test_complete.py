"""The built site against its pages, by both generators: what is shown is run, what is run is shown, no link is dead."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from textwrap import indent

import pytest

from dockerlearn.course import blocks
from dockerlearn.course.built import Html, Site
from dockerlearn.course.complete import check, main
from dockerlearn.course.links import dead

ROOT = Path(__file__).parents[2]

MKDOCS_YML = """\
site_name: Forms
site_dir: !ENV [SITE_DIR, site]
theme:
  name: material
  font: false
markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - pymdownx.details
  - pymdownx.highlight:
      pygments_lang_class: true
  - pymdownx.inlinehilite
  - pymdownx.snippets:
      base_path: [parts]
  - pymdownx.superfences:
      custom_fences:
        - name: console
          class: language-console
          format: !!python/name:dockerlearn.course.fences.console
          validator: !!python/name:dockerlearn.course.fences.options
        - name: output
          class: language-output
          format: !!python/name:dockerlearn.course.fences.output
          validator: !!python/name:dockerlearn.course.fences.options
        - name: quiz
          class: quiz
          format: !!python/name:dockerlearn.course.fences.quiz
          validator: !!python/name:dockerlearn.course.fences.options
        - name: text
          class: language-text
          format: !!python/name:quiet.text
          validator: !!python/name:dockerlearn.course.fences.options
  - pymdownx.tabbed:
      alternate_style: true
"""

QUIET = '''\
"""A custom fence with a mistake: it raises what superfences swallows."""

from html import escape


def text(source, language, css_class, options, md, **shown):
    if source.startswith("fail"):
        raise ValueError(source)
    return f"<pre>{escape(source)}</pre>"
'''

PARTS = {"code.md": "```python\na = 1\n```\n", "prose.md": "one\n\ntwo\n", "code.py": "a = 1\n"}

PYTHON = "```python\nprint(1)\n```\n"
OUTPUT = "```output\n1\n```\n"

QUIZ = "```quiz\nWhat *is* `a < b`?\n\n- [x] `true`\n  : **Because.**\n- [ ] false & so on\n  : No.\n```\n"
ASKING = "````quiz\nWhat is printed?\n\n```{}```\n\n- [x] 1\n\n        2\n  : So it is.\n- [ ]\n  : It prints.\n````\n"

# Forms in which authors write code, each a page of its own; with the lines on which it is wrong.
FORMS: dict[str, tuple[str, set[int]]] = {
    "python": (PYTHON, set()),
    "py": ("```py\na = 1\n```\n", set()),
    "python3": ("```python3\na = 1\n```\n", set()),
    "blank-before-language": ("``` python\na = 1\n```\n", set()),
    "trailing-blank": ("```python \na = 1\n```\n", set()),
    "title": ('```python title="a.py"\na = 1\n```\n', set()),
    "highlighted-lines": ('```python hl_lines="1 2-3"\na = 1\nb = 2\nc = 3\n```\n', set()),
    "braces": ("```{ .python }\na = 1\n```\n", set()),
    "annotated": ("``` { .python .annotate }\na = 1  # (1)!\n```\n\n1. a note\n", set()),
    "braces-with-title": ('``` { .py title="a b" }\na = 1\n```\n', set()),
    "braces-with-id": ("``` { .python #name }\na = 1\n```\n", set()),
    "tildes": ("~~~python\na = 1\n~~~\n", set()),
    "long-fence": ("`````python\na = 1\n`````\n", set()),
    "console": ("```console\n$ for i in 1; do\n>   echo '<none>'\n> done\n<none>\n\na\n```\n", set()),
    "console-with-options": ('```console title="x" hl_lines="1"\n$ true\n```\n', set()),
    "output": (f"{PYTHON}\n{OUTPUT}", set()),
    "output-after-empty-lines": (f"{PYTHON}\n\n\n{OUTPUT}", set()),
    "equal-blocks": (f"{PYTHON}\n{OUTPUT}\n{PYTHON}\n{OUTPUT}", set()),
    "quiz": (QUIZ, set()),
    "quiz-about-a-terminal": (ASKING.format("console\n$ x=1\n$ echo $x; echo; echo '  2'\n"), set()),
    "quiz-about-python": (ASKING.format("python\nif print(1) is None:\n\n    print('\\n  2')\n"), set()),
    "quiz-in-an-admonition": ("!!! note\n\n" + indent(QUIZ, "    "), set()),
    "quizzes": (f"{QUIZ}\n{QUIZ.replace('is', 'was')}", set()),
    "text": ("```text\na  b\n```\n", set()),
    "dockerfile": ("```dockerfile\nFROM nginx\n```\n", set()),
    "yaml": ("```yaml\na: 1\n```\n", set()),
    "fence-in-a-fence": ("````text\n```python\n1 / 0\n```\n````\n", set()),
    "backticks-in-tildes": ("~~~text\n```python\n1 / 0\n```\n~~~\n", set()),
    "admonition": ("!!! note\n\n    ```python\n    a = 1\n    ```\n", set()),
    "straight-after-its-opener": ("!!! note\n    ```python\n    a = 1\n    ```\n", set()),
    "details": ("??? note\n\n    ```python\n    a = 1\n    ```\n", set()),
    "tabs": ('=== "A"\n\n    ```python\n    a = 1\n    ```\n\n=== "B"\n\n    ```python\n    b = 1\n    ```\n', set()),
    "tab-in-a-tab": ('=== "A"\n\n    === "B"\n\n        ```python\n        a = 1\n        ```\n', set()),
    "list": ("1. first\n\n    ```python\n    a = 1\n    ```\n\n2. second\n", set()),
    "list-by-two": ("- first\n\n  ```python\n  a = 1\n  ```\n", set()),
    "deep": (
        "1. a\n\n    - b\n\n        !!! note\n\n            ```python\n            a = 1\n            ```\n",
        set(),
    ),
    "quote": ("> said\n>\n> ```python\n> a = 1\n>\n> b = 2\n> ```\n", set()),
    "definition": ("term\n:   said\n\n    ```python\n    a = 1\n    ```\n", set()),
    "indented-by-one": (" ```python\n a = 1\n ```\n", set()),
    "html-around": (f"<div>\n\n{PYTHON}\n</div>\n", set()),
    "markdown-in-html": (f'<div markdown="1">\n\n{PYTHON}\n</div>\n', set()),
    "crlf": ("text\r\n\r\n```python\r\na = 1\r\n\r\nb = 2\r\n```\r\n", set()),
    "front-matter": ("---\ntitle: x\n---\n\n```python\na = 1\n```\n", set()),
    "byte-order-mark": ("\ufeff```python\na = 1\n```\n", set()),
    "no-last-line-end": ("text\n\n```python\na = 1\n```", set()),
    "markup-in-code": ("```python\na = '<&>\"'\n```\n", set()),
    "empty-lines-around-code": ("```python\n\na = 1\n\n```\n", set()),
    "blanks-at-line-ends": ("```python\na = 1   \n    \nb = 2\n```\n", set()),
    "tabulators": ("```python\nif 1:\n\ta = 1\n```\n", set()),
    "abbreviation": ("```text\nOCI\n```\n\n*[OCI]: initiative\n", set()),
    "inline-code": ("Type ```` ```python ````, `docker\nimages` or `#!python a = 1`.\n", set()),
    "inline-html-code": ("<code>```python\na</code>\n", set()),
    "comment": ("<!-- ```python -->\n\ntext\n", set()),
    "no-code": ("text\n", set()),
    "empty-page": ("", set()),
    "line-numbers": ('```python linenums="1"\na = 1\nb = 2\n```\n', {1}),
    "quiz-in-a-comment": (f"text\n\n<!--\n\n{QUIZ}\n-->\n", {5}),
    "quiz-crowded": (f"text\n{QUIZ}", {2}),
    "quiz-as-html": ("text\n\n<fieldset><legend>What?</legend></fieldset>\n", {3}),
    "pycon": ("```pycon\n>>> 1\n1\n```\n", {1}),
    "bash": ("```bash\nls\n```\n", {1}),
    "markdown": ("````markdown\n```python\n1 / 0\n```\n````\n", {1}),
    "no-language": ("```\nx\n```\n", {1}),
    "capital": ("```Python\nx\n```\n", {1}),
    "unknown-option": ('```python skip="yes"\na = 1\n```\n', {1, 3}),
    "no-options": ("```python {oops\na = 1\n```\n", {1, 3}),
    "nothing": ("```python\n```\n", {1}),
    "four-spaces": ("text\n\n    a = 1\n    b = 2\n\ntext\n", {3}),
    "four-spaces-in-a-list": ("- item\n\n        a = 1\n\ntext\n", {3}),
    "four-spaces-below-equal-code": ("```python\na = 1\n```\n\n    a = 1\n    b = 2\n", {5}),
    "four-spaces-below-equal-words": ("Say a = 1:\n\n    a = 1\n", {3}),
    "a-tabulator": ("text\n\n\ta = 1\n", {3}),
    "fence-by-four-spaces": ("text\n\n    ```python\n    a = 1\n    ```\n", {3}),
    "unclosed": ("text\n\n```python\na = 1\n\nb = 2\n", {3}),
    "unclosed-tildes": ("~~~python\na = 1\n", {1}),
    "closed-less-deep": ("!!! note\n\n    ```python\n    a = 1\n```\n", {3, 5}),
    "output-after-prose": (f"{PYTHON}\nprints\n\n{OUTPUT}", {7}),
    "orphan-output": (OUTPUT, {1}),
    "output-twice": (f"{PYTHON}\n{OUTPUT}\n{OUTPUT}", {9}),
    "fence-in-a-comment": (f"text\n\n<!--\n\n{PYTHON}\n-->\n\n```python\na = 1\n```\n", {5}),
    "fence-in-a-tight-comment": (f"text\n\n<!--\n{PYTHON}-->\n", {4}),
    "fence-in-a-script": (f'text\n\n<script type="text/plain">\n\n{PYTHON}\n</script>\n', {5}),
    "fence-in-tight-html": (f"<div>\n{PYTHON}</div>\n", {2}),
    "fence-in-a-table": ("| a | b |\n| - | - |\n| ```python | x |\n", {3}),
    "fence-at-the-end-of-a-footnote": ("text[^1]\n\n[^1]:\n    said\n\n    ```python\n    a = 1\n    ```\n", {6}),
    "escaped-fence": ("\\```python\na = 1\n", {1}),
    "html-pre": ("text\n\n<pre>\na &lt; 1\n</pre>\n", {4}),
    "html-pre-and-code": ("text\n\n  <pre><code>a &lt; 1\n</code></pre>\n", {3}),
    "html-pre-in-a-list": ("- x\n\n    <pre>a\n    b</pre>\n", {3}),
    "crowded-above": (f"text\n{PYTHON}", {2}),
    "crowded-below": (f"{PYTHON}text\n", {1}),
    "crowded-in-a-list": ("- first\n    ```python\n    a = 1\n    ```\n", {2}),
    "failing-fence": ("```text\nx\n```\n\n```text\nfail\n\nx\n```\n", {5}),
    "failing-tildes": ("~~~text\nfail\n~~~\n", {1}),
    "snippet": ('text\n\n--8<-- "code.md"\n', {3}),
    "snippet-above": (f'--8<-- "prose.md"\n\n{PYTHON}', {1}),
    "snippet-in-a-fence": ('```python\n--8<-- "code.py"\n```\n', {2}),
    "snippets": ("text\n\n--8<--\ncode.md\n--8<--\n", {3, 5}),
    "links": ("[page](python.md) [part](headings.md#second-part) [host](https://docs.docker.com/reference/)\n", set()),
    "headings": ("# Title\n\n## Second part\n", set()),
    "broken-anchor": ("text\n\n[part](headings.md#third-part)\n", {3}),
    "broken-link": ("text\n\n[page](no-page.md)\n", {3}),
    "broken-image": ("![picture](no-picture.svg)\n", {1}),
    "broken-srcset": ('<img srcset="no-1.svg 1x, no-2.svg 2x">\n', {1}),
    "no-host": ("text [host](http:///page)\n", {1}),
    "unknown-scheme": ("text [host](htps://example.org)\n", {1}),
}

WRONG = {name: lines for name, (_, lines) in FORMS.items() if lines}

GENERATORS = {"mkdocs": ["mkdocs", "build"], "zensical": ["zensical", "build", "--clean"]}


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


@pytest.fixture(scope="module", params=GENERATORS)
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course with a page for each form, built by one of the generators."""
    folder = tmp_path_factory.mktemp("course")
    for name, (text, _) in {"index": ("text\n", set()), **FORMS}.items():
        write(folder / "docs" / f"{name}.md", text)
    for name, text in PARTS.items():
        write(folder / "parts" / name, text)
    write(folder / "mkdocs.yml", MKDOCS_YML)
    write(folder / "quiet.py", QUIET)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", *GENERATORS[request.param]]
    built = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder


def found(course: Path) -> dict[str, set[int]]:
    """The lines of what the check finds, by page."""
    lines: dict[str, set[int]] = {}
    for finding in check(course / "mkdocs.yml", course / "site")[1]:
        lines.setdefault(Path(finding.path).stem, set()).add(finding.line)
    return lines


def test_of_all_forms_of_code_exactly_the_wrong_ones_are_found(course: Path) -> None:
    assert len(FORMS) >= 45
    assert found(course) == WRONG


def test_a_block_that_is_shown_and_that_the_lexer_misses_is_found(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a parser misses it that expects nothing after the language."""
    every = blocks.Lexer.blocks
    monkeypatch.setattr(
        blocks.Lexer, "blocks", lambda *args: [block for block in every(*args) if "title" not in block.options]
    )
    assert found(course) == {**WRONG, "title": {2}, "braces-with-title": {2}, "console-with-options": {2}}


def test_the_command_line_prints_what_is_wrong_with_a_word_on_what_to_do(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course)
    monkeypatch.setattr(sys, "argv", ["complete", "site"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "\ndocs/four-spaces.md:3: code that is shown and not run: write it as a fenced block" in printed
    assert re.search("^docs/failing-tildes.md:1: .* SuperFencesException", printed, re.MULTILINE)
    assert f"\nsite: {len(FORMS) + 1} pages, " in printed


YML = "site_name: One\ntheme: null\nmarkdown_extensions: [pymdownx.superfences]\n"


class Course:
    """A course of one page, with HTML that is written by hand: what a generator may leave behind, or forget."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("mkdocs.yml", YML)
        self.write("docs/index.md", "text\n")
        self.write("site/index.html", "<article><p>text</p></article>")

    def write(self, name: str, text: str) -> None:
        write(self.folder / name, text)

    def found(self) -> list[str]:
        """What the check finds."""
        return [str(finding) for finding in check(self.folder / "mkdocs.yml", self.folder / "site")[1]]


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.chdir(tmp_path)
    return Course(tmp_path)


def only(said: list[str]) -> str:
    (line,) = said
    return line


def test_a_course_without_a_fault_has_none(one: Course) -> None:
    assert one.found() == []


def test_an_empty_docs_folder_is_a_fault(one: Course) -> None:
    (one.folder / "docs/index.md").rename("elsewhere.md")
    (one.folder / "site/index.html").unlink()
    assert only(one.found()) == "mkdocs.yml:1: docs holds no page: nothing was checked"


def test_a_page_without_html_is_a_fault(one: Course) -> None:
    one.write("docs/new.md", "text\n")
    missing = "a page without HTML: site/new/index.html is missing; build the site again"
    assert only(one.found()) == f"docs/new.md:1: {missing}"


def test_a_page_that_is_no_text_is_told_with_its_line(one: Course) -> None:
    (one.folder / "docs/index.md").write_bytes(b"text\n\nlast \xff\n")
    (one.folder / "site/index.html").write_text('<article><a href="gone">text</a></article>', encoding="utf-8")
    odd, dead = one.found()
    assert odd == "docs/index.md:3: byte 0xff is not UTF-8, at byte 11 of the page"
    assert dead.startswith("site/index.html:1: the link 'gone' leads nowhere")


def test_html_without_a_page_is_a_fault(one: Course) -> None:
    one.write("site/old/index.html", "<article></article>")
    one.write("site/404.html", "")
    without = "HTML without a page: nothing in docs becomes it; build the site again"
    assert only(one.found()) == f"site/old/index.html:1: {without}"


def test_html_that_is_copied_from_the_pages_folder_is_none(one: Course) -> None:
    for folder in ("docs", "site"):
        one.write(f"{folder}/drawing.html", "<pre>a</pre>")
    assert one.found() == []


def test_a_name_in_nav_that_is_no_page_is_a_fault(one: Course) -> None:
    one.write("mkdocs.yml", f"{YML}nav:\n  - index.md\n  - Part:\n      - no.md\n      - https://a.org/b.md\n")
    assert only(one.found()) == "mkdocs.yml:7: nav names no.md, which is no page: write it, or unname it"


def test_a_page_whose_code_cannot_be_told_from_its_frame_is_a_fault(one: Course) -> None:
    one.write("site/index.html", "<pre>a</pre>")
    without = "a page without an <article>, in which alone its code is looked for"
    assert only(one.found()) == f"docs/index.md:1: {without}"


def test_code_of_the_frame_is_none_of_the_page_s(one: Course) -> None:
    one.write("site/index.html", "<pre>a</pre><article>text</article><pre>b</pre>")
    assert one.found() == []


def test_code_that_is_shown_otherwise_than_it_is_run_is_a_fault(one: Course) -> None:
    one.write("docs/index.md", "```python\na = 1\nb = 2\n```\n")
    one.write("site/index.html", "<article><pre><code>a = 1\nb = 3\n</code></pre></article>")
    assert [said.split(": ")[0] for said in one.found()] == ["docs/index.md:1", "docs/index.md:2"]


def test_a_block_within_a_paragraph_is_a_fault(one: Course) -> None:
    one.write("docs/index.md", "text\n\n```python\na = 1\n```\n")
    one.write("site/index.html", "<article><p><pre>a = 1\n</pre></p></article>")
    word = "put empty lines around it, and words after it if it ends a footnote"
    assert only(one.found()) == f"docs/index.md:3: a block within a paragraph: {word}"


def test_code_that_only_a_block_has_too_is_found_outside_of_it(one: Course) -> None:
    one.write("docs/index.md", "```python\na = 1\nb = 2\n```\n\n    b = 2\n\n```python\nc = 3\n```\n\n    c = 3\n")
    shown = "<pre>a = 1\nb = 2\n</pre><pre>b = 2\n</pre><pre>c = 3\n</pre><pre>c = 3\n</pre>"
    one.write("site/index.html", f"<article>{shown}</article>")
    assert [said.split(": ")[0] for said in one.found()] == ["docs/index.md:6", "docs/index.md:12"]


def test_a_fence_in_a_script_is_not_shown_as_text(one: Course) -> None:
    one.write("site/index.html", "<article><script>\n```python\n</script></article>")
    assert one.found() == []


def test_a_block_that_stands_on_a_page_time_and_again_is_shown_each_time(one: Course) -> None:
    one.write("docs/index.md", "    b = 2\n\n" + "```python\na = 1\n```\n\n" * 200)
    one.write("site/index.html", f"<article><pre>b = 2</pre>{'<pre>a = 1</pre>' * 200}</article>")
    assert only(one.found()).startswith("docs/index.md:1: code that is shown and not run")


def test_blocks_in_another_order_are_a_fault(one: Course) -> None:
    one.write("docs/index.md", "```python\na = 1\n```\n\n```python\nb = 2\n```\n")
    one.write("site/index.html", "<article><pre>b = 2\n</pre><pre>a = 1\n</pre></article>")
    assert len(one.found()) == 2


def test_an_inert_language_that_no_page_uses_is_a_fault_of_the_list(
    one: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.write("dockerlearn/course/blocks.py", 'INERT = {\n    "text": "a drawing",\n    "yaml": "a file",\n}\n')
    monkeypatch.setattr(blocks, "__file__", str(one.folder / "dockerlearn/course/blocks.py"))
    one.write("docs/index.md", "```text\na\n```\n\n```dockerfile\nFROM a\n```\n")
    one.write("site/index.html", "<article><pre>a\n</pre><pre>FROM a\n</pre></article>")
    unused = "no page uses the inert language 'yaml': strike it off the list"
    assert only(one.found()) == f"dockerlearn/course/blocks.py:3: {unused}"


def test_what_a_refused_page_uses_is_not_known(one: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    one.write("dockerlearn/course/blocks.py", 'INERT = {\n    "text": "a drawing",\n}\n')
    monkeypatch.setattr(blocks, "__file__", str(one.folder / "dockerlearn/course/blocks.py"))
    one.write("docs/index.md", "```text\na\n```\n\n```perl\nx\n```\n")
    one.write("site/index.html", "<article><pre>a\n</pre></article>")
    assert only(one.found()).startswith("docs/index.md:5: a block of language 'perl' is not run")


def test_a_docs_folder_that_is_named_and_empty_is_a_fault_on_its_line(one: Course) -> None:
    one.write("mkdocs.yml", f"{YML}docs_dir: pages\n")
    (one.folder / "pages").mkdir()
    (one.folder / "site/index.html").unlink()
    assert only(one.found()) == "mkdocs.yml:4: pages holds no page: nothing was checked"


def test_a_fence_that_is_shown_as_text_is_a_fault_on_its_line(one: Course) -> None:
    one.write("docs/index.md", "text\n\n```python\na = 1\n```\n\ntext\n")
    one.write("site/index.html", "<article><p>\n~~~ python\n</p><pre>a = 1\n</pre></article>")
    assert only(one.found()) == "docs/index.md:1: a fence that is shown as text: it opens or closes no block"


def test_each_site_of_the_command_line_is_checked_and_counted(
    one: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one.write("docs/index.md", "```python\na = 1\n```\n")
    one.write("site/index.html", '<article><pre>a = 1\n</pre><a href="#top">top</a></article>')
    one.write("other/index.html", "<article></article>")
    monkeypatch.setattr(sys, "argv", ["complete", "-f", "mkdocs.yml", "site"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().out) == (0, "site: 1 pages, 1 blocks, 1 links: no faults\n")
    monkeypatch.setattr(sys, "argv", ["complete", "other", "site"])
    with pytest.raises(SystemExit) as ended:
        main()
    fault, first, second = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert fault.startswith("docs/index.md:1: a block that is not shown as it is run: take it out of the comment")
    assert first == "other: 1 pages, 0 blocks, 0 links: 1 faults"
    assert second == "site: 1 pages, 1 blocks, 1 links: no faults"


NO_HTML = "has the HTML of no page: build the site, and see what stops that"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            YML,
            f"mkdocs.yml:1: nowhere {NO_HTML}\nnowhere: 1 pages, 0 blocks, 0 links: 1 faults\n",
        ),
        (f"{YML}docs_dir: none\n", "mkdocs.yml:4: docs_dir names no folder: none\n"),
        (f"{YML}nav: [\n", "mkdocs.yml:5: expected the node content, but found '<stream end>'\n"),
    ],
)
def test_a_site_that_was_not_built_and_settings_that_cannot_be_read_are_told_in_a_line(
    one: Course, settings: str, said: str
) -> None:
    one.write("mkdocs.yml", settings)
    command = [sys.executable, "-m", "dockerlearn.course.complete", "nowhere"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=one.folder, env=environment, capture_output=True, text=True, check=False)
    assert (ran.stdout + ran.stderr, ran.returncode) == (said, 1)


def test_a_site_without_html_does_not_hide_what_is_wrong_with_its_pages(one: Course) -> None:
    (one.folder / "site/index.html").unlink()
    one.write("docs/a.md", "text\n\n```perl\nx\n```\n")
    assert [said.split(": ")[0] for said in one.found()] == ["docs/a.md:3", "mkdocs.yml:1"]


CHECKED = MKDOCS_YML.replace("SITE_DIR", "COURSE_SITE").replace("quiet.text", "dockerlearn.course.fences.output")
SOUND = "# Title\n\n[part](index.md#title)\n\n```text\na\n```\n"


def make_check_site(folder: Path, page: str, *more: str) -> tuple[str, int]:
    """What `make check-site` says of a course of one page, and its status. What it installs is there."""
    settings = ["validation: {anchors: warn, unrecognized_links: warn, omitted_files: warn}", *more]
    write(folder / "mkdocs.yml", "\n".join([CHECKED, *settings]))
    write(folder / "docs/index.md", page)
    copy(ROOT / "Makefile", folder)
    (folder / ".venv").symlink_to(sys.prefix)
    there = [f"--old-file={file}" for file in (".venv/site.stamp", "docs/assets/runtime/runtime.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MAKEFLAGS": ""}
    ran = subprocess.run(
        ["make", *there, "check-site"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr, ran.returncode


def test_make_check_site_passes_what_both_generators_and_the_check_pass(tmp_path: Path) -> None:
    said, status = make_check_site(tmp_path, SOUND)
    assert ("\nsite: 1 pages" in said, "\nsite-zensical: 1 pages" in said, status) == (True, True, 0), said


def test_make_check_site_tells_a_dead_anchor_and_a_dead_link_with_page_and_line(tmp_path: Path) -> None:
    said, status = make_check_site(tmp_path, f"{SOUND}\n[part](index.md#none)\n\n[page](gone.md)\n")
    assert status != 0
    assert "\ndocs/index.md:9: the link '#none' leads to no anchor: index.html has no id 'none'\n" in said, said
    assert "\ndocs/index.md:11: the link 'gone.md' leads nowhere: the site has no gone.md\n" in said
    assert said.count("\ndocs/index.md:") == 4  # each generator's site has them


def test_make_check_site_fails_for_a_warning_of_a_generator_alone(tmp_path: Path) -> None:
    write(tmp_path / "docs/omitted.md", "text\n")
    said, status = make_check_site(tmp_path, SOUND, "nav: [index.md]")
    assert (said.count("no faults"), status != 0) == (2, True), said


LEAVES = "leaves the folder of the site: make it relative to the page"
NO_ADDRESS = "is no address: that is https://, a host, and no blank anywhere"
NO_PAGE = "has a scheme that leads to no page"
LINKS = {
    "itself": ("", None),
    "the top": ("#top", None),
    "an anchor here": ("#part", None),
    "no anchor here": ("#no", "no anchor"),
    "a folder": ("../", None),
    "a page's anchor": ("../index.html#part", None),
    "a quoted anchor": ("../#%C3%BC", None),
    "no anchor of a page": ("../#no", "leads to no anchor: index.html has no id 'no'"),
    "a file": ("../style.css?version=1#x", None),
    "a quoted file": ("../%C3%BC.css", None),
    "no file": ("../none.css", "leads nowhere: the site has no none.css"),
    "no page": ("none/", "leads nowhere: the site has no page/none/index.html"),
    "above the site": ("../../", LEAVES),
    "from the root": ("/style.css", LEAVES),
    "another host": ("https://docs.docker.com:443/a?b#c", None),
    "another host, same scheme": ("//docs.docker.com/", None),
    "a host without a dot": ("http://localhost:8080/", None),
    "mail": ("mailto:a@example.org", None),
    "a telephone": ("tel:+4930123456", None),
    "a picture in the page": ("data:image/svg+xml,%3Csvg/%3E", None),
    "no host": ("https://", NO_ADDRESS),
    "half a host": ("https://docs..com/", NO_ADDRESS),
    "a blank": ("https://docs.docker.com/a b", NO_ADDRESS),
    "no number": ("https://docs.docker.com:http/", "is no address: Port "),
    "half a bracket": ("http://[::1/", "is no address: Invalid IPv6 URL"),
    "a script": ("javascript:alert(1)", f"{NO_PAGE}: 'javascript'"),
    "a mistyped scheme": ("htps://docs.docker.com/", f"{NO_PAGE}: 'htps'"),
}


@pytest.fixture
def linked(one: Course) -> Course:
    one.write("site/index.html", '<h1 id="part">a</h1><h1 id="ü">b</h1>')
    one.write("site/style.css", "")
    one.write("site/ü.css", "")
    one.write("docs/page.md", "text\n")
    one.write("site/page/index.html", '<h1 id="part">a</h1>')
    return one


@pytest.mark.parametrize(("url", "reason"), LINKS.values(), ids=LINKS)
def test_a_link_leads_to_something_or_says_why_not(linked: Course, url: str, reason: str | None) -> None:
    site = Site(linked.folder / "mkdocs.yml", linked.folder / "site")
    said = dead(site, "page/index.html", url)
    assert (reason in said) if said and reason else said is reason


def test_the_address_of_the_site_is_inside_of_it(linked: Course) -> None:
    linked.write("mkdocs.yml", f"{YML}site_url: https://a.org/course/\n")
    site = Site(linked.folder / "mkdocs.yml", linked.folder / "site")
    page = "page/index.html"
    assert [dead(site, page, url) for url in ("https://a.org/course/page/", "/course/style.css")] == [None, None]
    assert "has no none/index.html" in (dead(site, page, "https://a.org/course/none/") or "")
    assert "leaves" in (dead(site, page, "/style.css") or "")


def test_the_page_of_what_is_not_found_links_from_the_root(linked: Course) -> None:
    site = Site(linked.folder / "mkdocs.yml", linked.folder / "site")
    assert dead(site, "404.html", "/style.css") is None
    assert dead(site, "404.html", "/none.css") is not None


def test_a_dead_link_is_told_with_what_is_written_and_why(one: Course) -> None:
    one.write("docs/index.md", "text\n\nsee [that](gone/x.md)\n")
    one.write("site/index.html", '<article><a href="gone/x.md/">that</a></article>')
    reason = "leads nowhere: the site has no gone/x.md/index.html"
    assert only(one.found()) == f"docs/index.md:3: the link 'gone/x.md/' {reason}"


def test_a_link_that_no_source_names_is_told_with_the_line_of_the_html(one: Course) -> None:
    one.write("site/index.html", '<link href="no.css">\n<article></article>\n<script src="no.js"></script>')
    assert [said.split(": ")[0] for said in one.found()] == ["site/index.html:1", "site/index.html:3"]


def test_pictures_of_every_size_are_links() -> None:
    html = Html('<img src="a.png" srcset="b.png 1x,c.png 2.5x, d.png 300w , e,f.png">')
    assert [link.url for link in html.links] == ["a.png", "b.png", "c.png", "d.png", "e,f.png"]
