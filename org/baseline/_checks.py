"""What is expected of each thing of a kind, as a table: a component that only reports is a read and a table.

A state has a member for each check: True where it is as expected, False where not, None where the question does not
arise. A list has what is wrong, by name, and is empty where nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.baseline import Scope, Things
    from org.model.finding import Finding

EXCEPT = {
    "type": "array",
    "uniqueItems": True,
    "items": {"type": "string", "minLength": 1},
    "default": [],
    "description": "Patterns of names about which nothing is said.",
    "examples": [["sandbox-*"]],
}


def fits(name: str, patterns: Iterable[str]) -> bool:
    """True where a name is like one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation: its control, how a thing is that does not meet it (`is in one zone`), and what to do then."""

    control: str
    wrong: str
    advice: str = ""
    default: bool = True


@dataclass(frozen=True, slots=True)
class Checks:
    """The expectations of things of a kind, each by the name of its setting, which is also that of its fact."""

    kind: str
    table: Mapping[str, Check]

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """A switch for each check, and names to leave out."""
        switches = {
            name: {
                "type": "boolean",
                "default": check.default,
                "description": f"Report each {self.kind} that {check.wrong}.",
            }
            for name, check in self.table.items()
        }
        return {**switches, "except": EXCEPT}

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls that the checks are about."""
        return tuple(dict.fromkeys(check.control for check in self.table.values()))

    def findings(self, scope: Scope, found: Things) -> Iterable[Finding]:
        """What is not as expected, thing by thing."""
        for name, state in sorted(found.items()):
            if state is None or fits(name, scope.settings["except"]):
                continue
            for fact, check in self.table.items():
                if scope.settings[fact] and wrong(state.get(fact)):
                    named = state[fact] or []
                    which = f": {', '.join(f'`{one}`' for one in named)}" if named else ""
                    message = f"{self.kind} `{name}` {check.wrong}{which}"
                    yield scope.finding(check.control, message, advice=check.advice)


def wrong(fact: Any) -> bool:
    """True for a fact that is not as expected."""
    return fact is False or (isinstance(fact, list) and bool(fact))


def correct(*facts: str) -> dict[str, Any]:
    """The setting that says what is put right instead of reported; nothing where nobody asks for it."""
    return {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": "string", "enum": [*facts]},
        "default": [],
        "description": "What is put right instead of being reported.",
        "examples": [[facts[0]]],
    }


def corrected(scope: Scope, found: Things) -> Things:
    """Everything as it is to be where it is put right."""
    facts = dict.fromkeys(scope.settings["correct"], True)
    return {name: facts for name in found if facts and not fits(name, scope.settings["except"])}


def uncorrected(scope: Scope, found: Things) -> Things:
    """What is left to report."""
    done = scope.settings["correct"]
    return {
        name: {fact: value for fact, value in (state or {}).items() if fact not in done}
        for name, state in found.items()
    }
