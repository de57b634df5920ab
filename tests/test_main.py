"""The program `dockerlearn`, run as one: a command line, a script, a prompt on a terminal."""

import contextlib
import io
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from unittest.mock import Mock, call

import pytest

from dockerlearn.__main__ import main
from dockerlearn.learn.challenge import GOALS
from dockerlearn.terminal.session import Session
from tests.interrupts import heed_interrupts

PROGRAM = [sys.executable, "-m", "dockerlearn"]
ROOT = Path(__file__).parents[1]

PATIENCE = 120  # seconds, for a machine that is busy


def run(*arguments: str, script: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], input=script, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE, check=False
    )


def test_c_runs_a_command_line() -> None:
    done = run("-c", "docker pull -q nginx; docker images -q nginx | wc -l")
    assert (done.stdout, done.stderr, done.returncode) == ("docker.io/library/nginx:latest\n1\n", "", 0)


def test_the_exit_status_is_that_of_the_last_command() -> None:
    assert run("-c", "docker history nosuch").returncode == 1
    assert run("-c", "docker images --nope").returncode == 125
    assert run("-c", "docker history nosuch; true").returncode == 0
    assert run("-c", "nosuch").returncode == 127


def test_a_script_comes_on_standard_input() -> None:
    script = "docker pull -q alpine\nfor i in 1 2\ndo\n  docker tag alpine mine:$i\ndone\n\n# the end\ndocker images -q mine | wc -l\ndocker rmi nosuch"
    done = run(script=script)
    assert done.stdout == (
        "docker.io/library/alpine:latest\n2\nError response from daemon: No such image: nosuch:latest\n"
    )
    assert done.returncode == 1


def test_a_script_that_stops_in_the_middle_says_so() -> None:
    done = run(script="echo one\necho 'two\n")
    assert done.stdout.startswith("one\nbash: unexpected EOF")
    assert done.returncode == 2


def test_an_empty_script_does_nothing() -> None:
    done = run(script="")
    assert (done.stdout, done.returncode) == ("", 0)


def test_a_script_is_nobody_to_ask() -> None:
    done = run("-c", "docker image prune", script="y\n")
    assert done.stdout.endswith("[y/N] ")


REPEATABLE = "docker pull -q nginx; docker tag nginx web; docker image inspect web; docker images"


def test_seed_and_clock_make_a_run_repeatable() -> None:
    first, second = (
        run("--docker", "28", "--seed", "7", "--clock", "2026-08-22T09:00", "-c", REPEATABLE).stdout for _ in "12"
    )
    assert first == second
    assert "2 days ago" in first
    assert '"LastTagTime": "2026-08-22T09:00:00Z"' in first


def test_another_seed_gives_other_identities() -> None:
    first, second = (
        run("--docker", "28", "--seed", seed, "--clock", "2026-08-22T09:00", "-c", REPEATABLE).stdout for seed in "12"
    )
    assert first != second


def test_a_time_that_is_none_is_refused() -> None:
    done = run("--clock", "yesterday")
    assert done.returncode == 2
    assert "not an ISO 8601 time: 'yesterday'" in done.stderr


def test_output_that_nobody_reads_is_no_error() -> None:
    many = "docker pull -q nginx; for i in " + "x " * 200 + "; do docker image inspect nginx; done"
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [*PROGRAM, "-c", many], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=settings
    ) as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        assert reading.stdout.readline() == "docker.io/library/nginx:latest\n"
        reading.stdout.close()
        assert reading.stderr.read() == ""
        assert reading.wait(timeout=PATIENCE) == 141


def test_an_interrupted_command_line_leaves_without_a_traceback() -> None:
    with subprocess.Popen(
        [*PROGRAM, "-c", "echo ready; sleep 60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        preexec_fn=heed_interrupts,
    ) as sleeping:
        assert sleeping.stdout is not None
        assert sleeping.stdout.readline() == b"ready\n"
        sleeping.send_signal(signal.SIGINT)
        assert sleeping.communicate(timeout=PATIENCE) == (b"\n", b"")
    assert sleeping.returncode == 130


# Streams that are full, closed, or of few characters


def shell(redirected: str, *arguments: str, script: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program from a shell, with its streams redirected."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | settings
    command = ["sh", "-c", f'"$@" {redirected}', "sh", *PROGRAM, *arguments]
    return subprocess.run(
        command, input=script, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=PATIENCE, check=False
    )


FULL, CLOSED = "No space left on device", "Bad file descriptor"
SHOWN = (["-c", "docker -v"], ["challenge"], ["--help"], ["--version"])


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", SHOWN, ids=" ".join)
@pytest.mark.parametrize(("redirected", "why"), [("> /dev/full", FULL), (">&-", CLOSED)])
def test_output_that_cannot_be_written_is_told_in_a_line(
    redirected: str, why: str, arguments: list[str], unbuffered: str
) -> None:
    done = shell(redirected, *arguments, PYTHONUNBUFFERED=unbuffered)
    assert (done.stdout, done.stderr, done.returncode) == ("", f"dockerlearn: write error: {why}\n", 1)


@pytest.mark.parametrize("redirected", ["> /dev/full 2>&1", ">&- 2>&-", ">&- 2> /dev/full"])
def test_where_nothing_can_be_told_the_status_tells(redirected: str) -> None:
    done = shell(redirected, "-c", "docker -v")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 1)


@pytest.mark.parametrize("redirected", ["2> /dev/full", "> /dev/full 2>&1", ">&- 2>&-"])
def test_a_wrong_option_has_its_status_whoever_hears_of_it(redirected: str) -> None:
    assert shell(redirected, "--nope").returncode == 2


def test_what_shows_nothing_needs_no_output() -> None:
    done = shell(">&-", "-c", "false")
    assert (done.stderr, done.returncode) == ("", 1)


UNREAD = {
    "a script": ([], "", 0),
    "a question": (["-c", "docker image prune; echo over"], "[y/N] over\n", 0),
    "the challenge": (["challenge"], "\n0 of 7 goals are met.\n", 1),
}


@pytest.mark.parametrize(("arguments", "end", "status"), UNREAD.values(), ids=UNREAD)
def test_a_closed_input_is_at_its_end(arguments: list[str], end: str, status: int) -> None:
    closed, empty = shell("<&-", *arguments), shell("< /dev/null", *arguments)
    assert (closed.stdout, closed.stderr, closed.returncode) == (empty.stdout, "", empty.returncode)
    assert (closed.stdout.endswith(end), closed.returncode) == (True, status)


def test_characters_that_the_terminal_lacks_are_escaped() -> None:
    done = shell("", "-c", "docker pull -q alpine; echo ü; echo 日…", PYTHONIOENCODING="ascii")
    assert done.stdout == "docker.io/library/alpine:latest\n\\xfc\n\\u65e5\\u2026\n"
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_script_is_utf_8_whatever_the_terminal_has() -> None:
    done = shell("", script="x=ü; echo ${x}ü | wc -m", PYTHONIOENCODING="ascii")
    assert (done.stdout, done.stderr) == ("3\n", "")


def test_a_script_that_is_no_text_is_refused_by_the_shell() -> None:
    done = subprocess.run(
        [*PROGRAM], input=b"echo \xff\n", capture_output=True, cwd=ROOT, timeout=PATIENCE, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )  # fmt: skip
    refusal = b"bash: half of a character is shell that dockerlearn does not know\n"
    assert (done.stdout, done.stderr, done.returncode) == (refusal, b"", 2)


# The prompt


class Terminal:
    """A terminal with the program in it."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            heed_interrupts()
            os.chdir(ROOT)
            settings = {**os.environ, "HOME": str(home), "TERM": "dumb", "INPUTRC": "/dev/null"}
            os.execve(sys.executable, [*PROGRAM, *arguments], settings)
        self.shown = ""

    def wait_for(self, text: str) -> str:
        """Read until the screen ends in `text`; what came since the last time."""
        limit = time.monotonic() + PATIENCE
        while not self.shown.endswith(text):
            assert time.monotonic() < limit, f"{text!r} did not appear: {self.shown!r}"
            if select.select([self.screen], [], [], 0.2)[0]:
                self.shown += os.read(self.screen, 65536).decode().replace("\r\n", "\n")
        shown, self.shown = self.shown, ""
        return shown

    def interrupt(self) -> str:
        """Type Ctrl-C, again if it was lost: Python misses one that comes just between its prompt and its waiting for keys."""
        for _ in range(5):
            os.write(self.screen, b"\x03")
            if select.select([self.screen], [], [], 10)[0]:
                break
        return self.wait_for("$ ")

    def type(self, keys: str, until: str = "$ ") -> str:
        os.write(self.screen, keys.encode())
        return self.wait_for(until)

    def status(self) -> int:
        """The exit status, once the program has ended."""
        while True:
            try:
                if not os.read(self.screen, 65536):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, "--seed", "1", "--clock", "2025-02-20")
    opened.wait_for("$ ")
    yield opened
    os.close(opened.screen)


def test_the_prompt_runs_commands_until_the_end_of_input(terminal: Terminal) -> None:
    assert terminal.type("docker pull -q nginx\n") == "docker pull -q nginx\ndocker.io/library/nginx:latest\n$ "
    assert terminal.type("docker history nosuch\n").endswith("No such image: nosuch:latest\n$ ")
    os.write(terminal.screen, b"\x04")
    assert terminal.status() == 1


def test_exit_leaves_with_the_last_status(terminal: Terminal) -> None:
    terminal.type("docker images --nope\n")
    os.write(terminal.screen, b"exit\n")
    assert terminal.status() == 125


def test_an_open_line_is_continued(terminal: Terminal) -> None:
    assert terminal.type("for i in 1 2\n", until="> ") == "for i in 1 2\n> "
    assert terminal.type("do echo $i\n", until="> ") == "do echo $i\n> "
    assert terminal.type("done\n") == "done\n1\n2\n$ "
    assert terminal.type("echo a\\\n", until="> ") == "echo a\\\n> "
    assert terminal.type("b\n") == "b\nab\n$ "


def test_ctrl_c_gives_a_new_prompt(terminal: Terminal) -> None:
    assert terminal.type("echo 'open\n", until="> ").endswith("> ")
    assert terminal.interrupt().endswith("^C\n$ ")
    assert terminal.type("echo $?\n") == "echo $?\n130\n$ "


def test_ctrl_c_stops_a_command(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "--seed", "1")  # on the computer's clock, where sleeping takes time
    terminal.wait_for("$ ")
    terminal.type("sleep 60\n", until="sleep 60\n")
    time.sleep(0.5)
    assert terminal.interrupt().endswith("^C\n$ ")
    os.write(terminal.screen, b"exit\n")
    assert terminal.status() == 130
    os.close(terminal.screen)


def test_a_line_can_be_edited_and_recalled(terminal: Terminal) -> None:
    assert terminal.type("ecko\x7f\x7fho one\n").endswith("\none\n$ ")
    assert terminal.type("\x10\n").endswith("\none\n$ ")  # Ctrl-P: the line before


def test_prune_asks_and_takes_the_answer(terminal: Terminal) -> None:
    terminal.type("docker pull -q alpine\n")
    question = terminal.type("docker image prune -a\n", until="[y/N] ")
    assert "WARNING! This will remove all images without at least one container associated to them.\n" in question
    assert terminal.type("n\n") == "n\n$ "
    terminal.type("docker image prune -a\n", until="[y/N] ")
    assert "untagged: alpine:latest\n" in terminal.type("y\n")
    assert terminal.type("docker images -q\n") == "docker images -q\n$ "


def test_the_end_of_input_answers_no(terminal: Terminal) -> None:
    terminal.type("docker image prune\n", until="[y/N] ")
    assert terminal.type("\x04").endswith("$ ")


def test_the_history_outlives_the_program(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("$ ")
    first.type("echo kept\n")
    os.write(first.screen, b"exit\n")
    assert first.status() == 0
    os.close(first.screen)
    second = Terminal(tmp_path)
    second.wait_for("$ ")
    assert second.type("\x10\x10\n").endswith("\nkept\n$ ")
    os.write(second.screen, b"exit\n")
    second.status()
    os.close(second.screen)


# The same within this process, where the drift score changes the program


def in_terminal(monkeypatch: pytest.MonkeyPatch, *lines: str | type[BaseException]) -> None:
    """Let a terminal show what is asked, and give these lines, then end."""
    pending = [*lines, EOFError]

    def typed(prompt: str = "") -> str:
        line = pending.pop(0)
        print(prompt, end="" if not isinstance(line, str) else f"{line}\n")
        if isinstance(line, str):
            return line
        raise line

    monkeypatch.setattr("builtins.input", typed)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)


@pytest.fixture
def readline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mock:
    """What would edit lines and remember them in the user's folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    module = Mock()
    monkeypatch.setitem(sys.modules, "readline", module)
    return module


@pytest.mark.usefixtures("readline")
def test_a_conversation(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    in_terminal(
        monkeypatch, "docker volume prune", "y", "docker volume prune", EOFError, "echo 'a", KeyboardInterrupt,
        "echo $?", "for i in 1 2", "do", "echo $i; done", "docker rmi nosuch", " logout", "echo never",
    )  # fmt: skip
    assert main([]) == 1
    assert (
        capsys.readouterr().out
        == """\
$ docker volume prune
WARNING! This will remove anonymous local volumes not used by at least one container.
Are you sure you want to continue? [y/N] y
Total reclaimed space: 0B
$ docker volume prune
WARNING! This will remove anonymous local volumes not used by at least one container.
Are you sure you want to continue? [y/N]\x20
$ echo 'a
> ^C
$ echo $?
130
$ for i in 1 2
> do
> echo $i; done
1
2
$ docker rmi nosuch
Error response from daemon: No such image: nosuch:latest
$  logout
"""
    )


@pytest.mark.usefixtures("readline")
def test_a_container_s_program_reads_what_is_typed_until_it_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_terminal(monkeypatch, "docker pull -q alpine", "docker run -it alpine", "echo hello", EOFError, "exit")
    assert main([]) == 0
    assert capsys.readouterr().out.endswith("$ docker run -it alpine\n/ # echo hello\nhello\n/ # \n$ exit\n")


@pytest.mark.usefixtures("readline")
def test_nothing_interrupts_a_command_but_the_learner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_terminal(monkeypatch, "sleep 5; echo over")
    assert main(["--clock", "2025-02-20"]) == 0
    assert capsys.readouterr().out == "$ sleep 5; echo over\nover\n$ \n"


def test_a_conversation_is_remembered_from_one_to_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, readline: Mock
) -> None:
    readline.read_history_file.side_effect = FileNotFoundError  # there is none yet
    readline.write_history_file.side_effect = PermissionError  # nor ever will be
    in_terminal(monkeypatch, "docker rmi nosuch")
    assert main([]) == 1
    history = tmp_path / ".dockerlearn_history"
    assert readline.mock_calls == [
        call.read_history_file(history),
        call.set_history_length(1000),
        call.write_history_file(history),
    ]


def test_without_line_editing_there_is_still_a_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "readline", None)
    in_terminal(monkeypatch, "exit")
    assert main([]) == 0


@pytest.mark.usefixtures("readline")
def test_the_challenge_is_a_conversation_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_terminal(monkeypatch, "sleep 5", " goals ", "exit")
    assert main(["challenge", "--clock", "2025-02-20"]) == 1
    goals = "".join(f"[ ] {number}. {goal.text}\n" for number, goal in enumerate(GOALS, 1))
    assert capsys.readouterr().out == (
        f"{goals}Type 'goals' to see them again, 'hint' for a hint, 'exit' to leave.\n"
        f"$ sleep 5\n$  goals \n{goals}$ exit\n0 of 7 goals are met.\n"
    )


def test_help_tells_what_may_be_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        main(["--help"])
    assert (
        capsys.readouterr().out
        == """\
usage: dockerlearn [-h] [--version] [-c COMMAND] [--docker {29,29-upgraded,28}] [--seed SEED]
                   [--clock TIME]
                   [{challenge}]

Docker's images and containers, as a model that you can type at.

positional arguments:
  {challenge}           be graded, as on the course's last page

options:
  -h, --help            show this help message and exit
  --version             show the version and exit
  -c COMMAND            run this command line and exit
  --docker {29,29-upgraded,28}
                        which Docker it is (29 unless given)
  --seed SEED           make IDs repeatable
  --clock TIME          start a repeatable clock at this ISO 8601 time
"""
    )


def test_an_interrupted_command_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Session, command: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "run", interrupted)
    assert main(["-c", "sleep 60"]) == 130


def test_output_that_nobody_reads_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as unread:  # closing it writes what is left, and must not complain
        monkeypatch.setattr("sys.stdout", unread)
        assert main(["-c", "docker -v"]) == 141


@pytest.mark.parametrize(("file", "why"), [("/dev/full", FULL), (None, CLOSED)])
def test_output_that_cannot_be_written_in_this_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: str | None, why: str
) -> None:
    with contextlib.ExitStack() as opened:
        monkeypatch.setattr("sys.stdout", opened.enter_context(Path(file).open("w")) if file else None)
        assert main(["-c", "docker -v"]) == 1
        assert main(["-c", "true"]) == 0
        monkeypatch.setattr("sys.stderr", None)
        assert main(["-c", "true"]) == 0
    assert capsys.readouterr().err == f"dockerlearn: write error: {why}\n"


def test_input_that_cannot_be_read_in_this_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unreadable = Mock()
    unreadable.isatty.return_value = False
    unreadable.read.side_effect = OSError(5, "Input/output error")
    monkeypatch.setattr("sys.stdin", unreadable)
    with Path(os.devnull).open("w") as output:
        monkeypatch.setattr("sys.stdout", output)
        assert main([]) == 1
    assert capsys.readouterr().err == "dockerlearn: read error: Input/output error\n"


def test_no_input_in_this_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert main([]) == 0
    assert main(["-c", "docker image prune; echo over"]) == 0
    assert capsys.readouterr().out.endswith("[y/N] over\n")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert (left.value.code, capsys.readouterr().out) == (None, f"dockerlearn {version('dockerlearn')}\n")


FROM_WINDOWS = "\ufefffor i in 1 2\r\ndo\r\necho $i\r\ndone\r\necho 'a\r\nb'\r\n"


def test_a_script_from_windows_runs_as_any_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(FROM_WINDOWS))
    assert main([]) == 0
    assert main(["-c", FROM_WINDOWS]) == 0
    assert capsys.readouterr().out == "1\n2\na\nb\n" * 2


LEFT = {
    "with the last status": ("false\nexit\necho never\n", "", 1),
    "with one of its own": ("echo a\nexit 3\necho never\n", "a\n", 3),
    "with more than the system keeps": ("exit 300\n", "", 44),
    "as from a login": (" logout\t2 \necho never", "", 2),
    "with a word": ("exit now\n", "bash: 'exit' (a keyword or a command) is shell that dockerlearn does not know\n", 2),
    "not by a word within another": ("echo exit\nexit 5", "exit\n", 5),
    "not within a text": ("echo 'a\nexit 4\n'", "a\nexit 4\n\n", 0),
}  # fmt: skip


@pytest.mark.parametrize(("script", "output", "status"), LEFT.values(), ids=LEFT)
def test_a_script_leaves_by_exit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str, output: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(script))
    assert main([]) == status
    assert capsys.readouterr().out == output


def test_a_command_line_leaves_by_exit(capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["-c", "exit"]), main(["-c", "exit 7"])] == [0, 7]
    assert capsys.readouterr().out == ""


def test_a_command_line_in_this_process(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-c", "docker -v"]) == 0
    assert capsys.readouterr().out == "Docker version 29.8.0, build 28f7560\n"


def test_the_time_is_that_of_the_clock_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    tagged = "docker pull -q alpine; docker tag alpine mine; docker inspect -f '{{json .Metadata}}' mine"
    assert main(["--clock", "2025-02-20T09:00", "-c", tagged]) == 0
    assert capsys.readouterr().out.endswith('\n{"LastTagTime":"2025-02-20T09:00:00Z"}\n')


def test_a_time_that_is_none_in_this_process(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--clock", "soon"])
    assert left.value.code == 2
    assert capsys.readouterr().err.endswith("argument --clock: not an ISO 8601 time: 'soon'\n")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-00:01"])
def test_a_time_that_no_clock_shows_is_refused(capsys: pytest.CaptureFixture[str], moment: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--clock", moment])
    assert left.value.code == 2
    reason = f"argument --clock: outside of the years 1 to 9999 in UTC: '{moment}'\n"
    assert capsys.readouterr().err.endswith(reason)


LONG = """\
docker run -d --name web nginx
docker run -d --name one alpine sh -c 'while :; do date; sleep 1; done'
docker run -d --name two alpine sleep 1d
docker run --name three alpine sleep 5
sleep 20
docker commit two mine
docker restart web
docker stop -t 60 two
docker ps -a
docker images
docker inspect web one two
docker logs one
while true; do sleep 60; done
sleep 1h
docker pause one
docker unpause one
docker rm -f $(docker ps -aq)
docker ps -a
exit 9
"""


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "9999-12-31T22:59", "9999-12-31T23:59:50", "9999-12-31T23:59:59.999999"]
)
def test_time_may_begin_or_end_in_a_session(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], moment: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(LONG))
    assert main(["--clock", moment, "--seed", "1"]) == 9
    shown = capsys.readouterr().out
    assert shown.endswith("CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n")
    assert "this goes on until somebody types Ctrl-C\n" in shown


def test_a_wait_beyond_the_end_of_time_never_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--clock", "9999-12-31T23:59:50", "-c", "sleep 9; echo over; sleep 1; echo never"]) == 130
    assert capsys.readouterr().out == "over\ndockerlearn: this goes on until somebody types Ctrl-C\n"


@pytest.mark.parametrize(
    ("script", "output", "status"),
    [
        ("", "", 0),
        ("echo a\n\necho 'b\nc'\n", "a\nb\nc\n", 0),
        ("echo a\necho $?; docker rmi -f nosuch 2> no; nosuch 2> no\n# the end\n", "a\n0\n", 127),
        ("docker wait web\n\x03\necho $?", "^C\n130\n", 0),
        ("sleep 5; echo over\n", "over\n", 0),
        ("sleep 5; echo over \\", "over\n", 0),
        ("for i in 1", "bash: syntax error: unexpected end of file\n", 2),
    ],
)
def test_a_script_in_this_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str, output: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"docker run -d --name web nginx 2> no > no\n{script}"))
    assert main(["--clock", "2025-02-20"]) == status
    assert capsys.readouterr().out == output
