"""Regular expressions: Go's verdicts, Python's and grep's where they mean the same, and never more than linear time."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockerlearn.model.clock import FixedClock
from dockerlearn.regexp.matcher import MOST_STEPS, Regexp
from dockerlearn.regexp.nfa import Fragment, RegexpLimit, at, sequence
from dockerlearn.regexp.syntax import ExpressionParser, RegexpError
from dockerlearn.terminal.session import Session
from tests.february import hub

# What Go 1.19 finds, or what it says: see regexp.go beside it.
RECORDED = json.loads((Path(__file__).parents[1] / "measured/regexp.json").read_text(encoding="utf-8"))


def found(expression: str | Fragment, text: str) -> list[str]:
    return [text[start:end] for start, end in Regexp(expression).spans(text)]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: ascii(recorded["expression"])[1:60])
def test_an_expression_finds_what_it_finds_in_go(recorded: dict[str, object]) -> None:
    expression, texts = str(recorded["expression"]), recorded.get("found", {})
    assert isinstance(texts, dict)
    if "error" in recorded:
        with pytest.raises(RegexpError) as error:
            Regexp(expression)
        assert str(error.value) == recorded["error"]
    else:
        assert {text: found(expression, text) for text in texts} == {text: each or [] for text, each in texts.items()}
        assert {text: Regexp(expression).search(text) for text in texts} == {
            text: bool(each) for text, each in texts.items()
        }


def test_a_group_may_be_named_as_in_go_1_22() -> None:
    assert found("(?<first>a)(?P<second>b)", "ab") == ["ab"]


def test_there_are_many_records_of_what_go_takes_and_of_what_it_refuses() -> None:
    assert len(RECORDED) >= 900
    assert sum("error" in each for each in RECORDED) >= 200


# Against Python and grep, where they mean the same

texts = st.text("ab-_ é\n", max_size=12)
atoms = st.sampled_from(["a", "b", "é", ".", "[ab]", "[^a]", "[a-z_]", r"\d", r"\-", "-", " ", "^", r"\A"])
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "??"])),
        st.builds("(?i:{})".format, inner),
        st.builds("(?s:{})".format, inner),
        st.builds("(?m:^{}$)".format, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(expressions, texts)
def test_what_python_takes_too_matches_as_in_python(expression: str, text: str) -> None:
    assert Regexp(expression).search(text) == bool(re.search(expression, text, re.ASCII))


@settings(max_examples=100)
@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_a_quoted_text_is_found_as_it_is(before: str, text: str, after: str) -> None:
    quoted = text.replace("\\E", r"\E\\E\Q")
    assert Regexp(rf"\Q{quoted}\E").search(before + text + after)
    assert Regexp("".join(f"\\x{{{ord(char):X}}}" for char in text)).search(before + text + after)


@pytest.mark.skipif(not shutil.which("grep"), reason="no grep to compare with")
@settings(max_examples=100)
@given(
    expressions.filter(lambda each: not re.search(r"\(\?|\?\?|\*\?|\\[dA]|\^", each)), st.text("ab-_ é", max_size=12)
)
def test_what_grep_takes_too_finds_the_same_and_as_much(expression: str, text: str) -> None:
    ran = subprocess.run(
        ["grep", "-oE", "--", expression],
        env={"LC_ALL": "C.UTF-8"},
        input=f"{text}\n",
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    assert [each for each in found(expression, text) if each] == ran.stdout.splitlines()


@given(st.text("()[]{}|*+?^$\\.-:,<>=!PQEpLdbiUsm019aZ\n é", max_size=12), texts)
def test_no_expression_raises_anything_but_an_error_in_gos_words(expression: str, text: str) -> None:
    regexp = parsed(expression)
    if isinstance(regexp, RegexpError):
        assert str(regexp) == f"error parsing regexp: {regexp.problem}: `{regexp.part}`"
        assert regexp.part in expression
    else:
        assert regexp.search(text) == bool(list(regexp.spans(text)))


def parsed(expression: str) -> Regexp | RegexpError:
    try:
        return Regexp(expression)
    except RegexpError as error:
        return error


# Time


def steps(expression: str, text: str, *, spans: bool = False) -> int:
    regexp = Regexp(expression)
    if spans:
        list(regexp.spans(text))
    else:
        regexp.search(text)
    return regexp.steps


SLOW_ELSEWHERE = [
    "(a+)+_",
    "(a*)*_",
    "(a|a)*_",
    "(a|aa)+_",
    "a*a*a*a*a*a*a*a*_",
    "(.*)(.*)(.*)(.*)(.*)_",
    "(x+x+)+y|a|a*_",
]


@pytest.mark.parametrize("spans", [False, True], ids=["search", "spans"])
@pytest.mark.parametrize("expression", SLOW_ELSEWHERE)
def test_twice_the_text_takes_twice_the_steps(expression: str, spans: bool) -> None:
    once, twice, thrice = (steps(expression, "a" * length, spans=spans) for length in (1000, 2000, 3000))
    assert thrice - twice == twice - once  # what is left out of the difference is making the states
    assert twice - once <= 1000 * (1 if not spans else 100)


def test_a_search_reads_no_character_twice() -> None:
    assert steps("(a+)+_", "a" * 20_000) - steps("(a+)+_", "a" * 10_000) == 10_000


def test_states_that_are_too_many_to_keep_are_made_again() -> None:
    text = "".join("ab"[number * number // 7 % 2] for number in range(3000))
    regexp = Regexp("[ab]*a[ab]{11}_")
    assert not regexp.search(text)
    assert Regexp("[ab]*a[ab]{11}$").search(text) == (text[-12] == "a")


@pytest.mark.parametrize(
    ("expression", "text", "limit"),
    [
        ("a{1000}b{1000}" * 11, "", "a regular expression of that size"),
        ("(abcdefghijklmnopqrstu){1000}", "", "a regular expression of that size"),
        ("a" * 20_001, "", "a regular expression of that size"),
        (r"(?i)\pL" * 100, "", "a regular expression of that size"),
        (r"\p{Greek}", "", "the script Greek of a regular expression"),
        (r"[a\P{^Old_Italic}]", "", "the script Old_Italic of a regular expression"),
        ("a", "b" * (MOST_STEPS + 1), "a search as long as that for a regular expression"),
        ("(a?){1000}a{1000}", "a" * 1999, "a search as long as that for a regular expression"),
    ],
    ids=lambda value: ascii(value)[1:40],
)
def test_what_go_can_do_and_this_cannot_is_named(expression: str, text: str, limit: str) -> None:
    with pytest.raises(RegexpLimit) as refused:
        Regexp(expression).search(text)
    assert str(refused.value) == limit


def test_an_automaton_may_come_from_elsewhere() -> None:
    word = sequence([at("no word before"), ExpressionParser("[a-zé]+").parse(), at("no word after")])
    assert found(word, "eté été_a b") == ["eté", "b"]


# Where Docker takes them


@pytest.fixture
def session() -> Session:
    session = Session(registry=hub(), clock=FixedClock("2025-02-20"), seed=1, docker="28")
    session.run("docker create --name web nginx; docker create --name " + "a" * 60 + " nginx")
    return session


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("web", "web\n"),
        ("(a+)+_", ""),
        ("a*" * 30 + "_$", ""),
        ("(?i)WEB", "web\n"),
        ("(?=web)", ""),
        ("[[w]", "web\n"),
        ("a{99999999999}", ""),
        ("(" * 5000, ""),
        ("(" * 5000 + "web" + ")" * 5000, ""),
        ("[[:alpha:]]{3}$", "aaa"),
    ],
    ids=lambda value: value[:20],
)
def test_a_filter_by_name_answers_at_once(session: Session, expression: str, names: str) -> None:
    result = session.run(f"docker ps -a --filter 'name={expression}' --format '{{{{.Names}}}}'")
    expected = "a" * 60 + "\nweb\n" if names == "aaa" else names
    assert result == (expected, 0)


@pytest.mark.parametrize("expression", [r"\p{Greek}", "(abcdefghijklmnopqrstu){1000}", "a" * 20_001])
def test_an_expression_beyond_the_model_is_refused_in_one_line(session: Session, expression: str) -> None:
    result = session.run(f"docker ps -a --filter 'name={expression}'")
    assert result.status == 1
    assert re.fullmatch(r"dockerlearn: '.+' is a real filter, which this model does not have\n", result.output)
