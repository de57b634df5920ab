"""Image names: what people write, what Docker makes of it, and what it refuses in which words."""

import os
import random
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.model.errors import DaemonError, InvalidReference
from dockerlearn.model.reference import Reference
from tests.strategies import references

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"

# Names as people write them: domain, path, tag, digest, familiar form.
WRITTEN = {
    "nginx": ("docker.io", "library/nginx", None, None, "nginx"),
    "nginx:1.27.4": ("docker.io", "library/nginx", "1.27.4", None, "nginx:1.27.4"),
    f"nginx@{DIGEST}": ("docker.io", "library/nginx", None, DIGEST, f"nginx@{DIGEST}"),
    f"nginx:1@{DIGEST}": ("docker.io", "library/nginx", "1", DIGEST, f"nginx:1@{DIGEST}"),
    f"nginx@sha512:{HEX * 2}": ("docker.io", "library/nginx", None, f"sha512:{HEX * 2}", f"nginx@sha512:{HEX * 2}"),
    "library/nginx": ("docker.io", "library/nginx", None, None, "nginx"),
    "docker.io/nginx": ("docker.io", "library/nginx", None, None, "nginx"),
    "index.docker.io/library/nginx": ("docker.io", "library/nginx", None, None, "nginx"),
    "docker.io/library/a/b": ("docker.io", "library/a/b", None, None, "library/a/b"),
    "me/app": ("docker.io", "me/app", None, None, "me/app"),
    "localhost": ("docker.io", "library/localhost", None, None, "localhost"),
    "localhost/app": ("localhost", "app", None, None, "localhost/app"),
    "localhost:5000/app:1": ("localhost:5000", "app", "1", None, "localhost:5000/app:1"),
    "ghcr.io/me/app": ("ghcr.io", "me/app", None, None, "ghcr.io/me/app"),
    "[fe80::1]:5000/app": ("[fe80::1]:5000", "app", None, None, "[fe80::1]:5000/app"),
    "Registry/app": ("Registry", "app", None, None, "Registry/app"),
    "docker.io/localhost/app": ("docker.io", "localhost/app", None, None, "localhost/app"),
    "docker.io/a.b/app": ("docker.io", "a.b/app", None, None, "a.b/app"),
    f"docker.io/library/{HEX}": ("docker.io", f"library/{HEX}", None, None, HEX),
    "a__b--c.d_e": ("docker.io", "library/a__b--c.d_e", None, None, "a__b--c.d_e"),
    "nginx:" + "t" * 128: ("docker.io", "library/nginx", "t" * 128, None, "nginx:" + "t" * 128),
    "a" * 247: ("docker.io", "library/" + "a" * 247, None, None, "a" * 247),
    "localhost/" + "a" * 255: ("localhost", "a" * 255, None, None, "localhost/" + "a" * 255),
}

FORMAT = "invalid reference format"

# What is refused, in the words of client 28.2.2.
REFUSED = {
    "": FORMAT,
    " nginx": FORMAT,
    "nginx ": FORMAT,
    "nginx\n": FORMAT,
    "nginx:": FORMAT,
    "nginx@": FORMAT,
    ":latest": FORMAT,
    "nginx:bad:tag": FORMAT,
    "nginx:-tag": FORMAT,
    "nginx:.tag": FORMAT,
    "nginx:a/b": FORMAT,
    "nginx:" + "t" * 129: FORMAT,
    "nginx@sha256:abc": FORMAT,
    "a//b": FORMAT,
    "/nginx": FORMAT,
    "nginx/": FORMAT,
    "_nginx": FORMAT,
    "nginx_": FORMAT,
    "a___b": FORMAT,
    "a._b": FORMAT,
    "a..b": FORMAT,
    "-nginx": FORMAT,
    "docker.io/": FORMAT,
    "localhost:/app": FORMAT,
    "localhost:port/app": FORMAT,
    "-a.b/app": FORMAT,
    "a..b/app": FORMAT,
    "[abcd]/app": FORMAT,
    "[::1/app": FORMAT,
    "http://nginx": FORMAT,
    "café": FORMAT,
    "Nginx": f"{FORMAT}: repository name (library/Nginx) must be lowercase",
    "me/App:Tag": f"{FORMAT}: repository name (me/App) must be lowercase",
    "ghcr.io/Me/app": f"{FORMAT}: repository name (Me/app) must be lowercase",
    "nginx@SHA256:" + HEX: f"{FORMAT}: repository name (library/nginx@SHA256) must be lowercase",
    "İ": f"{FORMAT}: repository name (library/İ) must be lowercase",
    "nginx:\N{KELVIN SIGN}": "repository name must be lowercase",
    "İ.io/app": "repository name must be lowercase",
    HEX: f"invalid repository name ({HEX}), cannot specify 64-byte hexadecimal strings",
    "a" * 248: "repository name must not be more than 255 characters",
    "localhost/" + "a" * 256: "repository name must not be more than 255 characters",
    "localhost/" + "a" * 256 + "@md5:" + HEX: "repository name must not be more than 255 characters",
    "nginx@md5:" + HEX[:31]: FORMAT,
    "nginx@md5:" + HEX[:32]: "unsupported digest algorithm",
    "nginx@md5:" + HEX: "unsupported digest algorithm",
    "nginx@sha512:" + HEX: "invalid checksum digest length",
    "nginx@sha256:" + HEX + "0": "invalid checksum digest length",
    "nginx@sha256:" + HEX.upper(): "invalid checksum digest format",
    "nginx:1@SHA256:" + HEX: "invalid checksum digest format",
}


@pytest.mark.parametrize(("written", "meant"), WRITTEN.items())
def test_a_name_is_completed(written: str, meant: tuple[str, str, str | None, str | None, str]) -> None:
    reference = Reference.parse(written)
    assert (reference.domain, reference.path, reference.tag, reference.digest, reference.familiar) == meant


@pytest.mark.parametrize("path", ["localhost/x", "a.b/c", "library/" + HEX])
def test_a_name_that_cannot_be_read_back_is_shown_short_all_the_same(path: str) -> None:
    """Measured on Engine 28.5.2: `docker tag alpine docker.io/localhost/x` lists `localhost/x`."""
    assert Reference("docker.io", path).familiar == path.removeprefix("library/")


@pytest.mark.parametrize(("written", "text"), REFUSED.items())
def test_what_is_no_name_is_refused_in_the_clients_words(written: str, text: str) -> None:
    with pytest.raises(InvalidReference) as refusal:
        Reference.parse(written)
    assert str(refusal.value) == text


def reads_otherwise(reference: Reference) -> bool:
    """Whether the short form of a name is another registry's, or like an image ID."""
    first, slash, _ = reference.familiar_name.partition("/")
    of_a_registry = slash and (first == "localhost" or not {".", ":"}.isdisjoint(first) or first != first.lower())
    return reference.domain == "docker.io" and bool(of_a_registry or re.fullmatch("[0-9a-f]{64}", reference.familiar))


@given(references)
def test_what_docker_prints_means_what_it_stands_for(reference: Reference) -> None:
    assert reads_otherwise(reference) or Reference.parse(reference.familiar) == reference
    assert Reference.parse(str(reference)) == reference
    assert len(reference.familiar) <= len(str(reference))


@given(references)
def test_the_default_tag_is_latest(reference: Reference) -> None:
    tagged = reference.tagged()
    assert (tagged.tag, tagged.digest) == (
        (reference.tag, reference.digest) if reference.tag or reference.digest else ("latest", None)
    )
    assert tagged.name == reference.name
    assert tagged.tagged() == tagged


@given(references)
def test_beside_a_digest_a_tag_is_not_looked_at(reference: Reference) -> None:
    target = reference.target
    assert target.name == reference.name
    assert (target.tag, target.digest) == (None if reference.digest else reference.tag or "latest", reference.digest)


@given(references)
def test_a_pinned_name_has_a_digest_and_no_tag(reference: Reference) -> None:
    assert str(reference.pinned(DIGEST)) == f"{reference.name}@{DIGEST}"


ALPHABET = "aA0.:/@-_[]" + "é\n "


@given(st.text(st.sampled_from(ALPHABET), max_size=20) | st.text(max_size=12))
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    try:
        reference = Reference.parse(text)
    except InvalidReference:
        return
    assert Reference.parse(str(reference)) == reference
    assert reads_otherwise(reference) or Reference.parse(reference.familiar) == reference


# Patterns, as in `docker images -f reference=`


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("nginx", True),
        ("nginx:1.27.4", True),
        ("ng*", True),
        ("*:1.27*", True),
        ("nginx:1.2[0-9].?", True),
        ("nginx:1.27.[^5-9]", True),
        (r"\n\ginx", True),
        ("[n]ginx", True),
        (r"[\n]ginx", True),
        ("[m-o]ginx", True),
        ("[^&&]ginx", True),
        ("[^z-a]ginx", True),  # nothing is between z and a, so anything is not
        ("[z-a]ginx", False),
        ("[[]ginx", False),
        ("nginx:1.27", False),
        ("library/nginx", False),
        ("nginx:1x27x4", False),
        ("*/nginx", False),
        ("", False),
    ],
)
def test_a_pattern_fits_the_familiar_form_with_or_without_its_tag(pattern: str, fits: bool) -> None:
    assert Reference.parse("nginx:1.27.4").matches(pattern) is fits


def test_a_star_does_not_reach_across_a_slash() -> None:
    app = Reference.parse("ghcr.io/me/app:1")
    assert app.matches("ghcr.io/*/app")
    assert app.matches("*/*/*")
    assert app.matches("ghcr.io[/]me/app")
    assert not app.matches("*app*")
    assert not app.matches("ghcr.io?me/app")


@pytest.mark.parametrize(
    "pattern", ["[", "[]", "[]a]", "[^]", "[^]a]", "[a-]", "[-a]", "[a", "[a-z", "a\\", "nomatch["]
)
def test_a_broken_pattern_is_refused_even_if_nothing_fits(pattern: str) -> None:
    with pytest.raises(DaemonError, match=r"^syntax error in pattern$"):
        Reference.parse("nginx").matches(pattern)


def path_match(pattern: str, name: str) -> bool:
    """Go's path.Match without classes and escapes, written out: the first fit of what follows a star is final."""
    first, *others = pattern.split("*")

    def fit(chunk: str, text: str) -> bool:
        return len(text) >= len(chunk) and all(
            c == t or (c == "?" and t != "/") for c, t in zip(chunk, text, strict=False)
        )

    if not fit(first, name):
        return False
    rest = name[len(first) :]
    for number, chunk in enumerate(others, 1):
        reach = rest.partition("/")[0]
        ends = [skip + len(chunk) for skip in range(len(reach) + 1) if fit(chunk, rest[skip:])]
        if number == len(others):
            return len(rest) in ends
        if not ends:
            return False
        rest = rest[ends[0] :]
    return not rest


@given(
    st.lists(st.sampled_from(["*", "?", "a", "b", "/", ":"]), max_size=8).map("".join),
    st.sampled_from(["a", "b/a", "a.b/aab:ab"]),
)
def test_stars_take_what_gos_stars_take(pattern: str, name: str) -> None:
    reference = Reference.parse(name)
    assert reference.matches(pattern) is any(
        path_match(pattern, form) for form in (reference.familiar, reference.familiar_name)
    )


def test_many_stars_take_no_time() -> None:
    before = time.perf_counter()
    assert not Reference.parse("a" * 240).matches("*a" * 4 + "b")
    assert time.perf_counter() - before < 1


@given(st.text(st.sampled_from("ab-[]^\\*?&|~:./"), max_size=12))
def test_any_pattern_fits_or_does_not_or_is_refused(pattern: str) -> None:
    with suppress(DaemonError):
        Reference.parse("a.b/a/b:a").matches(pattern)


# The installed client as a witness

UNREACHABLE = {**os.environ, "DOCKER_HOST": "unix:///nonexistent/docker.sock"}


@cache
def no_client() -> str:
    """Why the installed client cannot be asked, or nothing."""
    if not shutil.which("docker"):
        return "no docker client is installed"
    told = subprocess.run(["docker", "--version"], capture_output=True, text=True, env=UNREACHABLE, check=False).stdout
    return "" if "version 28.2." in told else f"the model follows client 28.2.2, installed is: {told.strip()}"


def said_by_the_client(name: str) -> str:
    """What the client finds wrong with a name; nothing if it only misses an engine."""
    command = ["docker", "pull", "-q", "--", name]
    told = subprocess.run(command, capture_output=True, env=UNREACHABLE, check=False)
    assert told.returncode == 1
    text = told.stderr.decode().removesuffix("\n")
    return "" if text.startswith("Cannot connect to the Docker daemon") else text


def said_by_the_model(name: str) -> str:
    try:
        Reference.parse(name)
    except InvalidReference as refusal:
        return str(refusal)
    return ""


def garbage() -> list[str]:
    chance = random.Random(28)
    pieces = [
        "a",
        "B",
        "0",
        ".",
        ":",
        "/",
        "@",
        "-",
        "_",
        "__",
        "[",
        "]",
        "é",
        " ",
        "docker.io/",
        "localhost",
        "sha256:",
        HEX,
    ]
    texts = {"".join(chance.choices(pieces, k=chance.randint(1, 6))) for _ in range(70)}
    # The one oddity that the model leaves out: a registry that is none for its underscore.
    return sorted(text for text in texts if not re.match(r"[^/]*_[^/]*/", text))


def test_the_installed_client_says_the_same() -> None:
    if no_client():
        pytest.skip(no_client())
    names = [*WRITTEN, *REFUSED, *garbage()]
    assert len(garbage()) >= 60
    with ThreadPoolExecutor(4) as pool:
        said = dict(zip(names, pool.map(said_by_the_client, names), strict=True))
    assert {name: said_by_the_model(name) for name in names} == said
