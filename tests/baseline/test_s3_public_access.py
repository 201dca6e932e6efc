"""Block Public Access by an S3 policy and by the account itself, one after the other and at the same time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org import baseline
from org.sandbox.serve import Fault
from tests.baseline.stage import CASES, IDS, MEMBER, inside, tried

if TYPE_CHECKING:
    import pytest

    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

COMPONENT = baseline.find()["s3-public-access"]
NEVER_SET = CASES["s3-public-access"][0]
OPEN = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)


class Policy:
    """An S3 policy at the root, which comes and goes."""

    def __init__(self, cloud: Cloud, mode: str) -> None:
        self.cloud = cloud
        self.root = cloud.call("organizations", "list_roots")["Roots"][0]["Id"]
        cloud.call("organizations", "enable_policy_type", RootId=self.root, PolicyType="S3_POLICY")
        content = json.dumps({"s3_attributes": {"public_access_block_configuration": {"@@assign": mode}}})
        given = {"Name": "s3", "Type": "S3_POLICY", "Description": "d", "Content": content}
        self.id = cloud.call("organizations", "create_policy", **given)["Policy"]["PolicySummary"]["Id"]

    def come(self) -> None:
        self.cloud.call("organizations", "attach_policy", PolicyId=self.id, TargetId=self.root)

    def go(self) -> None:
        self.cloud.call("organizations", "detach_policy", PolicyId=self.id, TargetId=self.root)


def in_force(cloud: Cloud) -> set[bool]:
    there = inside(cloud, MEMBER)
    answer = there.call("s3control", "get_public_access_block", AccountId=IDS[MEMBER])
    return set(answer["PublicAccessBlockConfiguration"].values())


def test_what_an_account_was_set_to_before_a_policy_came_holds_as_soon_as_it_goes(cloud: Cloud) -> None:
    policy = Policy(cloud, "all")
    tried(COMPONENT, cloud, NEVER_SET, apply=True)
    policy.come()
    assert () == tried(COMPONENT, cloud, NEVER_SET, apply=True).changes
    policy.go()
    assert {True} == in_force(cloud)
    assert () == tried(COMPONENT, cloud, NEVER_SET, apply=False).changes


def test_an_account_that_was_open_before_a_policy_came_is_closed_by_the_first_run_after_it_went(cloud: Cloud) -> None:
    there = inside(cloud, MEMBER)
    there.call("s3control", "put_public_access_block", AccountId=IDS[MEMBER], PublicAccessBlockConfiguration=OPEN)
    policy = Policy(cloud, "all")
    policy.come()
    assert () == tried(COMPONENT, cloud, NEVER_SET, apply=True).changes
    policy.go()
    assert {False} == in_force(cloud)
    assert not tried(COMPONENT, cloud, NEVER_SET, apply=True).failed
    assert {True} == in_force(cloud)


def test_a_policy_that_comes_while_a_run_writes_is_managed_above_and_no_failure(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = Policy(cloud, "all")
    call = type(cloud).call

    def attaching(self: Cloud, service: str, operation: str, /, **given: Any) -> dict[str, Any]:
        if operation == "put_public_access_block":
            policy.come()
        return call(self, service, operation, **given)

    monkeypatch.setattr(type(cloud), "call", attaching)
    result = tried(COMPONENT, cloud, NEVER_SET, apply=True)
    assert (False, "managed above by S3_POLICY") == (result.failed, result.places[0].skipped)


def test_a_403_without_a_policy_from_above_is_a_failure(cloud: Cloud, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(match="s3control:PutPublicAccessBlock", code="AccessDenied", status=403))
    result = tried(COMPONENT, cloud, NEVER_SET, apply=True)
    assert result.failed
    assert "PutPublicAccessBlock" in result.reason


def test_an_account_that_is_as_it_should_be_costs_one_call(cloud: Cloud, sandbox: Sandbox) -> None:
    tried(COMPONENT, cloud, NEVER_SET, apply=True)
    sandbox.recorder.clear()
    tried(COMPONENT, cloud, NEVER_SET, apply=True)
    calls = [call.operation for call in sandbox.recorder.calls if call.account == IDS[MEMBER]]
    assert ["GetPublicAccessBlock"] == calls
