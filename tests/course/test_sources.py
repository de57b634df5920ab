"""mkdocs.yml, the pages and their front matter are read without MkDocs, and as MkDocs reads them."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.structure.files import InclusionLevel, get_files, set_exclusions
from mkdocs.utils import meta

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.sources import Sources, SourcesRefused, body, is_page
from tests.course.course_pages import PAGES, ROOT, name

HERE = "site_name: A\ntheme: {name: mkdocs}\n"

COURSES = {
    "nothing but a name": HERE,
    "nothing set": f"{HERE}nav:\nmarkdown_extensions:\nsite_url:\nexclude_docs:\nuse_directory_urls:\ndocs_dir:\n",
    "a byte order mark": f"\ufeff{HERE}",
    "an address": f"{HERE}site_url: https://a.org/course\n",
    "an address that ends in a slash": f"{HERE}site_url: https://a.org/course/\n",
    "an address that ends in two": f"{HERE}site_url: https://a.org//\n",
    "no address": f"{HERE}site_url: ''\n",
    "an address of the environment": f"{HERE}site_url: !ENV [NO_SUCH_NAME, SET_ADDRESS, 'https://c.org/']\n",
    "an address of the environment alone": f"{HERE}site_url: !ENV SET_ADDRESS\n",
    "an address that the environment lacks": f"{HERE}site_url: !ENV NO_SUCH_NAME\n",
    "a default": f"{HERE}site_url: !ENV [NO_SUCH_NAME, 'https://c.org/']\n",
    "a word of the environment": f"{HERE}use_directory_urls: !ENV [SET_FALSE, true]\n",
    "files for addresses": f"{HERE}use_directory_urls: false\n",
    "another folder": f"{HERE}docs_dir: docs/part\n",
    "a folder by a detour": f"{HERE}docs_dir: docs/../docs/./part\n",
    "pages left out": f"{HERE}exclude_docs: |\n  # a comment\n  part/*\n  !part/index.md\n  /b.mkd\n",
    "a hidden page let in": f"{HERE}exclude_docs: '!.hidden.md'\n",
    "drafts": f"{HERE}draft_docs: |\n  b.mkd\n  !.hidden.md\nexclude_docs: a.md\n",
    "a nav": f"{HERE}nav:\n  - a.md\n  - Part:\n      - b.mkd\n      - Other: https://a.org/\n",
    "an empty nav": f"{HERE}nav: []\n",
    "a theme's templates": "site_name: A\ntheme: {name: mkdocs, static_templates: [more.html]}\n",
    "a theme's name": "site_name: A\ntheme: readthedocs\n",
    "extensions as a mapping": f"{HERE}markdown_extensions:\n  toc: {{permalink: true}}\n  abbr:\n  footnotes: {{}}\n",
    "an extension twice": f"{HERE}markdown_extensions:\n  - toc: {{permalink: '#'}}\n  - abbr\n  - abbr\n  - toc: {{title: t}}\n",
    "an extension with nothing": f"{HERE}markdown_extensions:\n  - abbr:\n  - toc: {{}}\n",
    "names of Python's": f"{HERE}markdown_extensions:\n  - toc: {{slugify: !!python/name:markdown.extensions.toc.slugify_unicode }}\n",
    "an anchor": f"{HERE}extra: {{list: &list [abbr, tables]}}\nmarkdown_extensions: *list\n",
}  # fmt: skip

REFUSED = {
    "no file": (None, "mkdocs.yml:1: cannot be read: No such file or directory"),
    "no YAML": (f"{HERE}nav: [a\n", "mkdocs.yml:4: expected ',' or ']', but got '<stream end>'"),
    "no text": ("site_name: \x01\n", "mkdocs.yml:1: unacceptable character #x0001"),
    "a list": ("- site_name: A\n", "mkdocs.yml:1: is no mapping of settings"),
    "a name that Python has not": (f"{HERE}extra: !!python/name:no.such.name\n", "mkdocs.yml:3: cannot find module 'no.such'"),
    "an unknown tag": (f"{HERE}extra: !no 1\n", "mkdocs.yml:3: could not determine a constructor for the tag '!no'"),
    "a mapping for the environment": (f"{HERE}extra: !ENV {{a: b}}\n", "mkdocs.yml:3: !ENV takes a name or a list"),
    "no folder": (f"{HERE}docs_dir: none\n", "mkdocs.yml:3: docs_dir names no folder: none"),
    "a folder that is a number": (f"{HERE}docs_dir: 1\n", "mkdocs.yml:3: docs_dir must be a str, and is 1"),
    "half an address": (f"{HERE}site_url: a.org\n", "mkdocs.yml:3: site_url is no address: 'a.org'"),
    "a word for yes or no": (f"{HERE}use_directory_urls: 'yes'\n", "mkdocs.yml:3: use_directory_urls must be a bool"),
    "a nav that is a page": (f"{HERE}nav: a.md\n", "mkdocs.yml:3: nav must be a list, and is 'a.md'"),
    "patterns in a list": (f"{HERE}exclude_docs: [a.md]\n", "mkdocs.yml:3: exclude_docs must be a str"),
    "a pattern that is none": (f"{HERE}draft_docs: '!'\n", "mkdocs.yml:3: draft_docs "),
    "an extension in a word": (f"{HERE}markdown_extensions: abbr\n", "mkdocs.yml:3: markdown_extensions must be a list"),
    "an extension that is a number": (f"{HERE}markdown_extensions: [1]\n", "mkdocs.yml:3: markdown_extensions must be names"),
    "two extensions in one": (f"{HERE}markdown_extensions: [{{abbr: , toc: }}]\n", "mkdocs.yml:3: markdown_extensions must be names"),
    "options that are none": (f"{HERE}markdown_extensions: [toc: 1]\n", "mkdocs.yml:3: markdown_extensions must be names"),
}  # fmt: skip

ONLY_HERE = {
    "a parent": (f"{HERE}INHERIT: other.yml\n", "mkdocs.yml:3: INHERIT is not read: write the settings here"),
    "a path of MkDocs's": (f"{HERE}extra: !relative\n", "mkdocs.yml:3: could not determine a constructor for the tag '!relative'"),
    "templates in a word": ("theme: {name: mkdocs, static_templates: a.html}\n", "mkdocs.yml:1: theme has static_templates that are no list: 'a.html'"),
}  # fmt: skip

FILES = (
    "index.md README.md a.md b.mkd c.markdown d.txt e.html .hidden.md .hidden/a.md templates/a.md part/README.md "
    "part/templates/a.md part/index.html part/a.md both/README.md both/index.md both/index.html pages/a.html "
    "pages/a/index.md READMES.md part/deep/er/index.mdown 'blank name.md ü.md"
).split(" ")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of every kind in docs, and the environment that the courses ask for."""
    for file in FILES:
        (tmp_path / "docs" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / file).write_text("text\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.md").write_text("text\n", encoding="utf-8")
    (tmp_path / "docs/linked").symlink_to(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SET_ADDRESS", "https://b.org")
    monkeypatch.setenv("SET_FALSE", "false")
    monkeypatch.delenv("NO_SUCH_NAME", raising=False)
    return tmp_path


def read(mkdocs_yml: Path) -> Mapping[str, object]:
    """What is read here of a course."""
    sources = Sources.read(mkdocs_yml)
    return {
        "docs": sources.docs.resolve(),
        "url": sources.url,
        "nav": sources.nav,
        "extensions": sources.extensions,
        "configs": sources.extension_configs,
        "pages": sources.pages,
        "others": {address for address in sources.others if address.endswith(".html")},
    }


def read_by_mkdocs(mkdocs_yml: Path) -> Mapping[str, object]:
    """What MkDocs reads of it."""
    config = load_config(str(mkdocs_yml))
    files = get_files(config)
    set_exclusions(files, config)
    others = {file.dest_uri for file in files.static_pages() if file.inclusion.value > InclusionLevel.DRAFT.value}
    return {
        "docs": Path(config.docs_dir).resolve(),
        "url": config.site_url,
        "nav": config.nav or [],
        "extensions": config.markdown_extensions,
        "configs": config.mdx_configs,
        "pages": {file.dest_uri: file.src_uri for file in files.documentation_pages()},
        "others": {address for address in others | config.theme.static_templates if address.endswith(".html")},
    }


@pytest.mark.parametrize("text", COURSES.values(), ids=COURSES)
def test_a_course_is_read_as_mkdocs_reads_it(course: Path, text: str) -> None:
    (course / "mkdocs.yml").write_text(text, encoding="utf-8")
    assert read(course / "mkdocs.yml") == read_by_mkdocs(course / "mkdocs.yml")


def test_this_course_is_read_as_mkdocs_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_URL", "https://a.org/dockerlearn")
    mine = read(ROOT / "mkdocs.yml")
    assert mine == read_by_mkdocs(ROOT / "mkdocs.yml")
    assert mine["url"] == "https://a.org/dockerlearn/"


@pytest.mark.parametrize(("text", "reason"), [*REFUSED.values(), *ONLY_HERE.values()], ids=[*REFUSED, *ONLY_HERE])
def test_a_file_that_cannot_be_read_is_refused_in_one_line(course: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (course / "mkdocs.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SourcesRefused) as refused:
        Sources.read(course / "mkdocs.yml")
    assert str(refused.value).startswith(reason)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED.values()], ids=REFUSED)
def test_mkdocs_refuses_it_too(course: Path, text: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    if text is not None:
        (course / "mkdocs.yml").write_text(text, encoding="utf-8")
    with pytest.raises((Abort, ConfigurationError)):
        load_config(str(course / "mkdocs.yml"))


UNFIT = {
    "an extension that is not there": ("[no_such_extension]", "cannot be loaded: No module named 'no_such_extension'"),
    "an option that an extension has not": ("[toc: {no: 1}]", "cannot be loaded: "),
    "nothing that finds blocks": ("[abbr]", "lacks pymdownx.superfences: it finds the blocks"),
}


@pytest.mark.parametrize(("extensions", "reason"), UNFIT.values(), ids=UNFIT)
def test_extensions_that_cannot_find_blocks_are_refused_in_one_line(course: Path, extensions: str, reason: str) -> None:
    (course / "mkdocs.yml").write_text(f"{HERE}markdown_extensions: {extensions}\n", encoding="utf-8")
    with pytest.raises(SourcesRefused, match=f"^mkdocs.yml:3: markdown_extensions {reason}"):
        Lexer(course / "mkdocs.yml")


FRONTS = {
    "none": "text\n\nmore\n",
    "nothing": "",
    "a page that is empty lines": "\n\n\ntext\n",
    "yaml": "---\ntitle: a\n---\n\n\ntext\n",
    "yaml that ends in points": "---\ntitle: a\n...\ntext\n",
    "yaml with blanks behind": "---  \ntitle: a\n--- \t\ntext\n",
    "yaml of two parts": "---\na: 1\n---\nb: 2\n---\ntext\n",
    "an open front": "---\ntitle: a\n\ntext\n",
    "no mapping": "---\n- a\n---\ntext\n",
    "an empty front": "---\n---\ntext\n",
    "a front that is no yaml": "---\na: [\n---\ntext\n",
    "a date that is none": "---\na: 2025-99-99\n---\ntext\n",
    "a key that is a list": "---\n? [a]\n: 1\n---\ntext\n",
    "a name of Python's": "---\na: !!python/name:os.system\n---\ntext\n",
    "keys": "Title: a\nother-key: b\n\ntext: c\n",
    "keys that go on": "title: a\n    b\n\tc\n   d: 1\ntext\n",
    "keys alone": "title: a\n",
    "a first line that goes on": "    code\ntitle: a\n",
    "a rule": "---\n\ntext\n",
    "windows line ends": "title: a\r\n\r\ntext\r\nmore\r\n",
    "windows line ends around yaml": "---\r\ntitle: a\r\n---\r\ntext\r\n",
}


@pytest.mark.parametrize("page", FRONTS.values(), ids=FRONTS)
def test_front_matter_is_cut_off_as_mkdocs_cuts_it_off(page: str) -> None:
    assert body(page) == meta.get_data(page)[0]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_front_matter_of_this_course_is_cut_off_as_mkdocs_cuts_it_off(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert body(text) == meta.get_data(text)[0]


def test_a_page_is_told_by_its_name() -> None:
    named = ("a.md", "a.mkd", "a.mkdn", "a.mdown", "a.markdown", "a.MD", "a.txt", "md", "a.md.html")
    assert [is_page(each) for each in named] == [True] * 5 + [False] * 4
