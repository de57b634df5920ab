"""What the pages' Python says of images: the engine says it too, or there is a reason why it cannot."""

import re
from collections.abc import Mapping

import pytest

from dockerlearn.course.blocks import Lexer
from dockerlearn.terminal.session import Session
from tests.course.course_pages import PAGES, ROOT, name
from tests.docker.claims import Judged, Word, ask, claims, differences, faults, judge
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
print("digest", nginx.index.digest, "of a layer", note.digest[:19])
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
    for claim, _ in judged:
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
    assert len(found) > 20
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
    assert faults(found) == []
    for faulty, fault in planted(found, text):
        assert [each.startswith(fault) for each in faults(judged(page, faulty, word))] == [True], fault
