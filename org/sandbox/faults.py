"""Faults by rule: an error, a lost answer, a delay, a throttle, or the death of the client at the N-th call."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.sandbox.record import Call


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule: calls whose `service:operation` matches the regular expression `match` do not go as they should.

    | field | what happens |
    | --- | --- |
    | code, status, message, reason | the call is answered with this error, in the format of its service |
    | reset | the connection is reset instead of an answer |
    | after | the call takes effect first: with `reset` or `code` its answer is lost |
    | latency | the answer comes that many seconds later |
    | account | only calls of this account |
    | skip, times, probability | the first `skip` matches pass; at most `times` fire; each fires with this probability |
    | rate, burst | fires only above that many calls a second for an account: a token bucket |
    """

    match: str
    code: str = ""
    status: int = 400
    message: str = "injected by the sandbox"
    reason: str = ""
    reset: bool = False
    after: bool = False
    latency: float = 0.0
    account: str = ""
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    rate: float = 0.0
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Kill:
    """The client dies at the N-th call from now: `client` is its pid or a function that kills it.

    Before: the call has no effect. After: it has its effect, and its answer is never sent.
    """

    client: int | Callable[[], None]
    at: int
    after: bool = False

    def strike(self) -> None:
        """The client is dead."""
        if callable(self.client):
            self.client()
        else:
            os.kill(self.client, signal.SIGKILL)


@dataclass(slots=True)
class Rule:
    """A fault and how often it has matched and fired."""

    fault: Fault
    pattern: re.Pattern[str]
    matched: int = 0
    fired: int = 0
    buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def hits(self, call: Call, chance: random.Random) -> bool:
        """True where the fault befalls this call."""
        fault = self.fault
        if not self.pattern.search(call.name) or (fault.account and fault.account != call.account):
            return False
        self.matched += 1
        if self.matched <= fault.skip or (fault.times is not None and self.fired >= fault.times):
            return False
        if chance.random() >= fault.probability or (fault.rate and self.has_token(call.account)):
            return False
        self.fired += 1
        return True

    def has_token(self, account: str) -> bool:
        """True, and one token fewer, where the account's bucket is not empty."""
        now = time.monotonic()
        tokens, since = self.buckets.get(account, (float(self.fault.burst), now))
        tokens = min(float(self.fault.burst), tokens + (now - since) * self.fault.rate)
        self.buckets[account] = (tokens - 1 if tokens >= 1 else tokens, now)
        return tokens >= 1


class Faults:
    """The rules in force; safe to change while calls are answered."""

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self.set(faults)

    def set(self, faults: Iterable[Fault]) -> None:
        """Exactly these rules are in force, and no kill is planned."""
        rules = [Rule(fault, re.compile(fault.match)) for fault in faults]
        with self._lock:
            self._rules, self._chance = rules, random.Random(self._seed)  # noqa: S311 - repeats, not secrets
            self._kill: Kill | None = None
            self._countdown = 0

    def add(self, fault: Fault) -> None:
        """One more rule is in force."""
        with self._lock:
            self._rules.append(Rule(fault, re.compile(fault.match)))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.set(())

    def kill(self, client: int | Callable[[], None], at: int, when: str = "before") -> None:
        """The client dies at the `at`-th call from now (1 is the next), `before` or `after` the call's effect."""
        if when not in {"before", "after"}:
            raise ValueError(f"when is {when}, neither before nor after")
        with self._lock:
            self._kill, self._countdown = Kill(client, at, after=when == "after"), at

    def due(self, call: Call) -> tuple[Fault | None, Kill | None]:
        """The fault that befalls this call and the kill that is due at it; None where there is none."""
        with self._lock:
            kill = None
            if self._kill is not None:
                self._countdown -= 1
                if self._countdown == 0:
                    kill, self._kill = self._kill, None
            return next((rule.fault for rule in self._rules if rule.hits(call, self._chance)), None), kill

    def fired(self) -> Mapping[str, int]:
        """How often each rule has fired, by what it matches."""
        with self._lock:
            return {rule.fault.match: rule.fired for rule in self._rules}


def fault_of(data: Mapping[str, Any]) -> Fault:
    """A rule from JSON data; an unknown field is a TypeError, a wrong expression an re.error."""
    fault = Fault(**data)
    re.compile(fault.match)
    return fault
