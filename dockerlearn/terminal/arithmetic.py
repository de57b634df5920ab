"""Sums of the shell: whole numbers of 64 bits, variables, `+ - * / %` and parentheses."""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Callable, Mapping

from .syntax import NAME, ShellError, unknown

MOST_SIGNS = 50  # of a sum, with those of the sums in its variables
TOKENS = re.compile(r"[0-9][0-9A-Za-z]*|[A-Za-z_]\w*|\S", re.ASCII)
TIERS = ("+-", "*/%")
OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left // right if (left < 0) == (right < 0) else -(-left // right),  # towards zero
    "%": lambda left, right: left % right if (left < 0) == (right < 0) else -(-left % right),
}


def arithmetic(text: str, variables: Mapping[str, str], depth: int = 0) -> int:
    """The value of a sum. A variable stands for the value of the sum that it holds. Raises `ShellError`."""
    tokens = deque(TOKENS.findall(text) or ["0"])
    depth += len(tokens)
    if depth > MOST_SIGNS:
        raise unknown(f"a sum of more than {MOST_SIGNS} signs")

    def value(tier: int = 0) -> int:
        if tier < len(TIERS):
            left = value(tier + 1)
            while tokens and tokens[0] in TIERS[tier]:
                left = OPERATIONS[tokens.popleft()](left, value(tier + 1))
            return left
        token = tokens.popleft()
        if token in "+-":
            return value(tier) if token == "+" else -value(tier)
        if token == "(":
            left = value()
            if tokens.popleft() != ")":
                raise ValueError
            return left
        if NAME.match(token):
            return arithmetic(variables.get(token, ""), variables, depth)
        return int(token, 8 if token.startswith("0") and token.isdigit() else 0)

    try:
        result = value()
    except (IndexError, ValueError):
        tokens.append("")  # a number or a parenthesis is missing
    except ZeroDivisionError as error:
        raise ShellError(f"{text.strip()}: division by 0") from error
    if tokens:
        raise ShellError(f"{text.strip()}: syntax error in expression")
    return wrapped(result)


def wrapped(number: int) -> int:
    """A whole number in 64 bits: what is too large begins again at the smallest."""
    return (number + 2**63) % 2**64 - 2**63
