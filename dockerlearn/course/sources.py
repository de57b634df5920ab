"""What a site is built from: mkdocs.yml, the pages beside it, and the front matter of a page.

MkDocs and Zensical both read these, each in its own way. The tools of a course have to work with either, so they need
neither of the two: this reads what they need, and where MkDocs is installed a test holds that it reads the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml
from pathspec.gitignore import GitIgnoreSpec

ALWAYS = ("toc", "tables", "fenced_code")
"""The Markdown extensions that every site has, asked for or not."""

_MARKDOWN = (".markdown", ".mdown", ".mkdn", ".mkd", ".md")
_ALWAYS_EXCLUDED = (".*", "/templates/")
_THEMES_OWN = {"404.html"}
_YAML_FRONT = re.compile(r"-{3}[ \t]*\n(.*?\n)(?:\.{3}|-{3})[ \t]*\n", re.DOTALL)
_KEY = re.compile(r" {0,3}[A-Za-z0-9_-]+:")
_MORE = (" " * 4, "\t")


class SourcesRefused(Exception):
    """A mkdocs.yml that cannot be read: the file, the line, and what is wrong there."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        super().__init__(f"{path}:{line}: {reason}")

    @classmethod
    def of(cls, mkdocs_yml: Path, setting: str, reason: str) -> SourcesRefused:
        """The refusal of a setting, with the line on which it stands."""
        lines = mkdocs_yml.read_text(encoding="utf-8", errors="replace").split("\n")
        line = next((number for number, text in enumerate(lines, 1) if text.startswith(f"{setting}:")), 1)
        return cls(relpath(mkdocs_yml), line, f"{setting} {reason}")


@dataclass(frozen=True, slots=True)
class Sources:
    """A course as its mkdocs.yml says it."""

    mkdocs_yml: Path
    docs: Path
    url: str | None
    nav: Sequence[object]
    use_directory_urls: bool
    excluded: Sequence[GitIgnoreSpec]
    templates: frozenset[str]
    extensions: Sequence[str]
    extension_configs: Mapping[str, dict[str, Any]]

    @classmethod
    def read(cls, mkdocs_yml: Path) -> Sources:
        """Read a mkdocs.yml, which may name anything of Python's. Raises `SourcesRefused` if that cannot be done."""
        said = _Settings(mkdocs_yml)
        extensions, configs = said.extensions()
        return cls(
            mkdocs_yml=mkdocs_yml,
            docs=said.docs(),
            url=said.url(),
            nav=said.get("nav", list, []),
            use_directory_urls=said.get("use_directory_urls", bool, True),
            excluded=said.excluded(),
            templates=said.templates(),
            extensions=extensions,
            extension_configs=configs,
        )

    @property
    def pages(self) -> dict[str, str]:
        """The path of each page below the docs folder, by the address of its HTML below the site's."""
        return {address: path for address, path in self._files() if is_page(path)}

    @property
    def others(self) -> set[str]:
        """The addresses of what is in the site without being a page of the course."""
        return {address for address, path in self._files() if not is_page(path)} | self.templates

    def _files(self) -> Iterator[tuple[str, str]]:
        for folder, inner, names in os.walk(self.docs, followlinks=True):
            inner.sort()
            below = PurePosixPath(relpath(folder, self.docs).replace(os.sep, "/"))
            paths = [str(below / name) for name in sorted(names, key=_index_first)]
            by_address: dict[str, list[str]] = {}
            for path in paths:
                if not any(excluded.match_file(path) for excluded in self.excluded):
                    by_address.setdefault(self._address(path), []).append(path)
            for address, claiming in by_address.items():
                # A README.md is the page of its folder only where no index is.
                for path in claiming[len(claiming) > 1 :]:
                    yield address, path

    def _address(self, path: str) -> str:
        if not is_page(path):
            return path
        page = PurePosixPath(path)
        name = "index" if page.stem == "README" else page.stem
        if name == "index" or not self.use_directory_urls:
            return str(page.with_name(f"{name}.html"))
        return str(page.with_name(name) / "index.html")


def is_page(path: str) -> bool:
    """Whether a file is Markdown, by its name."""
    return path.endswith(_MARKDOWN)


def body(page: str) -> str:
    """A page without its front matter, which is YAML between two lines of hyphens, or else lines of `key: value`."""
    if front := _YAML_FRONT.match(page):
        try:
            mapping = isinstance(yaml.load(front[1], yaml.SafeLoader), dict)
        except Exception:  # whatever YAML makes of it: a generator then shows it as text
            mapping = False
        return page[front.end() :].lstrip("\n") if mapping else page
    lines = page.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            return "\n".join(lines[number + 1 :]).lstrip("\n")
        if not (_KEY.match(line) or (number and line.startswith(_MORE))):
            return "\n".join(lines[number:]).lstrip("\n")
    return ""


def _index_first(name: str) -> tuple[bool, str]:
    return PurePosixPath(name).stem not in ("index", "README"), name


class _Loader(yaml.Loader):
    """YAML with names of Python's and with `!ENV`."""


def _from_environment(loader: yaml.Loader, node: yaml.Node) -> object:
    """`!ENV NAME`, or `!ENV [NAME, NAME, default]`: the first that is set, read as YAML reads a word."""
    if isinstance(node, yaml.MappingNode):
        raise yaml.MarkedYAMLError(problem="!ENV takes a name or a list", problem_mark=node.start_mark)
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    *names, default = nodes if len(nodes) > 1 else [*nodes, None]
    for name in map(loader.construct_scalar, names):
        if name in os.environ:
            tag = loader.resolve(yaml.ScalarNode, os.environ[name], (True, False))  # type: ignore[no-untyped-call]
            return loader.construct_object(yaml.ScalarNode(tag, os.environ[name]))
    return default and loader.construct_object(default)


_Loader.add_constructor("!ENV", _from_environment)


class _Settings:
    """What stands in a mkdocs.yml, setting by setting."""

    def __init__(self, mkdocs_yml: Path) -> None:
        self._file = mkdocs_yml
        try:
            said = yaml.load(mkdocs_yml.read_bytes(), _Loader)  # as both generators do: the file is the author's own
        except OSError as error:
            raise SourcesRefused(relpath(mkdocs_yml), 1, f"cannot be read: {error.strerror}") from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise SourcesRefused(
                relpath(mkdocs_yml), mark.line + 1 if mark else 1, error.problem or "no YAML"
            ) from None
        except yaml.YAMLError as error:
            raise SourcesRefused(relpath(mkdocs_yml), 1, " ".join(str(error).split())) from None
        self._said = {} if said is None else said
        if not isinstance(self._said, dict):
            raise SourcesRefused(relpath(mkdocs_yml), 1, "is no mapping of settings")
        if "INHERIT" in self._said:
            raise SourcesRefused.of(self._file, "INHERIT", "is not read: write the settings here")

    def get(self, name: str, kind: type, default: Any) -> Any:
        """A setting of one type; unset, or set to nothing, the default."""
        value = self._said.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise SourcesRefused.of(self._file, name, f"must be a {kind.__name__}, and is {value!r}")
        return value

    def docs(self) -> Path:
        """The folder of the pages."""
        folder: Path = self._file.absolute().parent / self.get("docs_dir", str, "docs")
        if not folder.is_dir():
            raise SourcesRefused.of(self._file, "docs_dir", f"names no folder: {relpath(folder)}")
        return folder

    def url(self) -> str | None:
        """The address of the site, which ends in a slash."""
        written: str | None = self.get("site_url", str, None)
        if not written:
            return written
        address = urlsplit(written)
        if not (address.scheme and address.netloc):
            raise SourcesRefused.of(self._file, "site_url", f"is no address: {written!r}")
        return urlunsplit(address._replace(path=f"{address.path.removesuffix('/')}/"))

    def excluded(self) -> list[GitIgnoreSpec]:
        """What in the docs folder does not come into the site."""
        return [self._patterns("exclude_docs", *_ALWAYS_EXCLUDED), self._patterns("draft_docs")]

    def _patterns(self, name: str, *before: str) -> GitIgnoreSpec:
        try:
            return GitIgnoreSpec.from_lines([*before, *self.get(name, str, "").splitlines()])
        except ValueError as error:
            raise SourcesRefused.of(self._file, name, str(error)) from None

    def templates(self) -> frozenset[str]:
        """The HTML that comes from the theme."""
        theme = self._said.get("theme")
        named = theme.get("static_templates", []) if isinstance(theme, dict) else []
        if not isinstance(named, list):
            raise SourcesRefused.of(self._file, "theme", f"has static_templates that are no list: {named!r}")
        return frozenset(_THEMES_OWN.union(map(str, named)))

    def extensions(self) -> tuple[list[str], dict[str, dict[str, Any]]]:
        """The Markdown extensions, and the options of those that have some."""
        written = self._said.get("markdown_extensions") or []
        items = [{name: value} for name, value in written.items()] if isinstance(written, dict) else written
        if not isinstance(items, list):
            raise SourcesRefused.of(self._file, "markdown_extensions", f"must be a list, and is {written!r}")
        configs: dict[str, dict[str, Any]] = {}
        names = list(ALWAYS)
        for item in items:
            [(name, config), *more] = item.items() if isinstance(item, dict) and item else [(item, None)]
            if more or not isinstance(name, str) or not isinstance(config or {}, dict):
                raise SourcesRefused.of(
                    self._file, "markdown_extensions", f"must be names, each with its options: {item!r}"
                )
            names.append(name)
            if config:
                configs[name] = config
        return list(dict.fromkeys(names)), configs
