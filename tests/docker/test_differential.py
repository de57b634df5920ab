"""Random sequences of commands, typed at a real engine and at the model: after each, both must say the same, and be the same.

With either store. Of containerd's, the model beside is what the engine was before Docker 29: see `editions`.
"""

import functools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import pytest

from dockerlearn.model.container import Container
from dockerlearn.model.digest import chain_ids, short
from dockerlearn.model.edition import RELEASE_28
from dockerlearn.terminal.session import PAGE_SEED, Session
from tests.figures import Figures

from .compare import ENDPOINT, Correspondence, beginnings_in_order, difference, layers_in_order
from .editions import BESIDE, tell_lengths
from .engine import Machine, Store, images
from .replay import Following
from .sequences import drawn, shrunk
from .terminal import Terminal

# What shows the state.
STATE = (
    "docker ps -a -s --no-trunc --format '{{.Names}} {{.ID}} {{.Image}} {{.State}} {{.Status}} {{.Ports}} {{.Command}} {{.Size}} {{.Mounts}}'",
    "docker images -a --digests --no-trunc",
    "docker volume ls -q",
    "for it in $(docker ps -aq); do docker logs $it; done",
)
FIGURES = {Store.CLASSIC: "sequences", Store.CONTAINERD: "sequences_containerd"}
SETTLES_WITHIN = 3  # seconds until the engine has seen that a process has ended, and nginx has begun
# Here the engine goes through a map, or sorts names that are drawn by lot.
UNORDERED = re.compile("docker (diff|.* prune|volume)|docker rmi .*docker images")
# The busybox of the engine's machine is younger than that of the images, and tells the line of a shell's refusal.
LINE = re.compile("^sh: line [0-9]+: ", re.MULTILINE)
# Of the containers of an image, the engine names any: the first that it meets in a map.
USER = re.compile(r"\bcontainer ([0-9a-f]{12})\b")
# Of a port that is taken on both versions of IP, it names either.
EITHER = "Bind for :::", "Bind for 0.0.0.0:"


@dataclass(frozen=True)
class Difference:
    """The last of the commands that were typed, or what shows the state after it, is answered in two ways."""

    commands: list[str]
    shown_by: str
    engine: str
    model: str
    difference: str

    def __str__(self) -> str:
        """A script that shows it on any engine."""
        parts = {"the engine printed": self.engine, "the model printed": self.model, "so": self.difference}
        remarks = [
            line
            for who, text in parts.items()
            for line in (f"# {who}:", *(f"#   {each}" for each in text.splitlines()))
        ]
        before = self.commands[: -1 if self.shown_by == self.commands[-1] else None]
        return "\n".join([*before, "# the two differ here:", self.shown_by, *remarks])


class Pair:
    """A terminal on a real engine without images and containers, and one on a model like it."""

    def __init__(self, machine: Machine, terminal: Terminal) -> None:
        self._machine, self._terminal = machine, terminal
        self._clock = Following()
        self._model = Session(clock=self._clock, seed=PAGE_SEED, docker=BESIDE[machine.store])
        self._same = Correspondence()
        self._made: set[str] = set()
        self._slowest = 0.0
        self._last_commit = 0

    def differ(self, command: str) -> Difference | None:
        """Run a command on both, and tell how what they answer differs."""
        if "docker commit" in command:  # so that there is an order of what is made, which the engine counts in seconds
            while int(time.time()) == self._last_commit:
                time.sleep(0.05)
            self._last_commit = int(time.time())
        if "curl" in command:
            self._machine.await_servers()
        shown = self._terminal.run(command)
        self._clock.set(shown.began)
        result = self._model.run(command)
        self._made |= committed(self._machine) | set(ENDPOINT.findall(shown.output))
        same = replace(self._same, invented=self._machine.invented() | self._made)
        same.theirs, same.ours = dict(same.theirs), dict(same.ours)
        self._slowest = max(self._slowest, shown.ended - shown.began)
        printed = (
            LINE.sub("sh: ", self._in_order(shown.output))
            .replace(self._machine.packed_version, RELEASE_28.version)
            .replace(*EITHER)
        )
        said = self._with_choices(self._in_order(result.output), printed)
        found = difference(
            said,
            printed,
            said,
            same,
            slack=1 + self._slowest,
            unordered=UNORDERED.search(command) is not None,
            images=self._machine.names() if "docker images" in command else {},
        )
        if found is None and shown.status != result.status:
            found = f"exit status {shown.status}, and not {result.status}"
        if found is None:
            self._same = same
            tell_lengths(self._model.engine, self._machine, same)
            return None
        return Difference([command], command, shown.output, result.output, found)

    def _in_order(self, text: str) -> str:
        text = beginnings_in_order(text)
        return layers_in_order(text) if self._machine.store is Store.CONTAINERD else text

    def _with_choices(self, said: str, printed: str) -> str:
        """What the model says, with those containers as users of images that the engine has chosen, if they are such."""
        images = {each.hostname: each.image for each in self._model.engine.containers()}
        choices = iter([self._same.ours.get(theirs, "") for theirs in USER.findall(printed)])

        def chosen(found: re.Match[str]) -> str:
            choice = next(choices, "")
            return f"container {choice if images.get(choice) == images.get(found[1]) else found[1]}"

        return USER.sub(chosen, said)

    def differ_in_state(self) -> Difference | None:
        """How the two differ in what they hold, once all that goes on by itself has come to its end."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while (found := next(filter(None, map(self.differ, STATE)), None)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found


@dataclass
class Tally:
    """What was compared."""

    sequences: int = 0
    commands: int = 0
    differences: int = 0


def compare(machine: Machine, commands: list[str], tally: Tally | None = None) -> Difference | None:
    """Run a sequence on both, and tell of the first difference."""
    tally = tally or Tally()
    tally.sequences += 1
    machine.reset()
    machine.run("rm", "-f", "/tmp/got")
    with Terminal(machine) as terminal:
        pair = Pair(machine, terminal)
        for number, command in enumerate(commands, 1):
            found = pair.differ(command)
            tally.commands += 1
            if found := found or pair.differ_in_state():
                tally.differences += 1
                return replace(found, commands=commands[:number])
    return None


@functools.cache
def pulled() -> frozenset[str]:
    """The identities of all layers that the registry has."""
    return frozenset(short(each) for image in images().values() for each in (*image.diff_ids, *image.chain_ids))


def committed(machine: Machine) -> set[str]:
    """The identities of the images that were made on a machine, and of their layers: the time is in them."""
    found: set[str] = set()
    for image in machine.ask("/images/json?all=1"):
        if image["ParentId"]:
            layers = machine.ask(f"/images/{image['Id']}/json")["RootFS"]["Layers"]
            found |= {short(each) for each in (image["Id"], *layers, *chain_ids(layers))}
    return found - pulled()


@pytest.fixture(scope="module")
def tallies(record: Figures) -> Iterator[dict[Store, Tally]]:
    """Counts for each store, and hands on what it has counted."""
    counted = {store: Tally() for store in Store}
    yield counted
    for store, it in counted.items():
        record[FIGURES[store]] = {
            "compared": it.commands,
            "equal": it.commands - it.differences,
            "sequences": it.sequences,
        }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sequence" in metafunc.fixturenames:
        seed, count = metafunc.config.getoption("--seed"), metafunc.config.getoption("--sequences")
        metafunc.parametrize("sequence", [f"{seed}/{number}" for number in range(count)])


def test_the_model_does_what_the_engine_does(sequence: str, each_engine: Machine, tallies: dict[Store, Tally]) -> None:
    commands = drawn(Random(sequence), docker=BESIDE[each_engine.store])
    found = compare(each_engine, commands, tallies[each_engine.store])
    if found is not None:
        needed = shrunk(found.commands, lambda fewer: compare(each_engine, fewer) is not None)
        pytest.fail(str(compare(each_engine, needed) or found), pytrace=False)


def test_a_fault_is_found_and_shrunk_to_what_shows_it(engine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    refused_or_idle = functools.partialmethod(Container._next, "unpause")
    monkeypatch.setattr(Container, "unpause", refused_or_idle)
    commands = """\
docker pull -q alpine
docker run -d --name aa alpine sleep 300
docker create --name bb alpine true
docker images
docker pause aa
docker start bb
docker rm bb
docker unpause aa
docker ps -a
docker rm -f aa""".split("\n")
    found = compare(engine, commands)
    assert found is not None
    needed = shrunk(found.commands, lambda fewer: compare(engine, fewer) is not None)
    assert needed == ["docker run -d --name aa alpine sleep 300", "docker pause aa", "docker unpause aa"]
    shrunk_difference = compare(engine, needed)
    assert shrunk_difference is not None
    assert shrunk_difference.shown_by == STATE[0]
    assert "(Paused)" in shrunk_difference.model
    assert "(Paused)" not in shrunk_difference.engine
    assert str(shrunk_difference).startswith(
        "\n".join([*needed, "# the two differ here:", STATE[0], "# the engine printed:"])
    )


def test_the_lines_of_a_set_are_matched_by_what_their_identities_stand_for() -> None:
    one, two, first, second = (digit * 12 for digit in "abcd")
    same = Correspondence(invented={first, second})
    assert same.pairs("id", one, second)
    assert same.pairs("id", two, first)
    said = f"{one}\n{two}\n"
    assert difference(said, f"{first}\n{second}\n", said, same, unordered=True) is None
    said = f"x {one}\ny {two}\n"
    assert difference(said, f"x {second}\ny {first}\n", said, same, unordered=True) is None
    assert difference(said, f"x {first}\ny {second}\n", said, same, unordered=True) is not None
