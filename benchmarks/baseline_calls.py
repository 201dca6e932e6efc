"""How many calls a run makes that finds everything as it should be: by component, in one account and one Region.

The account has three declared KMS keys and three secrets. A sandbox is brought to the baseline, then counts. Limits:
one call for S3 Block Public Access; for KMS two lists and at most five calls a key; for secrets a call a page and one a
secret; nothing is written; and getting into an account takes one session. A component that does not exist is left out.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from canned import organization
from canned.organization import TYPICAL, text

from org import baseline
from org.aws.cloud import connect
from org.baseline import Where
from org.model.place import Place
from org.reconcile import run
from org.reconcile.wanted import wanted_once
from org.sandbox.serve import Sandbox

REGION, THINGS = "eu-west-1", 3
KEYS = {f"alias/key-{number}": {"services": ["ec2"]} for number in range(THINGS)}
SETTINGS = {**organization.SETTINGS, "kms-keys": {"keys": KEYS}}
LISTS = ("ListKeys", "ListAliases")
SECRETS = "secrets-rotation"
SHARED = {("sts", "AssumeRole"), ("sts", "GetCallerIdentity"), ("organizations", "DescribeOrganization")}


def limits(component: str, calls: Counter[str]) -> dict[str, tuple[float, float]]:
    """What is counted of a component, and how much of it there may be."""
    total = sum(calls.values())
    if component == "s3-public-access":
        return {"calls": (total, 1)}
    if component == "kms-keys":
        lists = sum(count for name, count in calls.items() if name in LISTS)
        return {"lists": (lists, len(LISTS)), "calls a key": ((total - lists) / THINGS, 5)}
    if component == SECRETS:
        return {"calls": (total, calls["ListSecrets"] + THINGS)}
    return {}


def counted(sandbox: Sandbox, file: Path, name: str) -> tuple[Counter[str], list[str]]:
    """The calls of a run that changes nothing, by operation, and what was wrong about it."""
    component = baseline.find()[name]
    keys = None if component.where is Where.ORGANIZATION else [TYPICAL]
    for apply in (True, False):
        sandbox.recorder.clear()
        (batch,) = run.components(file, [name], keys, apply=apply)
    calls: Counter[str] = Counter()
    sessions = 0
    for call in sandbox.recorder.calls:
        sessions += call.operation == "AssumeRole"
        if (call.service, call.operation) not in SHARED and call.operation != "ListAccounts":
            calls[call.operation] += 1
    results = batch.results.values()
    wrong = [result.reason for result in results if result.failed]
    wrong += [f"{len(result.changes)} changes" for result in results if result.changes]
    wrong += [f"wrote {call.name}" for call in sandbox.recorder.writes()]
    if keys and sessions > 1:
        wrong.append(f"{sessions} sessions")
    return calls, wrong


def furnished(sandbox: Sandbox) -> None:
    """The account has secrets, and a bucket for its records."""
    account = wanted_account(sandbox)
    member = connect(REGION).member(Place(account), "OrganizationAccountAccessRole")
    member.call(
        "s3", "create_bucket", Bucket=organization.BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    for number in range(THINGS):
        member.call("secretsmanager", "create_secret", Name=f"secret-{number}", SecretString="{}")


def wanted_account(sandbox: Sandbox) -> str:
    """The id of the account that is looked at."""
    realm = sandbox.world.realm
    assert realm is not None
    return next(account.id for account in realm.accounts.values() if account.name == f"acme-{TYPICAL}")


def main() -> int:
    """Print a row for each component; 1 where a limit is missed."""
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        file.write_text(text(1, regions=[REGION], settings=SETTINGS), encoding="utf-8")
        with Sandbox(wanted_once(file).checked(), empty_pages=0) as sandbox:
            os.environ.update(sandbox.environment)
            furnished(sandbox)
            print(f"{'component':<34}{'calls':>6}  by operation, in one account and Region")
            for name in baseline.find():
                calls, wrong = counted(sandbox, file, name)
                held = limits(name, calls)
                wrong += [
                    f"{what}: {found:g}, at most {most:g}" for what, (found, most) in held.items() if found > most
                ]
                kept = kept and not wrong
                said = [f"{operation} {count}" for operation, count in sorted(calls.items())]
                said += [f"[{what}: {found:g} of {most:g}]" for what, (found, most) in held.items()]
                said += [f"WRONG: {text}" for text in wrong]
                print(f"{name:<34}{sum(calls.values()):>6}  {', '.join(said)}")
    print("kept" if kept else "NOT KEPT")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
