"""Words that a command cannot take: Docker's own texts and exit statuses, and ours for what the model lacks."""

import json
import os
import random
import shutil
import subprocess
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockerlearn.client.docker import VERBS, Docker
from dockerlearn.client.usage import UsageError, help_texts, parse
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.engine import Engine
from dockerlearn.model.process import Stream, complete
from dockerlearn.terminal.session import Session
from tests.february import hub

NAMES = sorted(name for name, help_text in help_texts("28").items() if not help_text.commands and name != "docker help")
GROUPS = ["docker", "docker container", "docker image", "docker system", "docker volume"]


def docker(*words: str) -> tuple[str, str, int]:
    """What a client of an empty engine writes: standard output, standard error, exit status."""
    output = complete(Docker(Engine(clock=FixedClock("2025-02-20"), seed=1, docker="28")).run([*words]))
    return (
        output.standard,
        "".join(write.text for write in output.writes if write.stream is Stream.STDERR),
        output.status,
    )


# Every verb, however it is called


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_flag_is_refused_with_the_usage_line(name: str) -> None:
    said = docker(*name.split()[1:], "--nope", "x", "y", "z")
    help_text = help_texts("28")[name]
    assert said == (
        "",
        f"unknown flag: --nope\n\n{help_text.line}\n\nRun '{help_text.command} --help' for more information\n",
        125,
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_letter_is_refused_with_the_usage_line(name: str) -> None:
    out, err, status = docker(*name.split()[1:], "-z")
    assert (out, err.split("\n")[0], status) == ("", "unknown shorthand flag: 'z' in -z", 125)


MISCOUNTED = {
    "docker attach": "requires 1 argument",
    "docker commit": "requires at least 1 and at most 2 arguments",
    "docker commit a b c": "requires at least 1 and at most 2 arguments",
    "docker container inspect": "requires at least 1 argument",
    "docker container prune a": "accepts no arguments",
    "docker cp a": "requires 2 arguments",
    "docker create": "requires at least 1 argument",
    "docker diff": "requires 1 argument",
    "docker exec": "requires at least 2 arguments",
    "docker exec a": "requires at least 2 arguments",
    "docker history": "requires 1 argument",
    "docker history a b": "requires 1 argument",
    "docker image inspect": "requires at least 1 argument",
    "docker image prune a": "accepts no arguments",
    "docker images a b": "requires at most 1 argument",
    "docker inspect": "requires at least 1 argument",
    "docker kill": "requires at least 1 argument",
    "docker logs": "requires 1 argument",
    "docker logs a b": "requires 1 argument",
    "docker pause": "requires at least 1 argument",
    "docker port": "requires at least 1 and at most 2 arguments",
    "docker port a b c": "requires at least 1 and at most 2 arguments",
    "docker ps a": "accepts no arguments",
    "docker pull": "requires 1 argument",
    "docker pull a b": "requires 1 argument",
    "docker rename a": "requires 2 arguments",
    "docker restart": "requires at least 1 argument",
    "docker rm": "requires at least 1 argument",
    "docker rmi": "requires at least 1 argument",
    "docker run": "requires at least 1 argument",
    "docker start": "requires at least 1 argument",
    "docker stop": "requires at least 1 argument",
    "docker system df a": "accepts no arguments",
    "docker system prune a": "accepts no arguments",
    "docker tag": "requires 2 arguments",
    "docker tag a": "requires 2 arguments",
    "docker tag a b c": "requires 2 arguments",
    "docker unpause": "requires at least 1 argument",
    "docker version a": "accepts no arguments",
    "docker volume ls a": "accepts no arguments",
    "docker volume prune a": "accepts no arguments",
    "docker volume rm": "requires at least 1 argument",
    "docker wait": "requires at least 1 argument",
}
SEE = {"requires at least 1 and": "Run", "requires at least": "See", "requires at most": "SRun"}  # sic


@pytest.mark.parametrize("line", MISCOUNTED)
def test_a_wrong_number_of_operands_is_refused_in_one_of_four_sentences(line: str) -> None:
    command = next(
        name for name in sorted(help_texts("28"), key=len, reverse=True) if f"{line} ".startswith(f"{name} ")
    )
    see = next((word for start, word in SEE.items() if MISCOUNTED[line].startswith(start)), "Run")
    text = f"docker: '{command}' {MISCOUNTED[line]}\n\n{help_texts('28')[command].line}\n\n{see} '{command} --help' for more information\n"
    assert docker(*line.split()[1:]) == ("", text, 1)


def test_every_verb_is_miscounted_above() -> None:
    counted = {
        help_texts("28")[name].verb for name in NAMES for line in MISCOUNTED if f"{line} ".startswith(f"{name} ")
    }
    assert counted == set(VERBS) - {"docker help"}


def test_an_alias_within_the_group_goes_by_the_first_name() -> None:
    assert "docker: 'docker image ls' requires at most 1" in docker("image", "list", "a", "b")[1]
    assert "docker: 'docker image rm' requires at least 1" in docker("image", "remove")[1]


@pytest.mark.parametrize("name", NAMES)
def test_help_comes_on_standard_output_even_beside_surplus_operands(name: str) -> None:
    assert docker(*name.split()[1:], "--help", "a", "b", "c") == (help_texts("28")[name].text, "", 0)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_shows_its_usage_as_an_error_without_being_one(group: str) -> None:
    assert docker(*group.split()[1:]) == ("", help_texts("28")[group].text, 0)


def test_a_group_does_not_know_other_words() -> None:
    assert docker("nope") == (
        "",
        "docker: unknown command: docker nope\n\nRun 'docker --help' for more information\n",
        1,
    )
    assert docker("image", "nope") == (
        "",
        "docker: unknown command: docker image nope\n\nUsage:  docker image\n\nRun 'docker image --help' for more information\n",
        1,
    )


def test_help_names_a_command_in_words() -> None:
    assert docker("help", "image", "ls") == (help_texts("28")["docker image ls"].text, "", 0)
    assert docker("help") == (help_texts("28")["docker"].text, "", 0)
    assert docker("help", "image", "nope", "x") == ("", "unknown help topic: nope x\n", 1)


def test_the_letter_h_is_help_that_docker_would_rather_forget() -> None:
    deprecated = "Flag shorthand -h has been deprecated, use --help\n"
    assert docker("images", "-qh") == (deprecated + help_texts("28")["docker images"].text, "", 0)
    assert docker("-h") == (help_texts("28")["docker"].text, deprecated, 0)


def test_the_version_of_the_client_is_a_flag() -> None:
    said = ("Docker version 28.2.2, build e6534b4\n", "", 0)
    assert docker("-v") == docker("--version") == docker("-v", "nope") == said
    assert docker("-v", "images", "-q") == ("", "", 0)


# How flags are read


def options(line: str, command: str = "docker images") -> tuple[dict[str, object], list[str]]:
    return parse(line.split(), help_texts("28")[command])


def test_flags_stand_before_among_and_after_operands() -> None:
    assert options("-a nginx --digests") == ({"all": True, "digests": True}, ["nginx"])


def test_after_two_dashes_everything_is_an_operand() -> None:
    assert options("-a -- -q --nope") == ({"all": True}, ["-q", "--nope"])
    assert options("-") == ({}, ["-"])


def test_letters_join_and_the_last_one_may_have_a_value() -> None:
    joined: tuple[dict[str, object], list[str]] = ({"all": True, "quiet": True, "filter": ["reference=x"]}, [])
    assert options("-aqf reference=x") == options("-aqfreference=x") == options("-aqf=reference=x") == joined


def test_a_switch_takes_a_word_only_after_an_equals_sign() -> None:
    assert options("-q=false --all=T --digests=0") == ({"quiet": False, "all": True, "digests": False}, [])


@pytest.mark.parametrize("number", [0, 1])
def test_a_switch_knows_the_words_that_go_knows(number: int) -> None:
    words = [("0", "f", "F", "FALSE", "false", "False"), ("1", "t", "T", "TRUE", "true", "True")][number]
    assert [options(f"--all={word}") for word in words] == [({"all": bool(number)}, [])] * 6
    for word in ("yes", "no", "tRUE", "2", ""):
        with pytest.raises(UsageError, match="invalid argument"):
            options(f"--all={word}")


def test_the_last_value_counts_but_filters_add_up() -> None:
    assert options("--format a --format b -f a=1 -f b=2") == ({"format": "b", "filter": ["a=1", "b=2"]}, [])


def test_tag_reads_no_flag_after_its_first_operand() -> None:
    assert options("nginx --help", "docker tag") == ({}, ["nginx", "--help"])


REFUSED = {
    "---": "bad flag syntax: ---",
    "--=x": "bad flag syntax: --=x",
    "--nope=x": "unknown flag: --nope",
    "--Quiet": "unknown flag: --Quiet",
    "-aZq": "unknown shorthand flag: 'Z' in -Zq",
    "-q=": "unknown shorthand flag: '=' in -=",
    "-é": "unknown shorthand flag: 'Ã' in -é",
    "-'": "unknown shorthand flag: '\\'' in -'",
    "-f": "flag needs an argument: 'f' in -f",
    "-qf": "flag needs an argument: 'f' in -f",
    "--format": "flag needs an argument: --format",
    "-q=maybe": 'invalid argument "maybe" for "-q, --quiet" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    "--digests=": 'invalid argument "" for "--digests" flag: strconv.ParseBool: parsing "": invalid syntax',
    "--help=x": 'invalid argument "x" for "--help" flag: strconv.ParseBool: parsing "x": invalid syntax',
    "-f x": 'invalid argument "x" for "-f, --filter filter" flag: bad format of filter (expected name=value)',
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_flag_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(UsageError) as refusal:
        options(line)
    problem = REFUSED[line].replace("--filter filter", "--filter")
    assert str(refusal.value).split("\n")[0] == problem
    assert refusal.value.status == 125


@pytest.mark.parametrize("number", [str(2**63), str(-(2**63) - 1), "-" + "9" * 30, "9" * 5_000])
def test_a_number_of_more_than_64_bits_is_refused(number: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse(["-n", number], help_texts("28")["docker ps"])
    problem = f'strconv.ParseInt: parsing "{number}": value out of range'
    assert str(refusal.value).startswith(f'invalid argument "{number}" for "-n, --last" flag: {problem}\n')


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_a_number_of_64_bits_is_read(number: int) -> None:
    assert docker("stop", "-t", str(number), "nope") == ("", "Error response from daemon: No such container: nope\n", 1)


# What Docker has and the model does not


@pytest.mark.parametrize(
    ("line", "what", "status"),
    [
        ("build .", "'docker build' is a real command", 1),
        ("top --nope", "'docker top' is a real command", 1),
        ("compose up", "'docker compose' is a real command", 1),
        ("container export x", "'docker container export' is a real command", 1),
        ("network ls", "'docker network' is a real command", 1),
        ("run --restart always nginx", "'--restart of docker run' is a real flag", 125),
        ("run --gpus all nginx", "'--gpus of docker run' is a real flag", 125),
        ("ps -f label=x", "'label of docker ps' is a real filter", 1),
        ("image save nginx", "'docker image save' is a real command", 1),
        ("help build", "'docker build' is a real command", 1),
        ("help image save", "'docker image save' is a real command", 1),
        ("--debug images", "'--debug of docker' is a real flag", 125),
        ("-H tcp://x images", "'--host of docker' is a real flag", 125),
        ("pull --all-tags nginx", "'--all-tags of docker pull' is a real flag", 125),
        ("images --tree", "'--tree of docker images' is a real flag", 125),
        ("images -f since=nginx", "'since of docker images' is a real filter", 1),
        ("images --format raw", "'raw of docker images --format' is a real format", 1),
        ("system df -v --format json", "'--format of docker system df --verbose' is a real flag", 125),
    ],
)
def test_what_the_model_lacks_is_refused_by_name(line: str, what: str, status: int) -> None:
    assert docker(*line.split()) == ("", f"dockerlearn: {what}, which this model does not have\n", status)


@pytest.mark.parametrize("name", "before expose health is-task isolation label network publish since volume".split())
def test_every_filter_of_docker_ps_that_the_model_lacks_is_known_to_be_one(name: str) -> None:
    refused = f"dockerlearn: '{name} of docker ps' is a real filter, which this model does not have\n"
    assert docker("ps", "-f", f"{name}=x") == ("", refused, 1)


@pytest.mark.parametrize("name", ["before", "label", "since", "until"])
def test_every_filter_of_docker_images_that_the_model_lacks_is_known_to_be_one(name: str) -> None:
    refused = f"dockerlearn: '{name} of docker images' is a real filter, which this model does not have\n"
    assert docker("images", "-f", f"{name}=x") == ("", refused, 1)


def test_docker_version_tells_all_that_is_known_of_client_and_server() -> None:
    told = json.loads(docker("version", "--format", "{{json .}}")[0])
    assert told["Client"] == {
        "Version": "28.2.2",
        "ApiVersion": "1.50",
        "DefaultAPIVersion": "1.50",
        "GitCommit": "e6534b4",
        "GoVersion": "go1.24.3",
        "Os": "linux",
        "Arch": "amd64",
        "BuildTime": "Fri May 30 12:07:14 2025",
        "Context": "default",
    }
    engine = told["Server"].pop("Components")[0]
    assert told["Server"] == {
        "Platform": {"Name": ""},
        "Version": "28.5.2",
        "ApiVersion": "1.51",
        "MinAPIVersion": "1.24",
        "GitCommit": "3ef3c07",
        "GoVersion": "go1.27.1",
        "Os": "linux",
        "Arch": "amd64",
        "KernelVersion": "6.18.44",
        "BuildTime": "2026-09-15T11:02:57.000000000+00:00",
    }
    known = set(told["Server"]) - {"Platform", "Version", "BuildTime"}
    assert (engine["Name"], engine["Version"]) == ("Engine", "28.5.2")
    assert engine["Details"] == {
        **{name: told["Server"][name] for name in known},
        "BuildTime": "Tue Sep 15 11:02:57 2026",
        "Experimental": "false",
    }


def test_a_flag_that_the_model_lacks_is_docker_s_to_refuse_when_it_is_misused() -> None:
    assert docker("pull", "--all-tags=x", "nginx")[1].startswith('invalid argument "x" for "-a, --all-tags" flag')
    assert docker("pull", "-a")[1].startswith("docker: 'docker pull' requires 1 argument")


# Whatever is typed

PIECES = """
docker image images pull rmi tag history inspect prune system df version help ls rm list nginx nginx:1.27.4 python:3.12
alpine@sha256: NGINX -q -a -f -qf -h --help --format --digests --no-trunc --filter dangling=true reference=* {{.ID}} {{.Nope}}
{{json .}} {{ json table json sha256:0 '' "" - -- --- = -= --= é \\ * ? [ ; | && $( ) ` > < # $? $x ${x} $((1+)) ' " for in do done
echo y grep sort head wc
""".split()


def test_two_hundred_lines_of_scraps_give_text_and_a_status() -> None:
    chance = random.Random(28)
    session = Session(registry=hub(), clock=FixedClock("2025-02-20"), seed=28, docker="28")
    for _ in range(200):
        line = " ".join(["docker", *chance.choices(PIECES, k=chance.randint(0, 6))])
        result = session.run(line)
        assert isinstance(result.output, str), line
        assert 0 <= result.status < 256, line


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=6))
@settings(max_examples=200)
def test_no_words_make_the_client_raise(words: list[str]) -> None:
    out, err, status = docker(*words)
    assert status in (0, 1, 64, 125)
    assert out + err or words[:1] in (["images"], ["image"], ["tag"], ["rmi"]) or status == 0


# The installed client, asked where no engine is


@cache
def client() -> str:
    """The version of the docker client on this machine, if there is one."""
    if shutil.which("docker") is None:
        return ""
    return subprocess.run(["docker", "--version"], capture_output=True, text=True, check=False).stdout


@pytest.fixture
def installed() -> None:
    if not client().startswith("Docker version 28.2."):
        pytest.skip(f"the texts are those of client 28.2, here is {client().strip() or 'none'}")


def ask_installed(*words: str) -> tuple[str, str, int]:
    settings = {**os.environ, "DOCKER_HOST": "unix:///nowhere/docker.sock", "HOME": "/root", "LANG": "C.UTF-8"}
    done = subprocess.run(["docker", *words], capture_output=True, text=True, env=settings, check=False)
    return done.stdout, done.stderr, done.returncode


def approved(text: str) -> str:
    """A text of ours; or the client's, if it lists all that ours does: with an engine it lists more, or less, than without."""
    group = next((name for name in ("docker", "docker volume") if text == help_texts("28")[name].text), None)
    if group is None:
        return text
    theirs = ask_installed(*group.split()[1:], "--help")[0]
    assert set(text.splitlines()) <= set(theirs.splitlines())
    return theirs


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", sorted(help_texts("28")))
def test_the_installed_client_has_the_same_help_text(name: str) -> None:
    assert ask_installed(*name.split()[1:], "--help")[::2] == (approved(help_texts("28")[name].text), 0)


MISTAKES = [
    *(f"{name} {rest}".split()[1:] for name in NAMES for rest in ("--nope", "-z", "-qz x", "--help=x")),
    *(f"{name} -- a b c".split()[1:] for name in NAMES if help_texts("28")[name].miscount(3)),
    *(line.split()[1:] for line in MISCOUNTED),
    *(line.split(" ") for line in REFUSED if not line.startswith("-é")),
    *(["images", *line.split(" ")] for line in REFUSED),
    *(group.split()[1:] for group in GROUPS),
    *([*group.split()[1:], *rest.split()] for group in GROUPS for rest in ("nope", "--nope", "nope --help", "nope -x", "-z ls")),
    *(line.split() for line in ("help", "help nope", "help image nope", "help -x", "-v", "-vz", "--version=x", "-H", "help a b")),
    *(line.split() for line in ("pull NGINX", "pull nginx:", "pull a:b:c", "tag a B", "tag -- -x y", "pull -q=1 nginx/")),
    ["pull", ""], ["tag", "", "x"], ["tag", "x", ""], ["pull", "0" * 64], ["images", "--format"], ["-"], [""],
]  # fmt: skip


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
def test_the_installed_client_refuses_in_the_same_words(words: list[str]) -> None:
    theirs = ask_installed(*words)
    assert "Docker daemon at" not in theirs[1], "the client leaves this to the engine"
    out, err, status = docker(*words)
    assert (approved(out), approved(err), status) == theirs


@pytest.mark.parametrize("form", ["", "json", "{{.Client.Version}}", "{{json .}}"])
def test_version_tells_both_ends(form: str) -> None:
    out, err, status = docker("version", "-f", form)
    assert "28.2.2" in out
    assert (err, status) == ("", 0)
    if "json" in form:
        assert json.loads(out)["Server"]["ApiVersion"] == "1.51"


def test_a_template_of_version_fails_after_an_empty_line() -> None:
    assert docker("version", "-f", "{{.Nope}}") == (
        "\n",
        """template: version:1:2: executing "version" at <.Nope>: can't evaluate field Nope in type system.versionInfo\n""",
        1,
    )
    assert docker("version", "-f", "{{nope}}")[2] == 64
