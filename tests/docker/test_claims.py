"""What the pages' Python says of images: the engine says it too, or there is a reason why it cannot."""

import re
import tarfile
from collections.abc import Mapping

import pytest

from dockerlearn.course.blocks import Lexer
from dockerlearn.terminal.session import Session
from tests.course.course_pages import PAGES, ROOT, name
from tests.docker.claims import UNJUDGED, Judged, Unjudged, Word, ask, claims, differences, faults, judge
from tests.docker.engine import Machine, images
from tests.figures import Figures

LEXER = Lexer(ROOT / "mkdocs.yml")
TEXTS = {name(page): page.read_text() for page in PAGES}
EVERY_KIND = """\
from dockerlearn import Image, Layer
from dockerlearn.hub.catalog import hub
from dockerlearn.client.human import size

nginx = hub().image("nginx")
note = Layer.of({"etc/motd": "hi\\n"})
mine = nginx.with_layer(note, by="COPY motd /etc/")
print("ID", mine.id, "and digest", mine.digest)
print("digest", nginx.digest, "of a layer", note.digest[:19])
print(len(mine.layers), "layers, the last one", mine.chain_ids[-1][7:19])
print(size(nginx.size, 3), "or", mine.size, "bytes, of which 3 B are", note.diff_id)
print(note.size, "etc/motd")
print("all in all:", mine.size)
"""


@pytest.fixture(scope="module")
def words(engine: Machine) -> Mapping[str, Word]:
    """The engine's word on every page."""
    return {page: ask(engine, page, LEXER.blocks(text)) for page, text in TEXTS.items()}


def judged(page: str, text: str, word: Word) -> list[Judged]:
    return judge(claims(page, LEXER.blocks(text)), word.says)


def planted(judged: list[Judged], text: str) -> list[tuple[str, str]]:
    """For each claim: the text with the first digit of that claim changed, and how a fault there begins."""
    lines = text.split("\n")
    altered = []
    for claim, _, _ in judged:
        first, rest = claim.text[0], claim.text[1:]
        wrong = (str((int(first) + 1) % 10) if first.isdigit() else "0") + rest
        line = re.sub(rf"(?<![\w.]){re.escape(claim.text)}(?!\w)", wrong, lines[claim.line - 1], count=1)
        assert line != lines[claim.line - 1]
        faulty = "\n".join([*lines[: claim.line - 1], line, *lines[claim.line :]])
        altered.append((faulty, f"{claim.page}:{claim.line}: {claim.kind} {wrong}: "))
    return altered


def test_the_engine_says_what_the_python_of_the_pages_says(words: Mapping[str, Word], record: Figures) -> None:
    found = [each for page, text in TEXTS.items() for each in judged(page, text, words[page])]
    record["claims"] = {"compared": len(found), "equal": sum(bool(each.found) for each in found)}
    assert len(found) > 100
    assert faults(found) == []


@pytest.mark.parametrize("page", TEXTS)
def test_of_every_image_that_a_page_has_the_engine_says_what_the_model_says(
    words: Mapping[str, Word], page: str
) -> None:
    assert words[page].otherwise == ()


def test_an_image_that_is_another_one_for_the_engine_is_noticed(engine: Machine) -> None:
    engine.reset()
    engine.run("docker", "pull", "--quiet", "nginx")
    alpine = images()["alpine:latest"]
    noticed = [difference.split(": ")[1] for difference in differences(engine, "nginx:latest", alpine)]
    assert noticed == [
        "Id",
        "RepoDigests",
        "Size",
        "RootFS.Layers",
        "history",
        "layers on disk",
        "digests that layers were pulled by",
    ]


@pytest.mark.parametrize("page", TEXTS)
def test_a_digit_changed_in_any_digest_or_size_of_a_page_is_noticed_on_its_line(
    words: Mapping[str, Word], page: str
) -> None:
    # A wrong number of layers may be another image's right one.
    found = [each for each in judged(page, TEXTS[page], words[page]) if each.claim.kind != "count"]
    for faulty, fault in planted(found, TEXTS[page]):
        assert any(each.startswith(fault) for each in faults(judged(page, faulty, words[page]))), fault


def test_claims_of_every_kind_are_judged_and_a_digit_changed_in_them_is_noticed(engine: Machine) -> None:
    page, printed = "made-up.md", Session.page().python(EVERY_KIND)
    text = f"# Made up\n\n```python\n{EVERY_KIND}```\n\n```output\n{printed}```\n"
    word = ask(engine, page, LEXER.blocks(text))
    found = judged(page, text, word)
    assert [each.claim.kind for each in found] == [
        *["digest", "digest", "digest", "short"],
        *["count", "short", "size", "size", "size", "digest"],
        *["entry", "size"],
    ]
    assert faults(found, unjudged=[]) == []
    for faulty, fault in planted(found, text):
        assert [each.startswith(fault) for each in faults(judged(page, faulty, word), unjudged=[])] == [True], fault


def test_a_claim_that_the_engine_can_judge_is_not_listed_as_one_that_it_cannot(words: Mapping[str, Word]) -> None:
    page = "docs/what-is-an-image.md"
    own = [entry for entry in UNJUDGED if entry.page == page]
    claim = next(each.claim for each in judged(page, TEXTS[page], words[page]) if each.claim.text == "151047")
    listed = [*own, Unjudged(page, claim.said, claim.text, "for no reason")]
    [fault] = faults(judge(claims(page, LEXER.blocks(TEXTS[page])), words[page].says, listed), listed)
    assert fault.startswith(f"{page}:{claim.line}: size 151047: listed as one that no engine can judge, which says it")


def test_a_claim_that_is_no_longer_in_the_page_is_not_listed() -> None:
    gone = Unjudged("docs/index.md", "bytes to come: 7", "7", "nobody knows")
    assert faults([], [gone]) == [
        "docs/index.md: 7 in the line 'bytes to come: 7': listed as one that no engine can judge, but not there"
    ]


def test_a_prune_gives_back_on_the_engine_what_the_page_says(engine: Machine) -> None:
    engine.reset()
    for tag in ("node:22-alpine", "nginx", "python:3.12-slim"):
        engine.run("docker", "pull", "--quiet", tag)
    engine.run("docker", "run", "--detach", "nginx")
    pruned = engine.ask("/images/prune?filters={%22dangling%22:[%22false%22]}", "POST")
    assert f"really reclaimed:   {pruned['SpaceReclaimed']}\n" in TEXTS["docs/pull-list-remove.md"]


def test_a_container_on_the_engine_shows_as_many_bytes_as_the_page_says(engine: Machine) -> None:
    page, session = "docs/what-is-an-image.md", Session.page()
    for block in LEXER.blocks(TEXTS[page]):
        if block.language == "python":
            session.python(block.text)
    engine.reset()
    engine.push([("seen:latest", session.namespace["image"])])
    container = engine.run("docker", "create", "seen", "any").strip()
    engine.run("docker", "export", "--output", "/tmp/seen.tar", container)
    with tarfile.open(engine.root / "tmp/seen.tar") as seen:
        size = sum(entry.size for entry in seen)
    assert f"bytes you can see:  {size}\n" in TEXTS[page]
