"""The playground: what is typed into it can be played again exactly, and nothing that is typed can break it."""

import json
import math
import re
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockerlearn.learn.challenge import GOALS
from dockerlearn.learn.playground import (
    CTRL_C,
    CTRL_D,
    LONGEST_LINE,
    MOST_LINES,
    MOST_WAITS,
    Playground,
)
from dockerlearn.learn.wire import Entry, View
from dockerlearn.model.edition import EDITIONS
from dockerlearn.terminal.session import LONGEST_OUTPUT
from dockerlearn.terminal.tools import TOOLS
from tests.challenge import SOLUTION
from tests.february import hub

AT = 1_795_700_000.0  # a moment in November 2026


class Typist:
    """Somebody who types a line every five seconds."""

    def __init__(self, *lines: str, docker: str = "28", challenge: bool = False) -> None:
        self.playground, self.at = Playground(7, docker=docker, challenge=challenge, registry=hub()), AT
        for line in lines:
            self.view = self.type(line)

    def type(self, text: str) -> View:
        self.at += 5
        self.view = self.playground.type(text, self.at)
        return self.view

    def entry(self, text: str) -> Entry:
        """What came of the last line of the text."""
        return self.type(text)["entries"][-1]

    def prints(self, text: str) -> str:
        return str(self.entry(text)["output"])

    def notes(self, text: str) -> str:
        return " ".join(self.entry(text)["notes"])

    def containers(self) -> dict[str, str]:
        return {each["name"]: each["state"] for each in self.view["machine"]["containers"]}


# Typing


def test_a_line_gives_what_it_printed_and_its_status() -> None:
    assert Typist().entry("docker pull -q nginx") == {
        "prompt": "$ ",
        "line": "docker pull -q nginx",
        "output": "docker.io/library/nginx:latest\n",
        "status": 0,
        "notes": [],
        "met": [],
    }
    assert Typist().entry("docker rmi nosuch")["status"] == 1


def test_a_line_that_is_not_complete_asks_for_more() -> None:
    typist = Typist()
    assert typist.type("for i in 1 2; do")["prompt"] == "> "
    assert typist.type("echo $i")["suggestions"] == []
    assert typist.entry("done") | {"notes": []} == {
        "prompt": "> ", "line": "done", "output": "1\n2\n", "status": 0, "notes": [], "met": [],
    }  # fmt: skip
    assert typist.view["prompt"] == "$ "


def test_ctrl_c_drops_a_line_that_is_not_complete() -> None:
    typist = Typist("echo 'a")
    assert typist.entry(CTRL_C)["line"] == "^C"
    assert typist.view["prompt"] == "$ "
    assert typist.prints("echo $?") == "130\n"


def test_several_lines_are_run_one_by_one() -> None:
    entries = Typist().type("docker pull -q nginx\r\n\ndocker images -q\necho a \\\r\nb")["entries"]
    assert [(each["prompt"], each["status"]) for each in entries] == [
        ("$ ", 0), ("$ ", None), ("$ ", 0), ("$ ", None), ("> ", 0),
    ]  # fmt: skip
    assert entries[-1]["output"] == "a b\n"


def test_far_too_many_lines_are_not_all_run() -> None:
    entries = Typist().type("\n" * (MOST_LINES + 4))["entries"]
    assert len(entries) == MOST_LINES
    assert entries[-1]["notes"] == ["The 5 lines after these were not run: 1,000 at once are enough."]


def test_as_many_lines_and_characters_as_may_be_are_run() -> None:
    assert Typist().type("\n" * (MOST_LINES - 1))["entries"][-1]["notes"] == []
    assert Typist().entry("echo " + "a" * (LONGEST_LINE - 5))["status"] == 0
    assert Typist().playground.type("docker run alpine date", 0)["entries"][0]["output"].endswith(" 1970\n")


def test_a_line_that_is_far_too_long_is_not_run() -> None:
    typist = Typist()
    assert typist.notes("echo " + "a" * LONGEST_LINE) == "Not run: 10,000 characters are enough for one command."
    assert typist.playground.commands == []
    typist.type("echo '" + "a" * (LONGEST_LINE - 10))
    assert typist.notes("too much") != ""
    assert typist.view["prompt"] == "$ "


def test_of_very_long_output_the_beginning_is_shown() -> None:
    entry = Typist().entry("head -c 200000 /dev/zero")
    assert entry["output"] == "^@" * LONGEST_OUTPUT
    assert entry["notes"] == ["Only the first 100,000 of 200,000 characters are shown."]


def test_control_characters_are_seen_and_do_nothing() -> None:
    entry = Typist().entry("echo '\x1b[2J\x07\x00\x7f\t'")
    assert entry["line"] == "echo '^[[2J^G^@^?\t'"
    assert entry["output"] == "^[[2J^G^@^?\t\n"


# Time


def test_time_passes_with_the_times_of_the_lines() -> None:
    typist = Typist("docker run -d --name web nginx")
    typist.at += 60 * 60 * 5
    assert "Up 5 hours" in typist.prints("docker ps")
    assert typist.view["machine"]["containers"][0]["status"] == "Up 5 hours"


def test_what_waits_does_not_make_the_reader_wait() -> None:
    typist = Typist("docker run -d --name web nginx")
    began = time.monotonic()
    assert typist.notes("sleep 1000") == "16 minutes passed at once."
    assert "Up 16 minutes" in typist.prints("docker ps")
    assert time.monotonic() - began < 5


def test_the_grace_of_docker_stop_passes_at_once() -> None:
    typist = Typist("docker run -d --name deaf alpine sleep 1000")
    assert typist.entry("docker stop deaf") | {"prompt": ""} == {
        "prompt": "", "line": "docker stop deaf", "output": "deaf\n", "status": 0, "notes": ["10 seconds passed at once."], "met": [],
    }  # fmt: skip


@pytest.mark.parametrize("at", [math.nan, math.inf, -math.inf, -1.0, 1e300, AT - 1e6])
def test_a_time_that_cannot_be_is_not_believed(at: float) -> None:
    typist = Typist("docker run -d --name web nginx")
    typist.playground.type("true", at)
    assert "Up 5 seconds" in typist.prints("docker ps") or at == AT - 1e6
    assert typist.playground.type("docker ps", at)["entries"][0]["status"] == 0


# What has the terminal


def test_a_server_in_the_foreground_has_the_terminal_until_ctrl_c() -> None:
    typist = Typist()
    first = typist.entry("docker run --name web nginx")
    assert first["output"].endswith("nginx/1.27.4: start worker processes\n")
    assert (first["status"], first["notes"]) == (None, ["It goes on until Ctrl+C is typed."])
    assert typist.view["prompt"] is None
    assert typist.containers() == {"web": "running"}
    assert typist.notes("docker ps") == "Not run: the command above has the terminal. Ctrl+C ends it."
    last = typist.entry(CTRL_C)
    assert (last["line"], last["output"], last["status"]) == ("^C", "nginx: SIGINT, exiting\n", 0)
    assert typist.containers() == {"web": "exited"}
    assert typist.view["prompt"] == "$ "


def test_ctrl_c_can_be_pasted() -> None:
    entries = Typist().type(f"docker run --rm nginx\n{CTRL_C}\necho after")["entries"]
    assert [each["status"] for each in entries] == [None, 0, 0]


def test_what_waits_again_and_again_is_taken_to_go_on() -> None:
    typist = Typist()
    entry = typist.entry("while true; do echo a; sleep 1; done")
    assert entry["output"] == "a\n" * (MOST_WAITS + 1)
    assert entry["notes"] == ["About a minute passed at once.", "It goes on until Ctrl+C is typed."]
    assert typist.entry(CTRL_C)["status"] == 130


def test_a_process_that_ignores_ctrl_c_is_let_go_of() -> None:
    typist = Typist("docker run --name deaf alpine sh -c 'while true; do sleep 60; done'")
    assert "It does not listen to Ctrl+C." in typist.notes(CTRL_C)
    assert typist.view["prompt"] is None
    assert typist.entry(CTRL_C)["status"] == 130
    assert typist.containers() == {"deaf": "running"}


def test_a_shell_in_a_container_asks_for_lines() -> None:
    typist = Typist("docker run -it --name box alpine")
    assert (typist.view["prompt"], typist.view["suggestions"]) == ("/ # ", ["ls /", "exit"])
    assert typist.prints("echo $((1 + 1)) > /note; cat /note") == "2\n"
    assert typist.entry(CTRL_C)["output"] == ""
    assert typist.notes("docker ps") == "You are inside the container. exit leaves it."
    assert typist.playground.complete("docker r") == {"word": "", "candidates": []}
    assert typist.entry("exit")["status"] == 127
    assert typist.containers() == {"box": "exited"}


def test_a_shell_in_a_running_container_survives_ctrl_c() -> None:
    typist = Typist("docker run -d --name web nginx", "docker exec -it web sh", CTRL_C)
    assert typist.view["prompt"] == "/ # "
    typist.type(CTRL_D)
    assert typist.view["prompt"] == "$ "
    assert typist.containers() == {"web": "running"}


def test_a_question_is_answered_by_the_next_line() -> None:
    typist = Typist("docker create --name old alpine")
    assert typist.prints("docker container prune") == "WARNING! This will remove all stopped containers.\n"
    assert typist.view["prompt"] == "Are you sure you want to continue? [y/N] "
    assert typist.view["suggestions"] == ["y", "n"]
    assert typist.prints("n") == "Total reclaimed space: 0B\n" or typist.containers() == {"old": "created"}
    typist.type("docker container prune")
    assert typist.entry("y")["status"] == 0
    assert typist.containers() == {}


def test_ctrl_c_leaves_a_question() -> None:
    typist = Typist("docker create --name old alpine", "docker container prune", CTRL_C)
    assert typist.view["prompt"] == "$ "
    assert typist.prints("echo $?") == "130\n"
    assert typist.containers() == {"old": "created"}


def test_the_end_of_typing_ends_what_reads() -> None:
    typist = Typist("docker run -i --rm alpine cat", "one", "two")
    assert typist.view["prompt"] == ""
    assert typist.entry(CTRL_D) == {
        "prompt": "",
        "line": "^D",
        "output": "one\ntwo\n",
        "status": 0,
        "notes": [],
        "met": [],
    }


# The machine


def test_layers_that_images_share_are_told_with_whom() -> None:
    typist = Typist("docker pull nginx", "docker pull python:3.12-slim")
    nginx, python = typist.view["machine"]["images"]
    assert (nginx["label"], nginx["names"], nginx["size"]) == ("nginx:latest", ["nginx:latest"], "192kB")
    assert [each["shared"] for each in nginx["layers"]] == [["python:3.12-slim"], *[[]] * 6]
    assert [each["shared"] for each in python["layers"]] == [["nginx:latest"], [], [], []]
    assert nginx["layers"][0] == {"id": "379321ebeadb", "size": "74.8kB", "shared": ["python:3.12-slim"]}
    assert nginx["layers"][0]["id"] == python["layers"][0]["id"]
    machine = typist.view["machine"]
    assert (machine["layers"], machine["total"], machine["disk"]) == (10, "317kB", "242kB")


def test_an_image_without_a_tag_dangles() -> None:
    typist = Typist("docker pull nginx", "docker tag nginx mine", "docker tag alpine mine")
    assert [each["names"] for each in typist.view["machine"]["images"]] == [["mine:latest", "nginx:latest"]]
    typist.type("docker pull -q alpine; docker tag nginx alpine")
    nginx, alpine = sorted(typist.view["machine"]["images"], key=lambda image: image["dangling"])
    assert not nginx["dangling"]
    assert (alpine["dangling"], alpine["names"], alpine["label"]) == (True, [], f"<none> {alpine['id']}")


def test_containers_are_shown_as_docker_ps_shows_them() -> None:
    typist = Typist("docker run -d --name web -p 8080:80 nginx", "docker exec web sh -c 'echo 12345 > /tmp/x'")
    web = typist.view["machine"]["containers"][0]
    assert web | {"id": ""} == {
        "id": "",
        "name": "web",
        "image": "nginx",
        "state": "running",
        "status": "Up 5 seconds",
        "ports": "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
        "written": "6B",
    }
    assert typist.view["machine"]["images"][0]["containers"] == ["web"]


def test_what_has_just_changed_is_marked() -> None:
    typist = Typist("docker run -d --name web nginx")
    (image,) = typist.view["machine"]["images"]
    (web,) = typist.view["machine"]["containers"]
    assert typist.view["changes"] == {"new": [image["id"], web["id"]], "changed": [], "gone": []}
    assert typist.type("docker ps")["changes"] == {"new": [], "changed": [], "gone": []}
    assert typist.type("docker stop web")["changes"] == {"new": [], "changed": [web["id"]], "gone": []}
    assert typist.type("docker rename web old")["changes"] == {"new": [], "changed": [web["id"]], "gone": []}
    assert typist.type("docker tag nginx mine")["changes"] == {"new": [], "changed": [image["id"]], "gone": []}
    assert typist.type("docker rm old")["changes"] == {"new": [], "changed": [], "gone": ["old"]}


# Playing again

COMMANDS = st.sampled_from(
    """\
docker pull -q nginx
docker pull python:3.12-slim
docker pull ngnix
docker run -d --name web -p 8080:80 nginx
docker run -d nginx
docker run nginx
docker run -it alpine
docker run alpine date
docker run -d --name busy alpine sh -c 'while true; do date; sleep 7; done'
docker logs busy
docker ps -a
docker images
docker stop web
docker rm -f web
docker exec web sh -c 'date > /tmp/when'
docker commit web mine
docker container prune
docker system prune -af
docker volume ls
docker run -d -e POSTGRES_PASSWORD=x postgres:16
docker stop $(docker ps -q)
sleep 30
for i in 1 2 3; do
docker run -d alpine sleep $i
done
echo 'open
y
exit
hint
docker
x=$(date)
echo $x $?""".split("\n")
) | st.sampled_from([CTRL_C, CTRL_D, ""])
# A container's loop is played for all the time that has passed, so long pauses are few: those of one example below.
PAUSES = st.sampled_from([0.0, 0.001, 1.0, 7.5, 61.0, -30.0])
LONG_PAUSES = [(0.0, "docker run -d --name busy alpine sh -c 'while true; do date; sleep 7; done'"), (4000.0, "docker ps -a"),
               (1e6, "docker logs busy"), (-30.0, "docker stop busy"), (1e6, "docker rm -f busy")]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.tuples(PAUSES, COMMANDS), max_size=30), st.integers(0, 2**53), st.booleans())
@example(LONG_PAUSES, 28, False)
def test_a_replay_gives_the_same_output_and_the_same_machine(
    typed: list[tuple[float, str]], seed: int, challenge: bool
) -> None:
    first, at = Playground(seed, challenge=challenge, docker="28", registry=hub()), AT
    entries: list[Any] = []
    view = first.replay([])
    for pause, line in typed:
        at += pause
        view = first.type(line, at)
        entries += [each for each in view["entries"] if not each["notes"] or "Not run" not in each["notes"][0]]
    kept = json.loads(json.dumps(first.commands))
    second = Playground(seed, challenge=challenge, docker="28", registry=hub())
    again = second.replay(kept)
    assert again["entries"] == entries
    assert second.commands == first.commands
    assert {**again, "entries": [], "changes": {}} == {**view, "entries": [], "changes": {}}
    assert second.type("docker ps -a; docker images", at + 1) == first.type("docker ps -a; docker images", at + 1)


def test_a_replay_ends_with_nothing_marked() -> None:
    typist = Typist("docker pull nginx")
    assert Playground(7, docker="28", registry=hub()).replay(typist.playground.commands)["changes"] == {
        "new": [],
        "changed": [],
        "gone": [],
    }


def test_another_seed_gives_other_identities() -> None:
    commands = Typist("docker run -d nginx").playground.commands
    assert (
        Playground(1, docker="28", registry=hub()).replay(commands)["entries"]
        != Playground(2, docker="28", registry=hub()).replay(commands)["entries"]
    )


def digest(*commands: tuple[float, str], seed: int = 1) -> str:
    return Playground(seed, docker="28", registry=hub()).replay(commands)["digest"]


def test_a_digest_is_one_of_what_was_typed_and_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = digest((AT, "docker pull -q nginx"), (AT, "docker ps -q"))
    assert re.fullmatch("[0-9a-f]{12}", usual)
    assert digest((AT, "docker pull -q nginx"), (AT + 60, "docker ps -q")) == usual  # time makes no difference here
    others = {
        digest((AT, "docker pull -q nginx")),
        digest((AT, "docker pull -q nginx"), (AT, "docker ps  -q")),  # another line
        digest((AT, "docker pull -q nginx"), (AT, "docker ps -q"), (AT, "docker run -d nginx")),
        digest((AT, "docker pull -q nginx"), (AT, "docker ps -q"), (AT, "docker run -d nginx"), seed=2),  # other output
        digest((AT, "true")),
        digest((AT, "\udcff")),
        digest(),
    }
    assert len(others - {usual}) == 7
    monkeypatch.setitem(TOOLS, "true", TOOLS["false"])  # another status
    assert digest((AT, "true")) not in others


def test_a_line_that_was_not_run_is_not_in_the_digest() -> None:
    typist = Typist("docker run nginx")
    assert typist.type("docker ps")["digest"] == digest(*typist.playground.commands, seed=typist.playground.seed)


# Hostile lines

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;&amp;",
    "docker run --name '<b>' nginx",
    'docker tag nginx "<svg onload=alert(1)>"',
    "\u202edocker ps\u2066",
    "docker pull \u0645\u0631\u062d\u0628\u0627",
    "דוקר הפעל",
    "コンテナを実行 🐳🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "e\u0301" * 300 + "\u0300" * 300,
    "\x00",
    "docker\x00ps",
    "\x1b]0;title\x07\x1b[31m",
    "\ud800",
    "echo '\udfff'",
    "'\"'\"",
    'echo "$(echo "',
    "$((((((((",
    "\\",
    "a" * 100_000,
    "docker " * 20_000,
    "docker run " + "-" * 9_000,
    "docker ps --filter name=" + "(" * 5_000,
    "grep '" + "(" * 200 + "'",
    "docker images --format '" + "{{" * 400,
    "echo " + "$(" * 30 + ")" * 30,
    "| | |",
    "; ; ;",
    "&&",
    "docker run -p 99999999999999999999:80 nginx",
    "docker stop -t 99999999999999999999999 web",
    "docker logs --tail 9999999999999999999999 web",
    "docker logs --tail \N{SUPERSCRIPT TWO} web",
    "sleep 1e999",
    "seq 1 999999999",
    "docker ps -n 99999999999999999999",
    "docker ps -n " + "9" * 5_000,
    "docker run -p " + "9" * 5_000 + ":80 nginx",
    "docker port web " + "9" * 5_000,
    "echo $((" + "9" * 5_000 + "))",
    "docker port web \N{SUPERSCRIPT TWO}",
    "docker logs --tail " + "9" * 5_000 + " web",
    "docker exec web sh -c 'exit " + "9" * 5_000 + "'",
    "docker exec web sh -c 'exit \N{SUPERSCRIPT TWO}'",
    "docker stop -t " + "9" * 5_000 + " web",
    "docker stop -t 999999999999999999 web",
    "docker kill -s " + "9" * 5_000 + " web",
    "docker ps --filter exited=" + "9" * 5_000,
    "docker images --format '{{" + "9" * 5_000 + "}}'",
    "docker images --format '{{1e99999}}{{slice .ID 0 " + "9" * 30 + "}}'",
    "docker images --format '{{printf \"%999999999d\" 1}}'",
    "docker images --format '{{printf \"%.999999999f\" 1.5}}'",
    "docker images --format '{{pad \"x\" 999999999 1}}'",
    "docker exec web sh -c 'sleep " + "9" * 5_000 + "'",
    "docker exec web sh -c 'chmod 7777 /tmp; ls -la /proc'",
    "docker cp web:/etc/os-release /dev/zero",
    "for a in 1 2 3 4 5 6 7 8 9; do for b in 1 2 3 4 5 6 7 8 9; do for c in 1 2 3 4 5 6 7 8 9; do echo $a$b$c; done; done; done",
    "x=1; while true; do x=$x$x; done",
    "docker exec web sh -c 'x=1; while true; do x=$x$x; done'",
    "head -n " + "9" * 5_000,
    "{{.}}",
    "__import__('os')",
    "-" * 500,
    "docker --\nps",
    "docker\u00a0ps",
    "docker\u2028ps\u2029",
    "\ufeffdocker ps",
]
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=80),
    st.text(alphabet="docker run ps-it$(){}'\"\\|;&<>\n\x00\x03\x04\t`*?[]~!#", max_size=60),
    st.builds(
        "docker {} {}".format,
        st.sampled_from("run pull rm rmi ps images exec logs inspect tag cp".split()),
        st.text(max_size=40),
    ),
    COMMANDS,
)

# A time that is believed costs what passes until then, so at most a few minutes pass; what is not believed may be anything.
TIMES = st.floats(AT, AT + 600) | st.floats(max_value=0) | st.floats(min_value=2.0**33) | st.just(float("nan"))


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(each) for key, each in value.items())
    return (
        all(map(is_plain, value)) if isinstance(value, list) else value is None or isinstance(value, str | int | bool)
    )


@settings(max_examples=100)
@given(st.lists(st.tuples(TEXTS, TIMES), max_size=8))
@example([(line, AT) for line in HOSTILE])
def test_no_line_raises_and_all_that_comes_of_it_is_plain(typed: list[tuple[str, float]]) -> None:
    playground = Playground(3, challenge=True, docker="28", registry=hub())
    playground.type("docker run -d --name web nginx", AT)
    for text, at in typed:
        view = playground.type(text, at)
        completion = playground.complete(text)
        assert is_plain(view)
        assert is_plain(completion)
        assert json.loads(json.dumps(view)) == view
        for entry in view["entries"]:
            shown = entry["line"] + entry["output"] + "".join(entry["notes"])
            assert not any(ord(character) < 32 and character not in "\t\n" for character in shown)
        assert playground.type(CTRL_C, AT)["prompt"] is not None or playground.type(CTRL_C, AT)["prompt"] is not None


# Completion


@pytest.mark.parametrize(
    ("before", "word", "some"),
    [
        ("do", "do", ["docker"]),
        ("", "", ["cat", "docker", "grep"]),
        ("docker ", "", ["images", "ps", "pull", "run", "volume"]),
        ("docker pul", "pul", ["pull"]),
        ("docker image p", "p", ["prune", "pull"]),
        ("docker run -", "-", ["--detach", "--name", "-d", "-p"]),
        ("docker run --na", "--na", ["--name"]),
        ("docker run -d ngi", "ngi", ["nginx", "nginx:1.27.4", "nginx:stable"]),
        ("docker pull node:", "node:", ["node:22", "node:22-alpine"]),
        ("docker run -p 8080:80 pos", "pos", ["postgres:16"]),
        ("docker run -it --rm ub", "ub", ["ubuntu", "ubuntu:24.04"]),
        ("docker rmi ", "", ["nginx:latest"]),
        ("docker tag ", "", ["nginx:latest"]),
        ("docker images ng", "ng", ["nginx:latest"]),
        ("docker stop ", "", ["db", "web"]),
        ("docker stop web d", "d", ["db"]),
        ("docker stop -t 5 w", "w", ["web"]),
        ("docker exec -it w", "w", ["web"]),
        ("docker cp w", "w", ["web:/"]),
        ("docker inspect ", "", ["db", "nginx:latest", "web"]),
        ("docker help im", "im", ["images", "image"]),
        ("docker ps | gr", "gr", ["grep"]),
        ("docker rm $(docker p", "p", ["ps", "pull"]),
        ("for i in 1; do do", "do", ["docker"]),
        ("true && docker sto", "sto", ["stop"]),
    ],
)
def test_a_word_is_completed_by_what_can_stand_there(before: str, word: str, some: list[str]) -> None:
    typist = Typist("docker run -d --name web nginx", "docker run -d --name db nginx")
    completion = typist.playground.complete(before)
    assert completion["word"] == word
    assert set(some) <= set(completion["candidates"])
    assert all(each.startswith(word) for each in completion["candidates"])


@pytest.mark.parametrize(
    "before",
    ["docker run --name ", "docker run alpine -", "docker exec web l", "docker logs web d", "echo 'do", "docker build ",
     "docker tag nginx ", "docker commit web n", "docker nosuch ", "ls ", "docker run -dp ", "docker rename web d"],
)  # fmt: skip
def test_nothing_is_offered_where_anything_could_stand(before: str) -> None:
    typist = Typist("docker run -d --name web nginx", "docker run -d --name db nginx")
    assert typist.playground.complete(before)["candidates"] == []


def test_a_volume_is_completed_by_its_name() -> None:
    typist = Typist("docker run -d -e POSTGRES_PASSWORD=x postgres:16")
    [name] = typist.playground.complete("docker volume rm ")["candidates"]
    assert re.fullmatch("[0-9a-f]{64}", name)


def test_nothing_is_known_of_words_in_quotes() -> None:
    assert Typist().playground.complete("docker 'pul") == {"word": "", "candidates": []}


def test_only_what_the_model_has_is_offered() -> None:
    playground = Typist().playground
    assert not {"build", "compose", "top", "network"} & set(playground.complete("docker ")["candidates"])
    assert "--gpus" not in playground.complete("docker run --")["candidates"]


@given(
    st.lists(COMMANDS, max_size=5),
    st.sampled_from("docker |docker ru|docker run |docker stop |docker image ".split("|")),
)
def test_what_is_offered_begins_with_what_was_typed(typed: list[str], before: str) -> None:
    playground = Typist(*typed, CTRL_C, CTRL_C).playground
    completion = playground.complete(before)
    assert before.endswith(completion["word"])
    assert all(each.startswith(completion["word"]) for each in completion["candidates"])


# Suggestions


@settings(max_examples=60)
@given(st.lists(COMMANDS, max_size=12))
def test_every_command_that_is_suggested_succeeds(typed: list[str]) -> None:
    typist = Typist(*typed)
    suggestions = typist.playground.replay([])["suggestions"]
    assert len(suggestions) <= 4
    if typist.playground.prompt != "$ ":
        return
    assert suggestions
    for line in suggestions:
        playground = Playground(7, docker="28", registry=hub())
        playground.replay(typist.playground.commands)
        assert playground.type(line, typist.at)["entries"][0]["status"] == 0, line


def test_suggestions_follow_the_state() -> None:
    typist = Typist()
    assert typist.type("")["suggestions"][0] == "docker pull nginx"
    assert typist.type("docker pull nginx")["suggestions"][0] == "docker run -d --name web -p 8080:80 nginx"
    assert typist.type("docker run -d --name web -p 8080:80 nginx")["suggestions"] == [
        "curl -s localhost:8080", "docker logs web", "docker stop web",
    ]  # fmt: skip
    assert "docker unpause web" in typist.type("docker pause web")["suggestions"]
    assert "docker rm web" in typist.type("docker unpause web; docker stop web")["suggestions"]
    dangling = typist.type("docker rm web; docker pull alpine; docker tag alpine nginx")["suggestions"]
    assert "docker image prune -f" in dangling


# A word on what went wrong


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("docker", "That is Docker's own help. To begin: docker pull nginx, then docker images."),
        ("docker imges", "Did you mean docker images?"),
        ("docker image lst", "Did you mean docker image ls?"),
        ("docker xyzzy", "docker --help lists the commands that there are."),
        ("docker run --detatch nginx", "Did you mean --detach?"),
        ("docker run -ß nginx", "docker run --help lists its flags."),
        ("docker build .", "Building has a lesson of its own. Here, docker commit makes an image of a container."),
        ("docker compose up", "Here containers are started one by one, with docker run."),
        ("docker top web", "docker ps shows which containers run, docker logs what they write."),
        ("docker login", "You need no account here: the course's registry is open to all."),
        ("docker logout", "You need no account here: the course's registry is open to all."),
        ("docker push nginx", "The course's registry is there to pull from."),
        ("docker save nginx", "Here images come from the registry: docker pull."),
        ("docker network ls", "This course does without it. The command is right, and works with a real Docker."),
        (
            "docker run --gpus all nginx",
            "This course does without it. The command is right, and works with a real Docker.",
        ),
        ("ls -l", "To look into a container: docker exec NAME ls /"),
        ("vim x", "There is no editor here. echo text > file writes one."),
        ("apt-get install nginx", "There is nothing to install: docker is here."),
        ("man docker", "docker --help lists Docker's commands, docker run --help tells all of one."),
        ("podman ps", "Here it is docker."),
        ("sudo docker run " + "x" * 100, "You need no sudo here: docker run " + "x" * 68 + "…"),
        ("sudo docker ps", "You need no sudo here: docker ps"),
        ("$ docker ps", "The $ is the prompt. Type what stands after it: docker ps"),
        ("pull nginx", "Docker's commands begin with docker: docker pull nginx"),
        ("dokcer ps", "Did you mean docker?"),
        ("exit", "This terminal stays open. Start over makes an empty machine."),
        ("docker pull ngnix", "Did you mean nginx?"),
        ("docker pull mysql", "The course's registry has alpine, debian, nginx, node, postgres, python, ubuntu."),
        ("docker pull node:99", "The course's registry has these tags of node: 22, 22-alpine."),
        ("docker pull quay.io/a/b", "The course has one registry, Docker Hub's: leave the host out."),
        ("docker stop wbe", "Did you mean web?"),
        ("docker stop xyzzy", "docker ps -a lists all containers by name."),
        ("docker rmi ngnix", "Did you mean nginx?"),
        ("docker rmi xyzzy", "docker images lists what is here; docker pull gets more."),
        ("docker ps", ""),
        ("false", ""),
    ],
)
@pytest.mark.parametrize("docker", EDITIONS)
def test_what_came_to_nothing_gets_a_word(line: str, note: str, docker: str) -> None:
    assert Typist("docker run -d --name web nginx", docker=docker).notes(line) == note


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        ("ls|cd x|pwd x|find|mkdir|mv|touch|chmod", "To look into a container: docker exec NAME ls /"),
        ("vi|vim|nano|emacs|ed", "There is no editor here. echo text > file writes one."),
        ("apt|apt-get|apk|yum|dnf|brew|pip|npm", "There is nothing to install: docker is here."),
        ("exit|logout", "This terminal stays open. Start over makes an empty machine."),
        ("man|help|info", "docker --help lists Docker's commands, docker run --help tells all of one."),
        ("docker-compose up", "Here containers are started one by one, with docker run."),
        (
            "docker build|docker builder prune|docker buildx ls",
            "Building has a lesson of its own. Here, docker commit makes an image of a container.",
        ),
        ("docker top web|docker stats", "docker ps shows which containers run, docker logs what they write."),
        (
            "docker save nginx|docker load -i x|docker export web|docker import x",
            "Here images come from the registry: docker pull.",
        ),
        ("docker info", "docker version and docker system df tell some of it."),
        ("docker search web", "The course's registry has alpine, debian, nginx, node, postgres, python, ubuntu."),
    ],
)
def test_what_is_done_elsewhere_gets_the_same_word(lines: str, note: str) -> None:
    typist = Typist()
    assert [typist.notes(line) for line in lines.split("|")] == [note] * len(lines.split("|"))


def test_a_word_stands_apart_from_what_docker_says() -> None:
    assert "Did you mean" not in Typist().prints("docker imges")
    assert Typist().notes("qwertyuiop").startswith("This terminal has docker, and beside it cat, curl, ")


# The challenge


def test_each_goal_is_met_by_its_command() -> None:
    typist = Typist(challenge=True)
    met: list[str] = []
    for line in SOLUTION:
        met += typist.entry(line)["met"]
    assert met == [goal.name for goal in GOALS]
    assert all(goal["met"] for goal in typist.view["goals"])


def test_the_challenge_suggests_nothing_but_answers() -> None:
    assert Typist("docker pull nginx", challenge=True).view["suggestions"] == []
    assert Typist("docker system prune", challenge=True).view["suggestions"] == ["y", "n"]


def test_without_the_challenge_there_are_no_goals() -> None:
    assert Typist(*SOLUTION).view["goals"] == []
    assert Typist().entry("hint")["status"] == 127


def test_hints_come_one_by_one_and_stay() -> None:
    typist = Typist(challenge=True)
    assert typist.notes("hint") == "One command for each."
    assert typist.notes(" hint ") == "docker pull nginx"
    assert typist.view["goals"][0]["hints"] == ["One command for each.", "docker pull nginx"]
    assert typist.view["goals"][1]["hints"] == []
    assert typist.prints("goals").startswith("[ ] 1. Pull nginx")


def test_goals_and_hints_are_there_again_after_a_replay() -> None:
    typist = Typist(*SOLUTION[:6], "hint", challenge=True)
    again = Playground(7, challenge=True, docker="28", registry=hub()).replay(typist.playground.commands)
    assert again["goals"] == typist.view["goals"]
    assert [goal["met"] for goal in again["goals"]] == [True, True, True, False, False, False, False]


def test_a_playground_of_docker_29_tells_what_that_counts() -> None:
    typist = Typist("docker pull nginx", "docker tag nginx web", docker="29")
    machine = typist.view["machine"]
    [image] = machine["images"]
    assert (image["id"], image["size"], machine["disk"]) == ("8219b0d4c7bf", "769kB", "769kB")
    assert image["names"] == ["nginx:latest", "web:latest"]
    assert typist.prints("docker images").startswith(" " * 60 + "i Info →   U  In Use\nIMAGE ")


def test_a_playground_of_another_docker_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="there is no Docker '27' here, only 29, 29-upgraded, 28"):
        Playground(7, docker="27", registry=hub())
