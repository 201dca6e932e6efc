"""Policies as sets of statements: each statement is one bit of a number, so that one step asks all of them.

The bits are in the order in which `org.access.spec` asks the statements: the lowest one is the first statement.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.access.compile_actions import Actions
from org.access.compile_patterns import Fits, resources_fit
from org.access.compile_tests import NOBODY, Holds, compiled_test
from org.access.compile_variables import Late, has_variables, is_late
from org.access.match import arn_pattern, is_everything, resolved
from org.access.memo import Memo, is_short
from org.access.spec import reason_of
from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.access.document import Document, Principals, Statement, Test
    from org.access.match import Token
    from org.access.policies import Policies
    from org.model.request import Reason, Value

VALUES = 2048
"""So many values of one key are kept with their answers."""
EVERYONE = frozenset((("*", "*"), ("AWS", "*")))


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class KeyTable:
    """The tests on one key: for a value, the statements that they leave."""

    def __init__(self) -> None:
        self.readers = 0
        self.tests: dict[tuple[Test, bool], int] = {}
        self.compiled: list[tuple[Holds, int]] = []
        self.left: Memo[Value | None, int] = Memo(VALUES)

    def add(self, bit: int, test: Test, *, variables: bool) -> None:
        """Take a test of a statement."""
        self.readers |= bit
        self.tests[test, variables] = self.tests.get((test, variables), 0) | bit

    def learn(self, value: Value | None) -> int:
        """All bits but those of statements with a test that does not hold for the value, None for an absent key."""
        failed = 0
        for holds, mask in self.compiled or self.compile():
            if mask & ~failed and not holds(value):
                failed |= mask
        return self.left.keep(value, ~failed) if is_short(value) else ~failed

    def compile(self) -> list[tuple[Holds, int]]:
        """Each test as a function, once somebody asks."""
        self.compiled = [
            (compiled_test(test, variables=variables), mask) for (test, variables), mask in self.tests.items()
        ]
        return self.compiled


class Resources:
    """The patterns of `Resource` or `NotResource` that some statements have in common; compiled once somebody asks."""

    def __init__(self, patterns: tuple[str, ...], *, negated: bool, variables: bool) -> None:
        self.patterns, self.negated, self.variables = patterns, negated, variables
        self.statements = 0
        self.compiled: Fits | None = None

    def fit(self, resource: str) -> bool:
        """Whether the statements are about the resource."""
        fits = self.compiled
        if fits is None:
            fits = self.compiled = resources_fit((one, self.rest(one)) for one in self.patterns)
        return bool(fits(resource)) is not self.negated

    def rest(self, pattern: str) -> list[Token]:
        """The tokens of the last part of a pattern."""
        tokens = resolved(arn_pattern(pattern)[-1], NOBODY, variables=self.variables)
        assert isinstance(tokens, list)
        return tokens


@dataclass(slots=True)
class Program:
    """The statements of all policies, and sets of them.

    `late` are those that read variables. `named` has the principals that it takes a look at a request to know. `never`
    are about no resource at all, `by_resource` about some.
    """

    statements: list[Statement] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    actions: Actions = field(default_factory=Actions)
    tables: defaultdict[str, KeyTable] = field(default_factory=lambda: defaultdict(KeyTable))
    resources: dict[int, Resources] = field(default_factory=dict)
    named: dict[Principals, int] = field(default_factory=dict)
    late: dict[int, Late] = field(default_factory=dict)
    levels: dict[Layer, list[int]] = field(default_factory=lambda: {layer: [] for layer in Layer})
    allows: int = 0
    denies: int = 0
    broken: int = 0
    never: int = 0
    by_resource: int = 0
    is_late: int = 0
    boundary: bool = False
    session: bool = False

    def add(self, documents: Iterable[Document], layer: Layer, level: int | None = None) -> None:
        """Take one layer, or one level of a layer."""
        mask = 0
        for document in documents:
            for statement in document.statements:
                bit = 1 << len(self.statements)
                self.statements.append(statement)
                self.reasons.append(reason_of(document, statement, level))
                self.take(bit, statement)
                mask |= bit
        self.levels[layer].append(mask)

    def take(self, bit: int, statement: Statement) -> None:
        """Put the bit of a statement into the sets where it belongs."""
        self.allows |= bit if statement.allows else 0
        self.denies |= bit if statement.denies else 0
        self.broken |= bit if statement.broken else 0
        self.actions.add(bit, statement)
        principals = statement.principals
        if principals is not None and (principals.negated or EVERYONE.isdisjoint(principals.listed)):
            self.named[principals] = self.named.get(principals, 0) | bit
        late = False
        for test in statement.tests:
            if is_late(test, variables=statement.variables):
                late = True
            else:
                self.tables[test.key].add(bit, test, variables=statement.variables)
        if any(map(is_everything, statement.resources)):
            self.never |= bit if statement.not_resources else 0
        elif statement.resources:
            self.by_resource |= bit
            late = late or has_variables(statement)
        if late:
            self.is_late |= bit
            self.late[bit.bit_length() - 1] = Late(statement)

    def group_resources(self) -> None:
        """Statements with the same resources are asked together."""
        made: dict[tuple[tuple[str, ...], bool, bool], Resources] = {}
        for number in bits(self.by_resource & ~self.is_late):
            one = self.statements[number]
            key = (one.resources, one.not_resources, one.variables)
            if key not in made:
                made[key] = Resources(one.resources, negated=one.not_resources, variables=one.variables)
            self.resources[number] = made[key]
            made[key].statements |= 1 << number


def program(policies: Policies) -> Program:
    """All statements, in the order in which `org.access.spec` asks those that may deny."""
    made = Program(boundary=policies.boundary is not None, session=bool(policies.session))
    for level, documents in enumerate(policies.scps or ()):
        made.add(documents, Layer.SCP, level)
    for level, documents in enumerate(policies.rcps or ()):
        made.add(documents, Layer.RCP, level)
    made.add(policies.identity, Layer.IDENTITY)
    made.add((policies.resource,) if policies.resource else (), Layer.RESOURCE)
    made.add((policies.boundary,) if policies.boundary else (), Layer.BOUNDARY)
    made.add(policies.session, Layer.SESSION)
    made.group_resources()
    return made
