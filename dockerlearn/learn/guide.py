"""What helps a learner at the prompt: how a line could go on, what could come next, and what went wrong.

All of it is read from what is there: the client's help texts, the registry, the machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..client.docker import VERBS
from ..client.usage import HelpText, help_texts
from ..model.engine import Engine
from ..model.lifecycle import LIVE, State
from ..model.reference import DEFAULT_TAG
from ..terminal.tools import TOOLS

LONGEST_COMPLETED = 1_000  # characters of a line that is completed: nobody types more
COMMANDS = sorted(["docker", "curl", "for", "while", *TOOLS])

# Completion

TOKENS = re.compile(
    r"""(?P<quoted>['"\\`]) | (?P<end>[;|&()\n]) | (?P<blank>[ \t]+) | (?P<text>[^'"\\`;|&()\n \t]+)""", re.VERBOSE
)


def complete(engine: Engine, before: str) -> tuple[str, list[str]]:
    """The word that a line ends in, up to where it is typed, and all that the word could become.

    What a word can be is what the usage line of its command says. Nothing is known of words in quotes.
    """
    words = [""]
    for token in TOKENS.finditer(before if len(before) <= LONGEST_COMPLETED else ""):
        if token["quoted"]:
            return "", []
        if token["end"] or (token["blank"] and words in (["do"], ["while"])):
            words = [""]
        elif token["text"]:
            words[-1] += token["text"]
        elif words != [""]:
            words.append("")
    *earlier, word = words
    return word, [each for each in _candidates(engine, earlier, word) if each.startswith(word)]


def _candidates(engine: Engine, earlier: list[str], word: str) -> Iterable[str]:
    if not earlier:
        return COMMANDS
    if earlier[0] != "docker":
        return ()
    known = help_texts(engine.edition.release.name)
    help_text, operands, rest = known["docker"], 0, earlier[1:]
    while rest:
        text = rest.pop(0)
        if _is_flag(text, help_text, operands):
            if _wants_value(text, help_text):
                if not rest:
                    return ()
                rest.pop(0)
        elif help_text.commands:
            if f"{help_text.command} {text}" not in known:
                return ()
            help_text = known[f"{help_text.command} {text}"]
        else:
            operands += 1
    if word.startswith("-") and _is_flag(word, help_text, operands):
        return _flags(help_text)
    return _below(help_text) if help_text.commands else _operands(engine, help_text, operands)


def _is_flag(text: str, help_text: HelpText, operands: int) -> bool:
    """Whether a word is a flag: after the first operand of `docker run` it is a word of the container's command."""
    return text.startswith("-") and not (operands and "COMMAND" in help_text.line)


def _wants_value(text: str, help_text: HelpText) -> bool:
    """Whether the word after a flag is its value."""
    if text.startswith("--"):
        return "=" not in text and text in help_text.flags and bool(help_text.flags[text].kind)
    for place, letter in enumerate(text[1:], 2):
        if (flag := help_text.flags.get(f"-{letter}")) and flag.kind:
            return place == len(text)
    return False


def _flags(help_text: HelpText) -> list[str]:
    """The flags of a command that the model has."""
    verb = VERBS.get(help_text.verb)
    known = [*verb.flags.split(), *verb.newer.split()] if verb else []
    return sorted(name for name, flag in help_text.flags.items() if flag.name in (*known, "help") and name != "-h")


def _below(help_text: HelpText) -> list[str]:
    """The commands below one that the model has."""
    return sorted(name for name in help_text.commands if f"{help_text.command} {name}" in help_texts())


def _operands(engine: Engine, help_text: HelpText, place: int) -> list[str]:
    """What can stand at that place of a command's operands, by what its usage line calls it."""
    names = help_text.operands
    if names and names[-1].endswith("...]"):
        place = min(place, len(names) - 1)
    if place >= len(names):
        return []
    name = names[place].strip("[].")
    containers = [each.name for each in engine.containers()]
    local = [tag.familiar for image in engine.images() for tag in engine.tags(image)]
    pullable = _pullable(engine)
    offered = [_bare(each) for each in pullable] + pullable
    kinds: dict[str, list[str]] = {
        "CONTAINER": containers,
        "CONTAINER:SRC_PATH": [f"{each}:/" for each in containers],
        "NAME|ID": containers + local,
        "NAME[:TAG|@DIGEST": offered,
        "IMAGE": local + (offered if "[COMMAND]" in names else []),
        "SOURCE_IMAGE[:TAG": local,
        "REPOSITORY[:TAG": local if help_text.verb == "docker image ls" else [],
        "VOLUME": [each.name for each in engine.volume_store.volumes()],
        "command": _below(help_texts()["docker"]),
    }
    return sorted(set(kinds.get(name, ())))


# What could come next


def suggestions(engine: Engine, most: int = 4) -> list[str]:
    """A few commands that fit what is on the machine, each of which succeeds."""
    containers, images = engine.containers(), engine.images(all=False)
    running = next((each for each in containers if each.state is State.RUNNING), None)
    paused = next((each for each in containers if each.state is State.PAUSED), None)
    ended = next((each for each in containers if each.state not in LIVE), None)
    free = next((tag.familiar for it in images for tag in engine.tags(it) if not engine.store.users(it)), None)
    taken = {port.host for each in containers for port in each.ports}
    names = {each.name for each in containers}
    found = []
    if not images:
        found += ["docker pull nginx"]
    if "web" not in names and 8080 not in taken:
        found += ["docker run -d --name web -p 8080:80 nginx"]
    if running is not None:
        port = next((port.host for port in running.ports if not port.ip and port.container == 80), None)
        found += [f"curl -s localhost:{port}"] if port and running.image_name.startswith("nginx") else []
        found += [f"docker logs {running.name}", f"docker stop {running.name}"]
    if paused is not None:
        found += [f"docker unpause {paused.name}"]
    if ended is not None:
        found += ["docker ps -a", f"docker rm {ended.name}"]
    if any(not engine.tags(it) for it in images):
        found += ["docker image prune -f"]
    if free is not None:
        found += [f"docker history {free}", f"docker rmi {free}"]
    return found[:most]


# What went wrong


def advice(engine: Engine, line: str, output: str, status: int) -> str:
    """A word to whoever typed a line that came to nothing, apart from what Docker says of it; empty if there is none."""
    if line.split() == ["docker"]:
        return "That is Docker's own help. To begin: docker pull nginx, then docker images."
    for pattern, word in ADVICE if status else ():
        if found := pattern.search(output):
            return word(engine, line.strip(), found)
    return ""


def _nearest(word: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # not at the top: most lines need no advice

    return next(iter(get_close_matches(word, sorted(known), 1)), None)


def _typo(engine: Engine, line: str, found: re.Match[str]) -> str:
    above, _, word = found[1].rpartition(" ")
    near = _nearest(word, _below(help_texts().get(above, help_texts()["docker"])))
    if near is None:
        return f"{above} --help lists the commands that there are."
    return f"Did you mean {above} {near}?"


def _lacking(engine: Engine, line: str, found: re.Match[str]) -> str:
    what, kind = found[1].split()[-1], found[2]
    if kind == "command" and what == "search":
        return _offer(engine)
    if kind == "command" and what in INSTEAD:
        return INSTEAD[what]
    return "This course does without it. The command is right, and works with a real Docker."


def _flag(engine: Engine, line: str, found: re.Match[str]) -> str:
    help_text = help_texts(engine.edition.release.name).get(found[2])
    near = _nearest(found[1], [flag for flag in _flags(help_text) if flag.startswith("--")]) if help_text else None
    return f"Did you mean {near}?" if near else f"{found[2]} --help lists its flags."


def _no_command(engine: Engine, line: str, found: re.Match[str]) -> str:
    name = found[1]
    rest = line.removeprefix(name).strip()
    if name in ("$", "#") and rest:
        return f"The {name} is the prompt. Type what stands after it: {_short(rest)}"
    if name == "sudo" and rest:
        return f"You need no sudo here: {_short(rest)}"
    if name in _below(help_texts()["docker"]):
        return f"Docker's commands begin with docker: docker {_short(line)}"
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    near = _nearest(name, COMMANDS)
    if near is not None:
        return f"Did you mean {near}?"
    return TERMINAL


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _bare(name: str) -> str:
    return name.removesuffix(f":{DEFAULT_TAG}")


def _no_repository(engine: Engine, line: str, found: re.Match[str]) -> str:
    near = _nearest(found[1], _repositories(engine))
    return f"Did you mean {near}?" if near is not None else _offer(engine)


def _pullable(engine: Engine) -> list[str]:
    return [name for registry in engine.registries for name in registry.names]


def _repositories(engine: Engine) -> list[str]:
    return sorted({name.partition(":")[0] for name in _pullable(engine)})


def _offer(engine: Engine) -> str:
    return f"The course's registry has {', '.join(_repositories(engine))}."


def _no_tag(engine: Engine, line: str, found: re.Match[str]) -> str:
    tags = [name.partition(":")[2] for name in _pullable(engine) if name.partition(":")[0] == found[1]]
    return f"The course's registry has these tags of {found[1]}: {', '.join(tags)}." if tags else ""


def _no_container(engine: Engine, line: str, found: re.Match[str]) -> str:
    near = _nearest(found[1], [each.name for each in engine.containers()])
    return f"Did you mean {near}?" if near else "docker ps -a lists all containers by name."


def _no_image(engine: Engine, line: str, found: re.Match[str]) -> str:
    local = [_bare(tag.familiar) for image in engine.images() for tag in engine.tags(image)]
    near = _nearest(_bare(found[1]), local)
    return f"Did you mean {near}?" if near else "docker images lists what is here; docker pull gets more."


Word = Callable[[Engine, str, re.Match[str]], str]
ADVICE: tuple[tuple[re.Pattern[str], Word], ...] = (
    (re.compile(r"^docker: unknown command: (docker.*)$", re.MULTILINE), _typo),
    (re.compile(r"^dockerlearn: '(.+)' is a real (\w+), which this model does not have$", re.MULTILINE), _lacking),
    (re.compile(r"^unknown flag: (--\S+)\n\n[\s\S]*Run '(docker [^']*) --help'", re.MULTILINE), _flag),
    (re.compile(r"^unknown (shorthand) flag: [\s\S]*Run '(docker [^']*) --help'", re.MULTILINE), _flag),
    (re.compile(r"^bash: (.+): command not found$", re.MULTILINE), _no_command),
    (re.compile(r"^bash: '(.+)' \(a keyword or a command\) is shell that dockerlearn does not know$"), _no_command),
    (re.compile(r"pull access denied for (\S+?), repository does not exist"), _no_repository),
    (re.compile(r"manifest for ([^\s:@]+)[:@]\S+ not found"), _no_tag),
    (re.compile(r'failed to resolve reference "docker\.io/(?:library/)?([^\s:@"]+)[:@]'), _no_tag),
    (re.compile(r"No such container: (\S+)"), _no_container),
    (re.compile(r"No such image: (\S+)"), _no_image),
    (re.compile(r"dial tcp: lookup"), lambda *_: "The course has one registry, Docker Hub's: leave the host out."),
)
TERMINAL = f"This terminal has docker, and beside it {', '.join(name for name in COMMANDS if name != 'docker')}."
INSIDE = "To look into a container: docker exec NAME ls /"
INSTEAD = {
    **dict.fromkeys(
        ("build", "builder", "buildx"),
        "Building has a lesson of its own. Here, docker commit makes an image of a container.",
    ),
    "compose": "Here containers are started one by one, with docker run.",
    **dict.fromkeys(("login", "logout"), "You need no account here: the course's registry is open to all."),
    "push": "The course's registry is there to pull from.",
    **dict.fromkeys(("top", "stats"), "docker ps shows which containers run, docker logs what they write."),
    "info": "docker version and docker system df tell some of it.",
    **dict.fromkeys(("save", "load", "export", "import"), "Here images come from the registry: docker pull."),
}
ELSEWHERE = {
    **dict.fromkeys(("ls", "cd", "pwd", "find", "mkdir", "mv", "touch", "chmod"), INSIDE),
    **dict.fromkeys(("vi", "vim", "nano", "emacs", "ed"), "There is no editor here. echo text > file writes one."),
    **dict.fromkeys(
        ("apt", "apt-get", "apk", "yum", "dnf", "brew", "pip", "npm"), "There is nothing to install: docker is here."
    ),
    **dict.fromkeys(("exit", "logout"), "This terminal stays open. Start over makes an empty machine."),
    **dict.fromkeys(
        ("man", "help", "info"), "docker --help lists Docker's commands, docker run --help tells all of one."
    ),
    "podman": "Here it is docker.",
    "docker-compose": "Here containers are started one by one, with docker run.",
}
