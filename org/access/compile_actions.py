"""Statements by the actions that they name: those about one action are found without asking each of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.access.compile_patterns import expression
from org.access.match import plain

if TYPE_CHECKING:
    from org.access.document import Statement


@dataclass(slots=True)
class Actions:
    """The statements by their patterns of actions; a statement is one bit of a number."""

    exact: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    of_service: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    of_any: dict[str, int] = field(default_factory=dict)
    listed: int = 0
    excepted: int = 0
    silent: int = 0
    compiled: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def add(self, bit: int, statement: Statement) -> None:
        """Take the statement of a bit; one that names no action is about all of them."""
        if not statement.actions:
            self.silent |= bit
        elif statement.not_actions:
            self.excepted |= bit
        else:
            self.listed |= bit
        for pattern in {pattern.lower() for pattern in statement.actions}:
            service, colon, _ = pattern.partition(":")
            if "*" not in pattern and "?" not in pattern:
                self.exact[pattern] |= bit
                continue
            bounded = colon and "*" not in service and "?" not in service
            patterns = self.of_service[service] if bounded else self.of_any
            patterns[pattern] = patterns.get(pattern, 0) | bit

    def about(self, action: str) -> int:
        """The statements that are about an action in lower case, as far as actions go (rules 23, 24)."""
        named = self.exact.get(action, 0)
        service, colon, _ = action.partition(":")
        for patterns in (self.of_any, self.of_service.get(service, {}) if colon else {}):
            for pattern, mask in patterns.items():
                if mask & ~named and self.fits(pattern, action):
                    named |= mask
        return (named & self.listed) | (~named & self.excepted) | self.silent

    def fits(self, pattern: str, action: str) -> bool:
        """Whether an action is of a pattern, both in lower case."""
        begin = pattern[:-1]
        if pattern[-1] == "*" and "*" not in begin and "?" not in begin:
            return action.startswith(begin)
        found = self.compiled.get(pattern)
        if found is None:
            found = self.compiled.setdefault(pattern, re.compile(expression(plain(pattern)), re.DOTALL))
        return found.fullmatch(action) is not None
