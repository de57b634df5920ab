"""A regular expression that matches: the other modules of this room put together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from .dfa import STEPS_PER_EDGE, Alphabet, Dfa, graph_of, reversed_graph
from .nfa import Fragment, RegexpLimit
from .syntax import ExpressionParser

# Of a machine's work: to read an expression, which is to be counted before, to make its automaton, and to search with that.
WORK_PER_CHARACTER, WORK_PER_INSTRUCTION, STEPS_PER_WORK = 2, 5, 50
MOST_STEPS = 5_000_000  # of all searches with an expression: about half a second. A step reads a character of the text


class Regexp:
    """A regular expression: one of Go's, or the automaton of one in another syntax."""

    def __init__(self, expression: str | Fragment) -> None:
        """Raises `RegexpError` for text that is no expression, `RegexpLimit` for one that is beyond this package."""
        nfa = ExpressionParser(expression).parse() if isinstance(expression, str) else expression
        self.steps = 0  # of all searches so far
        self._graph, self._end = graph_of(nfa), len(nfa.code)
        self._alphabet = Alphabet(self._graph)
        self._forwards = Dfa(self._graph, 0, self._end, self._spend)

    @cached_property
    def _anchored(self) -> Dfa:
        return Dfa(self._graph, 0, self._end, self._spend, anchored=True)

    @cached_property
    def _backwards(self) -> Dfa:
        return Dfa(reversed_graph(self._graph), self._end, 0, self._spend)

    @property
    def work(self) -> int:
        """What it has cost so far, once it was read, in steps of a machine's work."""
        return WORK_PER_INSTRUCTION * self._end + self.steps // STEPS_PER_WORK

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise RegexpLimit("a search as long as that for a regular expression")

    def search(self, text: str) -> bool:
        """Whether a text has a match anywhere. Raises `RegexpLimit` when all searches together take too long."""
        self._spend(len(text))
        state = self._forwards.first()
        for char in text.translate(self._alphabet):
            state = state[char]
            if state.found:
                return True
        return state[""].found

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where matches begin and end: of those that overlap the leftmost, of these the longest. Raises as `search`.

        One automaton reads the text from its end, and tells for each place from where in the NFA the end of a match can
        still be reached. So another one, from left to right, knows where to start and when to stop.
        """
        text = text.translate(self._alphabet)
        live, end = self._live(text), -1
        for start in range(len(text) + 1):
            if start < end or 0 not in live[start]:
                continue
            self._spend(5 * STEPS_PER_EDGE)
            state, previous, end = self._anchored.first(text[start - 1 : start]), end, start
            while end < len(text) and not (state := state[text[end]]).places.isdisjoint(live[end + 1]):
                self._spend(len(state.places))
                end += 1
            if start < end or start > previous:  # as in Go, no empty match touches the one before
                yield start, end

    def _live(self, text: str) -> list[frozenset[int]]:
        """For each place between characters of a text, the places of the NFA from which its end can be reached."""
        self._spend(STEPS_PER_EDGE * len(text))
        state, live = self._backwards.first(), list[frozenset[int]]()
        for char in reversed(text):
            live.append(state.reached(char))
            state = state[char]
        return [state.reached(""), *reversed(live)]
