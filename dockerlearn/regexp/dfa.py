"""Deterministic automata, made of nondeterministic ones while they run.

A state is the set of all places where the NFA may be. So each character of the text leads from one state to one
other, whatever the expression. It does not matter how many states there could be: only those are made that a text
leads to, and they are kept for the next time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

from .characters import contains
from .nfa import Condition, Edge, Fragment, kind_of

MOST_STATES = 2_000  # of an automaton, before all are forgotten: a few megabytes
STEPS_PER_EDGE = 3  # to follow an edge of the graph takes about as long as to read three characters

Graph: TypeAlias = list[list[Edge]]  # the edges from each place in the code, to places counted from its beginning


def graph_of(nfa: Fragment) -> Graph:
    """The edges of an NFA. The last place is its end."""
    return [[(label, place + offset) for label, offset in edges] for place, edges in enumerate((*nfa.code, ()))]


def reversed_graph(graph: Graph) -> Graph:
    """The same edges the other way round, for a text that is read from its end."""

    def mirrored(condition: Condition) -> Condition:
        return lambda before, after: condition(after, before)

    edges: Graph = [[] for _ in graph]
    for place, leaving in enumerate(graph):
        for label, target in leaving:
            edges[target].append((mirrored(label) if callable(label) else label, place))
    return edges


class Alphabet(dict[int, int]):
    """For `str.translate`: one character in place of all those that no part of the expression tells apart."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        distinct = {id(label): label for edges in graph for label, _ in edges if isinstance(label, tuple)}
        bounds = {bound for ranges in distinct.values() for low, high in ranges for bound in (low, high + 1)}
        self._bounds = sorted(bounds)
        self._first: dict[tuple[int, str], int] = {}

    def __missing__(self, code: int) -> int:
        alike = bisect_right(self._bounds, code), kind_of(chr(code))
        self[code] = first = self._first.setdefault(alike, code)
        return first


class DfaState(dict[str, "DfaState"]):
    """Where the NFA may be, before it looks at the next character.

    It is a dictionary of the states that follow, by character, with `""` for the end of the text. They are made when they
    are first asked for.
    """

    __slots__ = ("_before", "_dfa", "_reached", "found", "places")

    def __init__(self, dfa: Dfa, places: frozenset[int], before: str, found: bool) -> None:
        super().__init__()
        self._dfa, self.places, self._before = dfa, places, before
        self.found = found  # whether the NFA had come to its end before the last character
        self._reached: dict[str, frozenset[int]] = {}

    def __missing__(self, char: str) -> DfaState:
        reached, graph = self.reached(char), self._dfa.graph
        edges = [edge for place in reached for edge in graph[place]] if char else []
        places = {target for label, target in edges if isinstance(label, tuple) and contains(label, ord(char))}
        self[char] = following = self._dfa.state(places, char, reached)
        return following

    def reached(self, char: str) -> frozenset[int]:
        """Where the NFA gets without reading on, if this is the next character."""
        if char not in self._reached:
            found, waiting, followed, after = set(self.places), list(self.places), 0, kind_of(char)
            while waiting:
                edges = self._dfa.graph[waiting.pop()]
                followed += 1 + len(edges)
                for label, target in edges:
                    if target not in found and (label is None or (callable(label) and label(self._before, after))):
                        found.add(target)
                        waiting.append(target)
            self._dfa.spend(STEPS_PER_EDGE * followed)
            self._reached[char] = frozenset(found)
        return self._reached[char]


class Dfa:
    """A deterministic automaton, made of a graph while it runs. `spend` is told the steps that it takes.

    An anchored one begins at the first character only, the others begin anew at each.
    """

    def __init__(
        self, graph: Graph, start: int, end: int, spend: Callable[[int], None], anchored: bool = False
    ) -> None:
        self.graph, self.spend = graph, spend
        self._start, self._end, self._anchored = start, end, anchored
        self._states: dict[tuple[frozenset[int], str, bool], DfaState] = {}

    def first(self, before: str = "") -> DfaState:
        """The state in which it begins, behind this character, or at the edge of the text."""
        return self.state({self._start}, before, frozenset())

    def state(self, places: set[int], before: str, reached: frozenset[int]) -> DfaState:
        """The state for some places in the NFA, behind a character before which other places were reached."""
        self.spend(STEPS_PER_EDGE * len(reached))
        places = places if self._anchored else places | {self._start}
        key = frozenset(places), kind_of(before), self._end in reached
        if key not in self._states:
            if len(self._states) >= MOST_STATES:
                self._states.clear()
            self._states[key] = DfaState(self, *key)
        return self._states[key]
