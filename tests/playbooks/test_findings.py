"""Mistakes in accounts.yaml stop a run before anything is called, and are shown where they are."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import BIN, KEYS, ROOT, Stage

pytestmark = pytest.mark.slow


def spoil(stage: Stage) -> None:
    text = stage.accounts.read_text(encoding="utf-8")
    text = text.replace("ou: Security}", "ou: Securty}").replace("key: search-prod", "key: search-dev")
    stage.accounts.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("playbook", ["site", "baseline"])
def test_every_mistake_is_shown_with_its_line_and_nothing_is_called(stage: Stage, playbook: str) -> None:
    spoil(stage)
    played = stage.play(playbook)
    assert 0 != played.code
    lines = dict(enumerate(stage.accounts.read_text().splitlines(), 1))
    for text in ("Securty", "search-dev, name: acme-search-prod"):
        number = next(number for number, line in lines.items() if text in line)
        assert f"accounts.yaml:{number}:" in played.said
    assert "`Securty`" in played.said
    assert 0 == len(stage.sandbox.recorder)


@pytest.mark.parametrize("limit", ["payments-prod", "all", "!search-dev"])
def test_a_limit_does_not_hide_a_mistake(stage: Stage, limit: str) -> None:
    spoil(stage)
    played = stage.play("site", "--limit", limit)
    assert 0 != played.code
    assert 0 == len(stage.sandbox.recorder)


def test_a_missing_accounts_file_is_said(stage: Stage) -> None:
    stage.accounts.unlink()
    played = stage.play("baseline")
    assert 0 != played.code
    assert "accounts.yaml" in played.said
    assert 0 == len(stage.sandbox.recorder)


def test_a_run_without_an_inventory_is_refused(stage: Stage) -> None:
    stage.inventory.write_text("plugin: org.baseline.nothing\n", encoding="utf-8")
    played = stage.play("baseline")
    assert (0, 0) != (played.code, len(stage.sandbox.recorder))
    assert "no inventory of accounts was read" in played.stdout


def test_the_extra_variable_names_another_file_for_the_inventory_too(stage: Stage) -> None:
    other = stage.folder / "elsewhere" / "mine.yaml"
    other.parent.mkdir()
    text = stage.accounts.read_text(encoding="utf-8")
    other.write_text("\n".join(line for line in text.splitlines() if "search" not in line), encoding="utf-8")
    stage.accounts.write_text("this is never read", encoding="utf-8")
    played = stage.play("baseline", "-e", "org_accounts=elsewhere/mine.yaml")
    assert (0, [key for key in KEYS if "search" not in key]) == (played.code, stage.blocked()), played.said


def test_a_checkout_works_from_its_root_without_any_configuration(stage: Stage) -> None:
    import subprocess

    command = [BIN / "ansible-playbook", "playbooks/site.yml", "--check"]
    kept = {name: value for name, value in stage.environment().items() if not name.startswith("ANSIBLE_")}
    stage.sandbox.reset()
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "23 to create" not in done.stderr
    assert "PLAY RECAP\n" in done.stdout


def test_a_run_works_from_any_folder(stage: Stage) -> None:
    elsewhere = stage.folder / "any" / "where"
    elsewhere.mkdir(parents=True)
    played = stage.play("site", cwd=elsewhere)
    assert (0, list(KEYS)) == (played.code, stage.blocked()), played.said


def test_a_guard_stops_the_run_and_says_how_to_allow_it(stage: Stage) -> None:
    text = stage.accounts.read_text(encoding="utf-8")
    stage.accounts.write_text(text.replace("policies: [deny-leave-organization]\n", ""), encoding="utf-8")
    played = stage.play("organization")
    assert (2, []) == (played.code, stage.writes())
    allow = played.stdout.split("run again with -e '")[1].split("'")[0]
    assert 0 == stage.play("organization", "-e", allow).code
    assert "organizations:DetachPolicy" in stage.writes()


def test_a_mistake_is_shown_once(stage: Stage) -> None:
    spoil(stage)
    assert 1 == stage.play("site").said.count("unknown organizational unit `Securty`")


@pytest.mark.parametrize("check", [["--check", "--diff"], ["--diff"]])
def test_a_plan_with_errors_fails_the_task_with_the_findings_and_the_plan(stage: Stage, check: list[str]) -> None:
    """An id that is not in the organization: ORG901."""
    text = stage.accounts.read_text(encoding="utf-8").replace(
        "{key: search-dev,", "{key: search-dev, id: 999999999999,"
    )
    text = text.replace("policies: [deny-leave-organization]", "policies: [deny-leave-organization, deny-root]")
    stage.accounts.write_text(text, encoding="utf-8")
    played = stage.play("organization", *check)
    assert (2, []) == (played.code, stage.writes())
    assert 1 == played.said.count("error[ORG901]")
    assert "  + policy deny-root" in played.stdout
    assert (0, 1) == (played.counts["changed"], played.counts["failed"])


def test_the_environment_names_the_file_as_it_does_for_the_command(stage: Stage) -> None:
    other = stage.folder / "elsewhere" / "mine.yaml"
    other.parent.mkdir()
    stage.accounts.rename(other)
    stage.accounts.write_text("this is never read", encoding="utf-8")
    played = stage.play("site", "--check", ORG_ACCOUNTS="elsewhere/mine.yaml")
    assert 0 == played.code, played.said


def test_the_extra_variable_and_the_option_win_over_the_environment(stage: Stage) -> None:
    stage.inventory.write_text("plugin: org.baseline.accounts\naccounts: accounts.yaml\n", encoding="utf-8")
    assert 0 == stage.play("site", "--check", ORG_ACCOUNTS="nothing.yaml").code
    stage.inventory.write_text("plugin: org.baseline.accounts\n", encoding="utf-8")
    assert 0 == stage.play("site", "--check", "-e", "org_accounts=accounts.yaml", ORG_ACCOUNTS="nothing.yaml").code
