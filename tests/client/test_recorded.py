"""All pages, typed at Docker 29, and much else typed at containerd's store: the model prints the same.

`measured/docker29/*.console` holds the final screens of a terminal at engine and client 29.8.0 (containerd
2.1.9, runc 1.3.6) with containerd's store on ext4, in November 2026: the console blocks of a page as they were then, and of
each of its quizzes at a machine of its own. What an engine draws by lot, or a clock decides, stands for what the model has:
see `tests/docker/compare.py`. The lines of layers in a pull are a set.

`measured/containerd/*.console` was typed at Engine 28.5.2 with client 28.2.2 and containerd's store: removals, prunes and commits
in every order that seemed odd. Of it was kept what that engine prints as 29 does, as far as is known: not the sizes of commits,
which it compresses otherwise, nor `docker system df`; the totals of its prunes, which leave out what was unpacked, are not looked
at. The rows of a list of images, and of a prune, are a set.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockerlearn.hub.february import RELEASES
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.digest import short
from dockerlearn.model.edition import RELEASE_28, Edition
from dockerlearn.model.process import Terminal
from dockerlearn.model.store.containerd import ContainerdStore
from dockerlearn.terminal.session import Session
from tests.client.test_cli_measured import Typed, answer, machines
from tests.docker.compare import Correspondence, difference
from tests.february import hub

MEASURED = Path(__file__).parents[1] / "measured"
FOLDER = MEASURED / "docker29"
RECORDINGS = sorted(FOLDER.glob("*.console"))
TRANSCRIPTS = sorted((MEASURED / "containerd").glob("*.console"))
BETWEEN = Edition("28 with containerd's store", RELEASE_28, ContainerdStore)
THEN = "2026-11-28T18:30:00"
LAYER = re.compile(r"[0-9a-f]{12}: (?:Pull|Download) complete")
LEGEND = "i Info →   U  In Use"
WIDE = 400  # columns of the terminal that was typed at; the legend alone was set for 80 afterwards
SLACK = 20  # seconds that one may have typed slower than the other
# What 29 prints otherwise, and why. At most one in a hundred.
EXCEPTIONS = {
    "readme:32": "Two lines come from two streams, standard output and standard error: in either order.",
    "writable-layer:73": "The committed layer is compressed by Go's gzip there, and stored as it is here: 4,815 bytes.",
}


class Invented:
    """All identities and names but those of the catalog's images: whatever else a recording has was drawn by lot."""

    def __init__(self) -> None:
        images = [build() for *_, build in RELEASES]
        known = {digest for it in images for digest in (it.id, it.digest, *it.diff_ids, *it.chain_ids)}
        known |= {layer.digest for it in images for layer in it.layers}
        self._known = {short(digest) for digest in known}

    def __contains__(self, token: object) -> bool:
        return token not in self._known

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


INVENTED = Invented()


def differences(recording: Path) -> Iterator[tuple[Typed, str]]:
    """The commands of a recording that the model answers otherwise, and how."""
    for typed in filter(None, machines(recording)):
        session = Session(registry=hub(), docker="29", clock=FixedClock(THEN), seed=1, terminal=Terminal(columns=WIDE))
        same = Correspondence(INVENTED)
        for each in typed:
            said = session.run(each.command, interrupt="^C\n" in each.answer).output
            found = difference(
                _in_order(said),
                _in_order(each.answer),
                _in_order(said),
                same,
                slack=SLACK,
                unordered="docker diff" in each.command,
            )
            if found is not None:
                yield each, found


def _in_order(screen: str) -> str:
    """A screen with the lines of a pull's layers in order, and without the blanks that nobody sees."""
    lines = [line.rstrip(" ") for line in screen.split("\n")]
    lines = [line.lstrip(" ") if line.endswith(LEGEND) else line for line in lines]
    layers = [place for place, line in enumerate(lines) if LAYER.fullmatch(line)]
    for place, line in zip(layers, sorted(lines[place] for place in layers), strict=True):
        lines[place] = line
    return "\n".join(lines)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_the_model_as_29_prints_what_docker_29_printed(recording: Path) -> None:
    wrong = [
        f"{recording.name}:{typed.line}: $ {typed.command}\n{found}"
        for typed, found in differences(recording)
        if f"{recording.stem}:{typed.line}" not in EXCEPTIONS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_model_with_containerds_store_answers_as_the_engine_did(transcript: Path) -> None:
    wrong = []
    for typed in filter(None, machines(transcript)):
        session, same = (
            Session(registry=hub(), docker=BETWEEN, clock=FixedClock("2026-11-29T03:30:00"), seed=1),
            Correspondence(INVENTED),
        )
        for each in typed:
            said, measured = (
                _as_a_set(each.command, answer(session, each.command)),
                _as_a_set(each.command, each.answer),
            )
            if found := difference(said, measured, said, same, slack=60):
                wrong.append(f"{transcript.name}:{each.line}: $ {each.command}\n{found}")
    assert not wrong, "\n".join(wrong)


def _as_a_set(command: str, screen: str) -> str:
    """A screen without the total of a prune, and with the rows in order that have none."""
    lines = [line for line in screen.split("\n") if not line.startswith("Total reclaimed space")]
    if command.startswith(("docker images", "docker image prune")):
        lines.sort()
    return _in_order("\n".join(lines))


def test_the_transcripts_hold_a_thousand_commands() -> None:
    assert sum(len(typed) for transcript in TRANSCRIPTS for typed in machines(transcript)) > 950


def test_all_pages_were_recorded() -> None:
    assert sum(len(typed) for recording in RECORDINGS for typed in machines(recording)) == 538
    assert len(EXCEPTIONS) <= 5


@pytest.mark.parametrize("place", EXCEPTIONS)
def test_an_exception_still_differs(place: str) -> None:
    stem, line = place.split(":")
    assert int(line) in {typed.line for typed, _ in differences(FOLDER / f"{stem}.console")}


# What a Docker 29 prints otherwise than 28 that was upgraded, and so keeps images as 28 did: measured on Engine 29.8.0 with
# overlay2, command by command of the same pages.
UPGRADED = {
    "the view of images": (r"docker images( \w+)?", 16),
    "words": ("docker (attach|pause|start|rename) .*", 5),
    "what a prune would free": ("docker system df", 4),
    "the keys of an image": ("docker image inspect nginx .*", 1),
    "a network that was lost": ("curl .*", 1),
}


def test_a_docker_29_that_was_upgraded_differs_from_28_where_it_was_seen_to() -> None:
    differ: list[str] = []
    for recording in RECORDINGS:
        for typed in filter(None, machines(recording)):
            before, upgraded = (
                Session(registry=hub(), docker=docker, clock=FixedClock(THEN), seed=1)
                for docker in ("28", "29-upgraded")
            )
            for each in typed:
                interrupt = "^C\n" in each.answer
                if before.run(each.command, interrupt=interrupt) != upgraded.run(each.command, interrupt=interrupt):
                    differ.append(each.command)
    counts = {
        what: sum(bool(re.fullmatch(form, command)) for command in differ) for what, (form, _) in UPGRADED.items()
    }
    assert counts == {what: count for what, (_, count) in UPGRADED.items()}
    assert len(differ) == 27
