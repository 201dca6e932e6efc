"""What packing saves, and what rendering and packing cost for 10,000 accounts in 120 OUs with parameters of their own.

`python benchmarks/packing.py [FOLDER]` measures the ratio on the policy documents (JSON) in FOLDER, by default on ours.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from org.model.finding import Span
from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, PolicyUse, minified
from org.policy import library, library_folders, render
from org.policy.pack import pack
from org.policy.quota import QUOTAS, Quota, size

SCP = PolicyType.SERVICE_CONTROL_POLICY
CPU_LIMIT, RATIO_LIMIT = 5.0, 1.15


def documents(folder: Path | None) -> list[Policy]:
    """The SCP documents of a folder, or our own templates with their defaults, all on the root."""
    if folder is None:
        templates = library(library_folders(Path("accounts.yaml")))
        uses = [PolicyUse(t.name, "ou:/", span=Span(t.name)) for t in templates.templates.values() if t.kind is SCP]
        alone = [render(_organization((use,)), templates).policies for use in uses]
        found = [(policy.name, policy.document) for policies in alone for policy in policies]
    else:
        parsed = [(str(file), readable(file)) for file in sorted(folder.rglob("*.json"))]
        found = [(name, document) for name, document in parsed if "Statement" in document]
    root = frozenset({"ou:/"})
    return [Policy(SCP, name, minified(document), targets=root) for name, document in found]


def readable(file: Path) -> dict:
    """The JSON of a file; empty where it is none, as with a sample that is a fragment."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return {}


def _organization(uses: tuple[PolicyUse, ...], units: int = 0, accounts: int = 0) -> Organization:
    return Organization(
        accounts=tuple(Account(f"a{n}", f"a{n}", f"a{n}@x.example", ou=f"Unit{n % units}") for n in range(accounts)),
        units=tuple(OrganizationalUnit(f"Unit{n}") for n in range(units)),
        policy_uses=uses,
        regions=("eu-west-1", "eu-central-1", "us-east-1"),
        home_region="eu-west-1",
    )


def ratio(policies: list[Policy], characters: int, *, action_wildcards: bool = False) -> tuple[int, int, int]:
    """Characters before and after, and documents, with that many characters to a document."""
    quotas = {**QUOTAS, SCP: Quota(characters=characters, attached=10**6, policies=10**6)}
    packed = pack(policies, quotas, always=True, action_wildcards=action_wildcards)
    return sum(size(p.content) for p in policies), sum(size(p.content) for p in packed), len(packed)


def large() -> tuple[float, int]:
    """CPU seconds and documents for 120 OUs with 8 guardrails each, Regions of their own, and 10,000 accounts."""
    shared = (
        "deny-root",
        "protect-cloudtrail",
        "protect-block-public-access",
        "deny-leave-organization",
        "protect-baseline-roles",
        "require-encryption",
        "deny-costly-purchases",
    )
    uses = tuple(
        PolicyUse(name, f"ou:Unit{unit}", parameters, span=Span("accounts.yaml"))
        for unit in range(120)
        for name, parameters in [
            *((name, {}) for name in shared),
            ("restrict-regions", {"regions": ["eu-west-1", f"eu-{('west', 'central')[unit % 2]}-{unit % 3 + 1}"]}),
        ]
    )
    organization = _organization(uses, 120, 10_000)
    started = time.process_time()
    found = library(library_folders(Path("accounts.yaml")))
    policies = pack(render(organization, found).policies, always=True)
    return time.process_time() - started, len(policies)


def main() -> int:
    """Print both tables; 1 where a limit is missed."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    policies = documents(folder)
    missed = False
    print(f"packing {len(policies)} policies of {folder.name if folder else 'our own templates'}")
    print(
        f"{'a document':>10} {'minified':>9} {'packed':>7} {'ratio':>6} {'documents':>9} {'with action_wildcards':>22}"
    )
    for characters in (10_240, 5_120):
        before, after, count = ratio(policies, characters)
        missed |= before / after < RATIO_LIMIT
        _, shorter, fewer = ratio(policies, characters, action_wildcards=True)
        wild = f"{before / shorter:.2f}, {fewer} documents"
        print(f"{characters:>10} {before:>9} {after:>7} {before / after:>6.2f} {count:>9} {wild:>22}")
    seconds, count = large()
    missed |= seconds > CPU_LIMIT
    print(f"10,000 accounts in 120 OUs with their own parameters: {seconds:.2f} CPU s, {count} documents")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
