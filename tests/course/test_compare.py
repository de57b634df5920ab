"""How a page is held against a real engine: what may differ, and that nothing else may."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.client.human import duration
from tests.docker.accepted import Accepted
from tests.docker.compare import Correspondence, difference, elapsed

OURS, THEIRS, OTHER = "a" * 64, "b" * 64, "c" * 64
PS = "NAMES     STATUS\nweb       Up {age}\n"
IMAGES = "REPOSITORY   TAG       IMAGE ID       CREATED{gap}SIZE\nnginx        latest    186a59ae62c2   {age}   192kB\n"


def differs(said: str, printed: str, beside: str | None = None, invented: set[str] | None = None, **more: Any) -> bool:
    same = Correspondence(invented={THEIRS[:12], OTHER[:12], "sad_wing"} if invented is None else invented)
    return difference(said, printed, said if beside is None else beside, same, **more) is not None


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("web\n", "web\n"),
        (f"{OURS}\n", f"{THEIRS}\n"),
        (f"{OURS} {OURS[:12]}\n", f"{THEIRS} {THEIRS[:12]}\n"),
        ("happy_kepler\n", "sad_wing\n"),
        ("172.17.0.2\n", "172.17.0.5\n"),
        ("02:42:ac:11:00:02\n", "7e:5b:10:99:a0:01\n"),
        ("/var/lib/docker/containers/x\n", "/var/lib/docker/containers/y\n"),
        ("Pull complete\n", "Pull complete  \n"),
    ],
)
def test_what_an_engine_draws_by_chance_may_differ(said: str, printed: str) -> None:
    assert not differs(said, printed)


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("web\n", "wep\n"),
        ("web\n", "web"),
        ("one\ntwo\n", "two\none\n"),
        ("a  b\n", "a b\n"),
        ("192kB\n", "193kB\n"),
        (f"{OURS}\n", f"{'d' * 64}\n"),  # of no container or volume that the engine has made
        (f"{OURS}\n", f"{THEIRS[:12]}\n"),
        (f"{OURS} {OURS}\n", f"{THEIRS} {OTHER}\n"),
        (f"{OURS} {'e' * 64}\n", f"{THEIRS} {THEIRS}\n"),
        ("happy_kepler\n", "other_wing\n"),
        ("172.17.0.2\n", "10.0.0.2\n"),
        ("127.0.0.1\n", "172.17.0.2\n"),
    ],
)
def test_nothing_else_may(said: str, printed: str) -> None:
    assert differs(said, printed)


def test_an_identity_stands_for_one_other_throughout_a_page() -> None:
    same = Correspondence(invented={THEIRS[:12], OTHER[:12]})
    assert difference(OURS, THEIRS, OURS, same) is None
    assert difference(OURS[:12], THEIRS[:12], OURS[:12], same) is None
    assert difference(OURS, OTHER, OURS, same) is not None
    assert difference("d" * 64, THEIRS, "d" * 64, same) is not None


def test_an_age_must_be_that_of_the_time_that_has_passed() -> None:
    said, printed = PS.format(age="2 seconds"), PS.format(age="3 minutes")
    assert not differs(said, printed, PS.format(age="3 minutes"))
    assert differs(said, printed, PS.format(age="4 minutes"))
    assert differs(said, printed, PS.format(age="3 hours"))
    assert differs(said, PS.format(age="21 months"), PS.format(age="1 years"))


def test_slack_covers_what_the_engine_needed_and_no_more() -> None:
    said = PS.format(age="1 second")
    printed, beside = PS.format(age="3 seconds"), PS.format(age="1 second")
    assert difference(said, printed, beside, Correspondence(), slack=1) is not None
    assert difference(said, printed, beside, Correspondence(), slack=1.5) is None


def test_a_column_is_padded_anew_for_the_age_in_it() -> None:
    said = IMAGES.format(gap=" " * 7, age="2 weeks ago")
    printed = IMAGES.format(gap=" " * 9, age="21 months ago")
    assert not differs(said, printed, printed)
    assert differs(said, printed.replace("CREATED ", "CREATED"), printed)
    assert differs(said, printed.replace("months ago ", "months ago"), printed)


def test_names_of_one_image_may_be_listed_in_any_order_and_others_not() -> None:
    names = {"nginx:latest": "sha256:1", "web:1": "sha256:1", "node:22": "sha256:2"}
    for rows in (["nginx   latest", "web     1", "node    22"], ["nginx:latest", "web:1", "node:22"]):
        latest, one, node = (f"{row}\n" for row in rows)
        assert not differs(latest + one + node, one + latest + node, images=names)
        assert differs(latest + one + node, one + latest + node)
        assert differs(latest + one + node, latest + node + one, images=names)
        assert differs(latest + one + node, latest + node, images=names)


def test_lines_of_a_set_may_come_in_any_order() -> None:
    assert not differs("C /etc\nA /etc/x\n", "A /etc/x\nC /etc\n", unordered=True)
    assert differs("C /etc\nA /etc/x\n", "A /etc/x\n", unordered=True)


def test_a_model_that_answers_otherwise_than_the_engine_is_noticed_though_the_page_is_right() -> None:
    assert differs("web\n", "web\n", "wep\n")


@given(st.floats(0, 4e8))
def test_a_length_of_time_lies_in_what_its_words_stand_for(seconds: float) -> None:
    low, high = elapsed(duration(timedelta(seconds=seconds)))
    assert low <= round(seconds, 6) < high


@given(st.floats(0, 4e8))
def test_what_lies_outside_has_other_words(seconds: float) -> None:
    words = duration(timedelta(seconds=seconds))
    low, high = elapsed(words)
    assert words not in (duration(timedelta(seconds=low - 1)) if low else "", duration(timedelta(seconds=high + 1)))


def test_an_accepted_identity_is_one_of_its_shape_in_its_place_only() -> None:
    entry = Accepted("page", "docker logs web", "reason", "evidence", identity=OURS)
    said = f"endpoint web ({OURS}): taken\n"
    assert entry.applied(said.replace(OURS, THEIRS), said) == said
    for other in (said.replace(OURS, "b" * 63), said.replace(f"({OURS}", f"[{THEIRS}"), said.replace("taken", "free")):
        assert entry.applied(other, said) != said


def test_two_accepted_lines_are_turned_round_if_they_are_neighbours() -> None:
    entry = Accepted("page", "docker logs web", "reason", "evidence", either_order=("one", "two"))
    assert entry.applied("two\none\nend\n", "one\ntwo\nend\n") == "one\ntwo\nend\n"
    assert entry.applied("two\nend\none\n", "one\ntwo\nend\n") == "two\nend\none\n"
