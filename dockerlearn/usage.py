"""What commands take, read from the help texts of client 28.2.2: flags, operands, aliases, and refusals about them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

MISUSED_FLAG = 125
MORE = " for more information\n"
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

Options = dict[str, Any]


class UsageError(Exception):
    """Words that a command cannot take: what the client prints on its error stream, and its exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


class Flag(NamedTuple):
    """A flag of a command: its names, and whether it wants a value."""

    name: str
    letter: str = ""
    valued: bool = False

    def problem(self, value: str) -> str | None:
        """What is wrong with a value, if anything."""
        if self.name == "filter" and value and "=" not in value:
            return "bad format of filter (expected name=value)"
        if not self.valued and value not in TRUE + FALSE:
            return f'strconv.ParseBool: parsing "{value}": invalid syntax'
        return None

    def __str__(self) -> str:
        return f"-{self.letter}, --{self.name}" if self.letter else f"--{self.name}"


HELP = Flag("help")


class Usage(NamedTuple):
    """The help text of a command, and what can be read from it. `verb` is the first of the command's names."""

    command: str
    verb: str
    text: str

    @property
    def line(self) -> str:
        """The usage line, as refusals repeat it."""
        line = self.text.split("\n", 1)[0]
        return f"{line} [ARG...]" if self.command == "docker" else line.removesuffix(" COMMAND")

    @property
    def flags(self) -> dict[str, Flag]:
        """The flags as they are typed, long and short."""
        found = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: (\w+))?  ", self.text, re.MULTILINE)
        flags = [Flag(name, letter, bool(kind)) for letter, name, kind in found]
        by_letter = {f"-{flag.letter}": flag for flag in flags if flag.letter}
        return {"--help": HELP, "-h": HELP, **{f"--{flag.name}": flag for flag in flags}, **by_letter}

    @property
    def commands(self) -> list[str]:
        """The commands below this one, some of which the text lists only when their plugin or Swarm is there."""
        hidden = HIDDEN if self.command == "docker" else []
        return re.findall(r"^  ([a-z][\w-]*)\*?  +[A-Z]", self.text, re.MULTILINE) + hidden

    def miscount(self, count: int) -> str | None:
        """What the client says if `count` operands are not what the usage line asks for. Its sentences end oddly."""
        operands = self.line.removeprefix(f"Usage:  {self.command}").replace(" [OPTIONS]", "").split()
        fewest = sum(not operand.startswith("[") for operand in operands)
        endless = any(operand.endswith(("...]", "[command]")) for operand in operands)
        if fewest <= count and (endless or count <= len(operands)):
            return None
        some = f"{fewest} argument{'s' if fewest > 1 else ''}"
        sentences = (
            (endless, f"requires at least {some}", "See"),
            (not operands, "accepts no arguments", "Run"),
            (fewest == len(operands), f"requires {some}", "Run"),
            (True, f"requires at most {len(operands)} argument", "SRun"),
        )
        wanted, see = next((wanted, see) for holds, wanted, see in sentences if holds)
        return f"docker: '{self.command}' {wanted}\n\n{self.line}\n\n{see} '{self.command} --help'{MORE}"


@cache
def usages() -> dict[str, Usage]:
    """The help texts by command. A short name such as `docker images` has its own usage line, other aliases have not."""
    found: dict[str, Usage] = {}
    for section in HELP_TEXTS.split("=== ")[1:]:
        command, text = section.split("\n", 1)
        aliases = re.search(r"^Aliases:\n  (.*)$", text, re.MULTILINE)
        for name in aliases[1].split(", ") if aliases else [command]:
            shown = name if name.count(" ") == 1 else command
            found[name] = Usage(shown, command, text.replace(command, shown, 1))
    return found


def parse(words: list[str], usage: Usage) -> tuple[Options, list[str]]:
    """Split words into flags and operands, as the client's flag library does. Raises `UsageError`.

    Of a flag that is given twice the last value counts; filters add up. A command with others below it takes its flags
    before its first operand.
    """
    flags, rest = usage.flags, list(words)
    options: Options = {}
    operands: list[str] = []

    def fail(problem: str) -> UsageError:
        text = f"{problem}\n\n{usage.line}\n\nRun '{usage.command} --help'{MORE}"
        return UsageError(text, MISUSED_FLAG)

    def put(flag: Flag, value: str | None, written: str) -> None:
        if value is None and flag.valued:
            if not rest:
                raise fail(f"flag needs an argument: {written}")
            value = rest.pop(0)
        if value is not None and (problem := flag.problem(value)):
            raise fail(f'invalid argument "{value}" for "{flag}" flag: {problem}')
        if flag.name == "filter":
            options.setdefault(flag.name, []).append(value)
        else:
            options[flag.name] = value if flag.valued else value not in FALSE

    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if word == "-" or not word.startswith("-"):
            operands.append(word)
            if usage.commands or usage.verb in FLAGS_FIRST:
                break
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            if name[2:3] in ("", "-"):
                raise fail(f"bad flag syntax: {word}")
            if name not in flags:
                raise fail(f"unknown flag: {name}")
            put(flags[name], value if equals else None, word)
        else:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                written = f"{_quoted(letter)} in -{letter}"
                flag = flags.get(f"-{letter}")
                if flag is None:
                    raise fail(f"unknown shorthand flag: {written}{letters}")
                if flag is HELP:
                    options["h"] = True
                attached = letters.startswith("=") and len(letters) > 1
                if attached or (flag.valued and letters):
                    put(flag, letters[attached:], written)
                    break
                put(flag, None, written)
    return options, operands + rest


def _quoted(letter: str) -> str:
    """A flag's letter as Go quotes it: the first byte of it, as a character."""
    byte = chr(letter.encode("utf-8", "surrogateescape")[0])
    return "'" + {"'": "\\'", "\\": "\\\\"}.get(byte, byte) + "'"


# Commands whose flags come before the operands: what looks like a flag after the first operand is one.
FLAGS_FIRST = ("docker image tag",)
HIDDEN = "buildx checkpoint compose config node secret service stack".split()

HELP_TEXTS = """\
=== docker
Usage:  docker [OPTIONS] COMMAND

A self-sufficient runtime for containers

Common Commands:
  run         Create and run a new container from an image
  exec        Execute a command in a running container
  ps          List containers
  build       Build an image from a Dockerfile
  pull        Download an image from a registry
  push        Upload an image to a registry
  images      List images
  login       Authenticate to a registry
  logout      Log out from a registry
  search      Search Docker Hub for images
  version     Show the Docker version information
  info        Display system-wide information

Management Commands:
  builder     Manage builds
  container   Manage containers
  context     Manage contexts
  image       Manage images
  manifest    Manage Docker image manifests and manifest lists
  network     Manage networks
  plugin      Manage plugins
  system      Manage Docker
  trust       Manage trust on Docker images
  volume      Manage volumes

Swarm Commands:
  swarm       Manage Swarm

Commands:
  attach      Attach local standard input, output, and error streams to a running container
  commit      Create a new image from a container's changes
  cp          Copy files/folders between a container and the local filesystem
  create      Create a new container
  diff        Inspect changes to files or directories on a container's filesystem
  events      Get real time events from the server
  export      Export a container's filesystem as a tar archive
  history     Show the history of an image
  import      Import the contents from a tarball to create a filesystem image
  inspect     Return low-level information on Docker objects
  kill        Kill one or more running containers
  load        Load an image from a tar archive or STDIN
  logs        Fetch the logs of a container
  pause       Pause all processes within one or more containers
  port        List port mappings or a specific mapping for the container
  rename      Rename a container
  restart     Restart one or more containers
  rm          Remove one or more containers
  rmi         Remove one or more images
  save        Save one or more images to a tar archive (streamed to STDOUT by default)
  start       Start one or more stopped containers
  stats       Display a live stream of container(s) resource usage statistics
  stop        Stop one or more running containers
  tag         Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE
  top         Display the running processes of a container
  unpause     Unpause all processes within one or more containers
  update      Update configuration of one or more containers
  wait        Block until one or more containers stop, then print their exit codes

Global Options:
      --config string      Location of client config files (default
                           "/root/.docker")
  -c, --context string     Name of the context to use to connect to the
                           daemon (overrides DOCKER_HOST env var and
                           default context set with "docker context use")
  -D, --debug              Enable debug mode
  -H, --host list          Daemon socket to connect to
  -l, --log-level string   Set the logging level ("debug", "info",
                           "warn", "error", "fatal") (default "info")
      --tls                Use TLS; implied by --tlsverify
      --tlscacert string   Trust certs signed only by this CA (default
                           "/root/.docker/ca.pem")
      --tlscert string     Path to TLS certificate file (default
                           "/root/.docker/cert.pem")
      --tlskey string      Path to TLS key file (default
                           "/root/.docker/key.pem")
      --tlsverify          Use TLS and verify the remote
  -v, --version            Print version information and quit

Run 'docker COMMAND --help' for more information on a command.

For more help on how to use Docker, head to https://docs.docker.com/go/guides/
=== docker help
Usage:  docker help [command]

Help about the command
=== docker image
Usage:  docker image COMMAND

Manage images

Commands:
  build       Build an image from a Dockerfile
  history     Show the history of an image
  import      Import the contents from a tarball to create a filesystem image
  inspect     Display detailed information on one or more images
  load        Load an image from a tar archive or STDIN
  ls          List images
  prune       Remove unused images
  pull        Download an image from a registry
  push        Upload an image to a registry
  rm          Remove one or more images
  save        Save one or more images to a tar archive (streamed to STDOUT by default)
  tag         Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE

Run 'docker image COMMAND --help' for more information on a command.
=== docker image history
Usage:  docker image history [OPTIONS] IMAGE

Show the history of an image

Aliases:
  docker image history, docker history

Options:
      --format string     Format output using a custom template:
                          'table':            Print output in table
                          format with column headers (default)
                          'table TEMPLATE':   Print output in table
                          format using the given Go template
                          'json':             Print in JSON format
                          'TEMPLATE':         Print output using the
                          given Go template.
                          Refer to https://docs.docker.com/go/formatting/
                          for more information about formatting output
                          with templates
  -H, --human             Print sizes and dates in human readable format
                          (default true)
      --no-trunc          Don't truncate output
      --platform string   Show history for the given platform. Formatted
                          as "os[/arch[/variant]]" (e.g., "linux/amd64")
  -q, --quiet             Only show image IDs
=== docker image inspect
Usage:  docker image inspect [OPTIONS] IMAGE [IMAGE...]

Display detailed information on one or more images

Options:
  -f, --format string     Format output using a custom template:
                          'json':             Print in JSON format
                          'TEMPLATE':         Print output using the
                          given Go template.
                          Refer to https://docs.docker.com/go/formatting/
                          for more information about formatting output
                          with templates
      --platform string   Inspect a specific platform of the
                          multi-platform image.
                          If the image or the server is not
                          multi-platform capable, the command will error
                          out if the platform does not match.
                          'os[/arch[/variant]]': Explicit platform (eg.
                          linux/amd64)
=== docker image ls
Usage:  docker image ls [OPTIONS] [REPOSITORY[:TAG]]

List images

Aliases:
  docker image ls, docker image list, docker images

Options:
  -a, --all             Show all images (default hides intermediate images)
      --digests         Show digests
  -f, --filter filter   Filter output based on conditions provided
      --format string   Format output using a custom template:
                        'table':            Print output in table format
                        with column headers (default)
                        'table TEMPLATE':   Print output in table format
                        using the given Go template
                        'json':             Print in JSON format
                        'TEMPLATE':         Print output using the given
                        Go template.
                        Refer to https://docs.docker.com/go/formatting/
                        for more information about formatting output with
                        templates
      --no-trunc        Don't truncate output
  -q, --quiet           Only show image IDs
      --tree            List multi-platform images as a tree (EXPERIMENTAL)
=== docker image prune
Usage:  docker image prune [OPTIONS]

Remove unused images

Options:
  -a, --all             Remove all unused images, not just dangling ones
      --filter filter   Provide filter values (e.g. "until=<timestamp>")
  -f, --force           Do not prompt for confirmation
=== docker image pull
Usage:  docker image pull [OPTIONS] NAME[:TAG|@DIGEST]

Download an image from a registry

Aliases:
  docker image pull, docker pull

Options:
  -a, --all-tags                Download all tagged images in the repository
      --disable-content-trust   Skip image verification (default true)
      --platform string         Set platform if server is multi-platform
                                capable
  -q, --quiet                   Suppress verbose output
=== docker image rm
Usage:  docker image rm [OPTIONS] IMAGE [IMAGE...]

Remove one or more images

Aliases:
  docker image rm, docker image remove, docker rmi

Options:
  -f, --force              Force removal of the image
      --no-prune           Do not delete untagged parents
      --platform strings   Remove only the given platform variant.
                           Formatted as "os[/arch[/variant]]" (e.g.,
                           "linux/amd64")
=== docker image tag
Usage:  docker image tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]

Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE

Aliases:
  docker image tag, docker tag
=== docker inspect
Usage:  docker inspect [OPTIONS] NAME|ID [NAME|ID...]

Return low-level information on Docker objects

Options:
  -f, --format string   Format output using a custom template:
                        'json':             Print in JSON format
                        'TEMPLATE':         Print output using the given
                        Go template.
                        Refer to https://docs.docker.com/go/formatting/
                        for more information about formatting output with
                        templates
  -s, --size            Display total file sizes if the type is container
      --type string     Only inspect objects of the given type
=== docker system
Usage:  docker system COMMAND

Manage Docker

Commands:
  df          Show docker disk usage
  events      Get real time events from the server
  info        Display system-wide information
  prune       Remove unused data

Run 'docker system COMMAND --help' for more information on a command.
=== docker system df
Usage:  docker system df [OPTIONS]

Show docker disk usage

Options:
      --format string   Format output using a custom template:
                        'table':            Print output in table format
                        with column headers (default)
                        'table TEMPLATE':   Print output in table format
                        using the given Go template
                        'json':             Print in JSON format
                        'TEMPLATE':         Print output using the given
                        Go template.
                        Refer to https://docs.docker.com/go/formatting/
                        for more information about formatting output with
                        templates
  -v, --verbose         Show detailed information on space usage
=== docker version
Usage:  docker version [OPTIONS]

Show the Docker version information

Options:
  -f, --format string   Format output using a custom template:
                        'json':             Print in JSON format
                        'TEMPLATE':         Print output using the given
                        Go template.
                        Refer to https://docs.docker.com/go/formatting/
                        for more information about formatting output with
                        templates
"""
