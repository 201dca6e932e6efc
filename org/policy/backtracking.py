"""How often a regular expression can be led astray: the bound that keeps a template's pattern from hanging a check.

Python's `re` tries one way after another. The number of ways is bounded here by a walk over the parsed pattern: a place
where two ways can begin with the same character multiplies the ways that follow it, inside a repetition once for each
round. Where no two ways begin alike there is one way, and matching takes time in proportion to the value.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

LONGEST_PATTERN = 500
LONGEST_VALUE = 1_280
"""A value that is matched against a pattern has at most so many characters; an external id has up to 1,224."""
MOST_WAYS = LONGEST_VALUE + 1
"""One choice among all lengths of a value. Two of them would be a million steps for each value."""
OTHER = 256
"""Stands for every character that is beyond Latin-1."""
OTHER_SYNTAX = "has something besides characters, classes, groups, `|`, counts, `^` and `$`"
FLAGS = re.compile(r"[(][?](?!:)")
ALL = frozenset(range(OTHER + 1))
NOTHING: frozenset[int] = frozenset()


def too_slow(pattern: str) -> str:
    """Why a pattern is refused, in words that follow it; empty where matching is bounded. Raises `re.error`."""
    if len(pattern) > LONGEST_PATTERN:
        return f"has more than {LONGEST_PATTERN} characters"
    if FLAGS.search(pattern):
        return OTHER_SYNTAX
    try:
        parsed = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001
        ways, _ = _sequence(list(parsed), NOTHING)
    except NotImplementedError:
        return OTHER_SYNTAX
    except RecursionError:
        return "is nested too deeply"
    anchored = len(parsed) and str(parsed[0][0]) == "AT"
    ways *= 1 if anchored else LONGEST_VALUE
    if ways > MOST_WAYS:
        return "could take for ever, because it can match one text in many ways"
    return ""


def _sequence(nodes: list[Any], after: frozenset[int]) -> tuple[int, frozenset[int]]:
    """How many ways there are through nodes that stand one behind the other, and what they can begin with.

    `after` is what can follow them. What can be left out begins with what follows it, too.
    """
    ways = 1
    for node in reversed(nodes):
        more, after = _node(node, after)
        ways = min(ways * more, MOST_WAYS**2)
    return ways, after


def _node(node: Any, after: frozenset[int]) -> tuple[int, frozenset[int]]:
    operation, argument = str(node[0]), node[1]
    if operation == "AT":
        # Nothing follows an end; a `^` inside a pattern only ever makes a way fail earlier.
        return 1, NOTHING if str(argument) in ("AT_END", "AT_END_STRING") else after
    if operation == "SUBPATTERN":
        return _sequence(list(argument[-1]), after)
    if operation == "BRANCH":
        return _branch(argument[1], after)
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, body = argument
        return _repeat(least, most, body, after)
    return 1, _characters(operation, argument)


def _branch(alternatives: Any, after: frozenset[int]) -> tuple[int, frozenset[int]]:
    """Alternatives that begin alike are all tried; of others only one can be right."""
    found = [_sequence(list(one), after) for one in alternatives]
    begins = frozenset().union(*(first for _, first in found))
    alone = len(begins) == sum(len(first) for _, first in found)
    return (max if alone else sum)(ways for ways, _ in found), begins


def _repeat(least: int, most: int, body: Any, after: frozenset[int]) -> tuple[int, frozenset[int]]:
    """A repetition can end wherever what follows begins like another round; each round has the ways of the body."""
    most = min(int(most), LONGEST_VALUE)
    least = min(least, most)
    nodes = list(body)
    _, begins = _sequence(nodes, NOTHING)
    ways, _ = _sequence(nodes, after | begins if most > 1 else after)
    rounds = 1 if ways == 1 else min(ways ** min(most, 20), MOST_WAYS**2)
    ends = most - least + 1 if begins & after else 1
    return min(rounds * ends, MOST_WAYS**2), begins | after if least == 0 else begins


def _characters(operation: str, argument: Any) -> frozenset[int]:
    """The characters that a node takes. Raises `NotImplementedError` for what takes no single character."""
    if operation == "ANY":
        return ALL
    if operation == "LITERAL":
        return frozenset([min(argument, OTHER)])
    if operation == "NOT_LITERAL":
        return ALL - {argument}
    if operation == "RANGE":
        return frozenset(min(one, OTHER) for one in range(argument[0], min(argument[1], OTHER) + 1)) | (
            {OTHER} if argument[1] >= OTHER else NOTHING
        )
    if operation == "CATEGORY":
        return _category(str(argument))
    if operation != "IN":
        raise NotImplementedError(operation)
    inside = [(str(one[0]), one[1]) for one in argument]
    taken = frozenset().union(*(_characters(*one) for one in inside if one[0] != "NEGATE"))
    return (ALL - taken) | {OTHER} if ("NEGATE", None) in inside else taken


@cache
def _category(name: str) -> frozenset[int]:
    """The characters of a class such as that of all digits."""
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.rpartition("_")[2]]
    wanted = re.compile(f"\\{letter.upper() if '_NOT_' in name else letter}")
    return frozenset(one for one in range(OTHER) if wanted.match(chr(one))) | {OTHER}
