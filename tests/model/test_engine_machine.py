"""Thousands of random engine commands: whatever is done in whatever order, the store stays sound."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dockerlearn.model.clock import FixedClock, utc
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import DockerError
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.reference import Reference
from dockerlearn.model.registry import Registry
from dockerlearn.model.store.images import Removal
from tests.february import hub
from tests.model.remains import remains

NOON = utc("2025-02-20T12:00:00")
LAYERS = [Layer.of({str(number): bytes(number)}) for number in range(4)]


def image(*layers: int, cmd: str) -> Image:
    made = Image.scratch
    for number in layers:
        made = made.with_layer(LAYERS[number], by=f"COPY {number}", created=NOON + timedelta(seconds=number))
    return made.with_config(cmd=[cmd])


# Stacks that share bottoms, middles and tops, also twice the same layer, the same layers with another setting, and none.
IMAGES = [
    image(0, cmd="a"),
    image(0, 1, cmd="b"),
    image(0, 1, cmd="c"),
    image(0, 1, 2, cmd="d"),
    image(0, 2, cmd="e"),
    image(3, 1, 2, cmd="f"),
    image(1, 1, cmd="g"),
    image(cmd="h"),
]
TAGS = [f"{repository}:{tag}" for repository in ("a", "b", "ghcr.io/me/c") for tag in ("latest", "1")]
ON_HUB = TAGS[:4]

images = st.sampled_from(IMAGES)
tags = st.sampled_from(TAGS)
on_hub = st.sampled_from(ON_HUB)
repositories = st.sampled_from(("a", "b"))
texts = st.one_of(
    st.text("ab01:@/.sha256", max_size=12),
    st.sampled_from((*TAGS, "a", "b", "s", "sha256", "A", "", "nosuch")),
    st.builds(lambda each, start, end: each.id[start:end], images, st.sampled_from((0, 7)), st.integers(0, 71)),
    st.builds(lambda name, each: f"{name}@{each.digest}", on_hub, images),
)

# What is on the machine at the moment, so that most commands find something to do.
images_here = st.runner().flatmap(lambda machine: st.sampled_from(machine.engine.images() or IMAGES))
tags_here = st.runner().flatmap(lambda machine: st.sampled_from(sorted(machine.tags) or TAGS))
rarely = st.integers(0, 9).map(lambda number: number == 9)


class Commands(RuleBasedStateMachine):
    """Random commands, against a plain dict of what each tag should point to."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.registry = Registry()
        self.engine = Engine([self.registry], clock=FixedClock(NOON), seed=28, docker="28")
        self.tags: dict[str, Image] = {}

    @initialize(first=st.lists(st.tuples(on_hub, images), min_size=1, max_size=4))
    def fill_the_registry(self, first: list[tuple[str, Image]]) -> None:
        for name, each in first:
            self.registry.push(name, each)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do it, or be refused; and then nothing has changed. Anything but a DockerError ends the run."""
        type(self).steps += 1
        before = self.seen()
        with suppress(DockerError):
            act()
            return True
        assert self.seen() == before
        return False

    def seen(self) -> object:
        engine = self.engine
        return (
            [
                (
                    each.id,
                    engine.store.names(each),
                    engine.store.last_tagged(each),
                    engine.store.layers.cache_ids(each),
                )
                for each in engine.images()
            ],
            list(engine.layers),
        )

    def point(self, name: str, each: Image) -> None:
        self.tags[Reference.parse(name).tagged().familiar] = each

    def forget(self, gone: Image) -> None:
        self.tags = {name: each for name, each in self.tags.items() if each != gone}

    @rule(name=on_hub, each=images)
    def push(self, name: str, each: Image) -> None:
        type(self).steps += 1
        self.registry.push(name, each)

    @rule(name=tags | on_hub)
    def pull(self, name: str) -> None:
        if self.attempt(lambda: self.engine.pull(name)):
            self.point(name, self.registry.image(name))

    @rule(repository=repositories, each=images)
    def pull_by_digest(self, repository: str, each: Image) -> None:
        if self.attempt(lambda: self.engine.pull(f"{repository}@{each.digest}")):
            assert each in self.engine.images()

    @rule(each=images, name=st.none() | tags)
    def add(self, each: Image, name: str | None) -> None:
        assert self.attempt(lambda: self.engine.add(each, name))
        if name is not None:
            self.point(name, each)

    @rule(source=texts | tags_here, name=tags)
    def tag(self, source: str, name: str) -> None:
        if self.attempt(lambda: self.engine.tag(source, name)):
            self.point(name, self.engine.image(name))

    @rule(source=tags_here, name=texts)
    def tag_oddly(self, source: str, name: str) -> None:
        if self.attempt(lambda: self.engine.tag(source, name)):
            self.point(name, self.engine.image(source))

    @rule(name=tags | tags_here, force=st.booleans())
    def remove_a_tag(self, name: str, force: bool) -> None:
        assert self.attempt(lambda: self.engine.rmi(name, force=force)) == (name in self.tags)
        self.tags.pop(name, None)

    @rule(each=images_here, length=st.integers(4, 64), force=st.booleans())
    def remove_by_id(self, each: Image, length: int, force: bool) -> None:
        here = each in self.engine.images()
        single = len(self.engine.tags(each)) <= 1 and len({name.name for name in self.engine.store.names(each)}) <= 1
        removed = self.attempt(lambda: self.engine.rmi(each.id[: 7 + length], force=force))
        assert removed == (here and (force or single))
        if removed:
            self.forget(each)

    @rule(text=texts, force=st.booleans())
    def remove_oddly(self, text: str, force: bool) -> None:
        removals: list[Removal] = []
        self.attempt(lambda: removals.extend(self.engine.rmi(text, force=force)))
        for removal in removals:
            if removal.action == "Untagged" and "@" not in removal.name:
                del self.tags[removal.name]

    @rule(every=rarely)
    def prune(self, every: bool) -> None:
        size = self.engine.layers_size
        reclaimed = []
        assert self.attempt(lambda: reclaimed.append(self.engine.prune(all=every).reclaimed))
        assert reclaimed == [size - self.engine.layers_size]
        if every:
            self.tags.clear()
            assert self.engine.images() == []
        assert all(self.engine.tags(each) for each in self.engine.images())

    @invariant()
    def every_layer_is_needed_and_every_needed_layer_is_here(self) -> None:
        needed = {
            chain: layer
            for each in self.engine.images()
            for chain, layer in zip(each.chain_ids, each.layers, strict=True)
        }
        assert dict(self.engine.layers) == needed
        assert self.engine.layers_size == sum(layer.size for layer in needed.values())
        shared = self.engine.store.shared_sizes()
        assert all(0 <= shared[each.id] <= each.size for each in self.engine.images())

    @invariant()
    def every_name_points_to_an_image_that_is_here(self) -> None:
        engine = self.engine
        named = {name: each for each in engine.images() for name in engine.store.names(each)}
        assert {name.familiar: each for name, each in named.items() if not name.digest} == self.tags
        assert all(engine.image(str(name)) == each for name, each in named.items())
        assert all(each.digest == name.digest for name, each in named.items() if name.digest)
        assert all(engine.image(each.id) == each for each in engine.images())

    def teardown(self) -> None:
        for each in self.engine.images():
            self.engine.rmi(each.id, force=True)
        left = remains(self.engine)
        assert len(left) == 18
        assert not any(left.values())


def test_whatever_is_done_nothing_is_lost_and_nothing_is_left() -> None:
    Commands.steps = 0
    run_state_machine_as_test(
        Commands,
        settings=settings(
            max_examples=50,
            stateful_step_count=50,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Commands.steps >= 1800  # how many it is depends on all that hypothesis has seen of the code


def test_removing_the_whole_catalog_leaves_nothing() -> None:
    registry = hub()
    engine = Engine([registry], clock=FixedClock(NOON), seed=28, docker="28")
    for repository in "nginx node python ubuntu debian alpine postgres".split():
        for tag in registry.tags(repository):
            engine.pull(f"{repository}:{tag}")
    size = engine.layers_size
    assert size < sum(each.size for each in engine.images())
    assert engine.prune(all=True).reclaimed == size
    assert not any(remains(engine).values())
