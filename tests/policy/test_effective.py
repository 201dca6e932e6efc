"""Effective policies: AWS's inheritance rules as cases, each with its page, and what `org render --effective` shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org import cli
from org.model.finding import Severity
from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, PolicyUse, minified
from org.policy import library, render
from org.policy.declarative import broken
from org.policy.effective import effective, lineage, merge
from tests.policy.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FILE = ROOT / "tests" / "cases" / "policies" / "effective" / "inheritance.jsonl"
CASES = [json.loads(line) for line in FILE.read_text().splitlines()]
NODES = ("ou:/", "ou:Workloads", "ou:Workloads/Prod")
ACCOUNT = Account("payments", "payments", "payments@acme.example", ou="Workloads/Prod")
ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example}
  home_region: eu-west-1
  regions: [eu-west-1, eu-central-1]
policies: [deny-root, enable-security-hub, require-secure-transport]
organizational_units:
  Prod: {policies: [{use: enable-security-hub, with: {regions: [us-east-1]}, name: wider}]}
accounts:
  - {key: payments, name: payments, email: payments@acme.example, ou: Prod, owner: payments@acme.example}
"""


NO_EFFECT = (
    "`@@assign` of `services.lex.opt_out_policy` in `own-opt-in` has no effect: a policy above does not allow it"
)
OPT_IN = """\
name: own-opt-in
kind: ai-opt-out
title: Lex may learn
description: What it is for.
policy:
  services:
    lex:
      opt_out_policy: {"@@assign": optIn}
"""


def organization(case: dict[str, Any]) -> Organization:
    """The case's policies, on the nodes from the root down."""
    policies = [
        Policy(PolicyType(case["type"]), f"policy-{level}-{number}", minified(document), targets=frozenset({node}))
        for level, node in enumerate(NODES[: len(case["levels"])])
        for number, document in enumerate(case["levels"][level])
    ]
    units = tuple(OrganizationalUnit(path) for path in ("Workloads", "Workloads/Prod"))
    return Organization(accounts=(ACCOUNT,), units=units, policies=tuple(policies))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_policies_are_merged_as_aws_says(case: dict[str, Any]) -> None:
    merged = effective(organization(case), ACCOUNT, PolicyType(case["type"]))
    assert case["effective"] == merged.document
    assert case.get("conflicts", 0) == len(merged.problems)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_every_policy_of_a_case_is_one_that_aws_takes(case: dict[str, Any]) -> None:
    assert [] == [told for level in case["levels"] for one in level for told in broken(PolicyType(case["type"]), one)]


def test_an_account_inherits_from_the_root_and_each_unit_above_it() -> None:
    assert ("ou:/", "ou:Workloads", "ou:Workloads/Prod", "account:payments") == lineage(ACCOUNT)
    assert ("ou:/", "account:acme") == lineage(Account("acme", "acme", "a@acme.example", ou=None, management=True))


def test_nothing_reaches_an_account_where_nothing_is_attached() -> None:
    nothing = effective(Organization(accounts=(ACCOUNT,)), ACCOUNT, PolicyType.S3_POLICY)
    assert (None, (), ()) == (nothing.document, nothing.policies, nothing.problems)


def test_a_policy_of_another_branch_does_not_reach_the_account() -> None:
    other = Policy(PolicyType.S3_POLICY, "other", "{}", targets=frozenset({"ou:Sandbox", "account:else"}))
    assert () == effective(Organization(policies=(other,)), ACCOUNT, PolicyType.S3_POLICY).policies


def test_what_aws_would_not_enforce_is_told() -> None:
    plan = {"plans": {"p": {"regions": {"@@assign": ["eu-west-1"]}}}}
    incomplete = {"case": "", "type": "BACKUP_POLICY", "levels": [[plan]]}
    problems = effective(organization(incomplete), ACCOUNT, PolicyType.BACKUP_POLICY).problems
    assert ("`plans.p`: `rules` is missing", "`plans.p`: `selections` is missing") == problems


def test_what_a_policy_above_forbids_is_told() -> None:
    locked = {"@@assign": "all", "@@operators_allowed_for_child_policies": ["@@none"]}
    levels = [[{"s3_attributes": {"public_access_block_configuration": one}}] for one in (locked, {"@@assign": "none"})]
    problems = effective(organization({"type": "S3_POLICY", "levels": levels}), ACCOUNT, PolicyType.S3_POLICY).problems
    what = "`@@assign` of `s3_attributes.public_access_block_configuration` in `policy-1-0` has no effect"
    assert (f"{what}: a policy above does not allow it",) == problems


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ([("stagger-upgrades", "ou:/", {}), ("stagger-upgrades", "ou:Workloads", {"order": "first"})], []),
        (
            [
                ("opt-out-of-ai-services", "ou:/", {}),
                ("own-opt-in", "ou:Workloads", {}),
                ("own-opt-in", "account:a", {}),
            ],
            [f"at `{node}`: {NO_EFFECT}" for node in ("account:a", "ou:Workloads")],
        ),
        (
            [("block-vpc-internet", "ou:/", {}), ("block-vpc-internet", "ou:/", {"exclusions": False})],
            ["two different policies would be called `block-vpc-internet`"],
        ),
    ],
)
def test_contradictions_are_findings_at_their_node(
    tmp_path: Path, uses: list[tuple[str, str, dict[str, Any]]], expected: list[str]
) -> None:
    (tmp_path / "ai-opt-out").mkdir()
    (tmp_path / "ai-opt-out" / "own-opt-in.yaml").write_text(OPT_IN)
    asked = tuple(PolicyUse(name, target, given) for name, target, given in uses)
    account = Account("a", "a", "a@acme.example", ou="Workloads")
    rendered = render(Organization(accounts=(account,), policy_uses=asked), library([tmp_path, ROOT / "scps"]))
    assert expected == [finding.message for finding in rendered.findings]


def test_two_policies_of_one_node_that_differ_are_a_finding_once() -> None:
    uses = [PolicyUse("stagger-upgrades", "ou:/", {"order": order}, order) for order in ("first", "last")]
    lower = PolicyUse("stagger-upgrades", "ou:Workloads", {"order": "second"}, "lower")
    rendered = render(Organization(policy_uses=(*uses, lower)), library([ROOT / "scps"]))
    (finding,) = rendered.findings
    assert ("ORG114", Severity.WARNING) == (finding.rule, finding.severity)
    assert "at `ou:/`: `first` and `last` both assign `upgrade_rollout.default.patch_order`" in finding.message


def test_merging_nothing_gives_nothing() -> None:
    assert ({}, ()) == merge([])


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    file = tmp_path / "accounts.yaml"
    file.write_text(ACCOUNTS)
    return file


def test_the_effective_policies_are_shown_with_their_sources(
    accounts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.OK == cli.run(["render", str(accounts), "--effective", "payments"])
    shown = capsys.readouterr().out
    assert "  SCP deny-root at ou:/\n  RCP require-secure-transport at ou:/\n" in shown
    assert "SECURITYHUB_POLICY: enable-security-hub at ou:/, wider at ou:Prod\n{" in shown


def test_the_effective_policies_are_there_for_programs(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.OK == cli.run(["render", str(accounts), "--effective", "payments", "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    (hub,) = answer["effective"]
    regions = {"enable_in_regions": ["eu-west-1", "eu-central-1", "us-east-1"], "disable_in_regions": []}
    assert {"securityhub": regions} == hub["document"]
    assert [("enable-security-hub", "ou:/"), ("wider", "ou:Prod")] == [
        (policy["name"], policy["target"]) for policy in hub["policies"]
    ]
    assert ["deny-root", "require-secure-transport"] == [policy["name"] for policy in answer["limits"]]


def test_an_account_that_is_none_is_answered_with_a_near_one(
    accounts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.USAGE == cli.run(["render", str(accounts), "--effective", "payment"])
    assert "no account `payment`; did you mean `payments`?" in capsys.readouterr().err


def test_a_contradiction_fails_the_command(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = "[{use: stagger-upgrades, name: one}, {use: stagger-upgrades, with: {order: first}, name: two}]"
    accounts.write_text(ACCOUNTS.replace("[deny-root, enable-security-hub, require-secure-transport]", both))
    assert cli.FAILED == cli.run(["render", str(accounts), "--effective", "payments"])
    assert "`one` and `two` both assign `upgrade_rollout.default.patch_order`" in capsys.readouterr().err


LISTS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)
SETTING = st.one_of(
    st.fixed_dictionaries({"@@assign": LISTS}),
    st.fixed_dictionaries({"@@append": LISTS}),
    st.fixed_dictionaries({"@@remove": LISTS}),
)
LEVEL = st.lists(SETTING.map(lambda setting: ("p", {"tags": {"t": {"tag_value": setting}}})), max_size=2)


@given(st.lists(LEVEL, max_size=4))
def test_a_level_without_policies_changes_nothing(levels: list[list[tuple[str, Any]]]) -> None:
    sparse = [level for pair in zip(levels, [[]] * len(levels), strict=True) for level in pair]
    assert merge(levels) == merge(sparse)


@given(LISTS, st.lists(LEVEL, max_size=3))
def test_what_is_locked_stays_whatever_stands_below(locked: list[str], below: list[list[tuple[str, Any]]]) -> None:
    setting = {"@@assign": locked, "@@operators_allowed_for_child_policies": ["@@none"]}
    settings, _ = merge([[("lock", {"tags": {"t": {"tag_value": setting}}})], *below])
    assert {("tags", "t", "tag_value"): locked} == settings


@given(st.lists(LEVEL, max_size=3), LISTS)
def test_the_last_level_that_assigns_decides(above: list[list[tuple[str, Any]]], values: list[str]) -> None:
    last = [("last", {"tags": {"t": {"tag_value": {"@@assign": values}}}})]
    assert {("tags", "t", "tag_value"): values} == merge([*above, last])[0]


HOSTILE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2)),
    lambda inner: st.dictionaries(
        st.sampled_from(["tags", "t", "@@assign", "@@append", "@@remove", "@@operators_allowed_for_child_policies"]),
        inner,
        max_size=3,
    ),
    max_leaves=8,
)


@given(st.lists(st.lists(st.dictionaries(st.just("tags"), HOSTILE, max_size=1), max_size=2), max_size=3))
def test_no_document_raises(levels: list[list[dict[str, Any]]]) -> None:
    merge([[("p", document) for document in level] for level in levels])
    for level in levels:
        for document in level:
            list(broken(PolicyType.TAG_POLICY, document))
