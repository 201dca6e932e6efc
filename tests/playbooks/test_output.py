"""What the callback prints for anybody's tasks, and what it writes to files."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.playbooks.conftest import KEYS, ROOT, Denied, Played, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

FOREIGN = """\
- name: Foreign
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Fine
      ansible.builtin.command: echo "quiet as a mouse"
      changed_when: false
    - name: Changes
      ansible.builtin.command: echo changed
    - name: Skipped
      ansible.builtin.command: echo never
      when: false
    - name: Ignored
      ansible.builtin.command: sh -c 'echo told-you >&2; exit 3'
      ignore_errors: true
    - name: Rescued
      block:
        - name: Goes wrong
          ansible.builtin.fail:
            msg: first try
      rescue:
        - name: Comes right
          ansible.builtin.debug:
            msg: second try
    - name: Loop
      ansible.builtin.fail:
        msg: "no {{ item }}"
      loop: [bread, butter]
      ignore_errors: true
    - name: Broken
      ansible.builtin.command: /no/such/program
"""


@pytest.fixture(scope="module")
def foreign(empty: Stage) -> Callable[..., Played]:
    """A function that plays them; without arguments the run is the same one for all tests."""
    (empty.folder / "collections").symlink_to(ROOT / "playbooks" / "collections")
    playbook = empty.folder / "foreign.yml"
    playbook.write_text(FOREIGN, encoding="utf-8")
    relative = os.path.relpath(playbook.with_suffix(""), ROOT / "playbooks")

    @cache
    def play(*arguments: str, callback: str = "org.baseline.grouped") -> Played:
        return empty.play(relative, *arguments, ANSIBLE_STDOUT_CALLBACK=callback)

    return play


def test_foreign_failures_are_shown_with_everything_they_said(foreign: Callable[..., Played]) -> None:
    played = foreign()
    assert 2 == played.code
    for text in ("told-you", "first try", "no bread", "no butter", "/no/such/program"):
        assert text in played.stdout
    assert "quiet as a mouse" not in played.stdout


def test_the_counters_keep_the_meaning_they_have_everywhere(foreign: Callable[..., Played]) -> None:
    theirs = foreign(callback="default")
    line = next(line for line in theirs.stdout.splitlines() if line.startswith("localhost ") and "ok=" in line)
    recap = next(line for line in foreign().stdout.splitlines() if line.startswith("Foreign : "))
    assert line.split(":")[1].split() == recap.split(":")[1].split()


def test_verbose_shows_what_a_task_returned(foreign: Callable[..., Played]) -> None:
    assert "quiet as a mouse" in foreign("-v").stdout


def test_output_has_no_colour_unless_it_is_wanted(stage: Stage, denied: Denied) -> None:
    assert "\x1b" not in denied.played.said
    assert "\x1b" in stage.play("baseline", "--check", NO_COLOR="", ANSIBLE_FORCE_COLOR="1").stdout


def test_text_cannot_act_on_the_terminal(stage: Stage) -> None:
    from org.sandbox.serve import Fault

    stage.sandbox.faults.add(Fault("organizations:ListAccounts", code="AccessDeniedException", message="\x1b[2J gone"))
    played = stage.play("baseline")
    assert "\x1b" not in played.stdout
    assert "gone" in played.stdout


def test_junit_has_a_case_for_every_account_and_a_failure_for_the_one_that_failed(denied: Denied) -> None:
    suite = ET.parse(denied.junit).getroot().find("testsuite")
    assert suite is not None
    assert sorted([*KEYS, "management"]) == sorted(case.attrib["name"] for case in suite.findall("testcase"))
    failed = [case.attrib["name"] for case in suite.findall("testcase") if case.find("failure") is not None]
    assert (["payments-prod"], "1") == (failed, suite.attrib["failures"])


def test_json_lines_have_every_account_once_with_its_changes(denied: Denied) -> None:
    results = denied.played.results
    lines = {line["host"]: line for line in results[:-1] if line["play"] == "Baseline"}
    assert sorted([*KEYS, "management"]) == sorted(lines)
    assert len(lines) == sum(line["play"] == "Baseline" for line in results[:-1])
    assert denied.ids["search-dev"] == lines["search-dev"]["account"]
    assert ["create"] == [change["action"] for change in lines["search-dev"]["changes"]]
    assert "AssumeRole" in lines["payments-prod"]["reason"]
    assert ("summary", 1) == (results[-1]["type"], results[-1]["counts"]["failed"])


def test_verbose_names_every_account_of_a_group(stage: Stage) -> None:
    assert f"    {', '.join(KEYS)}" in stage.play("baseline", "-v", "--limit", "!management").stdout


def test_a_callback_that_writes_no_results_is_warned_about_once(stage: Stage) -> None:
    played = stage.play("site", "--check", ANSIBLE_STDOUT_CALLBACK="default")
    assert (0, ()) == (played.code, played.results)
    assert 1 == played.said.count("ORG_RESULTS_JSONL: nothing is written"), played.said


def test_the_grouped_callback_is_not_warned_about(stage: Stage) -> None:
    assert "nothing is written" not in stage.play("site", "--check").said


@pytest.mark.parametrize("variable", ["ORG_RESULTS_JSONL", "ORG_RESULTS_JUNIT"])
def test_a_run_whose_results_cannot_be_written_does_not_begin(stage: Stage, variable: str) -> None:
    played = stage.play("site", **{variable: str(stage.accounts / "results")})
    assert 0 != played.code
    assert f"{variable}: " in played.said
    assert "cannot be written" in played.said
    assert 0 == len(stage.sandbox.recorder)
