"""`org prove` as people and pipelines run it: an invariants file, one question, two policies or folders of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from org.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111122223333"}
  home_region: eu-west-1
  regions: [eu-west-1]
  email_pattern: "aws+{key}@acme.example"
policies: [deny-leave-organization, protect-cloudtrail]
organizational_units:
  Workloads: {policies: [{use: restrict-regions, with: {regions: [eu-west-1]}}]}
  Sandbox: {}
accounts:
  - {key: payments, name: acme-payments, ou: Workloads, owner: p@acme.example, id: "222233334444"}
  - {key: search, name: acme-search, ou: Workloads, owner: s@acme.example}
  - {key: ana, name: acme-ana, ou: Sandbox, owner: a@acme.example}
"""
BROKEN = """\
version: 1
invariants:
  - name: nobody-stops-cloudtrail
    why: the audit needs it
    denied: cloudtrail:StopLogging
  - name: in-our-region
    denied: ec2:RunInstances
    in: Workloads
    except: ["org-*", OrganizationAccountAccessRole]
    when: {StringNotEquals: {"aws:RequestedRegion": eu-west-1}}
  - name: everyone-in-our-region
    denied: ec2:RunInstances
    except: ["org-*", OrganizationAccountAccessRole]
    when: {StringNotEquals: {"aws:RequestedRegion": eu-west-1}}
"""

TEMPLATE = """\
name: one-exempt
kind: scp
title: Nobody but one role of one account stops CloudTrail
description: For a test.
parameters: {}
statements:
  - Sid: OneExempt
    Effect: Deny
    Action: cloudtrail:StopLogging
    Resource: "*"
    Condition: {ArnNotLike: {aws:PrincipalArn: "arn:aws:iam::333344445555:role/admin"}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    (tmp_path / "invariants.yaml").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def proofs(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs the command for JSON: its exit code, and the proofs by name."""

    def made(*words: str) -> tuple[int, dict[str, Any]]:
        code = run(["prove", *words, "--format", "json"])
        return code, {one["name"]: one for one in json.loads(capsys.readouterr().out)["proofs"]}

    return made


def test_the_example_organization_keeps_its_invariants(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert 0 == run(["prove"])
    out, err = capsys.readouterr()
    assert all(line.startswith("proved ") for line in out.splitlines())
    assert "10 proved" in err


def test_an_example_invariant_without_its_policy_is_refuted(tmp_path: Path, proofs: Callable[..., Any]) -> None:
    text = (ROOT / "accounts.yaml").read_text().replace("  - protect-cloudtrail\n", "")
    (tmp_path / "accounts.yaml").write_text(text)
    code, found = proofs(str(ROOT / "invariants.yaml"), "--accounts", str(tmp_path / "accounts.yaml"))
    assert 1 == code
    assert ["only-the-pipeline-stops-cloudtrail"] == [
        name for name, one in found.items() if one["verdict"] == "refuted"
    ]


def test_what_is_broken_is_told_with_who_where_and_how(folder: Path, proofs: Callable[..., Any]) -> None:
    code, found = proofs()
    assert 1 == code
    assert {"nobody-stops-cloudtrail": "refuted", "in-our-region": "proved", "everyone-in-our-region": "refuted"} == {
        name: one["verdict"] for name, one in found.items()
    }
    parts = {part["verdict"]: part["accounts"] for part in found["everyone-in-our-region"]["parts"]}
    assert {"refuted": ["ana"], "proved": ["payments", "search"]} == parts
    assert ("invariants.yaml", 3) == (
        found["nobody-stops-cloudtrail"]["file"],
        found["nobody-stops-cloudtrail"]["line"],
    )


def test_what_refutes_goes_into_org_decide_as_it_is(
    folder: Path, proofs: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = proofs()
    for one in found.values():
        for part in (part for part in one["parts"] if part["request"]):
            (folder / "scenario.json").write_text(json.dumps(part["scenario"]))
            (folder / "requests.jsonl").write_text(json.dumps(part["request"]) + "\n")
            assert 0 == run(["decide", "--scenario", "scenario.json", "--requests", "requests.jsonl"])
            assert part["decision"] == json.loads(capsys.readouterr().out)["decision"] == "allowed"


def test_people_read_the_claim_the_reason_and_the_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run(["prove"])
    out, err = capsys.readouterr()
    assert (
        "refuted  nobody-stops-cloudtrail  payments, search, ana of 3 accounts" in " ".join(out.split(" "))
        or "payments" in out
    )
    assert "nobody can do `cloudtrail:StopLogging`" in out
    assert "why it matters: the audit needs it" in out
    assert '"action": "cloudtrail:StopLogging"' in out
    assert "invariants.yaml: 1 proved, 2 refuted" in err


def test_code_hosts_get_a_finding_at_the_invariant(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run(["prove", "--format", "github"])
    assert "::error file=invariants.yaml,line=3," in capsys.readouterr().out
    assert 1 == run(["prove", "--format", "sarif"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert ["ORG710", "ORG710"] == [one["ruleId"] for one in results]


ONE_QUESTION: list[tuple[list[str], int]] = [
    (["--action", "cloudtrail:StopLogging", "--account", "payments", "--except-principal", "org-*"], 0),
    (["--action", "cloudtrail:StopLogging", "--account", "payments"], 1),
    (["--action", "cloudtrail:StopLogging", "--ou", "/", "--principal", "admin"], 0),
    (["--action", "s3:GetObject", "--expect", "allowed"], 0),
    (["--action", "s3:GetObject", "--expect", "never_denied", "--ou", "Sandbox"], 0),
    (["--action", "s3:GetObject", "--expect", "never_denied", "--ou", "Workloads"], 1),
    (["--action", "s3:GetObject", "--who", "outsiders"], 1),
    (
        [
            "--action",
            "ec2:RunInstances",
            "--ou",
            "Workloads",
            "--principal",
            "dev",
            "--resource",
            "arn:aws:ec2:*:*:volume/*",
        ],
        1,
    ),
    (
        [
            *("--action", "ec2:RunInstances", "--ou", "Workloads", "--principal", "dev"),
            *("--condition", '{"StringEquals": {"aws:RequestedRegion": "us-east-1"}}'),
        ],
        0,
    ),
    (["--action", "*", "--account", "management"], 1),
]


@pytest.mark.parametrize(("words", "code"), ONE_QUESTION)
def test_one_question_is_answered_without_a_file(words: list[str], code: int, folder: Path) -> None:
    assert code == run(["prove", *words])


def test_a_question_with_a_mistake_is_not_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run(["prove", "--action", "cloudtrail:StopLogging", "--account", "paymens"])
    out, err = capsys.readouterr()
    assert ("", True) == (out, "did you mean `payments`?" in err)
    assert 0 == run(["prove", "--action", "s3:GetObjct", "--expect", "allowed"])
    out, err = capsys.readouterr()
    assert (True, True) == (out.startswith("proved"), "did you mean `s3:GetObject`?" in err)


def test_of_the_management_account_nobody_can_prove_anything(folder: Path, proofs: Callable[..., Any]) -> None:
    _, found = proofs("--action", "*", "--account", "management")
    assert "neither SCPs nor RCPs bind the management account" == found["the question"]["parts"][0]["reason"]


def policy(folder: Path, name: str, **statement: Any) -> str:
    made = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*"} | statement]}
    (folder / name).write_text(json.dumps(made))
    return str(folder / name)


def test_two_policies_are_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    narrow, wide = policy(folder, "a.json", Action="s3:*"), policy(folder, "b.json", Action=["s3:*", "ec2:*"])
    assert 0 == run(["prove", "--base", narrow, "--head", narrow])
    assert 1 == run(["prove", "--base", narrow, "--head", wide])
    assert 0 == run(["prove", "--base", wide, "--head", narrow, "--expect", "implies"])
    capsys.readouterr()
    assert 1 == run(["prove", "--base", narrow, "--head", wide, "--expect", "implies"])
    out, _ = capsys.readouterr()
    assert "anyone loses `ec2:" in out
    assert "allowed before, explicitly denied after" in out


def test_all_that_differs_is_told_and_what_is_certain_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_key_of_it = {"StringEquals": {"s3:prefix": "x"}}
    base = policy(folder, "a.json", Action="ec2:RunInstances", Condition=no_key_of_it)
    head = policy(folder, "b.json", Action="s3:PutBucketAcl")
    assert 1 == run(["prove", "--base", base, "--head", head])
    out, _ = capsys.readouterr()
    assert out.startswith("refuted")
    assert "anyone gains `ec2:RunInstances` where s3:prefix is x (possible)" in out
    assert "anyone loses `s3:PutBucketAcl`" in out


def test_two_folders_are_compared_as_what_is_attached_together(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
    policy(folder / "one", "a.json", Action=["s3:*", "ec2:*"])
    policy(folder / "two", "a.json", Action="s3:*")
    policy(folder / "two", "b.json", Action="ec2:*")
    assert 0 == run(["prove", "--base", "one", "--head", "two"])


def test_documents_are_compared_from_the_invariants_file(folder: Path, proofs: Callable[..., Any]) -> None:
    policy(folder, "a.json", Action="s3:*")
    policy(folder, "b.json", Action=["S3:*", "s3:Get*"])
    lines = ["  - {name: same, equivalent: [a.json, b.json]}", "  - {name: less, implies: [a.json, b.json], kind: scp}"]
    (folder / "invariants.yaml").write_text("version: 1\ninvariants:\n" + "\n".join(lines))
    code, found = proofs()
    assert (0, {"same", "less"}) == (code, set(found))


def test_rcps_are_compared_with_rcps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scp = policy(folder, "a.json", Action="s3:*")
    rcp = policy(folder, "b.json", Action="s3:*", Principal="*")
    less = policy(folder, "c.json", Action="s3:Get*", Principal="*")
    assert 0 == run(["prove", "--base", rcp, "--head", rcp])
    assert 1 == run(["prove", "--base", rcp, "--head", less])
    assert "anyone gains" in capsys.readouterr().out
    assert 1 == run(["prove", "--base", scp, "--head", rcp])
    assert "one side has SCPs, the other RCPs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "the file ends inside"),
        ("{}", "the policy has no `Statement`"),
        ('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}', "identity"),
    ],
)
def test_what_cannot_be_compared_is_a_finding(
    content: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.json").write_text(content)
    assert 1 == run(["prove", "--base", "a.json", "--head", "a.json"])
    assert message in capsys.readouterr().err


def test_a_policy_that_is_not_understood_is_never_taken_to_be_the_same(
    folder: Path, proofs: Callable[..., Any]
) -> None:
    odd = policy(folder, "a.json", Action="s3:*", Condition={"StringResembles": {"aws:username": "a"}})
    code, found = proofs("--base", odd, "--head", odd)
    assert (1, {"unknown"}) == (code, {one["verdict"] for one in found.values()})


@pytest.mark.parametrize(
    "words",
    [
        ["--base", "a.json"],
        ["--base", "a", "--head", "b", "--action", "s3:*"],
        ["--base", "a", "--head", "b", "--expect", "denied"],
        ["--ou", "/"],
        ["invariants.yaml", "--action", "s3:*"],
        ["--action", "s3:*", "--condition", "["],
        ["--action", "s3:*", "--condition", "[]"],
        ["--action", "s3:*", "--expect", "equivalent"],
    ],
)
def test_options_that_do_not_go_together_are_bad_usage(words: list[str], folder: Path) -> None:
    assert 64 == run(["prove", *words])


@pytest.mark.parametrize(("account", "verdict"), [("payments", "proved"), ("ana", "refuted")])
def test_an_account_without_an_id_may_turn_out_to_be_any(
    account: str, verdict: str, folder: Path, proofs: Callable[..., Any]
) -> None:
    """A role of one account is exempt: payments is another one, and nobody knows yet what ana will be."""
    scp = folder / "scps" / "scp" / "one-exempt.yaml"
    scp.parent.mkdir(parents=True)
    scp.write_text(TEMPLATE)
    (folder / "accounts.yaml").write_text(ACCOUNTS.replace("protect-cloudtrail]", "one-exempt]"))
    _, found = proofs("--action", "cloudtrail:StopLogging", "--account", account)
    assert verdict == found["the question"]["verdict"]
