"""What an engine keeps, and how it is found: who is due, what has a name, what stands on a layer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn import Engine, FixedClock, Image, Layer, Reference, hub
from dockerlearn.model.container import Container
from dockerlearn.model.errors import CannotStart, DaemonError, NoSuchContainer, VolumeInUse
from dockerlearn.model.store.containers import BEGINNING, Agenda
from dockerlearn.model.store.references import ReferenceStore

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def at(seconds: int) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


# Who is due


def test_those_that_are_due_come_once_the_longest_first() -> None:
    agenda = Agenda()
    for id, seconds in (("late", 3), ("soon", 1), ("now", 2)):
        agenda.put(id, at(seconds))
    assert agenda.due(at(0)) == []
    assert agenda.due(at(2)) == ["soon", "now"]
    assert agenda.due(at(2)) == []
    agenda.put("now", at(2))
    assert agenda.due(at(2)) == ["now"]
    assert agenda.due(at(9)) == ["late"]


def test_who_is_put_anew_is_due_then_and_at_no_other_time() -> None:
    agenda = Agenda()
    agenda.put("a", at(1))
    agenda.put("a", at(5))
    agenda.put("b", at(2))
    agenda.put("b", None)
    agenda.put("c", None)
    assert agenda.due(at(4)) == []
    agenda.put("a", at(3))
    assert agenda.due(at(4)) == ["a"]
    assert agenda.due(at(9)) == []


def test_what_no_longer_holds_takes_up_little() -> None:
    agenda = Agenda()
    for number in range(10):
        agenda.put(str(number), at(10_000))
    longest = 0
    for number in range(1_000):
        agenda.put("x", at(number))
        longest = max(longest, len(agenda))
    assert (longest, agenda.due(at(998)), agenda.due(at(999))) == (30, [], ["x"])
    assert len(agenda) == 10
    for number in range(10):
        agenda.put(str(number), None)
    assert len(agenda) <= 8


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 9), st.booleans())))
def test_an_agenda_says_what_a_plain_table_says(steps: list[tuple[str, int | None, bool]]) -> None:
    agenda, table = Agenda(), dict[str, int]()
    for id, seconds, look in steps:
        agenda.put(id, None if seconds is None else at(seconds))
        table.pop(id, None)
        if seconds is not None:
            table[id] = seconds
        if look:
            due = [each for each in table if table[each] <= 5]
            assert sorted(agenda.due(at(5))) == sorted(due)
            table = {each: time for each, time in table.items() if each not in due}


# Containers


@pytest.fixture
def engine() -> Engine:
    """An engine with alpine."""
    engine = Engine([hub()], clock=FixedClock(NOON), seed=1, docker="28")
    engine.pull("alpine")
    return engine


def test_a_container_says_when_it_will_do_something_by_itself(engine: Engine) -> None:
    box = engine.create("alpine", "sleep", "60")
    assert box.wake is None
    box.start()
    assert box.wake == at(60)
    box.pause()
    assert box.wake is None
    box.unpause()
    assert box.wake == at(60)
    box.spawn(box.call("sleep", "5"))
    assert box.wake == at(5)
    engine.clock.sleep(5)
    box.settle()
    assert box.wake == at(60)
    box.kill()
    assert box.wake is None
    box.start()
    assert box.wake == at(65)


def test_only_what_is_due_is_asked_to_do_something(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in (10, 20, 30):
        engine.run("alpine", "sleep", str(seconds), name=f"nap{seconds}")
    engine.create("alpine", name="new")
    asked: list[str] = []
    settle = Container.settle

    def see(container: Container) -> None:
        asked.append(container.name)
        settle(container)

    monkeypatch.setattr(Container, "settle", see)
    engine.containers()
    assert asked == []
    engine.clock.sleep(20)
    engine.containers()
    assert list(dict.fromkeys(asked)) == ["nap10", "nap20"]


def test_who_ends_unseen_gives_back_what_it_had(engine: Engine) -> None:
    one = engine.run("alpine", "sleep", "5", name="one", ports=["80:80"], auto_remove=True)
    assert engine.answer(80, "/") == 56
    engine.clock.sleep(5)
    assert engine.answer(80, "/") == 7
    two = engine.run("alpine", "sleep", "5", name="one", ports=["80:80"])
    assert (one.removed, two.ip) == (True, "172.17.0.2")


def test_who_cannot_be_started_gives_back_what_it_had(engine: Engine) -> None:
    broken = engine.create("alpine", "nosuch", ports=["80:80"])
    with pytest.raises(CannotStart):
        broken.start()
    assert (broken.ip, broken.ports) == ("", ())
    assert engine.run("alpine", "sleep", "9", ports=["80:80"]).ip == "172.17.0.2"


def test_volumes_are_found_by_who_has_them_the_last_first(engine: Engine) -> None:
    engine.pull("postgres:16")
    one = engine.create("postgres:16")
    (volume,) = engine.volume_store.volumes()
    two = engine.create("postgres:16")
    two.volumes = one.volumes
    engine.volume_store.attach(two)
    assert engine.volume_store.users(volume) == [two, one]
    two.remove()
    assert engine.volume_store.users(volume) == [one]
    with pytest.raises(VolumeInUse):
        engine.volume_store.remove(volume.name)
    one.remove()
    assert engine.volume_store.users(volume) == []
    engine.volume_store.remove(volume.name)


def test_what_is_typed_or_spawned_is_carried_out_when_its_time_comes(engine: Engine) -> None:
    shell = engine.run("alpine", interactive=True, auto_remove=True, name="shell", tty=True)
    shell.type("sleep 5; exit")
    other = engine.run("alpine", "sleep", "60")
    other.spawn(other.call("sh", "-c", "sleep 3; echo done > /done"))
    engine.clock.sleep(3)
    assert {each.name for each in engine.containers()} == {"shell", other.name}
    assert other.read("/done") == "done\n"
    engine.clock.sleep(2)
    assert engine.containers() == [other]


def test_a_container_is_found_by_the_beginning_of_its_id(engine: Engine) -> None:
    boxes = [engine.create("alpine") for _ in range(60)]
    ids = [box.id for box in boxes]
    for length in range(1, 2 * BEGINNING + 1):
        for box in boxes:
            beginning = box.id[:length]
            if sum(id.startswith(beginning) for id in ids) == 1:
                assert engine.container(beginning) is box
            else:
                with pytest.raises(DaemonError, match=f"^multiple IDs found with provided prefix: {beginning}$"):
                    engine.container(beginning)
    unique = next(box for box in boxes if sum(id.startswith(box.id[:2]) for id in ids) == 1)
    for wrong in (f"{unique.id[:2]}g", f"{unique.id[:-1]}", unique.id[:BEGINNING].upper(), "g", f"{unique.id}0"):
        if wrong != unique.id[:-1] and wrong != unique.id[:BEGINNING]:
            with pytest.raises(NoSuchContainer):
                engine.container(wrong)
    assert engine.container(unique.id[:-1]) is unique
    unique.remove()
    for length in (2, BEGINNING, 12, 64):
        with pytest.raises(NoSuchContainer):
            engine.container(unique.id[:length])


def test_the_users_of_an_image_come_the_oldest_first(engine: Engine) -> None:
    engine.pull("nginx")
    boxes = [engine.create(image, name=f"b{number}") for number, image in enumerate(("alpine", "nginx", "alpine"))]
    assert engine.store.users(engine.image("alpine")) == [boxes[0], boxes[2]]
    boxes[0].remove()
    assert engine.store.users(engine.image("alpine")) == [boxes[2]]
    boxes[2].remove()
    assert engine.store.users(engine.image("alpine")) == []
    assert engine.store.users(engine.image("nginx")) == [boxes[1]]


# Layers and images


def image(*contents: str) -> Image:
    """An image of layers with these contents."""
    made = Image.scratch
    for content in contents:
        made = made.with_layer(Layer.of({"f": content}), by=f"COPY {content}")
    return made.with_config(cmd=["f"])


def test_a_layer_stays_as_long_as_an_image_or_a_container_stands_on_it(engine: Engine) -> None:
    base, top = image("1"), image("1", "2")
    engine.rmi("alpine")
    engine.add(base, "base")
    engine.add(base, "base")
    engine.add(top, "top")
    cache_ids = engine.store.layers.cache_ids(top)
    box, again = engine.create("top"), engine.create("top")
    assert [each.action for each in engine.rmi("top", force=True)] == ["Untagged", "Deleted"]
    assert [each.action for each in engine.rmi("base")] == ["Untagged", "Deleted"]
    assert set(engine.layers) == set(top.chain_ids)
    engine.add(top)
    assert engine.store.layers.cache_ids(top) == cache_ids
    engine.rmi(top.id, force=True)
    box.remove()
    assert set(engine.layers) == set(top.chain_ids)
    again.remove()
    assert dict(engine.layers) == {}
    engine.add(top, "top")
    assert [each.name for each in engine.rmi("top")][2:] == list(reversed(top.chain_ids))


def test_shared_sizes_count_what_two_images_stand_on() -> None:
    engine = Engine(clock=FixedClock(NOON), seed=1, docker="28")
    images = [image("1"), image("1", "22"), image("1", "22", "333"), image("4444")]
    for each in images:
        engine.add(each)
    shared = engine.store.shared_sizes()
    assert [shared[each.id] for each in images] == [1, 3, 3, 0]
    assert engine.layers_size == 1 + 2 + 3 + 4


def test_an_image_that_is_made_of_another_parent_is_no_child_of_the_first() -> None:
    engine = Engine(clock=FixedClock(NOON), seed=1, docker="28")
    one, two, child = image("1"), image("2"), image("3")
    store = engine.store
    for each in (one, two):
        store.add(each)
    store.add(child, parent=one)
    assert (store.children(one), store.children(two), store.parent(child)) == ([child.id], [], one.id)
    store.add(child, parent=two)
    assert (store.children(one), store.children(two), store.parent(child)) == ([], [child.id], two.id)


# Names


def test_names_of_an_image_come_in_order_and_move_with_their_image() -> None:
    store = ReferenceStore(FixedClock(NOON))
    one, two = "sha256:1", "sha256:2"
    for name in ("b:2", "a:1", "b:1", "a-b:1", "a.c:1"):
        store.tag(Reference.parse(name), one)
    digest = Reference.parse("b").pinned(f"sha256:{'1' * 64}")
    for reference in (Reference.parse("b:1"), digest):
        store.point(reference, one)
    assert [name.familiar for name in store.of(one)] == ["a-b:1", "a.c:1", "a:1", "b:1", "b:2", digest.familiar]
    assert [name.familiar for name in store.siblings(Reference.parse("b:9"), one)] == ["b:1", "b:2", digest.familiar]
    assert [name.familiar for name in store.siblings(Reference.parse("a:9"), one)] == ["a:1"]
    assert list(store.siblings(Reference.parse("c"), one)) == []
    store.tag(Reference.parse("a:1"), two)
    assert ([name.familiar for name in store.of(two)], store.id(Reference.parse("a:1"))) == (["a:1"], two)
    store.remove([Reference.parse("b:1"), Reference.parse("b:2"), digest])
    assert [name.familiar for name in store.of(one)] == ["a-b:1", "a.c:1"]
    store.of(one).clear()
    assert len(store.of(one)) == 2
