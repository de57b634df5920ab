"""Outputs of Engine 28.5.2 with client 28.2.2, taken from the images of the catalog: the model prints the same.

`measured/*.console` holds what was typed and what came back: standard output, then standard error, then the exit status
in brackets unless it is 0. A `%` at the end of a line stands for no line end. Each file begins with an engine that is
empty, and so does the line `# a new machine`. Of the engine's answers whose order is random none was kept.

Nor was, of the commands on containers, what the model answers otherwise: so these transcripts guard what agrees, and do
not say how much does. Edited are the folders of the machine measured on, and three answers (`ports_conflicts`: a2, a1;
`ports_refusals`: x20): of a port that is taken on both versions of IP the engine names either, there `::`, here `0.0.0.0`.

Identities that an engine invents (of containers, volumes, endpoints, committed images) differ from run to run: they must
correspond one to one. `tty_*` was typed at a terminal, and holds what that showed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dockerlearn.model.clock import FixedClock
from dockerlearn.terminal.session import Session
from dockerlearn.terminal.syntax import incomplete
from tests.february import hub

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "measured").glob("*.console"))
THEN = "2026-11-24T00:40:00"
NEW = "# a new machine\n"


class Typed(NamedTuple):
    line: int
    command: str
    answer: str


def machines(transcript: Path) -> Iterator[list[Typed]]:
    """What was typed at each machine of a transcript."""
    typed: list[Typed] = []
    for number, line in enumerate(transcript.read_text(encoding="utf-8").splitlines(keepends=True), 1):
        if line == NEW:
            yield typed
            typed = []
        elif line.startswith("$ "):
            typed.append(Typed(number, line[2:].rstrip("\n"), ""))
        elif typed and not typed[-1].answer and incomplete(typed[-1].command):
            typed[-1] = typed[-1]._replace(command=f"{typed[-1].command}\n{line.rstrip()}")
        else:
            typed[-1] = typed[-1]._replace(answer=typed[-1].answer + line)
    yield typed


def answer(session: Session, command: str) -> str:
    result = session.run(command)
    text = result.output if result.output.endswith("\n") or not result.output else f"{result.output}%\n"
    return text + (f"[{result.status}]\n" if result.status else "")


IDENTITY = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b")


class Identities:
    """Which identity of ours stands for which of the engine's."""

    def __init__(self) -> None:
        self.ours: dict[str, str] = {}
        self.theirs: dict[str, str] = {}

    def same(self, said: str, measured: str) -> bool:
        """Whether two texts are the same, with each identity replaced by what it has stood for all along."""
        if IDENTITY.sub("", said) != IDENTITY.sub("", measured):
            return False
        return all(
            self.theirs.setdefault(ours[:12], theirs[:12]) == theirs[:12]
            and self.ours.setdefault(theirs[:12], ours[:12]) == ours[:12]
            and len(ours) == len(theirs)
            for ours, theirs in zip(IDENTITY.findall(said), IDENTITY.findall(measured), strict=True)
        )


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_model_answers_as_the_engine_did(transcript: Path) -> None:
    wrong = []
    for typed in machines(transcript):
        session, identities = Session(registry=hub(), clock=FixedClock(THEN), seed=1, docker="28"), Identities()
        for line, command, measured in typed:
            said = answer(session, command)
            if not identities.same(said, measured):
                wrong.append(f"{transcript.name}:{line}: $ {command}\n--- measured\n{measured}--- model\n{said}")
    assert not wrong, "\n".join(wrong)
    assert any(machines(transcript)), "a transcript without a command"


def test_the_transcripts_hold_hundreds_of_commands() -> None:
    assert sum(len(typed) for transcript in TRANSCRIPTS for typed in machines(transcript)) > 2400


def test_a_line_that_was_changed_would_be_noticed(tmp_path: Path) -> None:
    source = next(path for path in TRANSCRIPTS if path.stem == "moving_tags").read_text(encoding="utf-8")
    changed = tmp_path / "changed.console"
    changed.write_text(source.replace("Pull complete", "Pull completed", 1), encoding="utf-8")
    with pytest.raises(AssertionError, match="Pull completed"):
        test_the_model_answers_as_the_engine_did(changed)
