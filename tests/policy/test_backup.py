"""What backup policies name and accounts do not declare, told where the policies are rendered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.finding import Severity
from org.model.organization import Account, Organization
from org.model.policy import Policy, PolicyType, minified
from org.policy import backup
from org.policy.backup import lacking
from org.reconcile.wanted import wanted
from tests.policy.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from org.model.finding import Finding

CASES = [
    json.loads(line)
    for line in (ROOT / "tests" / "cases" / "policies" / "effective" / "backup.jsonl").read_text().splitlines()
]
FILE = {
    "version": 1,
    "organization": {
        "management": {"name": "acme", "email": "aws@acme.example"},
        "home_region": "eu-west-1",
        "regions": ["eu-west-1", "eu-central-1"],
        "email_pattern": "aws+{key}@acme.example",
    },
    "organizational_units": {"Prod": {}, "Dev": {}},
}
HOMES = {"shop": "Prod", "books": "Prod", "trial": "Dev"}


def findings(folder: Path, file: dict[str, Any]) -> list[Finding]:
    """All findings about the file; `change` holds what its accounts have besides."""
    change = file.get("change", {})
    accounts = [
        {"key": key, "name": key, "ou": home, "owner": "a@acme.example", **change.get(key, {})}
        for key, home in HOMES.items()
    ]
    path = folder / "accounts.yaml"
    given = {key: value for key, value in file.items() if key != "change"}
    path.write_text(json.dumps({**FILE, **given, "accounts": accounts}))
    return list(wanted(path).findings)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_a_backup_policy_names_is_declared_or_told(case: dict[str, Any], tmp_path: Path) -> None:
    found = findings(tmp_path, case["file"])
    assert case["told"] == [one.message for one in found]
    assert {("ORG115", Severity.WARNING)} >= {(one.rule, one.severity) for one in found}


def test_adding_what_the_findings_say_leaves_none(tmp_path: Path) -> None:
    helps = [one.help for one in findings(tmp_path, {"policies": ["daily-backups"]})]
    role, vault = "iam-roles: {roles: {org-baseline-backup: {template: backup}}}", "backup-vault: {name: org-baseline}"
    assert [
        f"add `baseline: {{{what}}}`; without the {word} nothing is backed up"
        for what, word in ((role, "role"), (vault, "vault"))
    ] == helps
    declared = {
        "iam-roles": {"roles": {"org-baseline-backup": {"template": "backup"}}},
        "backup-vault": {"name": "org-baseline"},
    }
    assert [] == findings(tmp_path, {"policies": ["daily-backups"], "baseline": declared})


def test_accounts_that_the_same_policies_reach_are_merged_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[object] = []
    merge = backup.merge
    monkeypatch.setattr(backup, "merge", lambda levels: merged.append(levels) or merge(levels))
    accounts = tuple(Account(f"a{number}", "", "", ou=f"Unit{number % 3}") for number in range(300))
    targets = frozenset({"ou:/", *(f"account:{account.key}" for account in accounts[:100])})
    policy = Policy(PolicyType.BACKUP_POLICY, "p", minified(plan("v")), targets=targets)
    told = [message for _, message, _ in lacking(Organization(accounts=accounts, policies=(policy,)))]
    assert ["policy `p` names the vault `v`, which `backup-vault` does not make in 300 accounts, first `a0`"] == told
    assert 2 == len(merged)


def plan(vault: object) -> dict[str, Any]:
    return {"plans": {"p": {"rules": {"r": {"target_backup_vault_name": {"@@assign": vault}}}}}}


NAMES = ["plans", "p", "rules", "selections", "regions", "copy_actions", "target_backup_vault_name", "iam_role_arn"]
HOSTILE = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3), st.lists(st.lists(st.text(max_size=2)), max_size=2)),
    lambda inner: st.dictionaries(st.sampled_from([*NAMES, "@@assign", "@@append", "@@remove"]), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(HOSTILE, max_size=3), HOSTILE)
def test_no_document_raises(documents: list[Any], vault: Any) -> None:
    every = [plan(vault), *({"plans": {"p": document}} for document in documents)]
    policies = tuple(
        Policy(PolicyType.BACKUP_POLICY, f"p{number}", minified(document), targets=frozenset({"ou:/"}))
        for number, document in enumerate(every)
    )
    list(lacking(Organization(accounts=(Account("a", "a", "a@acme.example"),), policies=policies)))
