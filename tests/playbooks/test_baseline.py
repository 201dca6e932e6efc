"""The baseline over accounts that exist: limits, tags, serial batches, and accounts that fail alone."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import KEYS, Denied, Stage

pytestmark = pytest.mark.slow


def test_limit_takes_one_account(stage: Stage) -> None:
    played = stage.play("site", "--limit", "search-dev")
    assert (0, ["search-dev"]) == (played.code, stage.blocked())


def test_limit_takes_an_ou(stage: Stage) -> None:
    played = stage.play("baseline", "--limit", "ou_workloads")
    assert (0, [key for key in KEYS if key != "log-archive"]) == (played.code, stage.blocked())


def test_limit_takes_a_tag_and_an_environment(stage: Stage) -> None:
    played = stage.play("baseline", "--limit", "env_prod:&tag_team_payments")
    assert (0, ["payments-prod"]) == (played.code, stage.blocked())


def test_the_tag_of_a_component_runs_it_alone(stage: Stage) -> None:
    played = stage.play("site", "--tags", "s3-public-access")
    assert (0, list(KEYS)) == (played.code, stage.blocked())
    assert {"Baseline"} == {line["play"] for line in played.results[:-1]}


def test_another_tag_runs_no_component(stage: Stage) -> None:
    played = stage.play("baseline", "--tags", "kms-keys")
    assert (0, []) == (played.code, stage.blocked())


def test_serial_batches_reach_every_account(stage: Stage) -> None:
    played = stage.play("baseline", "-e", '{"org_serial": [1, "50%", "100%"]}')
    assert (0, list(KEYS)) == (played.code, stage.blocked())
    assert 3 == played.stdout.count("Reconcile s3-public-access")


def test_a_slice_takes_its_part_and_the_slices_together_everything(stage: Stage) -> None:
    first = stage.play("baseline", ORG_SLICE="0::2").hosts("changed")
    second = stage.play("baseline", ORG_SLICE="1::2").hosts("changed")
    assert sorted(KEYS) == sorted([*first, *second])
    assert list(KEYS) == stage.blocked()


def test_a_slice_that_is_none_is_refused(stage: Stage) -> None:
    played = stage.play("baseline", ORG_SLICE="2::2")
    assert 0 != played.code
    assert "`2::2` is not a slice: write i::n" in played.said


def test_one_denied_account_is_named_with_its_reason_and_all_others_are_done(denied: Denied) -> None:
    assert (2, ["payments-prod"]) == (denied.played.code, denied.played.hosts("failed"))
    assert [key for key in KEYS if key != "payments-prod"] == denied.blocked
    line = next(line for line in denied.played.stdout.splitlines() if line.lstrip().startswith("! payments-prod"))
    assert denied.ids["payments-prod"] in line
    assert "AssumeRole" in line
    assert "AccessDenied" in line


def test_the_recap_counts_a_denied_account_once(denied: Denied) -> None:
    recap = next(line for line in denied.played.stdout.splitlines() if line.startswith("Baseline : "))
    assert "changed=4 unreachable=0 failed=1" in recap
    assert "failed: payments-prod" == denied.played.stdout.splitlines()[-1]


def test_stock_output_names_a_denied_account_too(stage: Stage) -> None:
    stage.deny("payments-prod")
    played = stage.play("baseline", ANSIBLE_STDOUT_CALLBACK="default")
    assert 2 == played.code
    recap = next(line for line in played.stdout.splitlines() if line.startswith("payments-prod ") and "failed=" in line)
    assert "failed=1" in recap


def test_too_many_failures_in_a_batch_stop_before_the_next(stage: Stage) -> None:
    stage.deny("log-archive")
    played = stage.play("baseline", "-e", "org_serial=1", "-e", "org_max_fail_percentage=20", "--limit", "!management")
    assert (2, []) == (played.code, stage.blocked())
    assert "1 of the 1 accounts of this batch failed, more than 20 %: stopping here" in played.stdout


def test_many_accounts_that_fail_alike_are_one_line_with_all_their_names(stage: Stage) -> None:
    stage.deny("payments-prod", "search-prod")
    lines = stage.play("baseline").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "! 2 accounts failed: " in line)
    assert f"{stage.id_of('payments-prod')}" in lines[at + 1]
    assert f"{stage.id_of('search-prod')}" in lines[at + 1]


def test_check_writes_nothing_to_any_account_and_shows_what_many_have_in_common_once(stage: Stage) -> None:
    played = stage.play("baseline", "--check", "--diff")
    assert (0, [], []) == (played.code, stage.writes(), stage.blocked())
    assert sorted(KEYS) == [host for host in played.hosts("changed") if host != "management"]
    assert 1 == played.stdout.count("BlockPublicAcls: not set -> true")
