"""The whole way on an empty sandbox: plan, apply, and nothing left to do."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import KEYS, Played, Stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def story(empty: Stage) -> dict[str, tuple[Played, list[str]]]:
    """Four runs in a row, each with what it wrote."""
    told: dict[str, tuple[Played, list[str]]] = {}
    for name, arguments in {
        "check": ("--check", "--diff"),
        "apply": (),
        "again": (),
        "check again": ("--check", "--diff"),
    }.items():
        told[name] = (empty.play("site", *arguments), empty.writes())
    return told


Story = dict[str, tuple[Played, list[str]]]


def test_every_run_ends_well(story: Story) -> None:
    assert dict.fromkeys(story, 0) == {name: played.code for name, (played, _) in story.items()}, story["check"]


def test_check_writes_nothing_at_the_wire(story: Story) -> None:
    assert [] == story["check"][1]
    assert [] == story["check again"][1]


def test_check_shows_what_apply_does(story: Story) -> None:
    assert "+ OU Workloads/Prod" in story["check"][0].stdout
    assert "+ account payments-prod aws+payments-prod@acme.example in Workloads/Prod" in story["check"][0].stdout
    assert {"organizations:CreateAccount", "s3:PutPublicAccessBlock"} <= {
        name.replace("s3control", "s3") for name in story["apply"][1]
    }


def test_the_first_apply_changes_every_account(story: Story, empty: Stage) -> None:
    assert sorted([*KEYS, "management"]) == story["apply"][0].hosts("changed")
    assert list(KEYS) == empty.blocked()


def test_the_second_apply_changes_nothing(story: Story) -> None:
    played, writes = story["again"]
    assert (0, []) == (played.counts["changed"], writes)
    assert "changed=0" in played.stdout


def test_a_plan_after_an_apply_is_empty(story: Story) -> None:
    played = story["check again"][0]
    assert 0 == played.counts["changed"]
    assert "Plan: no changes." in played.stdout
