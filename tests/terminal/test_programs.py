"""What runs in a container: programs of its own image, found by path, that say what the real ones said.

Texts and statuses are those of Engine 28.5.2 and of busybox, measured in containers of the catalog's images.
"""

from __future__ import annotations

import re

import pytest

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.container import Container
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import CannotStart
from dockerlearn.model.lifecycle import State
from dockerlearn.model.process import Output
from dockerlearn.model.tree import File, Symlink
from dockerlearn.terminal.programs import STEPS_A_SECOND
from dockerlearn.terminal.shell import MOST_BUSY
from tests.february import hub

PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@pytest.fixture
def engine() -> Engine:
    return Engine([hub()], clock=FixedClock("2025-02-20T09:00:00"), seed=1, docker="28")


@pytest.fixture
def box(engine: Engine) -> Container:
    """A container of alpine that does nothing for a day."""
    return engine.run("alpine", "sleep", "1d")


def written(container: Container) -> str:
    return "".join(write.text for write in container.logs())


def told(output: Output) -> tuple[str, int]:
    return output.screen, output.status


# The programs of the images


READY = "/docker-entrypoint.sh: Configuration complete; ready for start up\n"


@pytest.mark.parametrize(
    ("image", "command", "text", "status"),
    [
        ("nginx", "nginx -v", READY + "nginx version: nginx/1.27.4\n", 0),
        ("nginx:1.27.3", "nginx -v", READY + "nginx version: nginx/1.27.3\n", 0),
        ("nginx:stable", "/docker-entrypoint.sh nginx -v", READY + "nginx version: nginx/1.26.3\n", 0),
        ("nginx", "cat /etc/debian_version", "12.9\n", 0),
        ("nginx", "nosuch", "/docker-entrypoint.sh: exec: line 8: nosuch: not found\n", 127),
        ("nginx", "/etc/passwd", "/docker-entrypoint.sh: exec: line 8: /etc/passwd: Permission denied\n", 126),
        ("nginx", "/etc", "/docker-entrypoint.sh: exec: line 8: /etc: Permission denied\n", 126),
        ("nginx", "-g", "/docker-entrypoint.sh: exec: line 8: illegal option -g\n", 2),
        ("node:22-alpine", "", "", 0),
        ("node:22-alpine", "node --version", "v22.14.0\n", 0),
        ("node:22-alpine", "-v", "v22.14.0\n", 0),
        ("node:22-alpine", "nodejs -v", "v22.14.0\n", 0),
        ("node:22-alpine", "node app.js", "Error: Cannot find module '/app.js'\n", 1),
        ("node:22-alpine", "node /srv/app.js", "Error: Cannot find module '/srv/app.js'\n", 1),
        ("node:22-alpine", "app.js", "Error: Cannot find module '/app.js'\n", 1),
        ("node:22-alpine", "/etc/passwd", "node: the scale model runs no JavaScript\n", 2),
        ("node:22-alpine", "cat /etc/alpine-release", "3.21.3\n", 0),
        ("python:3.12-slim", "python --version", "Python 3.12.9\n", 0),
        ("python:3.12-slim", "python3 -V", "Python 3.12.9\n", 0),
        ("python:3.12-slim", "python3.12 --version", "Python 3.12.9\n", 0),
        ("python:3.12-slim", "", "python3: the scale model only knows --version\n", 2),
        ("python:3.12-slim", "python -c 1", "python3: the scale model only knows --version\n", 2),
        ("postgres:16", "postgres --version", None, 1),
        ("postgres:16", "cat /etc/debian_version", "12.9\n", 0),
        ("postgres:16", "nosuch", "/usr/local/bin/docker-entrypoint.sh: exec: line 9: nosuch: not found\n", 127),
        ("postgres:16", "-c 1", "/usr/local/bin/docker-entrypoint.sh: exec: line 9: illegal option -c\n", 2),
        ("ubuntu", "apt-get update", "apt-get: not in the scale model\n", 100),
        ("alpine", "apk add curl", "apk: not in the scale model\n", 1),
        ("alpine", "busybox cat /etc/alpine-release", "3.21.3\n", 0),
        ("alpine", "./bin/cat /etc/alpine-release", "3.21.3\n", 0),
        ("alpine", "/bin/../bin/cat /etc/alpine-release", "3.21.3\n", 0),
        ("alpine", "test -f /nosuch", "", 1),
        ("alpine", "[ a = a ]", "", 0),
    ],
)
def test_a_program_says_what_the_real_one_said(
    engine: Engine, image: str, command: str, text: str | None, status: int
) -> None:
    container = engine.run(image, *command.split())
    assert (container.state, container.exit_code) == (State.EXITED, status)
    assert written(container) == (NO_PASSWORD if text is None else text)


def test_an_entry_point_without_a_command_has_nothing_to_become(engine: Engine) -> None:
    container = engine.run("nginx", entrypoint=["/docker-entrypoint.sh"])
    assert (container.state, container.exit_code, written(container)) == (State.EXITED, 0, "")


REFUSED = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
)
REFUSED += "unable to start container process: error during container init: exec: "


@pytest.mark.parametrize(
    ("command", "reason", "status"),
    [
        (["nosuch"], '"nosuch": executable file not found in $PATH', 127),
        ([""], '"": executable file not found in $PATH', 127),
        (["echo hi"], '"echo hi": executable file not found in $PATH', 127),
        (["--name"], '"--name": executable file not found in $PATH', 127),
        (["/nosuch/x"], '"/nosuch/x": stat /nosuch/x: no such file or directory', 127),
        (["./nosuch"], '"./nosuch": stat ./nosuch: no such file or directory', 127),
        (["/etc/passwd"], '"/etc/passwd": permission denied', 126),
        (["./etc/passwd"], '"./etc/passwd": permission denied', 126),
        (["/etc"], '"/etc": is a directory: permission denied', 126),
    ],
)
def test_a_program_that_cannot_be_started_leaves_the_container_as_it_was(
    engine: Engine, command: list[str], reason: str, status: int
) -> None:
    engine.pull("alpine")
    container = engine.create("alpine", *command)
    for _ in range(2):
        with pytest.raises(CannotStart) as refused:
            container.start()
        assert str(refused.value) == container.error == REFUSED + reason
        assert (container.state, container.exit_code) == (State.CREATED, status)
    assert container.ip == ""


@pytest.mark.parametrize(
    ("command", "reason", "status"),
    [
        ("nosuch", 'exec: "nosuch": executable file not found in $PATH', 127),
        ("/nosuch/x", 'exec: "/nosuch/x": stat /nosuch/x: no such file or directory', 127),
        ("/etc/passwd", 'exec: "/etc/passwd": permission denied', 126),
        ("/etc", 'exec: "/etc": is a directory: permission denied', 126),
        ("bash", 'exec: "bash": executable file not found in $PATH', 127),
        ("wget", 'exec: "wget": executable file not found in $PATH', 127),
    ],
)
def test_a_second_program_that_cannot_be_started_is_refused(
    box: Container, command: str, reason: str, status: int
) -> None:
    with pytest.raises(CannotStart) as refused:
        box.exec(command)
    assert (str(refused.value), refused.value.status) == (reason, status)
    assert box.state is State.RUNNING


@pytest.mark.parametrize(
    ("path", "command", "found"),
    [
        ("/bin", "ls /home", True),
        ("/nosuch:/bin", "ls /home", True),
        ("/etc/passwd:/bin", "ls /home", True),
        ("/etc", "ls /home", False),
        ("", "ls /home", False),
        ("", "/bin/ls /home", True),
        ("", "bin/ls /home", True),
    ],
)
def test_a_program_without_a_slash_is_looked_for_in_path(engine: Engine, path: str, command: str, found: bool) -> None:
    engine.pull("alpine")
    container = engine.create("alpine", *command.split(), env=[f"PATH={path}"])
    if found:
        container.start()
        assert (written(container), container.exit_code) == ("", 0)
    else:
        with pytest.raises(CannotStart, match=r'exec: "ls": executable file not found in \$PATH$'):
            container.start()


def test_the_first_directory_of_path_that_has_the_program_wins(box: Container) -> None:
    box.exec("mkdir", "-p", "/usr/local/bin")
    box.write("/usr/local/bin/cat", File.script("#!/bin/sh\necho not the cat you know\n"))
    assert told(box.exec("cat", "/etc/passwd")) == ("not the cat you know\n", 0)
    assert told(box.exec("/bin/cat", "/etc/alpine-release")) == ("3.21.3\n", 0)


def test_a_program_that_a_container_has_lost_is_gone_for_it_alone(engine: Engine, box: Container) -> None:
    box.exec("rm", "/bin/cat")
    with pytest.raises(CannotStart, match="executable file not found"):
        box.exec("cat", "/etc/passwd")
    assert told(engine.run("alpine", "sleep", "1d").exec("cat", "/etc/passwd")) == (PASSWD, 0)


def test_a_program_may_be_called_by_a_link(box: Container) -> None:
    box.write("/root/cat", Symlink("/bin/busybox"))
    assert told(box.exec("/root/cat", "/etc/alpine-release")) == ("3.21.3\n", 0)


# nginx


def ask(container: Container, path: str) -> str | None:
    return container.environment.answer(80, path)


NOT_FOUND = """\
<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>
<BODY><H1>404 Not Found</H1>
The requested URL was not found
</BODY></HTML>
"""


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "welcome\n"),
        ("/index.html", "welcome\n"),
        ("/?x=1", "welcome\n"),
        ("/hello.txt", "hello\n"),
        ("/hello.txt?x=1", "hello\n"),
        ("/sub/x.txt", "in sub\n"),
        ("/sub/../hello.txt", "hello\n"),
        ("//hello.txt", "hello\n"),
        ("/sub/", NOT_FOUND),
        ("/sub", ""),
        ("/sub?x=1", ""),
        ("/nosuch", NOT_FOUND),
        ("/nosuch/", NOT_FOUND),
        ("/../../../../etc/passwd", NOT_FOUND),
    ],
)
def test_nginx_serves_its_html_directory(engine: Engine, path: str, page: str) -> None:
    web = engine.run("nginx")
    web.exec("mkdir", "/usr/share/nginx/html/sub")
    for name, text in {"index.html": "welcome", "hello.txt": "hello", "sub/x.txt": "in sub"}.items():
        web.write(f"/usr/share/nginx/html/{name}", f"{text}\n")
    assert ask(web, path) == page


def test_nginx_serves_what_it_finds_at_the_moment(engine: Engine) -> None:
    web = engine.run("nginx")
    welcome = ask(web, "/")
    assert welcome is not None
    assert welcome.startswith("<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n")
    web.exec("sh", "-c", "echo changed >/usr/share/nginx/html/index.html")
    assert ask(web, "/") == "changed\n"
    web.exec("rm", "/usr/share/nginx/html/index.html")
    assert ask(web, "/") == NOT_FOUND


def test_nothing_else_listens_than_the_port_of_nginx_while_it_runs(engine: Engine) -> None:
    web = engine.run("nginx")
    assert web.environment.answer(3000, "/") is None
    assert engine.run("alpine", "sleep", "1d").environment.answer(80, "/") is None
    web.stop()
    assert ask(web, "/") is None
    web.start()
    assert ask(web, "/") == engine.image("nginx").tree.files()["usr/share/nginx/html/index.html"].data.decode()


@pytest.mark.parametrize(("signal", "code"), [("QUIT", 0), ("TERM", 0), ("INT", 0), ("KILL", 137)])
def test_nginx_ends_at_the_signals_of_the_real_one(engine: Engine, signal: str, code: int) -> None:
    web = engine.run("nginx")
    web.kill(signal)
    assert (web.state, web.exit_code) == (State.EXITED, code)
    ready = "/docker-entrypoint.sh: Configuration complete; ready for start up\nnginx/1.27.4: start worker processes\n"
    assert written(web) == ready + (f"nginx: SIG{signal}, exiting\n" if code == 0 else "")


# PostgreSQL and Node.js


NO_PASSWORD = """\
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
"""


@pytest.mark.parametrize("env", [[], ["POSTGRES_PASSWORD="], ["POSTGRES_HOST_AUTH_METHOD=md5"]])
def test_postgres_does_not_start_without_a_password(engine: Engine, env: list[str]) -> None:
    database = engine.run("postgres:16", env=env)
    assert (database.state, database.exit_code, written(database)) == (State.EXITED, 1, NO_PASSWORD)


@pytest.mark.parametrize("env", ["POSTGRES_PASSWORD=secret", "POSTGRES_HOST_AUTH_METHOD=trust"])
@pytest.mark.parametrize(("signal", "manner"), [("INT", "fast"), ("TERM", "smart")])
def test_postgres_runs_with_one_until_it_is_told_to_stop(engine: Engine, env: str, signal: str, manner: str) -> None:
    database = engine.run("postgres:16", env=[env])
    assert database.state is State.RUNNING
    assert database.stop_signal == "INT"
    database.kill(signal)
    assert (database.state, database.exit_code) == (State.EXITED, 0)
    assert written(database) == (
        "LOG:  database system is ready to accept connections\n"
        f"LOG:  received {manner} shutdown request\nLOG:  database system is shut down\n"
    )


def test_postgres_tells_its_version_without_a_password_if_its_entry_point_is_left_out(engine: Engine) -> None:
    database = engine.run("postgres:16", "--version", entrypoint=["postgres"])
    assert (written(database), database.exit_code) == ("postgres (PostgreSQL) 16.7\n", 0)


def test_node_finds_a_file_that_was_put_there(engine: Engine) -> None:
    engine.pull("node:22-alpine")
    container = engine.create("node:22-alpine", "node", "app.js")
    container.start()
    assert (written(container), container.exit_code) == ("Error: Cannot find module '/app.js'\n", 1)
    container.write("/app.js", "console.log('hi')\n")
    container.start()
    assert written(container).endswith("\nnode: the scale model runs no JavaScript\n")
    assert container.exit_code == 2


# The shell


@pytest.mark.parametrize(
    ("line", "text", "status"),
    [
        ("nosuch; echo $?", "/bin/sh: nosuch: not found\n127\n", 0),
        ("/etc/passwd; echo $?", "/bin/sh: /etc/passwd: Permission denied\n126\n", 0),
        ("etc/passwd; echo $?", "/bin/sh: etc/passwd: Permission denied\n126\n", 0),
        ("/etc; echo $?", "/bin/sh: /etc: Permission denied\n126\n", 0),
        ("/nosuch/x; echo $?", "/bin/sh: /nosuch/x: not found\n127\n", 0),
        ("./nosuch; echo $?", "/bin/sh: ./nosuch: not found\n127\n", 0),
        ("nosuch 2>/dev/null; echo $?", "127\n", 0),
        ("echo x >/etc; echo $?", "/bin/sh: can't create /etc: Is a directory\n1\n", 0),
        ("echo x >/dev/nosuch/x; echo $?", "/bin/sh: can't create /dev/nosuch/x: nonexistent directory\n1\n", 0),
        ("echo x >/dev/null; cat /dev/null", "", 0),
        ("echo x >/etc/hosts; cat /etc/hosts", "x\n", 0),
        ("echo a >/a; echo b >>/a; cat /a", "a\nb\n", 0),
        ("cat /nosuch 2>/err; cat /err", "cat: can't open '/nosuch': No such file or directory\n", 0),
        ("exit 3; echo never", "", 3),
        ("exit 300", "", 44),
        ("exit", "", 0),
        ("false; exit", "", 1),
        ("exec echo a; echo never", "a\n", 0),
        ("exec; echo a", "a\n", 0),
        ("exec echo a | cat; x=$(exec echo b); echo $x", "a\nb\n", 0),
        ("trap; trap - TERM; trap '' TERM; trap 'echo x' TERM; echo $?", "0\n", 0),
        (": a b; echo $?", "0\n", 0),
        ("x=$(cat /etc/alpine-release); echo v$x", "v3.21.3\n", 0),
        ("i=0; while [ $i != 3 ]; do echo $i; i=$((i+1)); done", "0\n1\n2\n", 0),
        ("for i in 1 2; do echo $i; done | wc -l", "2\n", 0),
        ("echo $HOME $PATH", f"/root {PATH}\n", 0),
        ("rm /bin/echo; echo still", "still\n", 0),
        ("sh -c 'echo a; exit 4'; echo $?", "a\n4\n", 0),
        ("sh -c; echo $?", "sh: -c requires an argument\n2\n", 0),
        ("sh -c 'exit x'; echo $?", "sh: exit: line 0: Illegal number: x\n2\n", 0),
        ("sh -c 'exit ²'; echo $?", "sh: exit: line 0: Illegal number: ²\n2\n", 0),
        ("sh /nosuch; echo $?", "sh: can't open '/nosuch': No such file or directory\n2\n", 0),
        ("echo 'echo hi' >/s; sh /s", "hi\n", 0),
        ("echo 'echo hi' | sh", "hi\n", 0),
        ("echo 'exit 3' | sh; echo $?", "3\n", 0),
        ("echo cat | sh", "", 0),
        ("echo '#!/bin/sh' >/bin/s; echo 'exit 7' >>/bin/s; chmod +x /bin/s; s; echo $?", "7\n", 0),
        ("echo 'echo plain' >/s; chmod +x /s; /s", "plain\n", 0),
        (">/s; chmod +x /s; /s; echo $?", "0\n", 0),
    ],
)
def test_a_shell_says_what_a_real_one_said(box: Container, line: str, text: str, status: int) -> None:
    assert told(box.exec("/bin/sh", "-c", line)) == (text, status)


def test_a_shell_reads_a_pipe_to_its_end(box: Container) -> None:
    assert told(box.exec("sh", stdin="echo one\nfalse\nexit 5\necho never\n")) == ("one\n", 5)
    assert told(box.exec("sh", "-c", "cat; echo end", stdin="piped\n")) == ("piped\nend\n", 0)
    assert told(box.exec("cat", stdin="piped\n")) == ("piped\n", 0)


def test_a_script_is_called_by_its_path_or_found_in_path(box: Container) -> None:
    box.write("/usr/bin/greet", File.script("#!/bin/sh\necho hello\nexit 3\n"))
    for call in (["/usr/bin/greet"], ["greet"], ["sh", "/usr/bin/greet"], ["sh", "-c", "greet"]):
        assert told(box.exec(*call)) == ("hello\n", 3), call


def test_a_script_can_be_what_a_container_runs(engine: Engine) -> None:
    first = engine.run("alpine", "sh", "-c", "echo '#!/bin/sh' >/s; echo 'echo script; exit 4' >>/s; chmod +x /s")
    engine.commit(first, "scripted")
    second = engine.run("scripted", "/s")
    assert (written(second), second.exit_code) == ("script\n", 4)
    third = engine.run("scripted", entrypoint=["/s"])
    assert (written(third), third.exit_code) == ("script\n", 4)


@pytest.mark.parametrize("text", ["echo plain\n", ""])
def test_the_engine_itself_executes_no_text_without_a_first_line_that_says_how(engine: Engine, text: str) -> None:
    engine.pull("alpine")
    container = engine.create("alpine", "text")
    container.write("/bin/text", File.script(text))
    container.start()
    assert (container.state, container.exit_code, container.error) == (State.EXITED, 255, "")
    assert re.fullmatch("exec (/bin/)?text: exec format error\n", written(container))


@pytest.mark.parametrize("line", ["if true; then echo x; fi", "cd /tmp", "echo $1", "sleep 1 &", "echo a; set -e"])
def test_a_line_that_the_model_cannot_run_is_refused_before_anything_is_done(box: Container, line: str) -> None:
    text, status = told(box.exec("sh", "-c", f"touch /done; {line}"))
    assert text.endswith("is shell that dockerlearn does not know\n")
    assert status == 2
    assert "/done" not in box.environment.root


# Signals


def trapping(engine: Engine, line: str) -> Container:
    return engine.run("alpine", "sh", "-c", line)


def test_a_trap_is_run_when_its_signal_comes(engine: Engine) -> None:
    container = trapping(engine, "trap 'echo got TERM; exit 5' TERM; while :; do sleep 0.1; done")
    container.kill("TERM")
    engine.clock.sleep(0.1)
    assert (container.state, container.exit_code, written(container)) == (State.EXITED, 5, "got TERM\n")


def test_a_trap_that_does_not_exit_lets_the_shell_go_on(engine: Engine) -> None:
    container = trapping(engine, "trap 'echo got INT' INT; trap 'exit 6' USR1; while :; do sleep 0.1; done")
    for _ in range(2):
        container.kill("INT")
        engine.clock.sleep(0.2)
    assert (container.state, written(container)) == (State.RUNNING, "got INT\ngot INT\n")
    container.kill("USR1")
    engine.clock.sleep(0.2)
    assert (container.state, container.exit_code) == (State.EXITED, 6)


def test_a_trap_waits_for_the_command_in_the_foreground(engine: Engine) -> None:
    container = trapping(engine, "trap 'echo got TERM; exit 5' TERM; sleep 8; echo never")
    engine.clock.sleep(1)
    container.stop()
    assert written(container) == "got TERM\n"
    assert (container.exit_code, (container.finished - container.started).total_seconds()) == (5, 8)


@pytest.mark.parametrize("taken_back", ["trap - TERM", "trap '' TERM"])
def test_a_trap_can_be_taken_back(engine: Engine, taken_back: str) -> None:
    container = trapping(engine, f"trap 'exit 5' TERM; {taken_back}; while :; do sleep 0.1; done")
    container.kill("TERM")
    engine.clock.sleep(1)
    assert (container.state, written(container)) == (State.RUNNING, "")


def test_a_trap_leaves_the_status_as_it_was(engine: Engine) -> None:
    container = trapping(engine, "trap 'false' USR1; sleep 1; echo $?")
    container.kill("USR1")
    engine.clock.sleep(1)
    assert written(container) == "0\n"


@pytest.mark.parametrize("signal", ["EXIT", "NOPE", "0"])
def test_a_trap_that_the_model_does_not_have_is_refused_by_name(box: Container, signal: str) -> None:
    text, status = told(box.exec("sh", "-c", f"trap 'echo x' {signal}"))
    assert text.endswith(f"‘{signal}’ is something that dockerlearn does not know\n")
    assert status == 1


def test_a_loop_without_end_does_not_keep_its_container_from_being_stopped(engine: Engine) -> None:
    container = trapping(engine, "while :; do :; done")
    assert container.state is State.RUNNING
    container.stop(timeout=2)
    assert (container.state, container.exit_code) == (State.EXITED, 137)
    assert (container.finished - container.started).total_seconds() == 2


def test_a_loop_without_end_that_looks_out_for_a_signal_ends_at_it(engine: Engine) -> None:
    container = trapping(engine, "trap 'exit 4' TERM; while :; do true; done")
    container.stop()
    assert container.exit_code == 4
    assert (container.finished - container.started).total_seconds() <= 1


def test_a_loop_that_never_waits_rests_until_a_signal_comes(engine: Engine) -> None:
    container = trapping(engine, "trap 'echo heard' USR1; i=0; while :; do i=$((i + 1)); done")
    for _ in range(MOST_BUSY - 1):
        assert container.processes.wake is not None
        engine.clock.sleep(1)
        assert container.state is State.RUNNING
    assert container.processes.wake is None
    container.kill("USR1")
    assert written(container) == "heard\n"
    assert container.processes.wake is None
    container.stop(timeout=2)
    assert (container.state, container.exit_code) == (State.EXITED, 137)


def test_a_loop_that_waits_now_and_then_goes_on(engine: Engine) -> None:
    busy = f"for i in $(seq {STEPS_A_SECOND // 2}); do true; done"
    container = trapping(engine, f"while :; do {busy}; sleep 1; done")
    for _ in range(2):
        engine.clock.sleep(MOST_BUSY)
        assert container.processes.wake is not None


# The tools


@pytest.mark.parametrize(
    ("line", "text", "status"),
    [
        ("ls /", "bin\ndev\netc\nhome\nlib\nmedia\nmnt\nopt\nproc\nroot\nrun\nsbin\nsrv\nsys\ntmp\nusr\nvar\n", 0),
        ("ls -a /root", ".\n..\n", 0),
        ("ls -A / | head -n 2", ".dockerenv\nbin\n", 0),
        ("ls -1 /home /nosuch", "ls: /nosuch: No such file or directory\n/home:\n", 1),
        ("ls /etc/passwd /home", "/etc/passwd\n\n/home:\n", 0),
        ("ls /etc", "alpine-release\ngroup\nhostname\nhosts\nmtab\nos-release\npasswd\nresolv.conf\n", 0),
        ("ls /bin/sh", "/bin/sh\n", 0),
        ("echo x >/f; rm /f; ls /f", "ls: /f: No such file or directory\n", 1),
        ("rm /nosuch", "rm: can't remove '/nosuch': No such file or directory\n", 1),
        ("rm ''", "rm: can't remove '': No such file or directory\n", 1),
        ("rm -f /nosuch; rm -rf /nosuch", "", 0),
        ("rm /home", "rm: '/home' is a directory\n", 1),
        ("rm -r /home; ls /home", "ls: /home: No such file or directory\n", 1),
        ("rm -rf /usr/bin; ls /usr", "", 0),
        (
            "rm /etc/passwd /nosuch /etc/group; ls /etc",
            "rm: can't remove '/nosuch': No such file or directory\nalpine-release\nhostname\nhosts\nmtab\nos-release\nresolv.conf\n",
            0,
        ),
        ("ln -s /etc /e; rm /e; ls /etc/passwd", "/etc/passwd\n", 0),
        ("ln -s /etc /e; rm -r /e; ls /etc/passwd", "/etc/passwd\n", 0),
        ("ln -s /etc /e; rm /e/passwd; ls /etc/passwd", "ls: /etc/passwd: No such file or directory\n", 1),
        ("mkdir /a /b; ls / | grep -x '[ab]'; rmdir /a; ls /a", "a\nb\nls: /a: No such file or directory\n", 1),
        ("mkdir /home", "mkdir: can't create directory '/home': File exists\n", 1),
        ("mkdir -p /home; mkdir -p /a/b/c; ls /a/b", "c\n", 0),
        ("mkdir /a/b", "mkdir: can't create directory '/a/b': No such file or directory\n", 1),
        ("mkdir /etc/passwd/x", "mkdir: can't create directory '/etc/passwd/x': Not a directory\n", 1),
        ("mkdir -p /a/../b; ls /a /b", "/a:\n\n/b:\n", 0),
        ("mkdir /etc/passwd", "mkdir: can't create directory '/etc/passwd': File exists\n", 1),
        ("mkdir -p /etc/passwd", "mkdir: can't create directory '/etc/passwd': File exists\n", 1),
        ("mkdir /tmp/x/; ls /tmp", "x\n", 0),
        ("mkdir /a; rmdir /a/; ls /a", "ls: /a: No such file or directory\n", 1),
        ("rmdir /nosuch", "rmdir: '/nosuch': No such file or directory\n", 1),
        ("rmdir /etc", "rmdir: '/etc': Directory not empty\n", 1),
        ("rmdir /bin", "rmdir: '/bin': Directory not empty\n", 1),
        ("rmdir /etc/passwd", "rmdir: '/etc/passwd': Not a directory\n", 1),
        ("mkdir /a; touch /a/b; rmdir /a", "rmdir: '/a': Directory not empty\n", 1),
        ("ln -s '' a", "ln: a: No such file or directory\n", 1),
        ("which /etc/passwd", "", 1),
        ("touch /a /b; ls / | grep -x '[ab]'; cat /a", "a\nb\n", 0),
        ("touch /nosuch/a", "touch: /nosuch/a: No such file or directory\n", 1),
        ("touch /etc/passwd/x", "touch: /etc/passwd/x: Not a directory\n", 1),
        ("touch /home; ls -A /home", "", 0),
        ("echo a >/a; touch /a; cat /a", "a\n", 0),
        ("echo a >/a; cp /a /b; echo b >/a; cat /a /b", "b\na\n", 0),
        ("cp /nosuch /a", "cp: can't stat '/nosuch': No such file or directory\n", 1),
        ("cp '' /a", "cp: can't stat '': No such file or directory\n", 1),
        ("cp /etc/passwd /home; ls /home", "passwd\n", 0),
        ("cp /etc/passwd /nosuch/a", "cp: can't create '/nosuch/a': No such file or directory\n", 1),
        ("cp /etc /a", "cp: omitting directory '/etc'\n", 1),
        (
            "cp /etc/passwd /etc/group; cp /etc/group /etc/group; wc -l /etc/group",
            "cp: '/etc/group' and '/etc/group' are the same file\n2 /etc/group\n",
            0,
        ),
        ("ln -s /etc/passwd /l; cp /l /m; rm /l; wc -l /m", "2 /m\n", 0),
        ("cp -a /home /h; ls /h; cp -R /usr /home; ls /home/usr", "bin\n", 0),
        ("mkdir /a; echo x >/a/x; cp -r /a /b; cp -r /a /b; ls /b", "a\nx\n", 0),
        ("echo a >/a; echo b >/b; cp /a /b /home; cat /home/a /home/b", "a\nb\n", 0),
        ("echo a >/a; echo b >/b; cp /a /b; cat /b", "a\n", 0),
        ("echo a >/a; cp /a /nosuch /home; ls /home", "cp: can't stat '/nosuch': No such file or directory\na\n", 0),
        ("echo a >/a; mv /a /b; cat /b; ls /a", "a\nls: /a: No such file or directory\n", 1),
        ("echo a >/a; mv /a /home; ls /home", "a\n", 0),
        ("echo a >/a; echo b >/b; mv -f /a /b; cat /b", "a\n", 0),
        ("echo a >/a; mv /a /nosuch/b", "mv: can't rename '/a': No such file or directory\n", 1),
        ("mv /nosuch /a", "mv: can't rename '/nosuch': No such file or directory\n", 1),
        ("mv /home /h; ls /h; ls /home", "ls: /home: No such file or directory\n", 1),
        ("mkdir /a; mv /a /home; ls /home", "a\n", 0),
        ("mkdir /a /b; echo x >/a/x; echo y >/b/y; mv /a /b; ls /b", "a\ny\n", 0),
        ("mkdir /a /b /b/a; mv /a /b; ls /b /b/a", "/b:\na\n\n/b/a:\n", 0),
        ("mkdir /a; mv /a /a/b", "mv: can't rename '/a': Invalid argument\n", 1),
        ("echo a >/a; mv /a /a; echo $?; cat /a", "0\na\n", 0),
        ("ln -s /a /b; cat /b", "cat: can't open '/b': No such file or directory\n", 1),
        ("ln -s /etc/alpine-release /b; cat /b", "3.21.3\n", 0),
        ("echo a >/a; ln -s a /l; echo b >/l; cat /a; cat /l", "b\nb\n", 0),
        ("ln -s /etc /e; echo x >/e/new; cat /etc/new", "x\n", 0),
        ("ln -s /nosuch/x /b; ls /b", "ls: /b: No such file or directory\n", 1),
        ("ln -s /x /etc/passwd", "ln: /etc/passwd: File exists\n", 1),
        ("ln -s a /nosuch/b", "ln: /nosuch/b: No such file or directory\n", 1),
        ("chmod 700 /home; test -x /home; echo $?", "0\n", 0),
        ("chmod +x /etc/passwd; test -x /etc/passwd; echo $?", "0\n", 0),
        ("chmod 0644 /etc/passwd; test -x /etc/passwd; echo $?", "1\n", 0),
        ("chmod 755 /nosuch", "chmod: /nosuch: No such file or directory\n", 1),
        ("test -f /etc/passwd; echo $?; test -f /etc; echo $?; test -f /nosuch; echo $?", "0\n1\n1\n", 0),
        ("test -d /etc; echo $?; test -d /etc/passwd; echo $?", "0\n1\n", 0),
        ("test -e /nosuch; echo $?; test -e /bin/sh; echo $?", "1\n0\n", 0),
        ("test -s /etc/passwd; echo $?; touch /a; test -s /a; echo $?", "0\n1\n", 0),
        ("test -x /bin/sh; echo $?; test -x /etc/passwd; echo $?", "0\n1\n", 0),
        ("test -n a; echo $?; test -n ''; echo $?; test -z ''; echo $?; test -z a; echo $?", "0\n1\n0\n1\n", 0),
        ("test a = a; echo $?; test a = b; echo $?; test a != b; echo $?; test a == a; echo $?", "0\n1\n0\n0\n", 0),
        ("test ! -f /etc; echo $?; test ! a = a; echo $?; test ! a; echo $?", "0\n1\n1\n", 0),
        ("test; echo $?; test ''; echo $?; test a; echo $?", "1\n1\n0\n", 0),
        ("[ -f /etc/passwd ] && echo yes; [ -f /nosuch ] || echo no", "yes\nno\n", 0),
        ("[ ]; echo $?; [ ! ]; echo $?", "1\n0\n", 0),
        ("which sh; which ls nosuch; echo $?", "/bin/sh\n/bin/ls\n1\n", 0),
        ("which /bin/sh which echo", "/bin/sh\n/bin/which\n/bin/echo\n", 0),
        ("id -u; id -g; id root", "0\n0\nuid=0(root) gid=0(root) groups=0(root)\n", 0),
        ("whoami; uname; pwd; /bin/pwd", "root\nLinux\n/\n/\n", 0),
        ("cat /nosuch", "cat: can't open '/nosuch': No such file or directory\n", 1),
        ("cat /etc/passwd | tail -n 1", "nobody:x:65534:65534:nobody:/:/sbin/nologin\n", 0),
        (
            "cat /etc/alpine-release /nosuch /etc/alpine-release",
            "3.21.3\ncat: can't open '/nosuch': No such file or directory\n3.21.3\n",
            1,
        ),
        ("cat /etc", "cat: read error: Is a directory\n", 1),
        ("echo a | cat - /etc/alpine-release", "a\n3.21.3\n", 0),
        ("head -n 1 /nosuch", "head: /nosuch: No such file or directory\n", 1),
        ("tail -n 1 /nosuch", "tail: can't open '/nosuch': No such file or directory\ntail: no files\n", 1),
        ("wc -l /etc/passwd", "2 /etc/passwd\n", 0),
        (
            "wc /etc/passwd; echo a b | wc",
            "        2         2        74 /etc/passwd\n        1         2         4\n",
            0,
        ),
        ("wc -c /nosuch", "wc: /nosuch: No such file or directory\n", 1),
        ("sort /nosuch", "sort: /nosuch: No such file or directory\n", 2),
        ("uniq /nosuch", "uniq: can't open '/nosuch': No such file or directory\n", 1),
        ("cut -c1 /nosuch", "cut: /nosuch: No such file or directory\n", 1),
        ("grep x /nosuch", "grep: /nosuch: No such file or directory\n", 2),
        (
            "grep -n root /etc/group; grep -c nosuch /etc/group; sort /etc/group",
            "1:root:x:0:root\n0\nnobody:x:65534:\nroot:x:0:root\n",
            0,
        ),
        ("echo é | wc -c; seq 2 3", "3\n2\n3\n", 0),
    ],
)
def test_a_tool_says_what_a_real_one_said(box: Container, line: str, text: str, status: int) -> None:
    assert told(box.exec("/bin/sh", "-c", line)) == (text, status)


def test_a_bracket_that_is_not_closed_is_refused(box: Container) -> None:
    assert told(box.exec("[", "a", "=", "a")) == ("[: missing ]\n", 2)


def test_a_container_knows_its_name_and_the_time(engine: Engine, box: Container) -> None:
    assert told(box.exec("hostname")) == (f"{box.hostname}\n", 0)
    assert told(box.exec("cat", "/etc/hostname")) == (f"{box.hostname}\n", 0)
    assert told(box.exec("cat", "/etc/hosts")) == (f"127.0.0.1\tlocalhost\n172.17.0.2\t{box.hostname}\n", 0)
    engine.clock.sleep(3661)
    assert told(box.exec("date")) == ("Thu Feb 20 10:01:01 UTC 2025\n", 0)


@pytest.mark.parametrize(
    ("env", "tty", "shown"),
    [
        ([], False, "PATH={path}\nHOSTNAME={name}\nHOME=/root\n"),
        (["A=1", "B=x=y"], False, "PATH={path}\nHOSTNAME={name}\nA=1\nB=x=y\nHOME=/root\n"),
        (["A=1", "A=2"], False, "PATH={path}\nHOSTNAME={name}\nA=2\nHOME=/root\n"),
        (["A="], False, "PATH={path}\nHOSTNAME={name}\nA=\nHOME=/root\n"),
        ([], True, "PATH={path}\nHOSTNAME={name}\nTERM=xterm\nHOME=/root\n"),
    ],
)
def test_a_container_has_the_variables_that_it_was_given(engine: Engine, env: list[str], tty: bool, shown: str) -> None:
    container = engine.run("alpine", "env", env=env, tty=tty)
    assert written(container) == shown.format(path=PATH, name=container.hostname)


def test_of_variables_those_are_printed_that_there_are(engine: Engine) -> None:
    box = engine.run("alpine", "sleep", "1000", env=["A=1", "B=x=y"])
    assert told(box.exec("printenv", "B", "A")) == ("x=y\n1\n", 0)
    assert told(box.exec("printenv", "A", "NOSUCH", "B")) == ("1\nx=y\n", 1)
    assert told(box.exec("printenv")) == told(box.exec("env"))
    assert told(box.exec("env", "A")) == (
        "env: a command with other variables is something that dockerlearn does not know\n",
        1,
    )


@pytest.mark.parametrize("name", ["chmod", "cp", "ln", "mkdir", "mv", "rm", "rmdir", "touch", "which"])
def test_a_tool_that_needs_operands_is_not_run_without(box: Container, name: str) -> None:
    refused = f"{name}: without operands is something that dockerlearn does not know\n"
    assert told(box.exec(name)) == (refused, 1)


@pytest.mark.parametrize(
    "name", ["date", "env", "hostname", "printenv", "pwd", "rmdir", "touch", "uname", "which", "whoami"]
)
def test_a_tool_refuses_an_option_that_it_does_not_know(box: Container, name: str) -> None:
    assert told(box.exec(f"/bin/{name}", "-x")) == (f"{name}: -x is something that dockerlearn does not know\n", 1)


@pytest.mark.parametrize(
    "name", ["awk", "find", "sed", "tar", "vi", "xargs", "ps", "kill", "printf", "basename", "du", "tr"]
)
def test_a_tool_that_the_model_lacks_is_refused_by_name(box: Container, name: str) -> None:
    assert told(box.exec(name, "x")) == (f"{name}: a program that dockerlearn does not know\n", 127)
    assert told(box.exec("sh", "-c", f"{name} x; echo $?")) == (
        f"{name}: a program that dockerlearn does not know\n127\n",
        0,
    )


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("ls -l /", "ls: -l"),
        ("rm -i /a", "rm: -i"),
        ("mkdir -m 700 /a", "mkdir: -m"),
        ("ln /etc/passwd /a", "ln: other than -s TARGET LINK"),
        ("ln -s /a", "ln: other than -s TARGET LINK"),
        ("chmod u+x /etc/passwd", "chmod: the mode ‘u+x’"),
        ("chmod 8 /etc/passwd", "chmod: the mode ‘8’"),
        ("test 1 -lt 2", "test: the test ‘1 -lt 2’"),
        ("test a b", "test: the test ‘a b’"),
        ("date -u", "date: -u"),
        ("uname -a", "uname: -a"),
        ("rm", "rm: without operands"),
        ("cp /etc/passwd", "cp: fewer than two operands"),
        ("sleep x", "sleep: ‘x’ as a time to wait"),
    ],
)
def test_what_the_model_lacks_of_a_tool_is_refused_by_name(box: Container, line: str, refused: str) -> None:
    assert told(box.exec(*line.split())) == (f"{refused} is something that dockerlearn does not know\n", 1)


# What is typed


@pytest.mark.parametrize(
    ("command", "typed", "text"),
    [
        (["cat"], ["one", "two"], "one\ntwo\n"),
        (["sort"], ["b", "a"], "a\nb\n"),
        (["cat", "/etc/alpine-release"], [], "3.21.3\n"),
        (["head", "-n", "1"], ["one", "two"], "one\n"),
        (["echo", "hi"], [], "hi\n"),
        (["sh"], ["echo one", "echo two"], "one\ntwo\n"),
    ],
)
def test_a_program_that_reads_its_input_waits_for_what_is_typed(
    engine: Engine, command: list[str], typed: list[str], text: str
) -> None:
    container = engine.run("alpine", *command, interactive=True)
    for line in typed:
        assert container.state is State.RUNNING
        assert container.processes.prompt == ""
        container.processes.type(line)
    container.processes.type(None)
    assert (container.state, container.exit_code, written(container)) == (State.EXITED, 0, text)


def test_a_shell_at_a_terminal_shows_a_prompt_and_ends_with_exit(engine: Engine) -> None:
    container = engine.run("alpine", interactive=True, tty=True)
    assert container.processes.prompt == "/ # "
    container.processes.type("x=1; echo a$x")
    container.processes.type("echo b$x")
    assert written(container) == "a1\nb1\n"
    container.processes.type("exit 6")
    assert (container.state, container.exit_code) == (State.EXITED, 6)
    assert container.processes.prompt is None


def test_a_shell_with_nothing_to_read_ends_at_once(engine: Engine) -> None:
    container = engine.run("alpine")
    assert (container.state, container.exit_code) == (State.EXITED, 0)


@pytest.mark.parametrize(("word", "pattern"), [("[ab]", "["), ("a*", "*"), ("?", "?")])
def test_a_container_s_shell_refuses_patterns_by_name(box: Container, word: str, pattern: str) -> None:
    refused = f"sh: '{pattern}' (a pattern) is shell that dockerlearn does not know\n"
    assert told(box.exec("sh", "-c", f"echo {word}")) == (refused, 2)
