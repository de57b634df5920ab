"""Time that can be handed in."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dockerlearn.model.clock import LAST, FixedClock, SystemClock, after, utc

NINE = datetime(2025, 2, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "2025-02-20T09:00:00Z",
        "2025-02-20T09:00:00",
        "2025-02-20 10:00:00+01:00",
        datetime(2025, 2, 20, 9),
        datetime(2025, 2, 20, 10, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_moment_is_in_utc_whatever_it_was_told_in(said: str | datetime) -> None:
    assert utc(said) == NINE
    assert utc(said).tzinfo is UTC
    assert FixedClock(said).now() == NINE


def test_a_day_begins_at_midnight() -> None:
    assert utc("2025-02-20") == NINE - timedelta(hours=9)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        FixedClock("soon")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_that_utc_has_not_is_refused(moment: str) -> None:
    with pytest.raises(ValueError, match=f"^outside of the years 1 to 9999 in UTC: '{re.escape(moment)}'$"):
        utc(moment)


def test_a_moment_may_come_after_a_while_or_never() -> None:
    assert after(NINE, 60.5) == NINE + timedelta(seconds=60.5)
    assert after(LAST - timedelta(seconds=1), 1) == LAST
    assert after(LAST, 1e-6) is None
    assert after(NINE, 1e300) is None


@pytest.mark.parametrize("seconds", [2, 1e300, float("inf")])
def test_a_fixed_clock_stands_still_at_the_last_moment(seconds: float) -> None:
    clock = FixedClock(LAST - timedelta(seconds=1))
    for _ in "12":
        clock.sleep(seconds)
        assert clock.now() == LAST


def test_a_fixed_clock_moves_only_when_told_to_and_at_once() -> None:
    clock = FixedClock(NINE)
    before = time.perf_counter()
    clock.sleep(3600.5)
    assert time.perf_counter() - before < 1
    assert clock.now() == clock.now() == NINE + timedelta(hours=1, seconds=0.5)


def test_the_system_clock_is_the_computers_own() -> None:
    clock = SystemClock()
    before = datetime.now(UTC)
    clock.sleep(0.01)
    assert timedelta(seconds=0.01) <= clock.now() - before < timedelta(minutes=1)
    assert clock.now().tzinfo is UTC


def test_a_clock_does_not_run_backwards() -> None:
    clock = FixedClock("2025-02-20")
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        clock.sleep(-60)
    assert clock.now() == FixedClock("2025-02-20").now()
