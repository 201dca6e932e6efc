"""Every exception that org raises.

A user's mistake is a `Finding`, and many are reported at once; a fault of the world is an exception that carries its
`Place`.

    OrgError
    +-- BadInput        the input has findings of severity error; carries all findings
    +-- CloudError      an AWS call failed; carries its place, operation, code and message
    |   +-- Denied      the caller may not make this call (AccessDenied and its relatives)
    |   +-- Missing     the thing asked for does not exist (NoSuch..., ...NotFound...)
    |   +-- Throttled   still refused for its rate after all tries
    |   +-- Conflict    somebody else was changing the same thing, still so after all tries
    |   +-- Ambiguous   no answer arrived, so the call may or may not have taken effect
    |   +-- Unreachable no endpoint, no credentials, or no network
    +-- ManagedAbove    an organization policy decides this setting, so the account's own call is refused
    +-- StalePlan       what a plan saw is no longer so; carries the differences (exit code 3)
    +-- GuardTripped    the plan does something dangerous that nobody allowed; carries the guards
    +-- GitFailed       git cannot give what was asked for: a commit, a file, a common ancestor; carries what to do
    +-- Locked          another run holds the lock (exit code 4)
    +-- Partial         some changes were made, some were not; carries every outcome (exit code 5)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from org.model.change import Outcome
    from org.model.finding import Finding
    from org.model.place import Place


def counted(number: int, noun: str) -> str:
    """The number with its noun in the singular or the plural: `1 account`, `2,000 accounts`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class OrgError(Exception):
    """The base of all errors of this package; its text is one line for a person."""


class BadInput(OrgError):
    """The input has errors; `findings` holds everything found, warnings too, sorted by file and line.

    `sources` maps the files that were read to their text, so that a report can show the lines.
    """

    def __init__(self, findings: Sequence[Finding], sources: Mapping[str, str] | None = None) -> None:
        self.findings = tuple(findings)
        self.sources = dict(sources or {})
        first = self.findings[0].message if self.findings else "bad input"
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        super().__init__(f"{first}{more}")


class CloudError(OrgError):
    """An AWS call failed for good; the text leaves the place out where it is not known yet.

    `authorization_id` is AWS's id of a denied request, for `iam-toolbox GetRequestAuthorizationDetails`; empty where
    AWS sent none.
    """

    def __init__(self, place: Place, operation: str, code: str, message: str, authorization_id: str = "") -> None:
        self.place = place
        self.operation = operation
        self.code = code
        self.message = message
        self.authorization_id = authorization_id
        where = f" in {place}" if place.account or place.name else ""
        super().__init__(f"{operation}{where}: {code}: {message}")


class Denied(CloudError):
    """The caller may not make this call."""


class Missing(CloudError):
    """The thing asked for does not exist."""


class Throttled(CloudError):
    """AWS refused the call for its rate, and still did after every try."""


class Conflict(CloudError):
    """Somebody else was changing the same thing, and still was after every try."""


class Ambiguous(CloudError):
    """No answer arrived: the call may or may not have taken effect, and it was not sent again."""


class Unreachable(CloudError):
    """There are no credentials, no endpoint, or no network."""


class ManagedAbove(OrgError):
    """An organization policy decides this setting; `by` names the policy type."""

    def __init__(self, place: Place, by: str) -> None:
        self.place = place
        self.by = by
        super().__init__(f"{place}: managed above by {by}")


class StalePlan(OrgError):
    """The organization is no longer what the plan saw; `differences` has one line for each fact that changed."""

    def __init__(self, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(f"the plan is stale: {counted(len(self.differences), 'fact')} changed since it was made")


class GuardTripped(OrgError):
    """The plan does something dangerous; `guards` has the name of each guard and what tripped it."""

    def __init__(self, guards: Sequence[tuple[str, str]]) -> None:
        self.guards = tuple(guards)
        names = ", ".join(sorted({name for name, _ in self.guards}))
        super().__init__(f"the plan trips {names}; name it with --allow if that is what you want")


class GitFailed(OrgError):
    """Git cannot give what was asked for; `help` says what to do about it, and may be empty."""

    def __init__(self, message: str, help: str = "") -> None:
        self.help = help
        super().__init__(message)


class Locked(OrgError):
    """Another run holds the lock; the text names the holder and how to release it."""


class Partial(OrgError):
    """Some changes were made and some were not; `outcomes` has every one."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = tuple(outcomes)
        failed = sum(1 for outcome in self.outcomes if outcome.failed)
        all_of_them = counted(len(self.outcomes), "change")
        super().__init__(f"{failed:,} of {all_of_them} {'was' if failed == 1 else 'were'} not made")
