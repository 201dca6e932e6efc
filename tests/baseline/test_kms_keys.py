"""KMS keys: one key whatever goes wrong, policies that never lock out, and Regions that share a key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org import baseline
from org.baseline import Scope
from org.baseline._key_policies import ADMINISTRATION, USE, canonical, key_policy
from org.model.place import Place
from org.sandbox.serve import Fault
from tests.baseline.stage import HOME, IDS, MEMBER, inside, tried

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

COMPONENT = baseline.find()["kms-keys"]
BOTH = [HOME, "us-east-1"]
MANY: dict[str, Any] = {
    "settings": {"keys": {"alias/many": {"multi_region": True, "services": ["s3"], "description": "d"}}},
    "regions": BOTH,
}
ONE: dict[str, Any] = {"settings": {"keys": {"alias/one": {"services": ["ec2"], "tags": {"a": "b"}}}}}


def keys_of(sandbox: Sandbox, client: Callable[..., Any], region: str = HOME) -> list[dict[str, Any]]:
    """Every customer managed key of the account, as boto3 shows it: no code of the product is in the way."""
    key = sandbox.sign_in(IDS[MEMBER])
    kms = client("kms", {"AccessKeyId": key, "SecretAccessKey": "x", "SessionToken": f"sandbox-{key}"}, region)
    found = []
    for listed in kms.list_keys()["Keys"]:
        about = kms.describe_key(KeyId=listed["KeyId"])["KeyMetadata"]
        rotation = kms.get_key_rotation_status(KeyId=listed["KeyId"])
        tags = kms.list_resource_tags(KeyId=listed["KeyId"])["Tags"]
        found.append(
            {
                "description": about["Description"],
                "kind": about.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType", ""),
                "aliases": [one["AliasName"] for one in kms.list_aliases(KeyId=listed["KeyId"])["Aliases"]],
                "policy": json.loads(kms.get_key_policy(KeyId=listed["KeyId"], PolicyName="default")["Policy"]),
                "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
                "days": rotation.get("RotationPeriodInDays", 0),
            }
        )
    return found


def test_a_key_and_its_replica_are_as_declared_in_both_regions(
    cloud: Cloud, sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    assert "" == tried(COMPONENT, cloud, MANY, apply=True).reason
    assert () == tried(COMPONENT, cloud, MANY, apply=True).changes
    for region, kind in zip(BOTH, ("PRIMARY", "REPLICA"), strict=True):
        (key,) = keys_of(sandbox, client, region)
        assert (kind, ["alias/many"], "d", 365) == (key["kind"], key["aliases"], key["description"], key["days"])
        through = next(one for one in key["policy"]["Statement"] if one["Sid"] == "ThroughServices")
        assert f"s3.{region}.amazonaws.com" == through["Condition"]["StringEquals"]["kms:ViaService"]


def test_a_replica_is_put_right_in_its_own_region(cloud: Cloud, sandbox: Sandbox, client: Callable[..., Any]) -> None:
    tried(COMPONENT, cloud, MANY, apply=True)
    there = inside(cloud, MEMBER, "us-east-1")
    identity = there.call("kms", "describe_key", KeyId="alias/many")["KeyMetadata"]["KeyId"]
    there.call("kms", "update_key_description", KeyId=identity, Description="by hand")
    there.call("kms", "delete_alias", AliasName="alias/many")
    changes = tried(COMPONENT, cloud, MANY, apply=True).changes
    assert [("update", "us-east-1")] == [(one.action.value, one.place.region) for one in changes]
    assert [("d", ["alias/many"])] == [
        (one["description"], one["aliases"]) for one in keys_of(sandbox, client, BOTH[1])
    ]


def test_a_region_that_is_added_gets_a_replica(cloud: Cloud, sandbox: Sandbox, client: Callable[..., Any]) -> None:
    tried(COMPONENT, cloud, {**MANY, "regions": [HOME]}, apply=True)
    assert "" == tried(COMPONENT, cloud, MANY, apply=True).reason
    assert ["REPLICA"] == [key["kind"] for key in keys_of(sandbox, client, BOTH[1])]
    assert () == tried(COMPONENT, cloud, MANY, apply=True).changes


@pytest.mark.parametrize("case", [ONE, MANY], ids=["one", "many"])
@pytest.mark.parametrize("how", [{"code": "KMSInternalException", "status": 500}, {"reset": True, "after": True}])
def test_a_run_that_fails_anywhere_is_finished_by_the_next_and_there_is_one_key(
    case: dict[str, Any], how: dict[str, Any], fresh: Callable[[], Cloud], sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    tried(COMPONENT, fresh(), case, apply=True)
    writes = [call.operation for call in sandbox.recorder.writes() if call.service == "kms"]
    assert "CreateKey" in writes
    for operation in dict.fromkeys(writes):
        cloud = fresh()
        sandbox.faults.add(Fault(match=f"^kms:{operation}$", **how))
        tried(COMPONENT, cloud, case, apply=True)
        sandbox.faults.clear()
        assert "" == tried(COMPONENT, cloud, case, apply=True).reason, operation
        assert () == tried(COMPONENT, cloud, case, apply=True).changes, operation
        assert [1] * len(case.get("regions", [HOME])) == [
            len(keys_of(sandbox, client, region)) for region in case.get("regions", [HOME])
        ], operation


def test_a_lost_answer_to_create_key_is_never_answered_with_a_second_key(
    cloud: Cloud, sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    sandbox.faults.add(Fault(match="^kms:CreateKey$", reset=True, after=True, times=1))
    first = tried(COMPONENT, cloud, ONE, apply=True)
    assert first.failed
    assert 1 == sandbox.recorder.counts()["kms", "CreateKey"]
    assert "" == tried(COMPONENT, cloud, ONE, apply=True).reason
    (key,) = keys_of(sandbox, client)
    assert ["alias/one"] == key["aliases"]
    assert {"org-baseline": "managed", "org-baseline:alias": "alias/one", "a": "b"} == key["tags"]


def test_nothing_is_ever_deleted_disabled_or_unlocked(cloud: Cloud, sandbox: Sandbox) -> None:
    tried(COMPONENT, cloud, MANY, apply=True)
    tried(COMPONENT, cloud, {"settings": {}, "regions": BOTH}, apply=True)
    forbidden = ("Delete", "Disable", "Schedule", "Cancel", "Revoke", "Untag")
    assert [] == [call.name for call in sandbox.recorder.writes() if call.operation.startswith(forbidden)]
    assert [] == [action for action in COMPONENT.needs if action.partition(":")[2].startswith(forbidden)]


def test_a_run_with_nothing_to_do_makes_at_most_five_calls_a_key(cloud: Cloud, sandbox: Sandbox) -> None:
    keys = {f"alias/k{n}": {} for n in range(4)}
    case = {"settings": {"keys": keys}}
    tried(COMPONENT, cloud, case, apply=True)
    sandbox.recorder.clear()
    assert () == tried(COMPONENT, cloud, case, apply=False).changes
    calls = [call.operation for call in sandbox.recorder.calls if call.service == "kms"]
    assert len(calls) <= 2 + 5 * len(keys)


def test_more_aliases_and_keys_than_one_page_are_all_seen(cloud: Cloud) -> None:
    there = inside(cloud, MEMBER)
    for number in range(120):
        made = there.call("kms", "create_key")["KeyMetadata"]["KeyId"]
        there.call("kms", "create_alias", AliasName=f"alias/n{number}", TargetKeyId=made)
    result = tried(COMPONENT, cloud, {"settings": {}}, apply=False)
    assert 120 == len(result.findings)
    assert all("(alias/n" in finding.message for finding in result.findings)


NAMES = st.lists(st.text("abcXYZ019/-_", min_size=1, max_size=12), max_size=3, unique=True)
KEYS = st.fixed_dictionaries(
    {},
    optional={
        "administrators": NAMES,
        "users": NAMES,
        "services": st.lists(st.sampled_from(["ec2", "s3", "rds"]), max_size=3, unique=True),
        "accounts": st.lists(st.sampled_from(["security", "log-archive"]), max_size=2, unique=True),
    },
)


@given(KEYS)
def test_no_declared_policy_locks_the_account_out_or_lets_anybody_use_the_key_who_is_not_named(
    key: dict[str, Any],
) -> None:
    scope = Scope(Place(IDS[MEMBER], HOME), accounts=IDS, organization_id="o-exampleorgid")
    document = key_policy(scope, key)
    first, *others = document["Statement"]
    assert {"AWS": f"arn:aws:iam::{IDS[MEMBER]}:root"} == first["Principal"]
    assert sorted(ADMINISTRATION) == first["Action"]
    assert "kms:PutKeyPolicy" in first["Action"]
    assert "Condition" not in first
    assert all(statement["Effect"] == "Allow" for statement in document["Statement"])
    assert set() == set(first["Action"]) & (set(USE) - {"kms:DescribeKey"})
    for statement in others:
        assert "Condition" in statement or statement["Principal"]["AWS"] != "*"
    if not key.get("users") and not key.get("services") and not key.get("accounts"):
        used = {action for one in document["Statement"] for action in one["Action"]}
        assert {"kms:DescribeKey"} == used & set(USE)


@given(KEYS)
def test_a_policy_that_aws_gives_back_in_another_form_is_the_same(key: dict[str, Any]) -> None:
    scope = Scope(Place(IDS[MEMBER], HOME), accounts=IDS, organization_id="o-exampleorgid")
    document = key_policy(scope, key)
    for statement in document["Statement"]:
        turned = {name: list(reversed(part)) if isinstance(part, list) else part for name, part in statement.items()}
        assert statement == canonical(turned)
        assert statement == canonical(statement)
