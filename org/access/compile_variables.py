"""Statements that read policy variables: compiled once for each set of the variables' values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.compile_patterns import Fits, resources_fit, variables_in
from org.access.compile_tests import is_open, other_keys
from org.access.match import arn_pattern, holds, is_everything, listed, looked_up, resolved, resource_matches
from org.access.memo import Memo, is_short
from org.access.truth import Truth, Unknown, all_of

if TYPE_CHECKING:
    from org.access.document import Statement, Test
    from org.access.match import Token
    from org.model.request import Request

VALUES = 1024
"""So many sets of values are kept with what they make of a statement."""


def is_late(test: Test, *, variables: bool) -> bool:
    """True for a test that more than the value of its key decides."""
    return is_open(test, variables=variables) or bool(other_keys(test, variables=variables))


def has_variables(statement: Statement) -> bool:
    """True where the resources of a statement depend on keys of the request."""
    return statement.variables and any(variables_in(arn_pattern(pattern)[-1]) for pattern in statement.resources)


class Late:
    """The part of a statement that is asked last: its tests with variables, and its resources."""

    def __init__(self, statement: Statement) -> None:
        variables = statement.variables
        self.statement = statement
        self.tests = tuple(test for test in statement.tests if is_late(test, variables=variables))
        keys = [key for test in self.tests for key in (test.key, *other_keys(test, variables=variables))]
        if variables:
            keys += [key for pattern in statement.resources for key in variables_in(arn_pattern(pattern)[-1])]
        self.keys = tuple(dict.fromkeys(keys))
        self.everywhere = any(map(is_everything, statement.resources)) or not statement.resources
        self.memo: Memo[object, tuple[Truth, Fits | None]] = Memo(VALUES)

    def truth(self, request: Request) -> Truth:
        """Whether these parts hold; all that they read is in the values of `keys` and the resource."""
        values = tuple(looked_up(key, request) for key in self.keys)
        found = self.memo.get(values)
        if found is None:
            found = (self.condition(request), None if self.everywhere else self.fits(request))
            if all(isinstance(value, Unknown) or is_short(value) for value in values):
                self.memo.keep(values, found)
        condition, fits = found
        if condition is False or self.everywhere:
            return condition
        if fits is None or request.resource is None:
            return all_of((condition, self.resource(request)))
        return condition if bool(fits(request.resource)) is not self.statement.not_resources else False

    def condition(self, request: Request) -> Truth:
        """Whether the tests with variables hold."""
        return all_of(holds(test, request, variables=self.statement.variables) for test in self.tests)

    def resource(self, request: Request) -> Truth:
        """Whether the resource is meant, by the definition itself."""
        return listed(
            self.statement.resources,
            lambda pattern: resource_matches(pattern, request, variables=self.statement.variables),
            negated=self.statement.not_resources,
        )

    def fits(self, request: Request) -> Fits | None:
        """Whether a resource fits one of the patterns, with these values; None where a variable has none."""
        resources: list[tuple[str, list[Token]]] = []
        for pattern in self.statement.resources:
            tokens = resolved(arn_pattern(pattern)[-1], request, variables=self.statement.variables)
            if not isinstance(tokens, list):
                return None
            resources.append((pattern, tokens))
        return resources_fit(resources)
