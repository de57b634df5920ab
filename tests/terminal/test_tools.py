"""The text tools: what bash's and GNU's print, for the options that are known; every other one is refused by name."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.process import complete
from dockerlearn.model.resources import Work
from dockerlearn.terminal.session import Result
from dockerlearn.terminal.tools import commands
from tests.terminal.test_shell import bash, new_shell

needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("bash", "grep", "sort")), reason="no bash, grep or sort to compare with"
)
MODERATELY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def run(text: str, clock: FixedClock | None = None) -> Result:
    output = complete(new_shell().run(text), (clock or FixedClock("2025-02-20")).sleep)
    return Result(output.screen, output.status)


LINES = """\
REPOSITORY   TAG       SIZE
nginx        1.27      192MB
python       3.12      1.02GB
nginx        latest    192MB

nginx        1.27      192MB"""
FILES = f"echo '{LINES}' > f; echo -n 'no end' > g; > empty; "

# Against the real tools


@needs_tools
@pytest.mark.parametrize(
    "line",
    [
        "cat f g; cat g f empty; cat f | cat; cat f | cat g -; cat nofile; cat /dev/null",
        "echo; echo -n a; echo -nn b; echo -x -; echo -- a; echo a -n",
        "seq 3; seq 2 4; seq 1 3 10; seq 10 -3 1; seq -2 0; seq 0; seq +1 2; seq 3 1",
        "true; echo $?; false; echo $?; echo a | true b; sleep 0; sleep 0.01 0s .01; echo $?",
        "head -2 f; head -n 1 g; head -n -3 f; head -n -99 f; head -c 5 f; head -c -60 f; head empty; seq 20 | head",
        "tail -2 f; tail -n 1 g; tail -n +5 f; tail -n +0 g; tail -n 0 f; tail -c 5 f; tail -c +95 f; seq 20 | tail",
        "wc f; wc -l f; wc -c g; wc -lw f; wc -m f; wc empty; wc g; cat f | wc; cat f | wc -; cat f | wc -wc",
        "echo é | wc -m; echo é | wc -c; cat f | wc -l; true | wc; wc -- f",
        "sort f; sort -r f; sort -u f; sort -ru f; sort f g; sort empty; cat f | sort - g",
        "uniq f; sort f | uniq -c; sort f | uniq -d; sort f | uniq -u; sort f | uniq -cd; sort f | uniq -du; uniq g",
        "cut -c1-5 f; cut -c 3,1 f; cut -c-3,20- f; cut -d ' ' -f1 f; cut -d. -f2- f; cut -f1 f; cut -d1 -f1,3 f; cut -f1 g",
        "grep nginx f; grep -v nginx f; grep -c 1 f; grep -n 1.27 f; grep -q zzz f; echo $?; grep zzz f; echo $?; grep -q n f",
        "grep -i NGINX f; grep -w 1 f; grep -w 27 f; grep -x 'no end' g; grep -F 1.2 f; grep -e -x f; grep -o '[0-9]*' f",
        "grep -on 1.. f; grep -ov 1 f; grep -cv 1 f; grep '' f; grep '^$' f; grep -E '^(nginx|python) +[13]' f; grep o g",
        "grep 'x *1\\.2' f; grep -E 'MB|GB$' f; grep 'x\\{1\\}' f; grep -E 'n{2}' f; grep '(' f; grep -E '\\(' f; grep 'a\\|b' f",
        "grep '[[]' f; grep '[]n]' f; grep '[^a-zA-Z ]$' f; grep -E 'ngi?nx|py(th)on' f; grep -E '(^n|^p)' f; grep 'MB$' f",
        "grep -oE 'ng|nginx|n' f; grep -oE '(1|1\\.)(2|27)' f; grep -o 'n\\|ngi' f; grep -oiE 'NG|nginX' f; grep -owE '2|27|1' f",
        "grep -E 'x|(no|no end|n)$' g; grep -xE 'no|no end' g; grep -o '.*n' f; grep -oE 'e{1,}|[^a-z]{2,3}' f; grep -c '[[a]' f",
        "cat nofile; head nofile; tail nofile; cut -f1 nofile; wc nofile; sort nofile; uniq nofile; grep a nofile; echo $?",
        "cat f | grep 1 | sort | uniq -c | sort -rn | head -1",
    ],
)
def test_a_tool_prints_what_the_real_one_prints(line: str, tmp_path: Path) -> None:
    assert run(FILES + line) == bash(FILES + line, tmp_path)


texts = st.lists(st.text("ab1 -A.", max_size=4), max_size=6).map("\n".join)
numbers = st.lists(
    st.builds("{}{}".format, st.sampled_from(["", "-", " ", "0", "x"]), st.one_of(st.integers(0, 99), st.just(1.5))),
    max_size=7,
).map("\n".join)
patterns = st.lists(
    st.sampled_from(["a", "b", "1", ".", "a*", "[ab]", "[^a]", "b\\+", "a\\?", " ", "-", "+", "\\.", "A"]),
    min_size=1,
    max_size=4,
).map("".join)


def subset(letters: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(letters), unique=True).map(
        lambda chosen: "".join(f" -{each}" for each in sorted(chosen))
    )


tools = st.one_of(
    st.builds("sort{}".format, subset("ru")),
    st.builds("uniq{}".format, subset("cdu")),
    st.builds("sort | uniq{}".format, subset("cdu")),
    st.builds("wc{}".format, subset("clmw")),
    st.builds(
        "{} -{} {}{}".format,
        st.sampled_from(["head", "tail"]),
        st.sampled_from("nc"),
        st.sampled_from("-+"),
        st.integers(0, 9),
    ),
    st.builds("grep{} -e '{}'".format, subset("cinovwx"), patterns),
    st.builds("cut -d{} -f{}".format, st.sampled_from("1aA"), st.sampled_from(["1", "2-", "-2", "1,3", "2,1"])),
    st.builds("cut -c{}-{}".format, st.integers(1, 3), st.integers(3, 5)),
)


@needs_tools
@MODERATELY
@given(texts, tools, st.booleans())
def test_a_tool_prints_what_the_real_one_prints_of_any_text(tmp_path: Path, text: str, tool: str, ended: bool) -> None:
    line = f"echo {'' if ended else '-n'} '{text}' | {tool}; echo $?"
    assert run(line) == bash(line, tmp_path)


@needs_tools
@MODERATELY
@given(numbers, subset("ru"))
@example("10\n9\n9 x\nx\n-1\n.5\n1.5\n\n 3", "")
@example("2 b\n2 a\n02\n2", " -u")
def test_numbers_are_sorted_as_the_real_tool_sorts_them(tmp_path: Path, text: str, options: str) -> None:
    line = f"echo '{text}' | sort -n{options}"
    assert run(line) == bash(line, tmp_path)


@needs_tools
@MODERATELY
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=3))
def test_numbers_are_counted_as_the_real_tool_counts_them(tmp_path: Path, numbers: list[int]) -> None:
    line = f"seq {' '.join(map(str, numbers))}"
    if len(numbers) == 3 and numbers[1] == 0:
        assert run(line).status == bash(line, tmp_path).status == 1
    else:
        assert run(line) == bash(line, tmp_path)


alternatives = st.recursive(
    st.sampled_from(["a", "b", "ab", "1*", "A?", "[ab]+", "[^b]{1,2}", ".", "é"]),
    lambda inner: st.one_of(st.builds("{}{}".format, inner, inner), st.builds("({}|{})".format, inner, inner)),
    max_leaves=6,
)


@needs_tools
@MODERATELY
@given(st.text("ab1 -Aé", max_size=9), alternatives, subset("cinovx"))
@example("ab aab", "(a|ab)(b|)", " -o")
def test_the_longest_of_several_matches_is_found_as_by_grep(
    tmp_path: Path, text: str, pattern: str, options: str
) -> None:
    line = f"echo '{text}' | grep -E{options} '{pattern}'; echo $?"
    assert run(line) == bash(line, tmp_path)


# Beside the real tools


@pytest.mark.parametrize(
    ("line", "output"),
    [
        (f"echo {'a' * 999} | grep -c '{'a*' * 50}b'", ("0\n", 1)),
        (f"echo {'a' * 999} | grep -cE '{'(a|aa)' * 50}b'", ("0\n", 1)),
        (f"echo {'a' * 99} | grep -oE '{'(a|aa)' * 40}' | wc -c", ("81\n", 0)),
        (f"echo {'a' * 999} | grep -owE '{'(|a)' * 500}' | wc -l", ("0\n", 0)),
        ("echo a | grep -cE '" + "(" * 9000 + "a" + ")" * 9000 + "'", ("1\n", 0)),
        ("echo a | grep -c '" + "\\(" * 3000 + "'", None),
        ("echo a | grep -c '" + "[" * 9000 + "'", None),
        ("echo a | grep '" + "a\\{9000\\}" * 9 + "'", None),
        ("echo a | grep -F '" + "a" * 30000 + "'", None),
        ("head -c 6000000 /dev/zero | grep a", None),
        (f"echo {'a' * 1999} | grep -oE '{'a?' * 1999}{'a' * 1999}'", None),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_no_pattern_takes_long(line: str, output: tuple[str, int] | None) -> None:
    result = run(line)
    if output is None:
        assert result.status == 2
        assert result.output.startswith("grep: ")
        assert result.output.endswith(" is something that dockerlearn does not know\n")
        assert result.output.count("\n") == 1
    else:
        assert result == output


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("cat -n f", "cat: -n"),
        ("cut f", "cut: the list ‘’"),
        ("cut -f 3-1 f", "cut: the list ‘3-1’"),
        ("cut -f 0 f", "cut: the list ‘0’"),
        ("cut -f - f", "cut: the list ‘-’"),
        ("cut -f x f", "cut: the list ‘x’"),
        ("cut -d '' -f1 f", "cut: a delimiter that is not a single character, or not of fields"),
        ("cut -d ab -f1 f", "cut: a delimiter that is not a single character, or not of fields"),
        ("cut -c1 -f1 f", "cut: a delimiter that is not a single character, or not of fields"),
        ("cut -d", "cut: -d"),
        ("cut -f1 -f2 f", "cut: an option given twice"),
        ("echo -e 'a\\n'", "echo: -e"),
        ("echo -nE a", "echo: -nE"),
        ("head --lines=1 f", "head: --lines"),
        ("head -n x f", "head: ‘x’ as a number"),
        ("head f g", "head: a file after ‘f’"),
        ("tail -f f", "tail: -f"),
        ("uniq f g", "uniq: a file after ‘f’"),
        ("wc f g", "wc: a file after ‘f’"),
        ("wc -L f", "wc: -L"),
        ("seq 1 0 2", "seq: to count as in ‘1 0 2’"),
        ("seq", "seq: to count as in ‘’"),
        ("seq 1 2 3 4", "seq: to count as in ‘1 2 3 4’"),
        ("seq 0.5", "seq: to count as in ‘0.5’"),
        ("seq -w 3", "seq: to count as in ‘-w 3’"),
        ("seq 10001", "seq: to count as in ‘10001’"),
        ("seq 99999999999999999999", "seq: to count as in ‘99999999999999999999’"),
        ("sleep", "sleep: ‘’ as a time to wait"),
        ("sleep x", "sleep: ‘x’ as a time to wait"),
        ("sleep 1 infinity", "sleep: ‘1 infinity’ as a time to wait"),
        ("sleep 2d", "sleep: ‘2d’ as a time to wait"),
        ("sleep 999999999999", "sleep: ‘999999999999’ as a time to wait"),
    ],
)
def test_what_is_unknown_is_refused_by_name(line: str, refused: str) -> None:
    assert run(FILES + line) == (f"{refused} is something that dockerlearn does not know\n", 1)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("sort -k2 f", "sort: -k"),
        ("grep", "grep: to look for nothing"),
        ("grep -r a f", "grep: -r"),
        ("grep a f g", "grep: a file after ‘f’"),
        ("grep '[[:digit:]]' f", "grep: ‘[[:digit:]’ in the pattern ‘[[:digit:]]’"),
        ("grep '[a--]' f", "grep: ‘[a--]’ in the pattern ‘[a--]’"),
        ("grep '[a' f", "grep: ‘[’ in the pattern ‘[a’"),
        ("grep 'a\\' f", "grep: ‘\\’ in the pattern ‘a\\’"),
        ("grep '\\d' f", "grep: ‘\\d’ in the pattern ‘\\d’"),
        ("grep '\\(a\\)\\1' f", "grep: ‘\\1’ in the pattern ‘\\(a\\)\\1’"),
        ("grep '*a' f", "grep: ‘*’ in the pattern ‘*a’"),
        ("grep 'a^b' f", "grep: ‘^’ in the pattern ‘a^b’"),
        ("grep 'a$b' f", "grep: ‘b’ in the pattern ‘a$b’"),
        ("grep -E 'a+?' f", "grep: ‘?’ in the pattern ‘a+?’"),
        ("grep -E '(?i)a' f", "grep: ‘?’ in the pattern ‘(?i)a’"),
        ("grep -E '(a*)*' f", "grep: ‘*’ in the pattern ‘(a*)*’"),
        ("grep -E '(a' f", "grep: the pattern ‘(a’"),
        ("grep -E 'a{9999999999}' f", "grep: the pattern ‘a{9999999999}’"),
        ("grep '[b-a]' f", "grep: the pattern ‘[b-a]’"),
        ("grep '[]' f", "grep: the pattern ‘[]’"),
        ("grep -wE ')(' f", "grep: the pattern ‘)(’"),
        ("curl localhost:8081", "curl: other than -s and one address of this machine"),
        ("curl -s", "curl: other than -s and one address of this machine"),
        ("curl -sI localhost:8081", "curl: -I"),
    ],
)
def test_where_the_real_tool_says_2_so_does_a_refusal(line: str, refused: str) -> None:
    assert run(FILES + line) == (f"{refused} is something that dockerlearn does not know\n", 2)


def test_nothing_answers_at_a_port_that_no_container_publishes() -> None:
    assert run("curl -s localhost:8081") == ("", 7)
    assert run("curl -s localhost:65535") == ("", 7)


def test_there_is_no_port_beyond_65535() -> None:
    assert run("curl -s localhost:65536") == ("", 3)


def test_as_many_numbers_are_printed_as_a_page_can_bear() -> None:
    assert run("seq 10000 | tail -1") == ("10000\n", 0)


def test_sleep_moves_the_clock() -> None:
    clock = FixedClock("2025-02-20")
    before = clock.now()
    assert run("sleep 1 2s; sleep 1.5m; sleep 1h", clock) == ("", 0)
    assert (clock.now() - before).total_seconds() == 3 + 90 + 3600
    assert run("sleep 1d", clock) == ("", 0)


@settings(max_examples=500)
@given(
    st.sampled_from("cat curl cut echo false grep head seq sort tail true uniq wc".split()),
    st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from("-n -c -f -d -e -E -i 1 0 -1 +1 f g - -- -5 99999 --x -nru 1- -".split()),
            st.text("()[]{}*+?\\|.^$a-:=,", max_size=8),
        ),
        max_size=4,
    ),
    st.one_of(st.none(), st.text(max_size=20)),
)
def test_no_words_raise_anything(tool: str, words: list[str], stdin: str | None) -> None:
    output = complete(commands({"f": LINES, "g": ""}, lambda port, path: 7, Work())[tool](words, stdin))
    assert isinstance(output.screen, str)
    assert 0 <= output.status <= 7
