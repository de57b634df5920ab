"""All that is typed on the pages, typed at a real engine with containerd's store: what the model prints as Docker 29 does.

The engine and its client are of 28.5.2. So 29 may print something else, but only where a rule says so, and then what it
prints otherwise is known to the last character: a model with the older client, or with the older engine, prints what the
real one printed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import pytest

from dockerlearn.course.blocks import Block
from dockerlearn.course.console import Command
from dockerlearn.model import process
from dockerlearn.model.edition import Edition
from dockerlearn.terminal.session import PAGE_SEED, Session
from tests.course.course_pages import PAGES, name

from .compare import ENDPOINT, Correspondence, beginnings_in_order, difference, layers_in_order
from .editions import AS_29, AS_29_BEHIND_AN_OLD_CLIENT, AS_29_UNATTESTED, BESIDE, tell_lengths
from .engine import Machine, Store
from .replay import Following, reached, typed
from .terminal import COLUMNS, Shown, Terminal
from .test_pages import BLOCKS, QUIZZES

UNORDERED = re.compile("docker (diff|.* prune)")
VIEW = re.compile("docker images( -a| [a-z]+)?$")


class Side(StrEnum):
    """What has to be of Docker 29 to print what 29 prints."""

    CLIENT = "client"
    ENGINE = "engine 29"


@dataclass(frozen=True)
class Rule:
    """Which commands 28.5.2 may answer otherwise than 29, and why."""

    side: Side
    command: str
    reason: str


RULES = (
    Rule(Side.ENGINE, "docker (pull|run|create)", "Engine 28.5.2 does not pull what is attested of an image."),
    Rule(Side.CLIENT, VIEW.pattern, "Client 29 shows a plain list of images in a view of its own."),
    Rule(Side.CLIENT, "docker start", "Client 29 does not say `Error: ` before the list of what could not be started."),
    Rule(Side.CLIENT, "docker rm -f", "Client 29 says nothing of a container that is not there."),
    Rule(Side.CLIENT, "docker rename", "Client 29 refuses in one line."),
    Rule(Side.ENGINE, "docker system df", "Engine 29 counts what a prune would free, shared blobs, and no containers."),
    Rule(Side.ENGINE, "docker image prune", "Engine 29 counts what was unpacked as freed."),
    Rule(Side.ENGINE, "docker image inspect nginx", "Engine 29 leaves out empty settings, and has another order."),
    Rule(
        Side.ENGINE,
        r"\.Ports|curl -s localhost|NetworkSettings\.Networks",
        "With engine 29, a container whose port was taken has no network when it is started again.",
    ),
    Rule(Side.ENGINE, "docker version", "Engine 29 is another version."),
    Rule(Side.ENGINE, "docker pause", "Engine 29 begins its refusal with a small letter."),
)


class Outcome(NamedTuple):
    """A command, how its answer differs from that of Docker 29, and the rule that accounts for that; or what is wrong."""

    command: Command
    differs: str | None
    rule: Rule | None
    wrong: str | None


class Beside:
    """A model of a Docker, which is typed at as the engine is, on the engine's clock."""

    def __init__(self, edition: Edition) -> None:
        self._clock = Following()
        self.session = Session(clock=self._clock, seed=PAGE_SEED, docker=edition, terminal=process.Terminal(COLUMNS))
        self._same = Correspondence()

    def run(self, command: Command, shown: Shown, machine: Machine, slack: float) -> str | None:
        """Run what the engine has run, and tell how what it printed differs, if it does."""
        self._clock.set(shown.began)
        model = self.session.run(command.source, interrupt=command.interrupt)
        self._same.invented = machine.invented() | set(ENDPOINT.findall(shown.output))
        output = shown.output.replace(machine.packed_version, machine.engine_version)
        said, printed = (layers_in_order(beginnings_in_order(text)) for text in (model.output, output))
        found = difference(
            said,
            printed,
            said,
            self._same,
            slack=slack,
            unordered=UNORDERED.search(command.source) is not None,
            images=machine.names() if "docker images" in command.source else {},
        )
        if "docker commit" in command.source:
            tell_lengths(self.session.engine, machine, self._same)
        if found is None and shown.status != model.status:
            return f"exit status {shown.status}, and not {model.status}"
        return found

    def view(self) -> set[tuple[str, int, int, bool]]:
        """What the view of Docker 29 shows: each name, what its image takes up, and whether that is in use."""
        store = self.session.engine.store
        return {
            (name.familiar, each.size, each.content, bool(store.users(each.image)))
            for each in self.session.engine.summaries()
            for name in each.tags
        }


def view(machine: Machine) -> set[tuple[str, int, int, bool]]:
    """The same from what the engine tells a client 29."""
    return {
        (name, each["Size"], sum(it["Size"]["Content"] for it in each["Manifests"]), each["Containers"] > 0)
        for each in machine.ask("/images/json?all=1&manifests=1")
        for name in each["RepoTags"] or ()
    }


def outcomes(blocks: list[Block], machine: Machine) -> Iterator[Outcome]:
    """Type the blocks of one session at an engine without images, containers and volumes, and at the models beside it."""
    machine.reset()
    as_29, unattested, slowest = Beside(AS_29), Beside(AS_29_UNATTESTED), 0.0
    sides = {Side.CLIENT: Beside(AS_29_BEHIND_AN_OLD_CLIENT), Side.ENGINE: Beside(BESIDE[Store.CONTAINERD])}
    with Terminal(machine) as terminal:
        for command in chain.from_iterable(map(typed, blocks)):
            if "curl" in command.source:
                machine.await_servers()
            shown = terminal.run(command.source, interrupt=reached(command) if command.interrupt else None)
            slowest = max(slowest, shown.ended - shown.began)
            differs = as_29.run(command, shown, machine, 1 + slowest)
            unattested.run(command, shown, machine, 1 + slowest)
            besides = {side: it.run(command, shown, machine, 1 + slowest) for side, it in sides.items()}
            rule = next((rule for rule in RULES if differs and re.search(rule.command, command.source)), None)
            wrong = besides[rule.side] if rule else differs
            if VIEW.search(command.source) and unattested.view() != view(machine):
                wrong = f"the engine tells a client 29 of {view(machine)}, and the model of {unattested.view()}"
            yield Outcome(command, differs, rule, wrong)


SESSIONS = {name(page): [block for block in BLOCKS[page] if block.language == "console"] for page in PAGES} | {
    f"{name(page)}:{block.first_line}": [block] for page, block in QUIZZES
}
Answers = Callable[[str], list[Outcome]]


@pytest.fixture(scope="module")
def answers(containerd_engine: Machine) -> Answers:
    """Each session's commands, typed once."""
    return cache(lambda place: list(outcomes(SESSIONS[place], containerd_engine)))


@pytest.mark.parametrize("place", SESSIONS)
def test_containerds_store_does_what_the_model_does_as_29(place: str, answers: Answers) -> None:
    wrong = [
        f"{place}: line {each.command.line}: $ {each.command.source}\n{each.wrong}"
        for each in answers(place)
        if each.wrong is not None
    ]
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def test_few_commands_need_more_of_29_than_its_store(answers: Answers, record: dict[str, Any]) -> None:
    every = [each for place in SESSIONS for each in answers(place)]
    figures = {"compared": len(every), "equal": sum(each.differs is None for each in every)}
    figures["of_client_29"] = sum(each.rule is not None and each.rule.side is Side.CLIENT for each in every)
    figures["of_engine_29"] = sum(each.rule is not None and each.rule.side is Side.ENGINE for each in every)
    record["pages_containerd"] = figures
    assert len(every) > 500
    assert figures["equal"] >= 0.9 * len(every)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.command)
def test_a_rule_for_what_28_prints_otherwise_is_needed(rule: Rule, answers: Answers) -> None:
    assert any(each.rule is rule for place in SESSIONS for each in answers(place))
