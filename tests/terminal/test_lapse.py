"""Loops in containers are played as far as somebody looks: what is left out makes no difference to what is seen later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dockerlearn.model.process import Effect, Repeat, Rounds
from dockerlearn.model.processes import MOST_PROCESSES, MOST_ROUNDS
from dockerlearn.model.resources import CATCH_UP_STEPS
from dockerlearn.terminal.lapse import Lapse, Moment, known
from dockerlearn.terminal.session import Result, Session
from dockerlearn.terminal.syntax import While, parse
from tests.february import page_session

ELEVEN_DAYS, YEAR = 11 * 24 * 60 * 60, 366 * 24 * 60 * 60
ALIKE = (
    "while true; do date; sleep 1; done",
    "while :; do echo tick; sleep 1; done",
    "while sleep 1; do echo tick; done",
    "while true; do sleep 1; sleep 0.5; date; done",
    "i=0; while true; do i=$((i+1)); echo tick $i; sleep 1; done",
    "i=100000; while true; do echo $i left; i=$(( i - 2 )); sleep 1; done",
    'i=5; while true; do i=$((3 + $i)); echo "i is $i"; sleep 1; done',
    "i=0; j=9; while true; do i=$((i+1)); j=$((j+10)); echo $i $j; sleep 1; done",
    "while true; do for i in 1 2 3; do echo $i; sleep 1; done; done",
    "while true; do n=3; while [ $n != 0 ]; do n=$((n-1)); echo $n; sleep 1; done; done",
    "while true; do echo x > /dev/null; ls /nowhere; sleep 1.5; done",
    "x=a; while true; do y=$x; x=$y; echo $x$y; sleep 1; done",
    "while true; do echo $(echo tick) | cat; sleep 1; done",
    "trap 'echo heard' USR1; while true; do date; sleep 1; done",
)
NOT_ALIKE = (
    "i=0; while true; do i=$((i+1)); [ $i = 150 ] && exit 7; sleep 1; done",
    "i=0; while [ $i != 150 ]; do i=$((i+1)); sleep 1; done; exit 7",
    "i=0; while true; do i=$((i+1)); j=$((i / 100)); echo $j; sleep 1; done",
    "i=0; while true; do i=$(( (i+1) % 100 )); echo $i; sleep 1; done",
    "i=1; while true; do i=$((i*1+1)); echo $i; sleep 1; done",
    "i=0; while true; do i=$((i+1)); sleep $i; echo $i; done",
    "x=a; while true; do x=a$x; echo $x; sleep 100; done",
    "while true; do date > /now; sleep 10; done",
    "while true; do if=$(date +); echo $(date); sleep 1; done",
    "while true; do [ \"$(date)\" = 'Thu Feb 20 09:02:00 UTC 2025' ] && exit 7; sleep 1; done",
    "i=0; while true; do i=$((i+1)); echo $i | sh -c 'cat'; sleep 1; done",
    "i=0; while true; do i=$((i+1)); x=$i; echo $x; sleep 1; done",
)


def start(loop: str) -> Session:
    """A machine with a container c0 that runs a loop."""
    session = page_session()
    session.run("docker pull -q alpine")
    session.engine.run("alpine", "sh", "-c", loop, name="c0")
    return session


def told(session: Session) -> tuple[str, ...]:
    """What can be seen of c0: its state, its last lines, and its files."""
    commands = (
        "docker ps -a",
        "docker logs --tail 20 c0",
        "docker diff c0",
        "docker exec c0 cat /now",
        "docker ps -as",
    )
    return tuple(session.run(command).output for command in commands)


@pytest.mark.parametrize("loop", ALIKE)
def test_of_rounds_that_are_alike_the_last_ones_are_played_as_if_all_had_been(loop: str) -> None:
    unseen, watched = start(loop), start(loop)
    unseen.clock.sleep(3000)
    for _ in range(20):
        watched.clock.sleep(150)
        watched.engine.containers()
    assert told(unseen) == told(watched)
    assert "is left out" in unseen.run("docker logs c0").output or "ls:" in unseen.run("docker logs c0").output
    assert "is left out" not in watched.run("docker logs c0").output


@pytest.mark.parametrize("loop", NOT_ALIKE)
def test_rounds_that_may_differ_are_played_all(loop: str) -> None:
    unseen, watched = start(loop), start(loop)
    unseen.clock.sleep(200)
    for _ in range(10):
        watched.clock.sleep(20)
        watched.engine.containers()
    assert told(unseen) == told(watched)
    assert "is left out" not in unseen.run("docker logs c0").output


def test_ten_loops_after_eleven_days_are_told_at_once_and_rightly() -> None:
    session = page_session()
    session.run("docker pull -q alpine")
    for number in range(10):
        session.run(
            f"docker run -d --name c{number} alpine sh -c 'i=0; while true; do i=$((i+1)); echo $i; sleep 1; done'"
        )
    session.clock.sleep(ELEVEN_DAYS)
    before = session.engine.work.done
    assert session.run("docker ps -q | wc -l") == Result("10\n", 0)
    assert session.engine.work.done - before < CATCH_UP_STEPS + 5_000
    started = session.engine.container("c3").started
    lines = session.run("docker logs --tail 3 c3").output.split()
    seconds = int((session.engine.clock.now() - timedelta(seconds=1) - started).total_seconds())
    assert lines == [str(seconds - 1), str(seconds), str(seconds + 1)]


def test_after_a_year_the_time_that_a_loop_shows_is_now() -> None:
    session = start("while true; do date; sleep 1; done")
    session.clock.sleep(YEAR)
    now = session.engine.clock.now()
    assert session.run("docker logs --tail 1 c0").output == f"{now:%a %b %d %H:%M:%S UTC %Y}\n"


def test_of_a_loop_that_writes_files_the_last_rounds_are_played() -> None:
    session = start("while true; do date > /now; sleep 1; done")
    session.clock.sleep(YEAR)
    now = session.engine.clock.now()
    session.engine.containers()
    assert session.engine.container("c0").read("/now") == f"{now:%a %b %d %H:%M:%S UTC %Y}\n"
    assert session.run("docker logs c0").output.endswith(" is left out\n")


def test_another_process_of_the_container_is_heard_in_time() -> None:
    session = start("while [ ! -e /stop ]; do sleep 1; done; date")
    session.run("docker exec -d c0 sh -c 'sleep 90; touch /stop'")
    session.clock.sleep(100_000)
    assert session.run("docker logs c0").output == "Thu Feb 20 09:01:32 UTC 2025\n"
    assert session.engine.container("c0").exit_code == 0


def test_two_processes_that_never_rest_are_left_out_together() -> None:
    session = start("while true; do date >> /one; sleep 1; done")
    session.run("docker exec -d c0 sh -c 'while true; do date >> /two; sleep 1; done'")
    session.clock.sleep(YEAR)
    before = session.engine.work.done
    assert session.run("docker ps -q").status == 0
    assert session.engine.work.done - before < 2 * CATCH_UP_STEPS
    tails = [session.run(f"docker exec c0 tail -n 1 /{name}").output for name in ("one", "two")]
    assert tails[0].endswith("2026\n")
    assert tails[1].endswith("2026\n")


def test_so_many_processes_run_beside_the_main_one_and_no_more() -> None:
    session = start("sleep 10000")
    for _ in range(MOST_PROCESSES):
        assert session.run("docker exec -d c0 sleep 500") == Result("", 0)
    refused = session.run("docker exec -d c0 sleep 500")
    assert refused.output.endswith("more than 20 processes of docker exec -d are more than dockerlearn runs\n")
    assert refused.status == 1
    session.clock.sleep(501)
    assert session.run("docker exec -d c0 sleep 500") == Result("", 0)


def test_a_signal_that_comes_between_the_rounds_is_heard() -> None:
    session = start("trap 'echo heard' USR1; i=0; while true; do i=$((i+1)); echo $i; sleep 10; done")
    session.clock.sleep(1000)
    session.run("docker kill -s USR1 c0")  # a shell hears it when its sleep is over
    session.clock.sleep(10)
    assert session.run("docker logs --tail 2 c0").output == "heard\n102\n"
    session.clock.sleep(YEAR)
    assert session.run("docker logs c0").output.count("heard") == 1


def test_no_more_rounds_are_played_than_a_log_is_read() -> None:
    session = start("while true; do echo tick; sleep 1; done")
    session.clock.sleep(YEAR)
    assert 100 < int(session.run("docker logs c0 2> /dev/null | wc -l").output) < MOST_ROUNDS + 10


@pytest.mark.parametrize(
    ("loop", "counters"),
    [
        ("while true; do i=$((i+1)); done", {"i"}),
        ("while :; do i=$((1 + i)); j=$(($j - 2)); echo $i; done", {"i", "j"}),
        ("while sleep 1; do i=$((i+1)); i=$((i+2)); done", {"i"}),
        ("while true; do i=$((i+1)); i=5; done", set()),
        ("while true; do i=$((j+1)); done", set()),
        ("while true; do i=$((1-i)); done", set()),
        ("while true; do i=$((i+j)); done", set()),
        ("while true; do i=$((i*2)); done", set()),
        ("while true; do i=$((i+1))0; done", set()),
        ("while true; do i=$(echo $((i+1))); done", set()),
    ],
)
def test_a_counter_is_a_variable_that_is_only_increased(loop: str, counters: set[str]) -> None:
    assert known(read(loop)).counters == counters


@pytest.mark.parametrize(
    ("loop", "only_shows"),
    [
        ("while true; do date; sleep 1; done", True),
        ('while sleep 1; do echo $i ${j} "$i"; ls / > /f; done', True),
        ("while true; do i=$((i+1)); echo $i; done", True),
        ("while false; do date; done", False),
        ("while true && true; do date; done", False),
        ("while true | true; do date; done", False),
        ("while $x; do date; done", False),
        ("while true; do date && exit; done", False),
        ("while true; do date | grep 1; done", False),
        ("while true; do for i in a; do date; done; done", False),
        ("while true; do while false; do date; done; done", False),
        ("while true; do echo $(date); done", False),
        ("while true; do sleep $i; done", False),
        ("while true; do $i; done", False),
        ("while :; do : $i; date; done", True),
        ("while true; do true $i; done", False),
        ("while 'tr'ue; do 'ec'ho $i; done", True),
        ("while true; do echo a > $i; done", False),
        ("while true; do x=$i; done", False),
        ("while true; do echo $((i+1)); done", False),
    ],
)
def test_a_loop_only_shows_if_nothing_depends_on_what_it_shows(loop: str, only_shows: bool) -> None:
    assert known(read(loop)).only_shows is only_shows


def read(loop: str) -> While:
    """A loop as it is read."""
    commands = parse(loop, commands={"ls", "date", "exit", "[", ":"})
    command = commands.pipelines[0][1][0]
    assert isinstance(command, While)
    return command


# A loop and its moments, one by one

SHOWS = "while true; do date; i=$((i+1)); sleep 1; done"
DECIDES = "while true; do date && i=$((i+1)); sleep 1; done"


class Observed:
    """A loop whose moments are told, one at the beginning of each round; what it says, and what it sets."""

    def __init__(self, loop: str) -> None:
        self._lapse = Lapse(read(loop), lambda: self._moment, self._set)
        self._moment = Moment(at(0), 0, 0, {}, (), self)
        self.set: dict[str, str] = {}

    def _set(self, name: str, value: str) -> None:
        self.set[name] = value

    def begins(self, seconds: float, *, answer: Rounds | None = None, **moment: Any) -> Effect | None:
        """What it says at the beginning of a round so many seconds after noon, in a moment that is otherwise as the last."""
        self._moment = self._moment._replace(time=at(seconds), work=self._moment.work + 10)._replace(**moment)
        said = self._lapse.round()
        effect = next(said, None)
        if effect is not None:
            with pytest.raises(StopIteration):
                said.send(answer)
        return effect


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return datetime(2025, 2, 20, 12, tzinfo=UTC) + timedelta(seconds=seconds)


def test_two_rounds_that_are_alike_are_followed_by_others() -> None:
    it = Observed(SHOWS)
    assert [it.begins(number * 2) for number in range(5)] == [
        None,
        None,
        Repeat(2.0, 10),
        Repeat(2.0, 10),
        Repeat(2.0, 10),
    ]


def test_after_rounds_were_left_out_it_has_to_be_seen_anew_that_they_are_alike() -> None:
    it = Observed(SHOWS)
    it.begins(0), it.begins(1)
    assert it.begins(2, answer=Rounds(90)) == Repeat(1.0, 10)
    assert it.begins(93) is None
    assert it.begins(94) == Repeat(1.0, 10)


@pytest.mark.parametrize("changed", [{"files": object()}, {"state": (1,)}, {"variables": {"x": "a"}}, {"work": 1000}])
def test_a_round_that_begins_otherwise_is_another(changed: dict[str, Any]) -> None:
    it = Observed(SHOWS)
    it.begins(0), it.begins(1)
    assert it.begins(2, **changed) is None
    assert it.begins(3) is None
    assert it.begins(4) is not None


def test_a_round_without_time_is_none() -> None:
    it = Observed(SHOWS)
    assert [it.begins(0) for _ in range(5)] == [None] * 5


@pytest.mark.parametrize(("loop", "goes_on"), [(SHOWS, True), (DECIDES, False)])
def test_a_loop_that_asks_for_the_time_goes_on_if_nothing_depends_on_that(loop: str, goes_on: bool) -> None:
    it = Observed(loop)
    it.begins(0, asked=1), it.begins(1, asked=2)
    assert (it.begins(2, asked=3) is not None) is goes_on
    assert it.begins(3) is not None  # it did not ask


@pytest.mark.parametrize(("loop", "goes_on"), [(SHOWS, True), (DECIDES, False)])
def test_a_loop_that_counts_goes_on_if_it_only_counts(loop: str, goes_on: bool) -> None:
    it = Observed(loop)
    for number in (3, 5, 7):
        assert it.begins(number, variables={"i": str(number), "x": "a"}) is None or number == 7
    said = it.begins(9, variables={"i": "9", "x": "a"}, answer=Rounds(1000))
    assert (said is not None) is goes_on
    assert it.set == ({"i": "2009"} if goes_on else {})


def test_a_counter_goes_down_and_begins_again_at_the_end_of_all_numbers() -> None:
    it = Observed(SHOWS)
    for number in (1, 2, 3, 4):
        it.begins(number, variables={"i": str(-number * 10**17)}, answer=Rounds(10**3))
    assert it.set == {"i": str((-3 * 10**17 - 10**3 * 10**17 + 2**63) % 2**64 - 2**63)}


@pytest.mark.parametrize(
    "values",
    [
        ("1", "2", "4", "8", "16"),
        ("a", "b", "c", "d", "e"),
        ("01", "02", "03", "04", "05"),
        ("", "1", "2", "x", "3"),
        ("1", "a", "3", "b", "5"),
        (str(10**18), str(10**18 + 1), str(10**18 + 2), str(10**18 + 3), str(10**18 + 4)),
    ],
)
def test_what_does_not_grow_steadily_or_is_no_number_is_no_counter(values: tuple[str, ...]) -> None:
    it = Observed(SHOWS)
    assert [it.begins(number, variables={"i": value}) for number, value in enumerate(values)] == [None] * 5


def test_only_a_variable_that_the_loop_increases_is_a_counter() -> None:
    it = Observed(SHOWS)
    assert [it.begins(number, variables={"j": str(number)}) for number in range(5)] == [None] * 5


def test_a_variable_that_is_new_makes_another_round() -> None:
    it = Observed(SHOWS)
    assert [it.begins(number, variables={f"v{number}": "1"}) for number in range(5)] == [None] * 5
