"""Sizes, ages and tables, as Docker prints them (measured on Engine 28.5.2)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.client.human import ago, duration, ellipsis, size, table


@pytest.mark.parametrize(
    ("count", "three", "four"),
    [
        (0, "0B", "0B"),
        (999, "999B", "999B"),
        (1000, "1kB", "1kB"),
        (1234, "1.23kB", "1.234kB"),
        (192_000, "192kB", "192kB"),
        (999_499, "999kB", "999.5kB"),
        (999_999, "1e+03kB", "1000kB"),
        (1_000_000, "1MB", "1MB"),
        (3_082_659, "3.08MB", "3.083MB"),
        (12_345_678_901, "12.3GB", "12.35GB"),
    ],
)
def test_a_size_has_three_digits_in_lists_of_images_and_four_elsewhere(count: int, three: str, four: str) -> None:
    assert (size(count, 3), size(count)) == (three, four)


def test_the_largest_unit_is_the_yottabyte() -> None:
    assert size(5e27) == "5000YB"


MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Less than a second"),
        (0.9, "Less than a second"),
        (1, "1 second"),
        (2, "2 seconds"),
        (59.9, "59 seconds"),
        (60, "About a minute"),
        (119, "About a minute"),
        (120, "2 minutes"),
        (59 * MINUTE + 59, "59 minutes"),
        (60 * MINUTE, "About an hour"),
        (89 * MINUTE, "About an hour"),
        (90 * MINUTE, "2 hours"),
        (47 * HOUR, "47 hours"),
        (48 * HOUR, "2 days"),
        (13 * DAY, "13 days"),
        (14 * DAY, "2 weeks"),
        (59 * DAY, "8 weeks"),
        (60 * DAY, "2 months"),
        (729 * DAY, "24 months"),
        (730 * DAY, "2 years"),
        (20507 * DAY, "56 years"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_fitting_unit(seconds: float, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


def test_an_age_says_ago() -> None:
    assert ago(datetime(2025, 2, 5, tzinfo=UTC), datetime(2025, 2, 20, tzinfo=UTC)) == "2 weeks ago"


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert ellipsis("x" * 45, 45) == "x" * 45
    assert ellipsis("ü" * 46, 45) == "ü" * 44 + "…"


def test_columns_are_three_blanks_apart_and_at_least_ten_wide() -> None:
    assert table([["TAG", "IMAGE ID", "SIZE"], ["latest", "186a59ae62c2", "192kB"]]) == (
        "TAG       IMAGE ID       SIZE\nlatest    186a59ae62c2   192kB\n"
    )


def test_an_empty_last_cell_leaves_the_padding_of_the_one_before() -> None:
    assert table([["SIZE", "COMMENT"], ["0B", ""]]) == "SIZE      COMMENT\n0B        \n"


def test_no_rows_make_no_table() -> None:
    assert table([]) == ""


@given(st.lists(st.lists(st.text("ab ", max_size=15), min_size=3, max_size=3), min_size=1, max_size=6))
def test_cells_of_a_column_begin_at_the_same_place(rows: list[list[str]]) -> None:
    lines = table(rows).split("\n")[:-1]
    start = max(10, 3 + max(len(row[0]) for row in rows))
    assert all(line[:start].rstrip(" ") == row[0].rstrip(" ") for line, row in zip(lines, rows, strict=True))
    assert all(line[start:].startswith(row[1]) for line, row in zip(lines, rows, strict=True))
