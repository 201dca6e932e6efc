"""What a decision costs: 20,000 requests against 20 SCPs with 400 statements, by the fast engine and by the definition.

`python benchmarks/decisions.py` measures CPU seconds, the first pass with everything that is compiled on the way, the
warm one with what was kept; then requests of which keys are unknown, policies with variables, and `org decide` itself.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import generate_policies

from org.access.evaluate import compiled
from org.access.scenario import Scenario
from org.access.spec import decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from org.access.policies import Policies
    from org.model.request import Request

LIMITS = {"first pass": 30_000, "warm": 100_000, "unknown keys": 15_000, "variables": 10_000, "org decide": 10_000}
"""Decisions per CPU second that must be reached; the first is 300 times what iam-simulate 0.1.173 does."""
MEMORY = 150
"""MB that the process may take; it holds the 20,000 requests too."""
SPEC = 200


def rate(work: Callable[[], Iterable[Any]]) -> float:
    """Results per CPU second."""
    begun = time.process_time()
    number = sum(1 for _ in work())
    return number / (time.process_time() - begun)


def asked(scenario: Scenario, lines: list[dict[str, Any]]) -> list[Request]:
    return [scenario.ask(line)[1][0] for line in lines]


def passes(policies: Policies, requests: list[Request]) -> tuple[float, float]:
    """The first pass, compiling included, and the warm one."""

    def first() -> Iterable[Any]:
        nonlocal engine
        engine = compiled(policies)
        return map(engine.decide, requests)

    engine = compiled(policies)
    return rate(first), rate(lambda: map(engine.decide, requests))


def with_variables(scenario: dict[str, Any]) -> dict[str, Any]:
    """The power user may use what carries the name of its own team, and what lies below its own name."""
    own = [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": [
                "arn:aws:s3:::home/${aws:PrincipalTag/team}/*",
                "arn:aws:*:*:*:*/${aws:PrincipalTag/team, 'none'}/*",
            ],
        },
        {
            "Effect": "Allow",
            "NotAction": "iam:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/owner": ["shared", "${aws:PrincipalTag/team}"]}},
        },
    ]
    policies = [*scenario["identity_policies"], {"Version": "2012-10-17", "Statement": own}]
    return {**scenario, "principal_tags": {"team": "payments"}, "identity_policies": policies}


def end_to_end() -> float:
    """Requests per CPU second of `org decide`, its start and all reading and writing included."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, generate_policies.__file__, folder], check=True)
        words = ["decide", "--scenario", f"{folder}/scenario.json", "--requests", f"{folder}/requests.jsonl"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with (Path(folder) / "answers.jsonl").open("w", encoding="utf-8") as answers:
            subprocess.run([sys.executable, "-m", "org", *words], check=True, stdout=answers)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return generate_policies.REQUESTS / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> int:
    plain, lines = generate_policies.scenario(), generate_policies.requests()
    scenario = Scenario(plain)
    requests = asked(scenario, lines)
    found = dict(zip(("first pass", "warm"), passes(scenario.policies, requests), strict=True))
    keys = ["aws:ResourceTag/*", "aws:RequestTag/*", "aws:TagKeys", "aws:SourceVpc"]
    forgetful = [
        {**line, "context": {"aws:RequestedRegion": line["context"]["aws:RequestedRegion"]}, "unknown": keys}
        for line in lines
    ]
    found["unknown keys"] = passes(scenario.policies, asked(scenario, forgetful))[0]
    variable = Scenario(with_variables(plain))
    found["variables"] = passes(variable.policies, asked(variable, lines))[0]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found["org decide"] = end_to_end()
    definition = rate(lambda: (decide(scenario.policies, one) for one in requests[:SPEC]))
    print(f"{len(requests):,} requests for {len({one.action for one in requests}):,} actions")
    for name, value in found.items():
        print(f"{name:<13} {value:>9,.0f} decisions per CPU second; at least {LIMITS[name]:,}")
    print(f"definition    {definition:>9,.0f}, a factor of {found['warm'] / definition:,.0f} less than the warm engine")
    print(f"memory        {memory:>9,.0f} MB; at most {MEMORY}")
    return int(any(found[name] < limit for name, limit in LIMITS.items()) or memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
