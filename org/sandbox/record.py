"""What was called: counted by operation and account, reads apart from writes."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

READS = re.compile(
    r"(Assume|BatchGet|Check|Decode|Describe|Discover|Estimate|Filter|Get|Head|Is|List|Lookup|Preview|Query|Scan|Search|"
    r"Select|Simulate|Test|Validate|View)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that arrived.

    `account` is the caller's; `code` is the error code it was answered with, empty for success. `number` counts from 1
    since the recorder was cleared.
    """

    number: int
    service: str
    operation: str
    account: str
    region: str
    write: bool
    code: str = ""

    @property
    def name(self) -> str:
        """Service and operation, as fault rules match them: `organizations:CreateAccount`."""
        return f"{self.service}:{self.operation}"


def is_write(operation: str) -> bool:
    """True where a call of that name may change something: everything that does not begin like a read."""
    return not READS.match(operation)


class Recorder:
    """All calls in the order of their arrival; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def add(self, service: str, operation: str, account: str, region: str) -> Call:
        """The call is recorded; its answer comes later by `answered`."""
        with self._lock:
            call = Call(len(self._calls) + 1, service, operation, account, region, is_write(operation))
            self._calls.append(call)
            return call

    def answered(self, call: Call, code: str) -> None:
        """The call is known to have been answered with that error code."""
        with self._lock:
            if call.number <= len(self._calls) and self._calls[call.number - 1] is call:
                self._calls[call.number - 1] = replace(call, code=code)

    def clear(self) -> None:
        """Nothing has been called."""
        with self._lock:
            self._calls = []

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls, oldest first."""
        with self._lock:
            return tuple(self._calls)

    def writes(self) -> tuple[Call, ...]:
        """The calls that may have changed something, refused ones included."""
        return tuple(call for call in self.calls if call.write)

    def reads(self) -> tuple[Call, ...]:
        """The calls that only read."""
        return tuple(call for call in self.calls if not call.write)

    def counts(self) -> Counter[tuple[str, str]]:
        """The number of calls by service and operation."""
        return Counter((call.service, call.operation) for call in self.calls)

    def accounts(self) -> Counter[str]:
        """The number of calls by the account of the caller."""
        return Counter(call.account for call in self.calls)

    def summary(self) -> dict[str, Any]:
        """The totals as JSON data: all calls, the writes, and counts by `service:operation` and by account."""
        calls = self.calls
        return {
            "calls": len(calls),
            "writes": sum(call.write for call in calls),
            "operations": dict(sorted(Counter(call.name for call in calls).items())),
            "accounts": dict(sorted(self.accounts().items())),
        }
