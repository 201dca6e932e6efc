"""What the plugins do by themselves: host groups, grouping of results, and the files of results."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.organization import Account
from tests.playbooks.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

sys.path.append(str(ROOT / "playbooks" / "collections"))
from ansible_collections.org.baseline.plugins.plugin_utils import hosts, records

from org.report import grouped as groups
from org.report.grouped import Record

KEYS = st.lists(st.text("abcdefgh-0123456789", min_size=1, max_size=8), unique=True, max_size=30)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def account(key: str, **more: Any) -> Account:
    return Account(key, key, f"{key}@acme.example", **more)


@given(KEYS, st.integers(1, 7))
def test_slices_are_disjoint_and_together_everything(keys: list[str], count: int) -> None:
    accounts = [account(key) for key in keys]
    parts = [hosts.sliced(accounts, f"{number}::{count}") for number in range(count)]
    assert sorted(keys) == sorted(one.key for part in parts for one in part)


@pytest.mark.parametrize("text", ["1", "::2", "2::2", "0::0", "-1::2", "0::2 ", "0:2", "a::b"])
def test_what_is_no_slice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a slice"):
        hosts.sliced([], text)


TAGGED = st.builds(
    account,
    st.text("abc-", min_size=1, max_size=3),
    ou=st.none() | st.lists(st.text("aB _é", min_size=1, max_size=3), max_size=3).map("/".join),
    tags=st.dictionaries(st.text("aB_-", min_size=1, max_size=3), st.none() | st.text("aB_-", max_size=3), max_size=3),
)


@given(st.lists(TAGGED, max_size=12))
def test_no_two_things_share_a_group_and_every_name_is_one_that_ansible_takes(accounts: list[Account]) -> None:
    names, _ = hosts.group_names(accounts)
    assert len(names) == len(set(names.values()))
    assert [] == [name for name in names.values() if not name.isidentifier() or not name.isascii()]


def test_names_that_would_be_shared_are_all_made_longer() -> None:
    names, shared = hosts.group_names([account("a", ou="Work Load"), account("b", ou="work-load")])
    assert ["ou_work_load"] == shared
    assert all(name.startswith("ou_work_load_") for name in names.values())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ["ou_root"]),
        ("Security", ["ou_security"]),
        ("Workloads/Prod", ["ou_workloads_prod", "ou_workloads"]),
    ],
)
def test_an_account_is_in_the_groups_of_its_ou_and_all_above(path: str, expected: list[str]) -> None:
    names, _ = hosts.group_names([account("a", ou=path)])
    assert expected == list(names.values())


def result(key: str, number: int, *, after: bool = True, **more: Any) -> dict[str, Any]:
    """A component's result for one account, as the action returns it."""
    change = {
        "action": "update",
        "kind": "s3-public-access",
        "name": key,
        "account": f"{number:012}",
        "region": None,
        "before": {"BlockPublicAcls": not after, "arn": f"arn:aws:s3:::{number:012}"},
        "after": {"BlockPublicAcls": after, "arn": f"arn:aws:s3:::{number:012}"},
        "risk": "medium",
        "source": f"accounts.yaml:{number}:1",
    }
    plain = {"id": f"{number:012}", "changed": True, "failed": False, "reason": "", "skipped": "", "changes": [change]}
    return plain | {"authorization_id": "", "findings": [], "places": []} | more


def said(found: Sequence[Record], *, diff: bool = False, verbose: bool = False) -> list[str]:
    return list(groups.lines(found, "account", diff=diff, verbose=verbose))


def test_ten_thousand_accounts_that_change_alike_are_a_few_lines() -> None:
    found = groups.of_component({f"a{number}": result(f"a{number}", number) for number in range(10_000)})
    expected = [
        "~ 10,000 accounts: update s3-public-access",
        "    BlockPublicAcls: false -> true",
        "    a0, a1, a2, a3, a4, a5, a6, a7 and 9,992 more (-v names them)",
    ]
    assert expected == said(found, diff=True)


def test_accounts_that_change_otherwise_are_another_group() -> None:
    found = groups.of_component({"a": result("a", 1), "b": result("b", 2, after=False), "c": result("c", 3)})
    assert ["~ 2 accounts: update s3-public-access", "    a, c"] == said(found)[:2]
    assert ["~ 1 account: update s3-public-access", "    b"] == said(found)[2:]


FIRST = 333_333_333_000
"""The id of the first account of some."""


def keyed(number: int, after: str, **more: Any) -> dict[str, Any]:
    """A result that names a KMS key of the account by its ARN."""
    arn = f"arn:aws:kms:eu-west-1:{FIRST + number}:key/{after}"
    change = {
        "action": "update",
        "kind": "ebs",
        "name": f"a{number}",
        "region": None,
        "before": {"key": ""},
        "after": {"key": arn},
    }
    return result(f"a{number}", FIRST + number, changes=[change], **more)


def given_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-abcdefabcdef"


def test_accounts_that_differ_in_ids_of_aws_alone_change_alike() -> None:
    found = groups.of_component({f"a{number}": keyed(number, given_id(number)) for number in range(1_000)})
    expected = [
        "~ 1,000 accounts: update ebs",
        '    key: "" -> "arn:aws:kms:eu-west-1:ACCOUNT_ID:key/ID1"',
        "    a0, a1, a2, a3, a4, a5, a6, a7 and 992 more (-v names them)",
    ]
    assert expected == said(found, diff=True)


def test_an_id_that_all_accounts_share_is_shown() -> None:
    found = groups.of_component({f"a{number}": keyed(number, given_id(7)) for number in range(20)})
    assert f'    key: "" -> "arn:aws:kms:eu-west-1:ACCOUNT_ID:key/{given_id(7)}"' == said(found, diff=True)[1]


@pytest.mark.parametrize(("number", "lines"), [(8, 8), (9, 1)])
def test_findings_about_things_with_ids_are_told_together_where_they_are_many(number: int, lines: int) -> None:
    def finding(vpc: int) -> dict[str, str]:
        return {"severity": "warning", "message": f"vpc-{vpc:09x}abcdefab is open", "region": "", "control": "NET-01"}

    results = {f"a{one}": result(f"a{one}", FIRST + one, changed=False, changes=[]) for one in range(number)}
    found = [{**one, "findings": [finding(at)]} for at, one in enumerate(results.values())]
    told = [line for line in said(groups.of_component(dict(zip(results, found, strict=True)))) if line[0] == "?"]
    assert lines == len(told)
    assert ("vpc-ID1 is open" in told[0]) is (lines == 1)


@given(st.integers(2, 300))
def test_every_failed_account_is_named_with_its_id_however_many_there_are(count: int) -> None:
    failing = {
        f"a{n}": result(
            f"a{n}",
            n,
            failed=True,
            changed=False,
            changes=[],
            reason=f"AssumeRole in a{n} ({n:012}): AccessDenied: not authorized",
            authorization_id=f"auth-{n}",
        )
        for n in range(count)
    }
    lines = said(groups.of_component(failing))
    assert (
        f"! {count} accounts failed: AssumeRole in ACCOUNT_KEY (ACCOUNT_ID): AccessDenied: not authorized" == lines[0]
    )
    assert [f"a{n} ({n:012}, authorization id auth-{n})" for n in range(count)] == [
        part if part.endswith(")") else f"{part})" for part in lines[1].strip().split("), ")
    ]


RECORDS = st.lists(
    st.builds(Record, play=TEXT, task=TEXT, host=TEXT, status=st.sampled_from(records.STATUSES), reason=TEXT),
    max_size=9,
)


@given(RECORDS)
def test_the_files_are_complete_and_valid_whatever_the_text(found: list[Record]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        lines, junit = records.JsonLines(Path(folder) / "a" / "r.jsonl"), records.JUnit(Path(folder) / "b" / "r.xml")
        lines.add(found)
        for sink in (lines, junit):
            sink.finish(found)
        read = [json.loads(line) for line in (Path(folder) / "a" / "r.jsonl").read_text("utf-8").split("\n") if line]
        assert [record.host for record in found] == [line["host"] for line in read[:-1]]
        assert records.counts(found) == read[-1]["counts"]
        root = ET.parse(Path(folder) / "b" / "r.xml").getroot()
        assert len(found) == len(root.findall("testsuite/testcase"))
        bad = sum(record.status in records.BAD for record in found)
        assert bad == len(root.findall("testsuite/testcase/failure"))
        assert bad == sum(int(suite.attrib["failures"]) for suite in root.findall("testsuite"))


def test_a_rescued_failure_is_no_failure() -> None:
    found = [Record("p", "t", "a", "failed"), Record("p", "u", "a", "failed"), Record("p", "t", "b", "failed")]
    assert ["rescued", "failed", "failed"] == [record.status for record in records.rescued(found, {"a": 1})]
