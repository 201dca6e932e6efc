"""The whole baseline over many accounts and Regions, 40 % of which somebody changed by hand, some shut for everybody.

The changes are made, and what became of them is read, with boto3 alone (`console`, `slips`, `readback`).
"""

from __future__ import annotations

import ast
import json
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.playbooks import readback, slips
from tests.playbooks.conftest import Played, Stage
from tests.playbooks.console import ROLE, Console

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

SHARE, SEED = 0.4, 217
ANOTHER = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
HEAD = """\
version: 1
organization:
  management: {{name: acme, email: aws@acme.example}}
  home_region: us-east-1
  regions: [{regions}]
  email_pattern: "aws+{{key}}@acme.example"
  trusted_services: [cloudtrail.amazonaws.com]
policies: [deny-leave-organization]
organizational_units: {{Security: {{}}, Workloads: {{}}}}
baseline:
  access-analyzer: {{}}
  account-alias: {{alias: "acme-{{key}}"}}
  allowed-images: {{}}
  auto-scaling: {{}}
  backup-vault: {{key: alias/baseline}}
  budget: {{amount: 500, emails: [finance@acme.example]}}
  cloudtrail: {{}}
  config-recorder: {{bucket: acme-config}}
  default-security-groups: {{close: true}}
  default-vpc: {{}}
  document-sharing: {{}}
  ebs-encryption-by-default: {{key: alias/baseline}}
  emr-public-access: {{}}
  guardduty: {{}}
  iam-password-policy: {{}}
  iam-users: {{}}
  image-public-access: {{}}
  inspector: {{}}
  instance-metadata-defaults: {{}}
  kms-keys: {{keys: {{alias/baseline: {{services: [ec2, backup, secretsmanager]}}}}, others: rotate}}
  macie: {{}}
  oidc-providers: {{providers: [{{url: "https://token.actions.githubusercontent.com"}}]}}
  parameters: {{}}
  s3-public-access: {{}}
  secrets-rotation: {{function: rotate-credentials, key: alias/baseline}}
  security-hub: {{}}
  serial-console-access: {{}}
  snapshot-public-access: {{}}
  vpc-flow-logs: {{}}
  vpc-public-access: {{}}
accounts:
  - {{key: log-archive, name: acme-log-archive, ou: Security}}
"""


@dataclass(frozen=True)
class Size:
    """So many accounts (management included) in these Regions; nobody gets into `denied` of them."""

    accounts: int
    regions: tuple[str, ...]
    denied: int


SMALL = Size(12, ("us-east-1", "eu-west-1"), 2)
LARGE = Size(300, ("us-east-1", "eu-west-1", "eu-central-1"), 5)


@dataclass
class Story:
    """The runs in their order, what each wrote and cost, and what was changed by hand before."""

    size: Size
    ids: dict[str, str]
    denied: tuple[str, ...]
    planted: set[tuple[str, str, str]] = field(default_factory=set)
    runs: dict[str, Played] = field(default_factory=dict)
    writes: dict[str, list[str]] = field(default_factory=dict)
    costs: list[str] = field(default_factory=list)
    wrong: dict[Any, list[str]] = field(default_factory=dict)
    trail: Any = None

    def changed(self, run: str) -> set[tuple[str, str, str]]:
        """Component, account and Region of everything that a run of the baseline changed, or would have."""
        lines = (line for line in self.runs[run].results[:-1] if line["play"] == "Baseline" and line["changed"])
        return {
            (line["task"].removeprefix("Reconcile "), self.ids[line["host"]], line["region"] or "us-east-1")
            for line in lines
        }

    def reachable(self) -> set[tuple[str, str, str]]:
        """What was changed by hand in accounts that are open."""
        shut = {self.ids[key] for key in self.denied}
        return {one for one in self.planted if one[1] not in shut}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(SMALL, id="12 accounts, 2 Regions"),
        pytest.param(LARGE, id="300 accounts, 3 Regions", marks=pytest.mark.sweep),
    ],
)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Made right, changed by hand, shut in places; planned, applied, applied again, read; opened and applied."""
    from org.reconcile.wanted import wanted
    from org.sandbox.serve import Sandbox

    size: Size = request.param
    folder = tmp_path_factory.mktemp("whole")
    keys = [f"team-{number:03}" for number in range(size.accounts - 2)]
    entries = [f"  - {{key: {key}, name: acme-{key}, ou: Workloads}}\n" for key in keys]
    (folder / "accounts.yaml").write_text(HEAD.format(regions=", ".join(size.regions)) + "".join(entries))
    with Sandbox(wanted(folder / "accounts.yaml").checked()) as sandbox:
        text = (folder / "accounts.yaml").read_text()
        stage = Stage(sandbox, folder, seconds=3_600)
        stage.accounts.write_text(text)
        by = Console(sandbox.url, sandbox.management)
        ids = {key: stage.id_of(key) for key in ("log-archive", *keys)} | {"management": sandbox.management}
        told = Story(size, ids, tuple(keys[:: len(keys) // size.denied][: size.denied]))
        tell(told, stage, by)
        yield told


def tell(told: Story, stage: Stage, by: Console) -> None:
    """Everything happens."""
    places = [(account, region) for account in told.ids.values() for region in told.size.regions]
    homes = [(account, "us-east-1") for account in told.ids.values()]
    by.client("s3").create_bucket(Bucket="acme-config")
    timed(told, "furnish", lambda: furnish(by, homes, places))
    play(told, stage, "born")
    assert 0 == told.runs["born"].code, told.runs["born"].said
    timed(told, "slip", lambda: told.planted.update(slips.slip(by, places, "us-east-1", SHARE, SEED)))
    by.everywhere(slips.trail_stopped, [(by.management, "us-east-1")])
    by.everywhere(slips.logs_unguarded, [(told.ids["log-archive"], "us-east-1")])
    told.planted.add(("cloudtrail", by.management, "us-east-1"))
    shut = {told.ids[key] for key in told.denied}
    by.everywhere(lock, [(account, "us-east-1") for account in shut])
    play(told, stage, "check", "--check", "--diff")
    play(told, stage, "apply")
    play(told, stage, "again")

    def read() -> None:
        told.wrong |= by.apart(readback.account_wide, [place for place in homes if place[0] not in shut])
        there = by.apart(readback.of_a_region, [place for place in places if place[0] not in shut])
        told.wrong |= {(*place, "Region"): wrong for place, wrong in there.items()}
        logs = (told.ids["log-archive"], "us-east-1")
        told.trail = by.everywhere(readback.trail, [(by.management, "us-east-1")]), by.everywhere(readback.logs, [logs])

    timed(told, "read back", read)
    by.everywhere(unlock, [(account, "us-east-1") for account in shut])
    play(told, stage, "opened", "--limit", ",".join(told.denied))


def furnish(by: Console, homes: list[Any], places: list[Any]) -> None:
    by.apart(slips.furnish_account, homes)
    by.apart(slips.furnish_region, places)


def lock(by: Console, _account: str, _region: str) -> None:
    """Nobody can assume the roles that the pipeline uses."""
    trust(by, ANOTHER)


def unlock(by: Console, _account: str, _region: str) -> None:
    trust(by, {**ANOTHER, "Principal": {"AWS": f"arn:aws:iam::{by.management}:root"}})


def trust(by: Console, statement: dict[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for role in ("org-baseline-plan", "org-baseline-apply", ROLE):
        by.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=document)


def play(told: Story, stage: Stage, name: str, *arguments: str) -> None:
    """One run of `site.yml`, with what it cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    timed(told, name, lambda: told.runs.update({name: stage.play("site", *arguments)}))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told.writes[name] = stage.writes()
    said = f"    {cpu:.1f} s of CPU in ansible-playbook, {len(stage.sandbox.recorder):,} calls"
    told.costs.append(said)
    print(said)


def timed(told: Story, name: str, act: Any) -> None:
    started = time.monotonic()
    act()
    said = f"{name}: {time.monotonic() - started:.1f} s"
    told.costs.append(said)
    print(said)


def test_so_much_was_changed_by_hand_as_is_said(story: Story) -> None:
    places = {(account, region) for component, account, region in story.planted if component in slips.IN_REGION}
    assert round(len(story.ids) * len(story.size.regions) * SHARE) == len(places)


def test_check_mode_writes_nothing_and_says_what_an_apply_does(story: Story) -> None:
    assert [] == story.writes["check"]
    assert story.reachable() == story.changed("check")


def test_one_apply_changes_what_was_changed_by_hand_and_nothing_else(story: Story) -> None:
    assert story.reachable() == story.changed("apply")


def test_a_second_apply_changes_nothing(story: Story) -> None:
    assert (0, []) == (story.runs["again"].counts["changed"], story.writes["again"])
    assert "changed=0" in story.runs["again"].stdout


@pytest.mark.parametrize("run", ["check", "apply", "again"])
def test_denied_accounts_are_named_with_the_reason_and_the_code_is_2(story: Story, run: str) -> None:
    played = story.runs[run]
    assert (2, sorted(story.denied)) == (played.code, sorted({*played.hosts("failed")}))
    assert f"failed: {', '.join(sorted(story.denied))}" == played.stdout.splitlines()[-1]
    lines = [line for line in played.results[:-1] if line["status"] == "failed" and line["play"] == "Baseline"]
    assert {True} == {"AssumeRole" in line["reason"] and "AccessDenied" in line["reason"] for line in lines}
    assert all(story.ids[key] in played.stdout for key in story.denied)


def test_every_other_account_has_its_baseline_as_boto3_reads_it(story: Story) -> None:
    open_accounts = len(story.ids) - story.size.denied
    assert open_accounts * (1 + len(story.size.regions)) == len(story.wrong)
    assert {} == {place: wrong for place, wrong in story.wrong.items() if wrong}


def test_the_trail_records_into_a_guarded_bucket_as_boto3_reads_it(story: Story) -> None:
    archive, management = story.ids["log-archive"], story.ids["management"]
    (trail,), (logs,) = (tuple(part.values()) for part in story.trail)
    bucket = f"org-cloudtrail-{archive}-us-east-1"
    assert {"bucket": bucket, "organization": True, "Regions": True, "validated": True, "logging": True} == trail
    assert {"versions": True, "blocked": True, "rotates": True, "writers": [f"trail of {management}"]} == logs


def test_denied_accounts_are_done_once_they_are_open(story: Story) -> None:
    opened = story.runs["opened"]
    assert (0, story.planted - story.reachable()) == (opened.code, story.changed("opened"))


@pytest.mark.parametrize("module", ["console", "slips", "readback"])
def test_what_changes_by_hand_and_reads_back_shares_no_code_with_the_product(module: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert [] == [name for name in modules if name.partition(".")[0] in ("org", "ansible_collections")]
