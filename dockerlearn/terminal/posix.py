r"""The regular expressions of grep, basic and extended, as automata for `client.regexp`.

    expression  :=  branch { bar branch }                       basic     extended
    branch      :=  [ "^" ] { atom [ repeat ] } [ "$" ]
    repeat      :=  "*" | plus | question | interval
    atom        :=  character | "." | class | open expression close | "\" character
    class       :=  "[" [ "^" ] [ "]" ] { character [ "-" character ] } "]"
    bar, plus, question                                         \| \+ \?  | + ?
    open, close                                                 \( \)     ( )
    interval    :=  begin [ n ] [ "," [ m ] ] end               \{ \}     { }

The meaning is that of POSIX, and what is found is the longest of the leftmost. Less is known here than grep knows:
only single characters can be repeated, and neither classes with a name nor back references are known.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ..regexp.characters import LAST, Ranges, inverted, merged
from ..regexp.nfa import MOST_INSTRUCTIONS, Builder, Fragment, RegexpLimit, at, sequence

MOST_REPEATS = 32_767  # glibc's RE_DUP_MAX
ANY: Ranges = ((0, LAST),)
TOKEN = r"\\[\s\S]|\[\^?\]?[^\]]*\]|[\s\S]"
INTERVAL = r"\{(?!\})([0-9]*)(,?)([0-9]*)\}"
REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class NotKnown(Exception):
    """Something in a pattern, or a whole one, that is wrong or is not known here. `str(error)` names it."""


def parse(pattern: str, options: Collection[str]) -> Fragment:
    """The automaton of a pattern, with grep's options: E, F, i, w, x. Raises `NotKnown`."""
    if len(pattern) > MOST_INSTRUCTIONS:
        raise NotKnown(f"the pattern ‘{pattern}’")
    builder = Builder(frozenset(options).intersection("i"))
    tokens = [("", char) for char in pattern] if "F" in options else _tokens(pattern, extended="E" in options)
    try:
        _append_all(builder, tokens)
    except (ValueError, RegexpLimit) as error:
        raise NotKnown(f"the pattern ‘{pattern}’") from error
    parts = [builder.fragment()]
    parts = [at("no word before"), *parts, at("no word after")] if "w" in options else parts
    return sequence([at("text begins"), *parts, at("text ends")] if "x" in options else parts)


def _tokens(pattern: str, *, extended: bool) -> list[tuple[str, str]]:
    """The tokens of a pattern, each with its sign if it stands for more than itself. Raises `NotKnown`."""
    tokens: list[tuple[str, str]] = []
    before = "start"
    for token in (found[0] for found in re.finditer(TOKEN, pattern)):
        special = token in ("*", ".", "^", "$") or (token[-1] in "+?|(){}" and (len(token) == 1) == extended)
        sign = token[-1] if special else ""
        repeats = sign in ("*", "+", "?", "{") and before in ("start", "^", *"(|)*+?}")
        misplaced = (sign == "^" and before not in ("start", "(", "|")) or (before == "$" and sign not in (")", "|"))
        named = re.match(r"\\[\w<>'`]|\[.*(\[[:.=]|--)", token)
        if repeats or misplaced or named or token in ("\\", "[", "\n"):
            raise NotKnown(f"‘{token}’ in the pattern ‘{pattern}’")
        tokens.append((sign, token))
        before = sign
    return tokens


def _times(low: str, comma: str, high: str) -> tuple[int, int | None]:
    """How often an interval repeats. Raises `ValueError` for numbers that are too large, or backwards."""
    least = int(low[:9] or 0)
    most = int(high[:9]) if high else None if comma else least
    if least > MOST_REPEATS or (most is not None and not least <= most <= MOST_REPEATS):
        raise ValueError("no such interval")
    return least, most


def _append_all(builder: Builder, tokens: list[tuple[str, str]]) -> None:
    """Append what tokens stand for. Raises `ValueError` if they do not belong together."""
    # Each token as one character, so that an interval is easily found.
    signs = "".join(sign or (token if len(token) == 1 and token in "0123456789," else "x") for sign, token in tokens)
    place = 0
    while place < len(tokens):
        sign, token = tokens[place]
        if sign == "{" and (interval := re.compile(INTERVAL).match(signs, place)):
            builder.repeat(*_times(*interval.groups()))
            place = interval.end()
        else:
            _append(builder, sign, token)
            place += 1
    if len(builder.groups) > 1:
        raise ValueError("a group is open")


def _append(builder: Builder, sign: str, token: str) -> None:
    """Append what a token stands for, if that is no interval. Raises `ValueError` if it cannot stand here."""
    if sign in REPEATS:
        builder.repeat(*REPEATS[sign])
    elif sign == "(":
        builder.open(builder.flags)
    elif sign == ")" and len(builder.groups) == 1:
        raise ValueError("no group is open")
    elif sign == ")":
        builder.close()
    elif sign == "|":
        builder.bar()
    elif sign == ".":
        builder.read(ANY)
    elif sign in ("^", "$"):
        builder.put(at("text begins" if sign == "^" else "text ends"))
    elif token.startswith("[") and token != "[":
        builder.read(_class(builder, token))
    else:
        builder.literal(token[-1])


def _class(builder: Builder, token: str) -> Ranges:
    """The characters of a class in brackets. Raises `ValueError` if there are none, or a range runs backwards."""
    negated = token[1] == "^"
    found = re.findall(r"([\s\S])-([\s\S])|([\s\S])", token[1 + negated : -1])
    ends = [(ord(low or single), ord(high or single)) for low, high, single in found]
    if not ends or any(low > high for low, high in ends):
        raise ValueError("no such class")
    ranges = builder.fold(merged(ends))
    return inverted(ranges) if negated else ranges
