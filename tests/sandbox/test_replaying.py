"""The sandbox's own log, replayed: what `org replay` says of it is what the sandbox does once the policies hold."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from org.access.document import document as read
from org.model.request import Answer, Layer
from org.reconcile.wanted import wanted
from org.replay import corpus
from org.replay.building import build
from org.replay.keys import plus, read_by
from org.replay.replaying import Judge
from org.replay.side import side
from org.sandbox.strict.policies import new_policy
from org.sandbox.trail import Trail
from tests.sandbox.enforcing import ADMIN, LOG, RCP, SCP, Stage, denied, document, policy

if TYPE_CHECKING:
    from org.model.organization import Organization
    from org.model.policy import Policy
    from org.sandbox.serve import Sandbox

Calls = dict[str, Callable[[], str]]
ROLE = f"arn:aws:iam::{LOG}:role"
TRUSTED = {"Effect": "Allow", "Principal": {"AWS": LOG}, "Action": "sts:AssumeRole"}
GUARDRAILS = frozenset(("service control policy", "resource control policy", "403"))
DENIES = frozenset((Answer.EXPLICITLY_DENIED, Answer.IMPLICITLY_DENIED))
NEVER = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::nothing"}


def calls(staged: Stage) -> Calls:
    """Calls of two roles of the log account, each giving what kind of policy denies it."""
    iam, s3, ec2 = staged.of("iam"), staged.of("s3"), staged.of("ec2", region="eu-west-1")
    sns, logs, kms = staged.of("sns", region="eu-central-1"), staged.of("logs"), staged.of("kms")
    plan, trail, control = staged.of("iam", role="org-baseline-plan"), staged.of("cloudtrail"), staged.of("s3control")
    made: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "list roles": (iam.list_roles, {}),
        "list roles as plan": (plan.list_roles, {}),
        "get role": (iam.get_role, {"RoleName": ADMIN}),
        "create user": (iam.create_user, {"UserName": "eve"}),
        "attach policy": (iam.attach_role_policy, {"RoleName": ADMIN, "PolicyArn": f"arn:aws:iam::{LOG}:policy/none"}),
        "list buckets": (s3.list_buckets, {}),
        "list objects": (s3.list_objects_v2, {"Bucket": "acme-logs", "Prefix": "2026/"}),
        "put object": (s3.put_object, {"Bucket": "acme-logs", "Key": "a/b", "Body": b"x"}),
        "put secretly": (
            s3.put_object,
            {"Bucket": "acme-logs", "Key": "c", "Body": b"x", "ServerSideEncryption": "AES256"},
        ),
        "get object": (s3.get_object, {"Bucket": "acme-logs", "Key": "a/b"}),
        "head object": (s3.head_object, {"Bucket": "acme-logs", "Key": "a/b"}),
        "get versioning": (s3.get_bucket_versioning, {"Bucket": "acme-logs"}),
        "put tagging": (
            s3.put_bucket_tagging,
            {"Bucket": "acme-logs", "Tagging": {"TagSet": [{"Key": "owner", "Value": "log"}]}},
        ),
        "account settings": (control.get_public_access_block, {"AccountId": LOG}),
        "describe vpcs": (ec2.describe_vpcs, {}),
        "create vpc": (ec2.create_vpc, {"CidrBlock": "10.0.0.0/16"}),
        "stop instances": (ec2.stop_instances, {"InstanceIds": ["i-0123456789abcdef0", "i-0123456789abcdef1"]}),
        "create topic": (sns.create_topic, {"Name": "alerts", "Tags": [{"Key": "team", "Value": "log"}]}),
        "publish": (sns.publish, {"TopicArn": f"arn:aws:sns:eu-central-1:{LOG}:alerts", "Message": "x"}),
        "create log group": (logs.create_log_group, {"logGroupName": "/acme/a"}),
        "put retention": (logs.put_retention_policy, {"logGroupName": "/acme/a", "retentionInDays": 30}),
        "stop logging": (trail.stop_logging, {"Name": "main"}),
        "delete trail": (trail.delete_trail, {"Name": f"arn:aws:cloudtrail:us-east-1:{LOG}:trail/main"}),
        "list keys": (kms.list_keys, {}),
        "describe organization": (staged.of("organizations").describe_organization, {}),
        "assume role": (
            staged.of("sts").assume_role,
            {"RoleArn": f"{ROLE}/helper", "RoleSessionName": "xx"},
        ),
    }
    return {name: lambda call=call, given=given: denied(call, **given) for name, (call, given) in made.items()}


ACTIONS = [
    "iam:ListRoles",
    "iam:GetRole",
    "iam:CreateUser",
    "iam:AttachRolePolicy",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetBucketVersioning",
    "s3:PutBucketTagging",
    "s3:GetAccountPublicAccessBlock",
    "ec2:DescribeVpcs",
    "ec2:CreateVpc",
    "ec2:StopInstances",
    "sns:CreateTopic",
    "sns:TagResource",
    "sns:Publish",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "kms:ListKeys",
    "organizations:DescribeOrganization",
    "sts:AssumeRole",
]


def random_action(chance: random.Random) -> str:
    """An action of the calls, or a pattern made of it."""
    action = chance.choice(ACTIONS)
    service, _, name = action.partition(":")
    cut = chance.randint(1, len(name))
    return chance.choice([action, action, f"{service}:*", f"{service}:{name[:cut]}*", f"*:{name}", action.lower()])


def random_statement(chance: random.Random) -> dict[str, Any]:
    """A Deny about some of what the calls do."""
    chosen = [random_action(chance) for _ in range(chance.randint(2, 6))]
    resources = [
        "arn:aws:s3:::acme-*",
        "arn:aws:s3:::acme-logs/a/*",
        f"{ROLE}/*",
        f"arn:aws:sns:*:{LOG}:alerts",
        "arn:aws:ec2:*:*:vpc/*",
        "arn:aws:ec2:*:*:instance/i-*0",
        "arn:aws:logs:*:*:log-group:/acme/*",
        f"arn:aws:cloudtrail:*:{LOG}:trail/ma?n",
    ]
    conditions: list[dict[str, Any]] = [
        {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{ADMIN}"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/org-*"}},
        {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
        {"StringEquals": {"aws:PrincipalAccount": LOG}},
        {"Null": {"aws:RequestTag/team": "false"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
        {"StringLike": {"s3:prefix": "2026/*"}},
        {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
        {"StringEquals": {"aws:ResourceTag/team": "log"}},
    ]
    made: dict[str, Any] = {
        "Effect": "Deny",
        "Action" if chance.random() < 0.9 else "NotAction": chosen,
        "Resource": "*",
    }
    if chance.random() < 0.4:
        del made["Resource"]
        made["Resource" if chance.random() < 0.7 else "NotResource"] = chance.sample(resources, 2)
    if chance.random() < 0.5:
        made["Condition"] = chance.choice(conditions)
    return made


def random_policies(chance: random.Random) -> tuple[Policy, ...]:
    scps = [random_statement(chance) for _ in range(chance.randint(2, 4))]
    found = [policy(chance.choice(["ou:/", "ou:Security", "account:log-archive"]), *scps)]
    if chance.random() < 0.4:
        made = random_statement(chance) | {"Principal": "*"}
        found.append(policy("ou:/", made, kind=RCP, name="rcp"))
    return tuple(found)


def predicted(log: Path, organization: Organization, org_id: str) -> dict[str, set[Answer]]:
    """What replay says of the records of each user agent; a call may need several decisions."""
    layers = {SCP: Layer.SCP, RCP: Layer.RCP}
    documents = [read(layers[one.kind], one.name, json.loads(one.content)) for one in organization.policies]
    out = log.with_name("corpus.gz")
    build([str(log)], out, plus(read_by(documents), ["aws:useragent"]))
    opened = corpus.opened(out)
    judge = Judge(side(organization, org_id), opened.keys)
    found: dict[str, set[Answer]] = defaultdict(set)
    for call in opened.calls():
        found[str(call.context["aws:useragent"])].add(judge.decide(call)[0].answer)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_replay_of_the_sandboxs_log_predicts_what_the_sandbox_denies(
    seed: int, sandbox: Sandbox, small_organization: Organization, client: Callable[..., Any], tmp_path: Path
) -> None:
    application = sandbox._application
    application.trail = Trail()
    try:
        staged = Stage(sandbox, small_organization, client).under(policy("ou:Workloads", NEVER, kind=RCP))
        staged.of("s3").create_bucket(Bucket="acme-logs")
        staged.of("iam").create_role(RoleName="helper", AssumeRolePolicyDocument=document(TRUSTED))
        tried = calls(staged)
        log = tmp_path / "log.json.gz"
        log.write_bytes(
            gzip.compress(json.dumps({"Records": [recorded(sandbox, *one) for one in tried.items()]}).encode())
        )
    finally:
        application.trail = None
    realm = sandbox.world.realm
    assert realm is not None
    policies = random_policies(random.Random(seed))
    proposed = replace(small_organization, policies=policies, enabled_policy_types=frozenset({SCP, RCP}))
    said = predicted(log, proposed, realm.id)
    hold(staged, policies)
    for name, call in tried.items():
        done = call()
        denies = not said[name].isdisjoint(DENIES)
        if denies or (Answer.UNKNOWN not in said[name] and not done.startswith("nobody knows")):
            assert (name, denies) == (name, done in GUARDRAILS), (done, policies)


def recorded(sandbox: Sandbox, name: str, call: Callable[[], str]) -> dict[str, Any]:
    """The record of a call, with its name for a user agent."""
    assert call() not in GUARDRAILS
    return sandbox.cloudtrail()[-1] | {"userAgent": name}


def hold(staged: Stage, policies: tuple[Policy, ...]) -> None:
    """The policies hold in the sandbox, which keeps everything else."""
    realm = staged.sandbox.world.realm
    assert realm is not None
    for known in [one for one in realm.policies.values() if not one.aws_managed]:
        for target in list(known.targets):
            realm.detach(known, target)
    places = {"ou:/": realm.root.id, "account:log-archive": LOG, "ou:Security": realm.accounts[LOG].parent}
    for number, one in enumerate(policies):
        made = new_policy(realm, f"p-random{number}", one.kind.value, f"random-{number}", one.content, "", {})
        for target in one.targets:
            realm.attach(made, places[target])


TODAY = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1]
organizational_units:
  Security: {}
accounts:
  - {key: log-archive, name: acme-log-archive, ou: Security, email: aws+log@acme.example, id: "012345670123"}
"""
PROPOSED = f"""{TODAY}
policies:
  - deny-iam-users
  - use: restrict-regions
    with: {{regions: [eu-west-1, us-east-1], exempt_roles: [break-glass]}}
"""


@pytest.mark.slow
def test_a_person_replays_the_log_and_then_meets_exactly_what_it_said(
    sandbox: Sandbox, client: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("today.yaml", TODAY), ("proposed.yaml", PROPOSED)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sandbox.reset(wanted(Path("today.yaml")).checked())
    application = sandbox._application
    application.trail = Trail(tmp_path / "log")
    try:
        staged = Stage(sandbox, wanted(Path("today.yaml")).checked(), client)
        tried: Calls = {
            "iam:CreateUser": partial(denied, staged.of("iam").create_user, UserName="eve"),
            "iam:ListUsers": partial(denied, staged.of("iam").list_users),
            "sns:CreateTopic": partial(denied, staged.of("sns", region="us-east-1").create_topic, Name="a"),
            "sqs:CreateQueue": partial(denied, staged.of("sqs", region="sa-east-1").create_queue, QueueName="a"),
        }
        assert {""} == {call() for call in tried.values()}
        assert sandbox.flush()
    finally:
        application.trail = None
    said = org("replay", "log", "--accounts", "proposed.yaml", "--base", "today.yaml", "--format", "json")
    groups = json.loads(said)["groups"]
    predicted_denied = {group["action"] for group in groups if group["outcome"] == "newly_denied"}
    assert {"iam:CreateUser", "sqs:CreateQueue"} == predicted_denied
    org("apply", "--accounts", "proposed.yaml", "--auto-approve")
    assert predicted_denied == {action for action, call in tried.items() if call() == "service control policy"}


def org(*words: str) -> str:
    """What an `org` command prints; it runs in a process of its own, with the variables of this one."""
    done = subprocess.run([sys.executable, "-m", "org", *words], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout
