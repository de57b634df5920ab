"""`docker ...`: words become calls on the engine, and the answers become text as Docker prints it.

What a command takes, `usage.py` reads from Docker's own help texts. `VERBS` says which of that the model has; the rest
is refused by name.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from ..model.engine import Engine
from ..model.errors import DockerError
from ..model.process import Program
from ..model.resources import TooMuchWork
from . import containers, copy, images, inspect, system
from .call import Call, Effects, Verb
from .release import CLIENTS, ClientRelease
from .usage import MORE, Flags, HelpText, NotInModel, UsageError, parse
from .versions import CLIENT_VERSIONS

CALL_STEPS = 100  # of work, for a call on an empty machine


class Docker:
    """The `docker` client of an engine, with the `files` of the computer that it is called on.

    It `asks` where there is somebody at the terminal to answer. It is of its engine's `release`, unless another is given.
    """

    def __init__(
        self,
        engine: Engine,
        files: MutableMapping[str, str] | None = None,
        *,
        asks: bool = False,
        release: ClientRelease | None = None,
    ) -> None:
        self.engine, self.files, self.asks = engine, {} if files is None else files, asks
        self.release = release or CLIENTS[engine.edition.release.name]

    def run(self, words: list[str], stdin: str | None = None) -> Program:
        """Run `docker` with these words. Refusals become text and status; nothing is raised for them."""
        self.engine.work.spend(CALL_STEPS + self.engine.size)
        call = Call(self.engine, self.release, self.files, stdin, asks=self.asks)
        try:
            yield from _dispatch(call, words, call.help_texts["docker"], Flags()) or ()
        except UsageError as error:
            call.err(str(error))
            call.status = error.status
        except DockerError as error:
            call.refuse(error)
        except TooMuchWork:
            yield from call.flush()  # what was done is said
            raise
        yield from call.flush()
        return call.status


def _dispatch(call: Call, words: list[str], help_text: HelpText, above: Flags) -> Effects | None:
    """Go down from a command to the one that the words name, and run that. `above` are flags that ask for help."""
    flags, operands = parse(words, help_text)
    flags.update(above)
    commands = help_text.commands
    below = f"{help_text.command} {operands[0]}" if commands and operands else ""
    if commands:
        _need_known(flags, "version", help_text)
    if below in call.help_texts:
        asking = Flags({name: flags[name] for name in ("help", "h") if name in flags})
        return _dispatch(call, operands[1:], call.help_texts[below], asking)
    if below:
        if operands[0] in commands:
            raise NotInModel(below)
        flags.update(parse(operands[1:], help_text)[0])
    if flags.on("help"):
        if "h" in flags:
            write = call.err if help_text.command == "docker" else call.out
            write("Flag shorthand -h has been deprecated, use --help\n")
        call.out(help_text.text)
    elif flags.on("version"):
        client = CLIENT_VERSIONS[call.release.name]
        call.out(f"Docker version {client['Version']}, build {client['GitCommit']}\n")
    elif below:
        line = "" if help_text.command == "docker" else f"{help_text.line}\n\n"
        raise UsageError(f"docker: unknown command: {below}\n\n{line}Run '{help_text.command} --help'{MORE}")
    elif commands:
        raise UsageError(help_text.text, 0)
    else:
        return _run(call, flags, operands, help_text)
    return None


def _run(call: Call, flags: Flags, operands: list[str], help_text: HelpText) -> Effects | None:
    """Run the verb of a command, if it has it all."""
    if problem := help_text.miscount(len(operands)):
        raise UsageError(problem)
    verb, call.command = VERBS[help_text.verb], help_text.command
    known = f"{verb.flags} {verb.newer}" if call.release.views_images else verb.flags
    _need_known(flags, known, help_text)
    return verb.run(call, flags, operands)


def _need_known(flags: Flags, known: str, help_text: HelpText) -> None:
    """Raise `NotInModel` for the first flag that the model does not have."""
    for name in flags:
        if name not in ("help", "h", *known.split()):
            raise NotInModel(f"--{name} of {help_text.command}", "flag")


def help(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show the help text of a command."""
    help_text, rest = call.help_texts["docker"], operands
    while rest and (name := f"{help_text.command} {rest[0]}") in call.help_texts:
        help_text, rest = call.help_texts[name], rest[1:]
    if rest and rest[0] in help_text.commands:
        raise NotInModel(name)
    if rest:
        raise UsageError(f"unknown help topic: {' '.join(rest)}\n")
    call.out(help_text.text)


VERBS = {
    **containers.VERBS,
    **copy.VERBS,
    "docker help": Verb(help),
    **images.VERBS,
    **inspect.VERBS,
    **system.VERBS,
}
