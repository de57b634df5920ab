"""Names that the engine gives to containers which nobody has named."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.engine import Engine
from dockerlearn.model.names import ADJECTIVES, SURNAMES, random_name
from dockerlearn.model.store.containers import NAME as CONTAINER_NAME
from tests.february import hub

identities = st.integers(0, 2**256 - 1).map("{:064x}".format)


def identity(adjective: str, surname: str) -> str:
    """An identity by which that name is drawn."""
    return f"{ADJECTIVES.index(adjective) + len(ADJECTIVES) * SURNAMES.index(surname):064x}"


@given(identities)
@example("0" * 64)
@example("f" * 64)
@example(identity("boring", "wozniak"))
def test_a_name_is_an_adjective_and_a_surname(drawn: str) -> None:
    name = random_name(drawn, ())
    adjective, _, surname = name.partition("_")
    assert (adjective in ADJECTIVES, surname.rstrip("1") in SURNAMES) == (True, True)
    assert CONTAINER_NAME.fullmatch(name)
    assert random_name(drawn, ()) == name


@pytest.mark.parametrize("words", [ADJECTIVES, SURNAMES])
def test_no_word_stands_in_a_list_twice(words: list[str]) -> None:
    assert len(set(words)) == len(words) > 100
    assert all(re.fullmatch("[a-z]+", word) for word in words)


def test_every_adjective_can_meet_every_surname_but_one() -> None:
    names = {
        random_name(identity(adjective, surname), ()): (adjective, surname)
        for adjective in ADJECTIVES
        for surname in SURNAMES
        if (adjective, surname) != ("boring", "wozniak")
    }
    assert len(names) == len(ADJECTIVES) * len(SURNAMES) - 1
    assert all(name == "_".join(words) for name, words in names.items())


def test_steve_wozniak_is_not_boring() -> None:
    name = random_name(identity("boring", "wozniak"), ())
    assert name != "boring_wozniak"
    assert re.fullmatch("[a-z]+_[a-z]+[0-9]", name)


def test_a_second_draw_has_a_digit() -> None:
    drawn = identity("jolly", "turing")
    assert random_name(drawn, ()) == "jolly_turing"
    assert re.fullmatch("[a-z]+_[a-z]+1", random_name(drawn, {"jolly_turing"}))


@given(identities, st.integers(1, 25))
@example(identity("boring", "wozniak"), 25)
def test_a_name_that_is_taken_is_not_given_again(drawn: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times):
        name = random_name(drawn, taken)
        assert name not in taken
        assert re.fullmatch("[a-z]+_[a-z]+[0-9]?", name)
        taken.add(name)


def test_containers_that_nobody_has_named_have_different_names_and_the_same_with_the_same_seed() -> None:
    def names(seed: int) -> list[str]:
        engine = Engine([hub()], clock=FixedClock("2025-02-20"), seed=seed, docker="28")
        engine.pull("alpine")
        return [engine.create("alpine").name for _ in range(300)]

    first = names(1)
    assert len(set(first)) == 300
    assert names(1) == first
    assert names(2) != first


def test_without_a_seed_nobody_knows_the_name_before() -> None:
    def name() -> str:
        engine = Engine([hub()], docker="28")
        engine.pull("alpine")
        return engine.create("alpine").name

    assert len({name() for _ in range(5)}) > 1


def test_a_name_that_somebody_gave_is_not_given_by_the_engine() -> None:
    def drawn_after(name: str) -> str:
        engine = Engine([hub()], clock=FixedClock("2025-02-20"), seed=1, docker="28")
        engine.pull("alpine")
        engine.create("alpine", name=name)
        return engine.create("alpine").name

    name = drawn_after("web")
    assert drawn_after("db") == name
    assert drawn_after(name) != name
