r"""Image names, as people write them and as Docker completes them.

The grammar is that of the `distribution/reference` library, which Docker 28 uses:

    reference       :=  name [ ":" tag ] [ "@" digest ]
    name            :=  [ domain "/" ] path
    domain          :=  host [ ":" port ]
    host            :=  domain-name | IPv4 address | "[" IPv6 address "]"
    domain-name     :=  component { "." component }         component: letters, digits, inner "-"
    path            :=  path-component { "/" path-component }
    path-component  :=  alphanumeric { separator alphanumeric }
    alphanumeric    :=  [a-z0-9]+
    separator       :=  "." | "_" | "__" | "-"+
    tag             :=  [A-Za-z0-9_] followed by at most 127 of [A-Za-z0-9_.-]
    digest          :=  algorithm ":" hex digits              sha256 with 64 of them, sha384 with 96, sha512 with 128

A path has at most 255 characters. What a name leaves out is filled in: the domain is `docker.io`, a one-word path on it
lies in `library/`, and a name with neither tag nor digest means the tag `latest`.

One oddity of Docker's is left out: a registry that is none for its underscore (`my_host.lan/app`) is refused here, while
the client lets it pass and the engine cannot reach it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .errors import DaemonError, InvalidReference
from .value import Value, instance

DEFAULT_DOMAIN = "docker.io"
LEGACY_DOMAIN = "index.docker.io"
OFFICIAL = "library/"
DEFAULT_TAG = "latest"
LONGEST_PATH = 255

_component = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_host = rf"(?:{_component}(?:\.{_component})*|\[[a-fA-F0-9:]+\])"
_domain = rf"{_host}(?::[0-9]+)?"
_path_component = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_path = rf"{_path_component}(?:/{_path_component})*"
_tag = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_digest = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"

_REFERENCE = re.compile(rf"(?:({_domain})/)?({_path})(?::({_tag}))?(?:@({_digest}))?")
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

# A pattern of Go's path.Match, piece by piece: an escaped character, a class, or any one character.
_in_class = r"(?:\\.|[^]\\-])"
_PIECE = re.compile(rf"\\.|\[(?:\^|(?!\^))(?:{_in_class}(?:-{_in_class})?)+\]|.", re.DOTALL)
_RANGE = re.compile(rf"({_in_class})(?:-({_in_class}))?", re.DOTALL)


class Reference(Value):
    """A complete image name: registry domain, repository path and, where given, tag and digest.

    Raises `InvalidReference` for parts of which the grammar makes no name.
    """

    domain: str
    path: str
    tag: str | None = None
    digest: str | None = None

    def _complete(self) -> None:
        match = _REFERENCE.fullmatch(str(self))
        if match is None or match.groups() != (self.domain, self.path, self.tag, self.digest):
            raise InvalidReference("invalid reference format")
        if len(self.path) > LONGEST_PATH:
            raise InvalidReference(f"repository name must not be more than {LONGEST_PATH} characters")
        if self.digest is not None:
            _check_digest(self.digest)

    @classmethod
    @lru_cache(maxsize=1024)  # the same few names are read again and again
    def parse(cls, text: str) -> Reference:
        """Read a name in any of the forms that people write.

        Raises `InvalidReference` with the text of `docker pull` (client 28.2.2).
        """
        if _IDENTIFIER.fullmatch(instance("name", str, text)):
            raise InvalidReference(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
        domain, rest = _split_domain(text)
        repository = rest.partition(":")[0]
        if repository != repository.lower():
            raise InvalidReference(f"invalid reference format: repository name ({repository}) must be lowercase")
        match = _REFERENCE.fullmatch(f"{domain}/{rest}")
        if match is None and _REFERENCE.fullmatch(_lower(f"{domain}/{rest}")):
            raise InvalidReference("repository name must be lowercase")
        if match is None or match[1] is None:
            raise InvalidReference("invalid reference format")
        return cls(*match.groups())

    @property
    def name(self) -> str:
        """The repository in full, without tag and digest: `docker.io/library/nginx`."""
        return f"{self.domain}/{self.path}"

    @property
    def familiar_name(self) -> str:
        """The repository as Docker's tables show it: `nginx`.

        The inverse of the completion that `parse` makes, but for names that nobody gives: `docker.io/localhost/x` is shown
        as `localhost/x`, which reads as another registry's, and a path of 64 hex digits like an image ID.
        """
        if self.domain != DEFAULT_DOMAIN:
            return self.name
        official = self.path.removeprefix(OFFICIAL)
        return self.path if "/" in official else official

    @property
    def familiar(self) -> str:
        """The short form that people write: `nginx`, `nginx:1.27.4`, `nginx@sha256:...`."""
        return self.familiar_name + self._suffix

    @lru_cache(maxsize=1024)  # noqa: B019  # names are few and small
    def tagged(self) -> Reference:
        """This name, with the default tag if it has neither tag nor digest."""
        return self if self.tag or self.digest else self.replace(tag=DEFAULT_TAG)

    def pinned(self, digest: str) -> Reference:
        """The same repository, named by a manifest's digest instead of a tag."""
        return self.replace(tag=None, digest=instance("digest", str, digest))

    @property
    def target(self) -> Reference:
        """What the name is looked up by: its digest if it has one, whatever tag stands beside it, else its tag."""
        return self.pinned(self.digest) if self.digest else self.tagged()

    def matches(self, pattern: str) -> bool:
        """Whether a pattern of Go's path.Match fits the familiar form, with or without tag and digest.

        `*` and `?` stand for any characters but `/`. Raises `DaemonError` for a pattern that is broken.
        """
        expression = _pattern(instance("pattern", str, pattern))
        return any(expression.fullmatch(text) for text in (self.familiar, self.familiar_name))

    @property
    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    def __hash__(self) -> int:
        return hash((self.domain, self.path, self.tag, self.digest))  # looked up again and again: without a loop

    def __str__(self) -> str:
        """The canonical form: `docker.io/library/nginx:latest`."""
        return self.name + self._suffix


def _split_domain(text: str) -> tuple[str, str]:
    """Whether the first part of a name is a registry or a namespace on Docker Hub.

    It is a registry if it could not be a namespace: it has a dot or a colon, is `localhost`, or has upper case.
    """
    first, slash, rest = text.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        domain = DEFAULT_DOMAIN if first == LEGACY_DOMAIN else first
    else:
        domain, rest = DEFAULT_DOMAIN, text
    if domain == DEFAULT_DOMAIN and "/" not in rest:
        rest = OFFICIAL + rest
    return domain, rest


def _lower(text: str) -> str:
    """Go's lower case, which never makes two characters of one."""
    return "".join(character.lower()[0] for character in text)


@lru_cache(maxsize=16)  # one is asked about many names
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of Go's path.Match as a regular expression. Raises `DaemonError`."""
    pieces: list[list[str]] = [[]]
    for piece in (found[0] for found in _PIECE.finditer(pattern)):
        if piece in ("[", "\\"):  # a class without an end: the others after it need not be looked for
            raise DaemonError("syntax error in pattern")
        if piece == "*":
            pieces.append([])
        else:
            known = "[^/]" if piece == "?" else _class(piece) if piece[0] == "[" else re.escape(piece[-1])
            pieces[-1].append(known)
    chunks = ["".join(each) for each in pieces]
    # What follows a star is matched where it first fits and never tried again, as in Go; but the last must reach the end.
    first, *between = chunks
    last = f"[^/]*{between.pop()}" if between else ""
    return re.compile(first + "".join(f"(?>[^/]*?{chunk})" for chunk in between) + last, re.DOTALL)


def _class(piece: str) -> str:
    """A class such as `[^a-z]`. A range that runs backwards holds nothing, which Python would call an error."""
    inverted = piece[1] == "^"
    ends = [(low[-1], (high or low)[-1]) for low, high in _RANGE.findall(piece[1 + inverted : -1])]
    ranges = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ends if low <= high)
    if not ranges:
        return "." if inverted else "(?!)"
    return f"[{'^' if inverted else ''}{ranges}]"


def _check_digest(digest: str) -> None:
    algorithm, _, encoded = digest.partition(":")
    if algorithm != algorithm.lower():
        raise InvalidReference("invalid checksum digest format")
    if algorithm not in _DIGEST_LENGTHS:
        raise InvalidReference("unsupported digest algorithm")
    if len(encoded) != _DIGEST_LENGTHS[algorithm]:
        raise InvalidReference("invalid checksum digest length")
    if encoded != encoded.lower():
        raise InvalidReference("invalid checksum digest format")
