"""The executables of the catalog's images.

Each is a small script, for a real engine with a real shell. Beside its text stands its twin in Python, which does the same
in the model: it gets what it knows of its container, its words (the first is the path that it was called by) and what it
reads. The runtime finds the twin of a file by the file's own bytes. A script without a twin is run by the model's shell.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cache, partial
from posixpath import basename, normpath

from ..model.errors import CannotStart
from ..model.process import NO_PERMISSION, Answer, Effect, Environment, Program, Signals, Sleep, Stream, Write, err, out
from ..model.rootfs import Rootfs
from ..model.tree import Directory, File
from ..model.value import Value


class Script(Value):
    """An executable: its text, its twin, and how many bytes the file has, if it is filled up with comment lines."""

    text: str
    twin: Callable[[Environment, Sequence[str], str | None], Program]
    size: int | None = None

    @property
    def file(self) -> File:
        """The file in the image."""
        return script(self.text, self.size)


def script(text: str, size: int | None = None) -> File:
    """An executable script, with comment lines up to `size` bytes if that is given."""
    lines = "" if size is None else "#" * 79 + "\n"
    missing = 0 if size is None else size - len(text)
    return File.script(text + (lines * (missing // 80 + 1))[-missing:] if missing else text)


@cache
def twins() -> Mapping[bytes, Callable[[Environment, Sequence[str], str | None], Program]]:
    """The twin of each script that has one, by the bytes of its file."""
    return {each.file.data: each.twin for each in SCRIPTS}


# What the twins have in common


def become(environment: Environment, path: str, words: Sequence[str], stdin: str | None) -> Program:
    """What `exec "$@"` in the script at `path` does: another program takes the place of this one."""
    if not words:
        return 0
    line = environment.root[path].split('exec "$@"')[0].count("\n") + 1 if path in environment.root else 0
    refusal, status = f"illegal option {words[0][:2]}", 2
    if not words[0].startswith("-"):
        try:
            program = environment.start(words, stdin)
        except CannotStart as problem:
            reason = "Permission denied" if problem.status == NO_PERMISSION else "not found"
            refusal, status = f"{words[0]}: {reason}", problem.status
        else:
            return (yield from program)
    return (yield from err(f"{path}: exec: line {line}: {refusal}\n", status))


def a_signal(*names: str) -> Generator[Effect, Answer, str]:
    """Wait until one of some signals comes: its name."""
    while True:
        answer = yield Sleep(signals=names)
        if isinstance(answer, Signals):
            return answer.names[0]


def page(root: Rootfs, directory: str, path: str) -> str:
    """What busybox's httpd answers to a request for a path, where it serves a directory."""
    file = normpath(f"/{path.partition('?')[0]}")
    found = root.tree.resolve(directory + file)
    if found is not None and isinstance(found[1], Directory):
        if not path.partition("?")[0].endswith("/"):
            return ""  # a redirection, which curl does not follow unless told to
        file += "/index.html"
    return root.get(directory + file, NOT_FOUND)


NOT_FOUND = """\
<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>
<BODY><H1>404 Not Found</H1>
The requested URL was not found
</BODY></HTML>
"""


# The shell and its tools, which a real engine supplies. The runtime has them, too.

BUSYBOX = script("#!/bin/false\n# The engine that runs this image mounts a real busybox here.\n")
BASH = script('#!/bin/sh\nexec /bin/sh "$@"\n')


# Package managers


def _no_packages(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    name = basename(words[0])
    return err(f"{name}: not in the scale model\n", 100 if name == "apt-get" else 1)


APT_GET = Script('#!/bin/sh\necho "apt-get: not in the scale model" >&2\nexit 100\n', _no_packages)
APK = Script('#!/bin/sh\necho "apk: not in the scale model" >&2\nexit 1\n', _no_packages)


# nginx


def _nginx_entrypoint(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    path, *command = words
    if command[:1] == ["nginx"]:
        yield Write(Stream.STDOUT, f"{path}: Configuration complete; ready for start up\n")
    return (yield from become(environment, path, command, stdin))


NGINX_ENTRYPOINT = Script(
    """\
#!/bin/sh
# Prepares the configuration, then becomes the command.
set -e
if [ "$1" = nginx ]; then
    for script in /docker-entrypoint.d/*.sh; do "$script"; done
    echo "$0: Configuration complete; ready for start up"
fi
exec "$@"
""",
    _nginx_entrypoint,
    1620,
)


def _nginx(version: str, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    if words[1:2] == ["-v"]:
        return (yield from err(f"nginx version: nginx/{version}\n"))
    environment.listening[80] = partial(page, environment.root, "/usr/share/nginx/html")
    yield Write(Stream.STDERR, f"nginx/{version}: start worker processes\n")
    signal = yield from a_signal("QUIT", "TERM", "INT")
    environment.listening.clear()
    return (yield from err(f"nginx: SIG{signal}, exiting\n"))


def nginx(version: str) -> Script:
    """The nginx of a version."""
    text = f"""\
#!/bin/sh
# The scale model's nginx: busybox serves the pages, the signals mean what they mean to nginx.
if [ "$1" = -v ]; then echo "nginx version: nginx/{version}" >&2; exit 0; fi
finish() {{ echo "nginx: $1, exiting" >&2; kill $server; exit 0; }}
trap 'finish SIGQUIT' QUIT
trap 'finish SIGTERM' TERM
trap 'finish SIGINT' INT
echo "nginx/{version}: start worker processes" >&2
/bin/busybox httpd -f -p 80 -h /usr/share/nginx/html &
server=$!
while :; do wait $server; done
"""
    return Script(text, partial(_nginx, version))


NGINX = {version: nginx(version) for version in ("1.26.3", "1.27.3", "1.27.4", "1.30.4", "1.31.3", "1.31.4")}


# Python


def _python(version: str, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    if words[1:2] in (["-V"], ["--version"]):
        return out(f"Python {version}\n")
    return err("python3: the scale model only knows --version\n", 2)


def python(version: str) -> Script:
    """The Python of a version."""
    text = f"""\
#!/bin/sh
# The scale model's Python tells its version; there is no interpreter in it.
case "$1" in
    -V|--version) echo "Python {version}" ;;
    *) echo "python3: the scale model only knows --version" >&2; exit 2 ;;
esac
"""
    return Script(text, partial(_python, version))


PYTHON = {version: python(version) for version in ("3.12.9", "3.12.14", "3.14.7")}


# Node.js


def _node_entrypoint(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    path, *command = words
    try:
        environment.find(command[0])
    except (CannotStart, IndexError):
        command = ["node", *command]
    return become(environment, path, command, stdin)


NODE_ENTRYPOINT = Script(
    """\
#!/bin/sh
set -e
# A first argument that is an option, no command, or a file that cannot be run is meant for node.
if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ] || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then
  set -- node "$@"
fi
exec "$@"
""",
    _node_entrypoint,
    388,
)


def _node(version: str, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    if not words[1:]:
        return out("")
    if words[1] in ("-v", "--version"):
        return out(f"v{version}\n")
    file = words[1] if words[1].startswith("/") else f"/{words[1]}"
    if file in environment.root:
        return err("node: the scale model runs no JavaScript\n", 2)
    return err(f"Error: Cannot find module '{file}'\n", 1)


def nodejs(version: str) -> Script:
    """The Node.js of a version."""
    text = f"""\
#!/bin/sh
# The scale model's Node.js tells its version and looks for the file it is given; it runs no JavaScript.
case "$1" in
    -v|--version) echo v{version} ;;
    "") exit 0 ;;
    *)
        case "$1" in /*) file=$1 ;; *) file=${{PWD%/}}/$1 ;; esac
        if [ -f "$file" ]; then echo "node: the scale model runs no JavaScript" >&2; exit 2; fi
        echo "Error: Cannot find module '$file'" >&2
        exit 1 ;;
esac
"""
    return Script(text, partial(_node, version))


NODE = {version: nodejs(version) for version in ("22.14.0", "22.23.2", "24.19.0", "26.7.0")}


# PostgreSQL


def _postgres_entrypoint(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    (path, *command), variables = words, environment.variables
    trust = variables.get("POSTGRES_HOST_AUTH_METHOD") == "trust"
    if command[:1] == ["postgres"] and not trust and not variables.get("POSTGRES_PASSWORD"):
        return err(NO_PASSWORD, 1)
    return become(environment, path, command, stdin)


NO_PASSWORD = """\
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
"""
POSTGRES_ENTRYPOINT = Script(
    """\
#!/bin/sh
# Refuses to start an empty database without a password, as the real entry point does.
if [ "$1" = postgres ] && [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    echo "       You must specify POSTGRES_PASSWORD to a non-empty value for the" >&2
    echo "       superuser. For example, \\"-e POSTGRES_PASSWORD=password\\" on \\"docker run\\"." >&2
    exit 1
fi
exec "$@"
""",
    _postgres_entrypoint,
    13900,
)


def _postgres(version: str, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    if words[1:2] == ["--version"]:
        return (yield from out(f"postgres (PostgreSQL) {version}\n"))
    yield Write(Stream.STDERR, "LOG:  database system is ready to accept connections\n")
    manner = "fast" if (yield from a_signal("INT", "TERM")) == "INT" else "smart"
    return (yield from err(f"LOG:  received {manner} shutdown request\nLOG:  database system is shut down\n"))


def postgres(version: str) -> Script:
    """The PostgreSQL of a version."""
    text = f"""\
#!/bin/sh
# The scale model's PostgreSQL says that it is ready, and shuts down on the signals of the real one.
if [ "$1" = --version ]; then echo "postgres (PostgreSQL) {version}"; exit 0; fi
finish() {{ echo "LOG:  received $1 shutdown request" >&2; echo "LOG:  database system is shut down" >&2; exit 0; }}
trap 'finish fast' INT
trap 'finish smart' TERM
echo "LOG:  database system is ready to accept connections" >&2
while :; do sleep 1 & wait $!; done
"""
    return Script(text, partial(_postgres, version))


POSTGRES = {version: postgres(version) for version in ("16.7", "16.15", "18.6")}


# Servers that only start and end: Redis, MySQL, the registry


def _server(says: str, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    yield Write(Stream.STDOUT, f"{says}\n")
    signal = yield from a_signal("TERM", "INT")
    return (yield from out(f"received SIG{signal}, exiting\n"))


def server(name: str, says: str) -> Script:
    """A server that says so when it is ready, and ends when it is asked to."""
    text = f"""\
#!/bin/sh
# The scale model's {name} says that it is ready, and ends on a signal.
finish() {{ echo "received $1, exiting"; exit 0; }}
trap 'finish SIGTERM' TERM
trap 'finish SIGINT' INT
echo "{says}"
while :; do sleep 1 & wait $!; done
"""
    return Script(text, partial(_server, says))


REDIS = server("Redis", "* Ready to accept connections tcp")
MYSQL = server("MySQL", "[Server] /usr/sbin/mysqld: ready for connections. Version: '8.4.11'")
REGISTRY = server("registry", "listening on [::]:5000")


def _become(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    return become(environment, words[0], words[1:], stdin)


REDIS_ENTRYPOINT = Script('#!/bin/sh\nset -e\nexec "$@"\n', _become, 4400)


def _registry_entrypoint(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    return become(environment, words[0], ["registry", "serve", *words[1:]], stdin)


REGISTRY_ENTRYPOINT = Script('#!/bin/sh\nset -e\nset -- registry serve "$@"\nexec "$@"\n', _registry_entrypoint)


def _mysql_entrypoint(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    (path, *command), variables = words, environment.variables
    known = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")
    if command[:1] == ["mysqld"] and not any(map(variables.get, known)):
        return err(NO_MYSQL_PASSWORD, 1)
    return become(environment, path, command, stdin)


NO_MYSQL_PASSWORD = """\
[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD
"""
MYSQL_ENTRYPOINT = Script(
    """\
#!/bin/sh
# Refuses to start an empty database without a password, as the real entry point does.
if [ "$1" = mysqld ] && [ -z "$MYSQL_ROOT_PASSWORD$MYSQL_ALLOW_EMPTY_PASSWORD$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
    echo "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified" >&2
    echo "    You need to specify one of the following as an environment variable:" >&2
    echo "    - MYSQL_ROOT_PASSWORD" >&2
    echo "    - MYSQL_ALLOW_EMPTY_PASSWORD" >&2
    echo "    - MYSQL_RANDOM_ROOT_PASSWORD" >&2
    exit 1
fi
exec "$@"
""",
    _mysql_entrypoint,
    14_500,
)


# Apache


def _httpd(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    environment.listening[80] = partial(page, environment.root, "/usr/local/apache2/htdocs")
    yield Write(
        Stream.STDERR, "[mpm_event:notice] AH00489: Apache/2.4.68 (Unix) configured -- resuming normal operations\n"
    )
    signal = yield from a_signal("WINCH", "TERM", "INT")
    environment.listening.clear()
    return (yield from err(f"[mpm_event:notice] AH00491: caught SIG{signal}, shutting down\n"))


HTTPD = Script(
    """\
#!/bin/sh
# The scale model's Apache: busybox serves the pages, the signals mean what they mean to Apache.
finish() { echo "[mpm_event:notice] AH00491: caught $1, shutting down" >&2; kill $server; exit 0; }
trap 'finish SIGWINCH' WINCH
trap 'finish SIGTERM' TERM
trap 'finish SIGINT' INT
echo "[mpm_event:notice] AH00489: Apache/2.4.68 (Unix) configured -- resuming normal operations" >&2
/bin/busybox httpd -f -p 80 -h /usr/local/apache2/htdocs &
server=$!
while :; do wait $server; done
""",
    _httpd,
)
HTTPD_FOREGROUND = Script(
    '#!/bin/sh\nset -e\nexec /usr/local/apache2/bin/httpd -DFOREGROUND "$@"\n',  # a shell of busybox's would prefer its own
    lambda environment, words, stdin: become(
        environment, words[0], ["/usr/local/apache2/bin/httpd", "-DFOREGROUND", *words[1:]], stdin
    ),
)


# hello-world


GREETING = """
Hello from Docker!
If you can read this, your installation works.

What Docker did to show it to you:
 1. The client asked the daemon to run the image "hello-world".
 2. The daemon pulled that image from Docker Hub, since it was not here.
 3. The daemon made a container of it, whose program writes what you read now.
 4. The daemon passed that on to the client, and the client to your terminal.

To try something bigger, run a shell in an Ubuntu container:
 $ docker run -it ubuntu bash

"""


def _hello(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    return out(GREETING)


HELLO = Script(f"#!/bin/busybox sh\ncat <<'END'{GREETING}END\n", _hello)

SCRIPTS = (
    APT_GET, APK, NGINX_ENTRYPOINT, *NGINX.values(), *PYTHON.values(), NODE_ENTRYPOINT, *NODE.values(),
    POSTGRES_ENTRYPOINT, *POSTGRES.values(), REDIS, REDIS_ENTRYPOINT, MYSQL, MYSQL_ENTRYPOINT, REGISTRY,
    REGISTRY_ENTRYPOINT, HTTPD, HTTPD_FOREGROUND, HELLO,
)  # fmt: skip
