"""`org decide --account`: what an organization's guardrails say to one request, and where each of them is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from org import cli

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1, eu-central-1]
policies:
  - deny-leave-organization
  - deny-root
organizational_units:
  Prod:
    policies:
      - {use: restrict-regions, name: approved-regions, with: {regions: $organization.regions}}
      - require-secure-transport
  Packed:
    policies:
      - deny-costly-purchases
      - deny-iam-users
      - deny-public-addresses
      - deny-default-vpcs
      - protect-cloudtrail
      - require-imdsv2
      - {use: restrict-regions, name: approved-regions, with: {regions: $organization.regions}}
      - {use: restrict-regions, name: near-regions, with: {regions: [eu-west-1]}}
accounts:
  - {key: payments, name: payments, email: payments@acme.example, ou: Prod, owner: p@acme.example, id: "222222222222"}
  - {key: lab, name: lab, email: lab@acme.example, ou: Packed, owner: l@acme.example, id: "333333333333"}
  - {key: fresh, name: fresh, email: fresh@acme.example, ou: Prod, owner: f@acme.example}
"""
LINKED = "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/Y"
DEV = "arn:aws:iam::222222222222:role/dev"


class Asker:
    """Runs `org decide` on an organization."""

    def __init__(self, folder: Path, capsys: Capture) -> None:
        self.folder, self.capsys = folder, capsys
        self.file = folder / "accounts.yaml"
        self.file.write_text(ACCOUNTS)

    def text(self, words: str, *more: str) -> tuple[int, str, str]:
        code = cli.run(["decide", "--accounts", str(self.file), *words.split(), *more])
        out, err = self.capsys.readouterr()
        return code, out.replace(f"{self.folder}/", ""), err

    def json(self, words: str, *more: str) -> dict[str, Any]:
        """The answer as data, paths without the folder."""
        code, out, err = self.text(words, *more, "--format", "json")
        assert (0, "") == (code, err)
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def ask(tmp_path: Path, capsys: Capture) -> Asker:
    return Asker(tmp_path, capsys)


def test_every_level_says_what_it_says_and_a_deny_names_the_line_that_asks_for_it(ask: Asker) -> None:
    region = ("--context", "aws:RequestedRegion=us-east-1")
    code, out, err = ask.text("--account payments --principal dev --action ec2:RunInstances --resource *", *region)
    expected = f"""\
explicitly denied: ec2:RunInstances by {DEV} (asked of payments)

  SCP  ou:/              allowed  FullAWSAccess
  SCP  ou:Prod           allowed  FullAWSAccess
                         denied   approved-regions (DenyOtherRegions), accounts.yaml:12:9
  SCP  account:payments  allowed  FullAWSAccess
  RCPs do not bind this request: they do not cover ec2

taken as absent: aws:AssumedRoot  (--context says otherwise, --unknown leaves it open)
"""
    assert (0, expected, "") == (code, out, err)


def test_an_approved_region_is_not_denied_and_not_granted_either(ask: Asker) -> None:
    region = ("--context", "aws:RequestedRegion=eu-west-1")
    _, out, _ = ask.text("--account payments --principal dev --action ec2:RunInstances --resource *", *region)
    assert out.startswith("allowed: ec2:RunInstances")
    assert "note: guardrails grant nothing; with --identity-policy FILE the grant is asked for too" in out


def test_a_region_that_nobody_named_is_unknown(ask: Asker) -> None:
    _, out, _ = ask.text("--account payments --principal dev --action ec2:RunInstances --resource *")
    assert out.startswith("unknown: ec2:RunInstances")
    assert "may be denied  approved-regions (DenyOtherRegions), accounts.yaml:12:9" in out
    assert "depends on: aws:RequestedRegion  (say it with --context KEY=VALUE)" in out


def test_a_resource_that_nobody_named_is_unknown(ask: Asker) -> None:
    found = ask.json("--account payments --principal dev --action s3:GetObject --context aws:RequestedRegion=eu-west-1")
    assert (None, "allowed") == (found["request"]["resource"], found["decision"])
    listed = ask.json("--account payments --principal dev --action s3:ListAllMyBuckets")
    assert "*" == listed["request"]["resource"]


def test_rcps_are_those_of_the_resource_s_account(ask: Asker) -> None:
    words = "--account payments --principal dev --action s3:GetObject --context aws:RequestedRegion=eu-west-1"
    bucket = ("--resource", "arn:aws:s3:::b/x", "--context", "aws:SecureTransport=false")
    assert "explicitly_denied" == ask.json(words, *bucket)["decision"]
    assert "allowed" == ask.json(words, *bucket, "--resource-account", "lab")["decision"]
    assert "allowed" == ask.json(words, *bucket[:2])["decision"]
    queue = ("--resource", "arn:aws:sqs:eu-west-1:222222222222:q", "--context", "aws:SecureTransport=false")
    lab = "--account lab --principal dev --action sqs:SendMessage --context aws:RequestedRegion=eu-west-1"
    denied = ask.json(lab, *queue)
    assert ("explicitly_denied", "ou:Prod") == (denied["decision"], denied["said"][-1]["node"])


def test_a_packed_policy_names_the_guardrail_inside(ask: Asker) -> None:
    words = (
        "--account lab --principal dev --action ec2:RunInstances --resource * --context aws:RequestedRegion=us-east-1"
    )
    _, out, _ = ask.text(words)
    assert "denied   guardrails-1@Packed, in it near-regions (DenyOtherRegions), accounts.yaml:23:9" in out
    found = [one for one in ask.json(words)["said"] if one["says"] == "denied"]
    place = {"sid": "DenyOtherRegions", "file": "accounts.yaml", "column": 9}
    approved, near = {"name": "approved-regions", "line": 22, **place}, {"name": "near-regions", "line": 23, **place}
    said = [(one["policy"], one["guardrails"]) for one in found]
    assert [("approved-regions", [approved]), ("guardrails-1@Packed", [near])] == said


def test_json_has_the_public_answer_and_everything_that_was_said(ask: Asker) -> None:
    found = ask.json(
        "--account payments --principal root --action s3:GetObject --context aws:RequestedRegion=eu-west-1"
    )
    reason = {"layer": "scp", "policy": "deny-root", "sid": "DenyRootUser", "statement": 0, "level": 0}
    assert (1, "explicitly_denied", [reason]) == (found["version"], found["decision"], found["decided_by"])
    assert ["FullAWSAccess", "deny-root"] == [one["policy"] for one in found["said"] if one["node"] == "ou:/"]
    assert "arn:aws:iam::222222222222:root" == found["request"]["principal"]


@pytest.mark.parametrize(
    ("account", "principal", "answer"),
    [
        ("payments", "dev", "explicitly_denied"),
        ("222222222222", "dev", "explicitly_denied"),
        ("payments", "role/dev", "explicitly_denied"),
        ("payments", "user/ana", "explicitly_denied"),
        ("payments", "arn:aws:sts::222222222222:assumed-role/dev/ana", "explicitly_denied"),
        ("payments", LINKED, "allowed"),
        ("payments", "arn:aws:iam::333333333333:role/dev", "explicitly_denied"),
        ("payments", "arn:aws:iam::444444444444:role/dev", "allowed"),
        ("payments", "ec2.amazonaws.com", "allowed"),
        ("payments", "*", "allowed"),
        ("management", "dev", "allowed"),
        ("payments", "arn:aws:iam::111111111111:role/dev", "allowed"),
    ],
)
def test_scps_are_those_of_the_principal_s_account(account: str, principal: str, answer: str, ask: Asker) -> None:
    words = f"--account {account} --principal {principal} --action organizations:LeaveOrganization"
    assert answer == ask.json(words)["decision"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("management --principal dev", "SCPs do not bind this request: it is the management account's"),
        (
            "payments --principal ec2.amazonaws.com",
            "SCPs do not bind this request: ec2.amazonaws.com is no principal of",
        ),
        (
            "payments --principal arn:aws:iam::444444444444:role/a",
            "SCPs do not bind this request: the principal is in no",
        ),
        (f"payments --principal {LINKED}", "SCPs do not bind this request: the principal is a service-linked role"),
        (f"payments --principal {LINKED}", "RCPs do not bind this request: the principal is a service-linked role"),
        ("management --principal dev", "RCPs do not bind this request: the resource is the management account's"),
        (
            "payments --principal dev --resource arn:aws:s3:eu-west-1:444444444444:x",
            "RCPs do not bind this request: the resource is in no",
        ),
        (
            "payments --principal dev --resource-account management",
            "RCPs do not bind this request: the resource is the",
        ),
        ("payments --principal dev", "RCPs say nothing against it"),
    ],
)
def test_what_does_not_bind_a_request_says_why(words: str, told: str, ask: Asker) -> None:
    region = ("--context", "aws:RequestedRegion=eu-west-1")
    _, out, _ = ask.text(f"--account {words} --action s3:ListAllMyBuckets", *region)
    assert told in out
    assert ("SCPs do not bind" in out) == ("\n  SCP  " not in out)


def test_an_account_without_an_id_is_asked_with_one_made_up_and_said_so(ask: Asker) -> None:
    _, out, _ = ask.text("--account fresh --principal dev --action s3:ListAllMyBuckets")
    assert "by arn:aws:iam::000000000000:role/dev (asked of fresh)" in out
    assert "note: fresh has no id yet: 000000000000 stands for it" in out


def test_an_identity_policy_must_grant(ask: Asker, tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(
        '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}'
    )
    words = "--account payments --principal dev --context aws:RequestedRegion=eu-west-1 --resource * --identity-policy"
    code, out, _ = ask.text(words, str(file), "--action", "ec2:RunInstances")
    assert (0, True) == (code, out.startswith("allowed:"))
    assert "  identity                    allowed  own.json:2:16\n" in out
    _, out, _ = ask.text(words, str(file), "--action", "s3:ListAllMyBuckets")
    assert out.startswith("implicitly denied:")


def test_a_boundary_and_a_resource_policy_are_asked_too(ask: Asker, tmp_path: Path) -> None:
    own, boundary, resource = (tmp_path / name for name in ("own.json", "boundary.json", "resource.yaml"))
    own.write_text('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    boundary.write_text(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}'
    )
    resource.write_text(
        "Version: '2012-10-17'\nStatement:\n- {Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}\n"
    )
    words = "--account payments --principal dev --action s3:GetObject --resource arn:aws:s3:::b/x"
    region = ("--context", "aws:RequestedRegion=eu-west-1", "--identity-policy", str(own))
    answers = [
        ask.json(words, *region)["decision"],
        ask.json(words, *region, "--boundary", str(boundary))["decision"],
        ask.json(words, *region, "--resource-policy", str(resource))["decision"],
    ]
    assert ["allowed", "implicitly_denied", "explicitly_denied"] == answers


def test_a_policy_file_that_cannot_be_read_is_an_error_with_its_place(ask: Asker, tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text('{"Version": "2012-10-17",\n "Statement": [}')
    code, out, err = ask.text("--account payments --principal dev --action s3:ListAllMyBuckets --boundary", str(file))
    assert (1, "") == (code, out)
    assert f"{file}:2:16" in err


def test_a_statement_without_a_meaning_is_a_warning_and_the_answer_unknown(ask: Asker, tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text('{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow", "Action": "s3:*", "Rsource": "*"}]}')
    words = "--account payments --principal dev --action s3:ListAllMyBuckets --context aws:RequestedRegion=eu-west-1"
    code, out, err = ask.text(f"{words} --identity-policy", str(file))
    assert (0, True) == (code, out.startswith("unknown:"))
    assert "because: `Rsource` is no element of a statement" in out
    assert f"{file}:2:16" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--account paymets --principal dev --action s3:GetObject", "no account `paymets`; did you mean `payments`?"),
        (
            "--account lab --resource-account paymets --principal dev --action s3:GetObject",
            "no account `paymets`; did you mean `payments`?",
        ),
        ("--account lab --principal dev --action s3:GetObject --context region", "`region` is not KEY=VALUE"),
        ("--account lab --principal dev --action s3:GetObject --context =x", "`=x` is not KEY=VALUE"),
    ],
)
def test_a_slip_is_bad_usage_with_a_suggestion(words: str, told: str, ask: Asker) -> None:
    code, out, err = ask.text(words)
    assert (cli.USAGE, "") == (code, out)
    assert told in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--action s3:GetObjct", "`s3:GetObjct` is no action in the action data of"),
        ("--action s4:GetObject", "`s4` is no service in the action data of"),
        ("--action GetObject", "`GetObject` is no service in the action data of"),
        ("--action s3:GetObject --context aws:RequestedRegon=x", "`aws:RequestedRegon` is no condition key in"),
        ("--action s3:GetObject --unknown s3:prefx", "`s3:prefx` is no condition key in"),
    ],
)
def test_a_word_that_aws_s_data_does_not_have_is_a_warning_and_no_more(words: str, told: str, ask: Asker) -> None:
    code, out, err = ask.text(f"--account payments --principal dev {words}")
    assert (0, True) == (code, bool(out))
    assert told in err


def test_known_words_give_no_warning(ask: Asker) -> None:
    keys = "--context aws:PrincipalTag/team=a --context s3:prefix=b --unknown aws:ResourceTag/* --unknown AWS:SourceVpc"
    code, _, err = ask.text(f"--account payments --principal dev --action S3:getobject {keys}")
    assert (0, "") == (code, err)


def test_a_key_given_twice_has_two_values(ask: Asker) -> None:
    found = ask.json(
        "--account payments --principal dev --action s3:GetObject --context aws:TagKeys=a --context AWS:tagkeys=b=c"
    )
    assert ["a", "b=c"] == found["request"]["context"]["aws:tagkeys"]


def test_an_accounts_file_with_errors_is_told_and_nothing_is_answered(ask: Asker) -> None:
    ask.file.write_text(ACCOUNTS.replace("deny-root", "deny-rot"))
    code, out, err = ask.text("--account payments --principal dev --action s3:GetObject")
    assert (1, "") == (code, out)
    assert "unknown policy `deny-rot`" in err
