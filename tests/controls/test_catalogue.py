"""The catalogue: its rows, and the names that templates, roles, components and rows use for each other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click
import pytest

from org import baseline, cli, policy
from org.cli._rules import known_rules
from org.cli.report import REPORTS
from org.controls import FAMILIES, Correction, Row, controls, rows
from org.controls.declared import DECLARED
from org.controls.words import BENCHMARKS, corrects, detects, prevents, summary
from org.policy.roles import role_library
from org.policy.template import KINDS

ROOT = Path(__file__).parents[2]
LIBRARY = policy.library([ROOT / "scps"])
ROLES = role_library([ROOT / "scps"])
COMPONENTS = baseline.find()
IDS = sorted(controls())
ROWS = {row.control.id: row for row in rows(LIBRARY, ROLES, COMPONENTS)}
COUNTS = {"S3": 9, "ORG": 14, "ENC": 6, "SEC": 15, "NET": 3, "HA": 6, "OBS": 3, "DR": 4, "COST": 4, "CI": 5, "PERF": 3}
SHAPES = {
    "cis3": r"[1-5](\.\d{1,2}){1,2}",
    "cis5": r"[1-5](\.\d{1,2}){1,2}",
    "cis7": r"[1-9](\.\d{1,2}){1,2}",
    "fsbp": r"[A-Za-z0-9]+\.\d{1,3}",
    "nist": r"[A-Z]{2}-\d{1,2}",
}


def test_every_family_is_there_in_full_without_a_gap() -> None:
    expected = {f"{family}-{number:02}" for family, count in COUNTS.items() for number in range(1, count + 1)}
    assert (expected, set(FAMILIES)) == (set(controls()), set(COUNTS))
    assert list(ROWS) == sorted(ROWS, key=lambda name: (FAMILIES.index(name.split("-")[0]), name))


def test_every_control_is_there_once() -> None:
    files = (ROOT / "org" / "controls" / "catalogue").glob("*.py")
    named = [
        name for file in files for name in re.findall(r'^        "([A-Z0-9]+-\d\d)",$', file.read_text(), re.MULTILINE)
    ]
    assert IDS == sorted(named)


def test_every_control_that_a_template_names_exists() -> None:
    named = {(name, control) for name, one in LIBRARY.templates.items() for control in one.controls}
    assert [] == [pair for pair in sorted(named) if pair[1] not in controls()]


def test_every_control_that_a_role_names_exists() -> None:
    named = {(name, control) for name, one in ROLES.templates.items() for control in one.template.controls}
    assert [] == [pair for pair in sorted(named) if pair[1] not in controls()]


def test_every_control_that_a_component_names_exists() -> None:
    named = {(name, control) for name, one in COMPONENTS.items() for control in one.controls}
    assert [] == [pair for pair in sorted(named) if pair[1] not in controls()]


def test_what_the_declaration_can_meet_exists() -> None:
    assert set() == set(DECLARED) - set(controls())


def test_a_template_is_of_a_kind_that_can_prevent_the_breach() -> None:
    """Where a template serves a row that says no policy can, one of the two is wrong."""
    wrong = [
        (name, control)
        for name, one in LIBRARY.templates.items()
        for control in one.controls
        if not controls()[control].preventable
    ]
    assert [] == wrong


@pytest.mark.parametrize("name", IDS)
def test_a_row_names_only_what_exists(name: str) -> None:
    control = controls()[name]
    reports = {f"report {one}" for one in REPORTS}
    commands = {f"org {command}" for command in {*cli.org.list_commands(click.Context(cli.org)), *reports}}
    assert set() == {*control.preventable, *control.settled_by} - set(KINDS)
    assert set() == {*control.detected_by, *control.corrected_by} - commands - set(known_rules())


@cache
def operations(service: str) -> frozenset[str]:
    import botocore.session

    return frozenset(botocore.session.get_session().get_service_model(service).operation_names)


@pytest.mark.parametrize("name", IDS)
def test_a_row_names_operations_that_aws_has(name: str) -> None:
    named = [tuple(one.split(":")) for one in (*controls()[name].reads, *controls()[name].writes)]
    assert [] == [(service, operation) for service, operation in named if operation not in operations(service)]


@pytest.mark.parametrize("name", IDS)
def test_a_row_says_what_prevents_a_breach_or_why_nothing_can(name: str) -> None:
    control = controls()[name]
    assert bool(control.preventable) != bool(control.unpreventable)
    assert not control.settled_by or control.limit
    assert set(control.settled_by) <= set(control.preventable)


@pytest.mark.parametrize("name", IDS)
def test_a_row_maps_to_ids_of_the_right_form(name: str) -> None:
    found = [(field, one) for field in BENCHMARKS for one in getattr(controls()[name], field)]
    assert [] == [(field, one) for field, one in found if not re.fullmatch(SHAPES[field], one)]


@pytest.mark.parametrize("name", IDS)
def test_rules_of_aws_config_are_written_as_aws_writes_them(name: str) -> None:
    rules = controls()[name].config_rules
    assert [] == [rule for rule in rules if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule)]
    assert len(set(rules)) == len(rules)


def test_what_is_not_built_is_said_to_be_planned() -> None:
    bare = Row(controls()["S3-01"])
    assert ("planned", "planned") == (detects(bare).partition(";")[0], corrects(bare).partition(";")[0])
    assert prevents(bare).startswith("planned (s3, scp, rcp)")
    assert "by hand" == corrects(Row(controls()["ENC-05"]))
    assert "planned, opt-in" == corrects(Row(controls()["S3-03"])).partition(";")[0]


def test_what_is_built_is_named() -> None:
    row = ROWS["S3-01"]
    assert {"block-public-access", "protect-block-public-access"} <= set(row.prevents)
    assert ("s3-public-access",) == row.detects == row.corrects
    assert prevents(row).endswith("; SCPs and RCPs only keep the switches as they are")


def test_a_rule_is_named_with_the_command_that_applies_it() -> None:
    assert ", org check (ORG215, ORG217); AWS Config " in detects(ROWS["SEC-13"])


def test_a_component_that_only_reports_mends_nothing() -> None:
    from dataclasses import replace

    component = replace(COMPONENTS["s3-public-access"], write=None)
    row = next(one for one in rows(LIBRARY, ROLES, {"s3-public-access": component}) if one.control.id == "S3-01")
    assert (("s3-public-access",), ()) == (row.detects, row.corrects)


def test_the_summary_counts_what_is_there() -> None:
    bare = [Row(controls()["S3-01"]), Row(controls()["ORG-01"]), Row(controls()["S3-07"], templates=("a",))]
    assert (
        "3 recommendations: templates prevent a breach of 1 (1 of them in part), "
        "this program notices one of 1 and mends one of 1"
    ) == summary(bare)


def test_who_mends_a_breach_is_one_of_three() -> None:
    assert set(Correction) == {control.correction for control in controls().values()}
