"""Components of every kind in one playbook: several Regions, named things, findings, and what the files say of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from org.sandbox.serve import Fault
from tests.playbooks.conftest import KEYS, Stage

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

BASELINE = """baseline:
  s3-public-access: {}
  ebs-encryption-by-default: {}
  kms-keys: {keys: {alias/baseline: {services: [ec2]}}}
"""
REGIONS = ("us-east-1", "eu-west-1", "af-south-1")


@pytest.fixture
def wide(stage: Stage) -> Stage:
    """The same organization over three Regions, one of which no account has, with more of a baseline."""
    text = stage.accounts.read_text(encoding="utf-8")
    text = text.replace("regions: [us-east-1]", f"regions: [{', '.join(REGIONS)}]")
    stage.accounts.write_text(text.replace("baseline: {s3-public-access: {}}\n", BASELINE), encoding="utf-8")
    return stage


def test_check_writes_nothing_then_one_apply_then_changed_is_0(wide: Stage) -> None:
    played = wide.play("baseline", "--check", "--diff")
    assert (0, []) == (played.code, wide.writes())
    assert "~ 6 accounts: update ebs-encryption-by-default in us-east-1, eu-west-1" in played.stdout
    assert 1 == played.stdout.count("enabled: false -> true")
    assert f"= 6 accounts skipped in af-south-1 (management, {', '.join(KEYS)}): the Region is not" in played.stdout
    first = wide.play("baseline")
    assert (0, 3) == (first.code, first.stdout.count("Reconcile "))
    second = wide.play("baseline")
    assert (0, 0, []) == (second.code, second.counts["changed"], wide.writes())


def test_a_finding_that_no_run_puts_right_ends_with_2_and_stops_no_later_component(wide: Stage, tmp_path: Path) -> None:
    wide.play("baseline")
    _schedule_deletion(wide, "search-dev")
    wide.unblock(*KEYS)
    report = tmp_path / "results.xml"
    played = wide.play("baseline", ORG_RESULTS_JUNIT=str(report))
    assert (2, list(KEYS)) == (played.code, wide.blocked())
    assert "! search-dev (" in played.stdout
    assert "failed: `alias/baseline` is to be deleted on " in played.stdout
    assert "in us-east-1 [SEC-11]" in played.stdout
    assert "failed: search-dev" in played.stdout
    line = next(line for line in played.results[:-1] if line["host"] == "search-dev" and line["findings"])
    assert ("us-east-1", "failed", "SEC-11") == (line["region"], line["status"], line["findings"][0]["control"])
    suite = next(one for one in ET.parse(report).getroot() if "kms-keys" in one.attrib["name"])
    assert "1" == suite.attrib["failures"]
    cases = [case.attrib["name"] for case in suite if case.find("failure") is not None]
    assert ["search-dev us-east-1"] == cases
    assert {f"{key} {region}" for key in (*KEYS, "management") for region in REGIONS} == {
        case.attrib["name"] for case in suite
    }


def test_an_account_that_fails_in_one_region_drops_out_of_later_components(wide: Stage) -> None:
    fault = Fault(match="ec2:Enable", code="UnauthorizedOperation", status=403, account=wide.id_of("search-dev"))
    wide.sandbox.faults.add(fault)
    played = wide.play("baseline")
    assert (2, [key for key in KEYS if key != "search-dev"]) == (played.code, wide.blocked())
    assert "EnableEbsEncryptionByDefault in search-dev" in played.stdout
    states = {line["region"]: line["status"] for line in played.results[:-1] if line["host"] == "search-dev"}
    assert {"us-east-1": "failed", "eu-west-1": "failed", "af-south-1": "skipped"} == states


def test_the_accounts_are_listed_once_for_all_components(wide: Stage) -> None:
    wide.play("baseline", "--check")
    assert 1 == wide.sandbox.recorder.counts()["organizations", "DescribeOrganization"]


def test_tags_and_limits_reach_every_kind_of_component(wide: Stage) -> None:
    played = wide.play("baseline", "--tags", "kms-keys", "--limit", "payments-prod")
    assert (0, ["payments-prod"]) == (played.code, sorted({line["host"] for line in played.results[:-1]}))
    written = {call.account for call in wide.sandbox.recorder.writes() if call.service != "sts"}
    assert {wide.id_of("payments-prod")} == written


def _schedule_deletion(stage: Stage, key: str) -> None:
    """Somebody wants the declared key of the account gone."""
    import boto3

    signed = stage.sandbox.sign_in(stage.id_of(key))
    kms = boto3.client(
        "kms",
        region_name="us-east-1",
        endpoint_url=stage.sandbox.url,
        aws_access_key_id=signed,
        aws_secret_access_key="x",
        aws_session_token=f"sandbox-{signed}",
    )
    identity = kms.describe_key(KeyId="alias/baseline")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=identity)
