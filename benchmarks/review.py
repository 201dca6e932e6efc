"""What a review of 10,000 accounts in 100 OUs costs, where the root's policies change: CPU seconds and distinct chains.

`python benchmarks/review.py` makes a git repository in a temporary folder and runs `org review` on it, with both sides
read from commits.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

UNITS, ACCOUNTS, LIMIT = 100, 10_000, 60.0
HEAD = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1, eu-central-1]
  email_pattern: "aws+{key}@acme.example"
policies:
  - deny-leave-organization
  - deny-root
  - protect-baseline-roles
  - TRAILS
baseline: {s3-public-access: {}}
organizational_units:
"""
TRAILS = "protect-cloudtrail"
WIDER = (
    "{use: protect-cloudtrail, with: {exempt_roles: [$organization.pipeline.apply_role, "
    "$organization.pipeline.break_glass_role, platform/deployer]}}"
)


def accounts(trails: str) -> str:
    """The accounts file: every OU has a Region policy of its own kind, one OU in ten another guardrail as well."""
    lines = [HEAD.replace("TRAILS", trails)]
    for number in range(UNITS):
        regions = ["eu-west-1", "eu-central-1", *(["us-east-1"] if number % 3 else [])]
        policies = [f"{{use: restrict-regions, with: {{regions: [{', '.join(regions)}]}}}}"]
        policies += ["require-imdsv2"] if number % 10 == 0 else []
        lines.append(f"  Unit{number}: {{policies: [{', '.join(policies)}]}}\n")
    lines.append("accounts:\n")
    lines += [
        f'  - {{key: a{n}, name: acme-a{n}, ou: Unit{n % UNITS}, owner: a@acme.example, id: "{200_000_000_000 + n}"}}\n'
        for n in range(ACCOUNTS)
    ]
    return "".join(lines)


def committed(folder: Path, text: str, branch: str) -> None:
    """A branch has one more commit, with that accounts file."""
    names = {f"GIT_{who}_{what}": "a@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    (folder / "accounts.yaml").write_text(text, encoding="utf-8")
    for arguments in (["checkout", "-q", "-B", branch], ["add", "accounts.yaml"], ["commit", "-q", "-m", branch]):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, env={**os.environ, **names})


def main() -> int:
    """0 where the review stays below the limit."""
    from org.cli import run

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "init", "-q", name], check=True)
        committed(folder, accounts(TRAILS), "base")
        committed(folder, accounts(WIDER), "head")
        os.chdir(folder)
        out = folder / "review.md"
        started, clock = time.process_time(), time.monotonic()
        with out.open("w", encoding="utf-8") as sys.stdout:
            code = run(["review", "--base", "base", "--head", "head", "--format", "markdown"])
        sys.stdout = sys.__stdout__
        seconds, wall = time.process_time() - started, time.monotonic() - clock
        text = out.read_text(encoding="utf-8")
        os.chdir("/")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{ACCOUNTS:,} accounts in {UNITS} OUs: {seconds:.1f} s CPU ({wall:.1f} s), {memory:.0f} MB")
    print(text.splitlines()[2].removeprefix("### "))
    print(f"{text.strip().splitlines()[-1]} {len(text):,} characters of Markdown")
    return 0 if code == 0 and seconds < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
