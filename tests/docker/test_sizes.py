"""What images and containers take up in containerd's store, on ext4: the engine counts blocks, and the model knows which."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from dockerlearn.hub.catalog import RELEASES
from dockerlearn.terminal.session import PAGE_SEED, Session
from tests.figures import Figures

from .compare import Correspondence, difference
from .editions import AS_29_UNATTESTED, BESIDE, tell_lengths
from .engine import Machine, Store
from .terminal import Terminal

CONTAINERS = 64
CATALOG = sorted({f"{repository}:{tags.split()[0]}" for repository, _, tags, _ in RELEASES})
BASES = ("alpine", "nginx", "ubuntu", "node:22-alpine")
FOLDERS = ("/srv", "/opt", "/tmp", "/etc", "/var/log", "/usr/share", "/home")
FILES = ("/etc/passwd", "/etc/group", "/etc/os-release")
CHANGES: tuple[Callable[[Random], str], ...] = (
    lambda chance: f"echo x >> {chance.choice(FILES)}",
    lambda chance: f"echo x > {_new(chance)}",
    lambda chance: f"mkdir -p {_new(chance)}/{chance.choice('ab')}/c",
    lambda chance: f"mkdir -p {chance.choice(FOLDERS)}/d; echo x > {chance.choice(FOLDERS)}/d/f{chance.randrange(9)}",
    lambda chance: f"rm -rf {chance.choice((*FILES, *FOLDERS))}",
    lambda chance: f"d={chance.choice(FOLDERS)}; rm -r $d; mkdir $d; echo x > $d/again",
    lambda chance: f"d={chance.choice(FOLDERS)}; rm -r $d; mkdir $d",
    lambda chance: f"chmod {chance.choice(('600', '640', '755', '644'))} {chance.choice(FILES)}",
    lambda chance: f"chmod {chance.choice(('700', '750'))} {chance.choice(FOLDERS)}",
    lambda chance: f"ln -s {chance.choice('ab') * chance.choice((3, 59, 60, 61, 300))} {_new(chance)}",
    lambda chance: f"head -c {chance.choice((1, 4095, 4096, 4097, 100_000, 300_000))} /dev/zero > {_new(chance)}",
    lambda chance: f"mv {chance.choice(FILES)} {_new(chance)}",
    lambda chance: f"touch {_new(chance)}; touch {chance.choice(FILES)}",
    lambda chance: f"f={_new(chance)}; touch $f; rm $f",
    lambda chance: f"cp {chance.choice(FILES)} {_new(chance)}",
    lambda chance: ": nothing",
)


def _new(chance: Random) -> str:
    """A path at which there is nothing yet."""
    return f"{chance.choice(FOLDERS)}/new{chance.randrange(10**6)}"


def drawn(chance: Random) -> str:
    """A script that changes files."""
    changes = "; ".join(chance.choice(CHANGES)(chance) for _ in range(chance.choice((0, 1, 1, 2, 3, 4, 6))))
    return f"exec 2>/dev/null; {changes or ':'}; true"


def sizes(told: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Of each image by its ID: what it takes up, as it came, and unpacked, as the engine's API tells it."""
    return {
        each["Id"]: (
            each["Size"],
            sum(it["Size"]["Content"] for it in each["Manifests"]),
            sum(it["ImageData"]["Size"]["Unpacked"] for it in each["Manifests"] if it["Kind"] == "image"),
        )
        for each in told
    }


def test_the_images_of_the_catalog_take_up_what_the_model_says(containerd_engine: Machine, record: Figures) -> None:
    """One after the other: on a disk that is nearly full, a large file lies in many pieces, and ext4 notes where in a block more."""
    model = Session(docker=AS_29_UNATTESTED)
    theirs: dict[str, tuple[int, int, int]] = {}
    for name in CATALOG:
        containerd_engine.reset()
        containerd_engine.run("docker", "pull", "-q", name)
        model.run(f"docker pull -q {name}")
        theirs |= sizes(containerd_engine.ask("/images/json?manifests=1"))
    ours = {each.id: (each.size, each.content, each.size - each.content) for each in model.engine.summaries()}
    record["image_sizes"] = {"compared": 3 * len(theirs), "equal": 3 * sum(theirs[id] == ours.get(id) for id in theirs)}
    assert theirs == ours


class Beside:
    """The engine and the model beside it, at which the same is typed."""

    def __init__(self, machine: Machine, terminal: Terminal) -> None:
        self._machine, self._terminal = machine, terminal
        self.model = Session(docker=BESIDE[Store.CONTAINERD], seed=PAGE_SEED)
        self._same = Correspondence()

    def run(self, command: str) -> tuple[str, str]:
        """What both say."""
        said, shown = self.model.run(command).output, self._terminal.run(command).output
        self._same.invented = self._machine.invented()
        if "docker commit" in command:
            assert difference(said, shown, said, self._same) is None
            tell_lengths(self.model.engine, self._machine, self._same)
        return said, shown


@pytest.fixture(scope="module")
def beside(containerd_engine: Machine) -> Iterator[Beside]:
    """Both, with the images that containers are made of."""
    containerd_engine.reset()
    with Terminal(containerd_engine) as terminal:
        it = Beside(containerd_engine, terminal)
        for base in BASES:
            it.run(f"docker pull -q {base}")
        yield it


@pytest.mark.parametrize("number", range(CONTAINERS))
def test_a_container_takes_up_what_the_model_says(
    number: int, beside: Beside, containerd_engine: Machine, pytestconfig: pytest.Config, record: Figures
) -> None:
    """Every other one is committed, and every fourth made of such an image."""
    chance = Random(f"{pytestconfig.getoption('seed')}/{number}")
    name, earlier = f"c{number}", f"image{number - number % 4}"
    image = earlier if number % 4 == 3 else chance.choice(BASES)
    script = drawn(chance)
    beside.run(f"docker run --name {name} {image} sh -c '{script}'")
    asked = [
        f"docker inspect -s -f '{{{{.SizeRw}}}} {{{{.SizeRootFs}}}}' {name}",
        f"docker ps -a -s -f name=^{name}$ --format '{{{{.Size}}}}'",
    ]
    if number % 2 == 0:
        tag = f"image{number}"
        beside.run(f"docker commit {name} {tag}")
        asked += [
            f"docker history -H=false --format '{{{{.Size}}}}' {tag}",
            f"docker image inspect -f '{{{{.Size}}}}' {tag}",
        ]
        asked.append(f"docker images --format '{{{{.Size}}}}' {tag}")
    answers = {command: beside.run(command) for command in asked}
    figures = record.setdefault("container_sizes", {"compared": 0, "equal": 0})
    figures["compared"] += len(answers)
    figures["equal"] += sum(said == shown for said, shown in answers.values())
    wrong = [
        f"$ {each}\nthe model:  {said}the engine: {shown}" for each, (said, shown) in answers.items() if said != shown
    ]
    if wrong:
        pytest.fail("\n".join([f"$ docker run {image} sh -c '{script}'", *wrong]), pytrace=False)
    if number % 2 == 0:
        [told] = [
            each for each in containerd_engine.ask("/images/json?manifests=1") if f"{tag}:latest" in each["RepoTags"]
        ]
        [(size, content, unpacked)] = sizes([told]).values()
        ours = beside.model.engine.store.summary(beside.model.engine.image(tag))
        assert (size, content, unpacked) == (ours.size, ours.content, ours.size - ours.content), script
