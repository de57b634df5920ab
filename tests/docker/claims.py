"""What the Python blocks of the pages print of images, judged by a real engine that has pulled the same images.

The model computes digests and sizes; the engine computes them again, from the bytes that it got. A claim of a page is
judged if the engine says the same somewhere, with images of that page on it and no others: in `inspect`, `history`,
`system df` or `save`, or in its own files about layers.

    python -m tests.docker.claims
"""

import ast
import json
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple

from dockerlearn.course.blocks import Block, Lexer
from dockerlearn.model.container import Container
from dockerlearn.model.digest import short
from dockerlearn.model.engine import Engine
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.terminal.session import Session
from tests.docker.debian import Unavailable

from ..course.course_pages import PAGES, ROOT, name
from .engine import Machine, images, machine
from .root import engine_root

CLAIM = re.compile(
    r"\b(?P<digest>[0-9a-f]{64})\b"
    r"|\b(?P<short>[0-9a-f]{12})\b"
    r"|\b(?P<count>\d+ (?:layers|images|rows))\b"
    r"|(?<![\w./@:-])(?P<size>\d+(?:\.\d+)?(?:e\+\d+)? ?(?:bytes|B|kB|MB|GB))\b"
    r"|^ *(?P<entry>\d+ \S+)$"
    r"|(?<![\w./@:-])(?P<bare>\d+)(?![\w/@:-]|\.\d)"
)
ALWAYS = {"digest", "short", "count", "size"}  # what is a claim wherever it stands
OF_SIZES = re.compile(r"\.(?:\w+_)?size\b|\.reclaimed\b")  # in Python that prints sizes, perhaps without a unit
IN_BYTES = re.compile(r"(?<=\d) ?(?:bytes|B)$")


class Claim(NamedTuple):
    """Something that a page's Python has printed and that an engine may know: where it stands, and in which line."""

    page: str
    line: int
    kind: str  # digest, short, count, size, or entry (of a layer's archive)
    text: str
    said: str


class Judged(NamedTuple):
    """A claim, and where the engine says the same; nowhere if something is wrong."""

    claim: Claim
    found: str


class Word(NamedTuple):
    """The engine's word on a page: what it says, and where; and what it says otherwise than the model."""

    says: Mapping[str, str]
    otherwise: tuple[str, ...]


def claims(page: str, blocks: list[Block]) -> list[Claim]:
    """All that the output blocks of a page's Python say of images, in page order.

    Where the Python above speaks of sizes, a number without a unit is one too.
    """
    found = []
    for code, output in pairwise(blocks):
        if output.language != "output":
            continue
        kinds = ALWAYS | {"entry", "bare"} if OF_SIZES.search(code.text) else ALWAYS
        for line, said in enumerate(output.text.split("\n"), output.text_line):
            for match in CLAIM.finditer(said):
                kind = str(match.lastgroup)
                if kind in kinds:
                    text = IN_BYTES.sub("", match[kind])
                    found.append(Claim(page, line, "size" if kind == "bare" else kind, text, said))
    return found


def stores(blocks: list[Block]) -> list[tuple[Image, ...]]:
    """The images that a page's Python names or has at hand after one of its blocks; those of one engine are together.

    A layer without an image, such as a container's, is there as an image of that one layer.
    """
    session, found = Session.page(), {_named(blocks): None}
    for block in blocks:
        if block.language == "python":
            session.python(block.text)
            found |= dict.fromkeys(_reachable(session.namespace))
    return [store for store in found if store]


def _named(blocks: list[Block]) -> tuple[Image, ...]:
    """The catalog's images whose names stand in Python blocks: all that a page gets there, even if it removes them."""
    trees = [ast.parse(block.text) for block in blocks if block.language == "python"]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    named = [image for tag, image in images().items() if texts & {tag, tag.removesuffix(":latest")}]
    return tuple(dict.fromkeys(named))


def _reachable(value: object) -> Iterator[tuple[Image, ...]]:
    match value:
        case Image():
            yield (value,)
        case Layer():
            yield (Image.scratch.with_layer(value, by="a layer alone"),)
        case Container():
            yield from _reachable(value.layer)
        case Engine():
            yield tuple(value.images())
            yield from _reachable(value.containers())
        case dict():
            yield from _reachable(list(value.values()))
        case list() | tuple() | set():
            for each in value:
                yield from _reachable(each)


def ask(it: Machine, page: str, blocks: list[Block]) -> Word:
    """Let the engine pull the images that a page's Python has, those it makes itself too, and say what they are."""
    together = stores(blocks)
    catalog = {image: tag for tag, image in images().items()}
    made = [image for image in dict.fromkeys(image for store in together for image in store) if image not in catalog]
    names = catalog | {image: f"{Path(page).stem.lower()}:{number}" for number, image in enumerate(made, 1)}
    it.push([(names[image], image.index or image) for image in made])
    says: dict[str, str] = {}
    otherwise: list[str] = []
    for store in together:
        it.reset()
        for image in store:
            it.run("docker", "pull", "--quiet", names[image])
            otherwise += differences(it, names[image], image)
        for text, where in _says(it):
            says.setdefault(text.removeprefix("sha256:"), where)
    shortened = {short(text): where for text, where in says.items() if re.fullmatch("[0-9a-f]{64}", text)}
    return Word(says | shortened, tuple(otherwise))


def differences(it: Machine, tag: str, image: Image) -> Iterator[str]:
    """What the engine says of an image that it has pulled, where the model says something else."""
    inspected, rows = it.ask(f"/images/{tag}/json"), it.ask(f"/images/{tag}/history")
    diff_ids = inspected["RootFS"].get("Layers", [])
    layers = [layer for layer in _layers(it) if layer.chain_id in image.chain_ids]
    pairs = {
        "Id": (inspected["Id"], image.id),
        "RepoDigests": (inspected["RepoDigests"][0].partition("@")[2], image.descriptor.digest),
        "Size": (inspected["Size"], image.size),
        "RootFS.Layers": (diff_ids, list(image.diff_ids)),
        "history": (
            [(row["CreatedBy"], row["Size"]) for row in rows],
            [(step.created_by, step.layer.size if step.layer else 0) for step in reversed(image.steps)],
        ),
        "layers on disk": (
            {(layer.chain_id, layer.diff_id, layer.size) for layer in layers},
            {(chain, layer.diff_id, layer.size) for chain, layer in zip(image.chain_ids, image.layers, strict=True)},
        ),
        "digests that layers were pulled by": (
            [layer.digest for layer in image.layers if any(layer.digest in each.pulled_by for each in layers)],
            [layer.digest for layer in image.layers],
        ),
    }
    for what, (theirs, ours) in pairs.items():
        if theirs != ours:
            yield f"{tag}: {what}: {theirs}, and not {ours}"


class _OnDisk(NamedTuple):
    """A layer as the engine's files describe it, with the digests that it was pulled by."""

    chain_id: str
    diff_id: str
    size: int
    pulled_by: tuple[str, ...]


def _layers(it: Machine) -> list[_OnDisk]:
    kept = it.root / "var/lib/docker/image/overlay2"
    found = []
    for chain in (kept / "layerdb/sha256").iterdir():
        diff_id = (chain / "diff").read_text()
        pulled = json.loads((kept / "distribution/v2metadata-by-diffid" / diff_id.replace(":", "/")).read_text())
        digests = tuple(each["Digest"] for each in pulled)
        found.append(_OnDisk(f"sha256:{chain.name}", diff_id, int((chain / "size").read_text()), digests))
    return found


def _says(it: Machine) -> Iterator[tuple[str, str]]:
    """All that the engine says of the images that are on it, and where."""
    images = [it.ask(f"/images/{each['Id']}/json") for each in it.ask("/images/json")]
    for image in images:
        yield from _says_of(it, image)
    for size in it.run("docker", "image", "ls", "--format", "{{.Size}}").split():
        yield size, "image ls"
    tags = [image["RepoTags"][0] for image in images]
    everything = " + ".join(tags) if len(tags) < 4 else f"{tags[0]} and {len(tags) - 1} more images"
    layers = _layers(it)
    yield f"{len(images)} images", f"images on the disk: {everything}"
    yield f"{len(layers)} layers", f"layers on the disk: {everything}"
    yield f"{sum(len(image['RootFS'].get('Layers', [])) for image in images)} layers", f"RootFS.Layers of {everything}"
    yield str(it.ask("/system/df")["LayersSize"]), f"system df: {everything}"
    yield str(sum(image["Size"] for image in images)), f"Size of {everything}, added up"
    for layer in layers:
        yield layer.chain_id, "chain ID of a layer on the disk"
        for digest in layer.pulled_by:
            yield digest, "digest by which a layer was pulled"


def _says_of(it: Machine, image: dict[str, Any]) -> Iterator[tuple[str, str]]:
    tag, layers = image["RepoTags"][0], image["RootFS"].get("Layers", [])
    yield image["Id"], f"Id of {tag}"
    yield image["RepoDigests"][0].partition("@")[2], f"RepoDigests of {tag}"
    for diff_id in layers:
        yield diff_id, f"RootFS.Layers of {tag}"
    yield f"{len(layers)} layers", f"RootFS.Layers of {tag}"
    yield str(image["Size"]), f"Size of {tag}"
    rows = it.ask(f"/images/{tag}/history")
    yield f"{len(rows)} rows", f"history of {tag}"
    for size in [str(row["Size"]) for row in rows]:
        yield size, f"history of {tag}"
    for size in it.run("docker", "image", "history", "--format", "{{.Size}}", tag).split():
        yield size, f"history of {tag}"
    for entry in _saved(it, tag):
        yield f"{entry.size} {entry.name}", f"archive of a layer of {tag}, saved"
        yield str(entry.size), f"archive of a layer of {tag}, saved: {entry.name}"


def _saved(it: Machine, tag: str) -> Iterator[tarfile.TarInfo]:
    """The entries of the archives of an image's layers, as the engine writes them.

    One image at a time: of several that it saves together, Engine 28.5.2 never lets go of the layers that they share.
    """
    it.run("docker", "image", "save", "--output", "/tmp/saved.tar", tag)
    with tarfile.open(it.root / "tmp/saved.tar") as saved:
        for layer in json.load(_file(saved, "manifest.json"))[0]["Layers"]:
            with tarfile.open(fileobj=_file(saved, layer)) as entries:
                yield from entries


def _file(archive: tarfile.TarFile, path: str) -> IO[bytes]:
    return archive.extractfile(path) or BytesIO()


def judge(claimed: Iterable[Claim], says: Mapping[str, str]) -> list[Judged]:
    """What becomes of claims before the engine's word."""
    return [Judged(claim, says.get(claim.text, "")) for claim in claimed]


def faults(judged: Iterable[Judged]) -> list[str]:
    """The claims that the engine does not make, with page and line."""
    return [
        f"{claim.page}:{claim.line}: {claim.kind} {claim.text}: the engine says so of no image of this page"
        for claim, where in judged
        if not where
    ]


def main() -> None:
    """Print the figures of each page, and the claims that are not judged."""
    lexer = Lexer(ROOT / "mkdocs.yml")
    with machine(engine_root()) as it:
        it.push_catalog()
        for path in PAGES:
            page, blocks = name(path), lexer.blocks(path.read_text())
            judged = judge(claims(page, blocks), ask(it, page, blocks).says)
            print(f"{page}: {len(judged)} claims, {sum(bool(each.found) for each in judged)} judged")
            print(*faults(judged), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except Unavailable as reason:
        sys.exit(str(reason))
