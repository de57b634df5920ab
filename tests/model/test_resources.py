"""Work is counted, and so is what is written: both have an end, at the same place on every computer."""

from datetime import UTC, datetime, timedelta

import pytest

from dockerlearn.model.process import Stream, Write
from dockerlearn.model.processes import LONGEST_LOG, SHORTEST_LOG, Log
from dockerlearn.model.resources import (
    CATCH_UP_STEPS,
    DISK_BYTES,
    DISK_NODES,
    Disk,
    Patience,
    TooMuchWork,
    Work,
)

NOON = datetime(2025, 2, 20, 12, tzinfo=UTC)


def test_work_has_no_end_unless_it_is_limited() -> None:
    work = Work()
    work.spend(10**9)
    assert work.done == 10**9


def test_so_many_steps_can_be_done_and_no_more() -> None:
    work = Work()
    with work.limited(10):
        work.spend(10)
        with pytest.raises(TooMuchWork, match=r"^more than 10 steps of a line are more than dockerlearn does$"):
            work.spend(1)
    assert work.done == 11
    work.spend(1)


def test_what_was_done_already_is_taken_off() -> None:
    work = Work()
    with work.limited(10, already=7):
        work.spend(3)
        with pytest.raises(TooMuchWork, match="more than 10 steps"):
            work.spend(1)


def test_a_hundred_characters_are_a_step() -> None:
    work = Work()
    work.spend(2, 99)
    assert work.done == 2
    work.spend(0, 1250)
    assert work.done == 14


def test_what_is_within_pays_for_what_is_around_it() -> None:
    work = Work()
    with work.limited(10):
        with work.limited(100):
            work.spend(50)
        with pytest.raises(TooMuchWork, match="more than 10 steps"):
            work.spend(0)


def test_work_that_cannot_be_stopped_stops_the_next() -> None:
    work = Work()
    with work.limited(10):
        work.owe(11)
        with pytest.raises(TooMuchWork):
            work.spend(0)


def test_the_steps_of_a_second_are_shared_by_all_containers() -> None:
    patience = Patience()
    assert patience.share(NOON, 0) == patience.share(NOON, 1) == CATCH_UP_STEPS
    assert patience.share(NOON, 8) == CATCH_UP_STEPS // 8
    patience.spend(CATCH_UP_STEPS - 5)
    assert patience.share(NOON, 8) == 5
    patience.spend(10)
    assert patience.share(NOON + timedelta(seconds=0.9), 1) == 0
    assert patience.share(NOON + timedelta(seconds=1), 1) == CATCH_UP_STEPS
    patience.spend(7)
    assert patience.share(NOON, 1) == CATCH_UP_STEPS  # a clock that was set back is another time, too


@pytest.mark.parametrize(("most", "what"), [(DISK_BYTES, (1, 0)), (DISK_NODES, (0, 1))])
def test_a_disk_is_full_when_its_bytes_or_its_files_are(most: int, what: tuple[int, int]) -> None:
    disk = Disk(lambda: (what[0] * most, what[1] * most))
    disk.take(what[0] * most, what[1] * most)
    with pytest.raises(OSError, match=r"^No space left on device$"):
        disk.take(*what)


def test_what_has_gone_from_a_full_disk_is_room_for_more() -> None:
    used = DISK_BYTES
    looks: list[int] = []

    def look() -> tuple[int, int]:
        looks.append(used)
        return used, 0

    disk = Disk(look)
    disk.take(DISK_BYTES)
    with pytest.raises(OSError, match="No space"):
        disk.take(1)
    used = 1000
    disk.take(DISK_BYTES - 1000)
    assert looks == [DISK_BYTES, 1000]
    used = 2000
    with pytest.raises(OSError, match="No space"):
        disk.take(DISK_BYTES - 1999)
    disk.take(DISK_BYTES - 2000)  # what was refused has taken nothing
    assert looks == [DISK_BYTES, 1000, 2000]


def log(free: int = DISK_BYTES) -> Log:
    """An empty log on a disk of which so much is free."""
    logs: list[Log] = []
    disk = Disk(lambda: (DISK_BYTES - free + sum(each.size for each in logs), 0))
    disk.take(DISK_BYTES - free)
    logs.append(Log(disk))
    return logs[0]


def line(text: str) -> Write:
    """A line that a program writes."""
    return Write(Stream.STDOUT, text)


def test_a_log_keeps_the_last_of_what_was_written() -> None:
    it = log()
    for number in range(1, 1_202):
        it.append(line(f"{number:999}\n"))
    assert it.size == LONGEST_LOG
    assert (it.count, it.dropped) == (1_201, 201)
    assert it.since(0)[0] == line(f"{202:999}\n")
    assert it.since(1_199) == (line(f"{1_200:999}\n"), line(f"{1_201:999}\n"))
    assert it.since(1_201) == ()


def test_of_a_text_that_is_too_long_a_log_keeps_the_end() -> None:
    it = log()
    it.append(line("a\nb\n" + "x" * LONGEST_LOG))
    assert it.since(0) == (line("x" * LONGEST_LOG),)
    assert (it.count, it.dropped, it.size) == (1, 2, LONGEST_LOG)


def test_on_a_full_disk_a_log_is_short() -> None:
    it = log(free=6_000)
    for _ in range(5):
        it.append(line("x" * 2_999 + "\n"))
    assert (it.size, it.dropped, it.count) == (SHORTEST_LOG - 1_000, 2, 5)
