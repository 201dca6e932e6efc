# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run did, in few lines whatever the number of accounts, and in full in files."""

from __future__ import annotations

DOCUMENTATION = r"""
name: grouped
type: stdout
short_description: Groups accounts that change alike, and names every failure
version_added: 0.1.0
author: Contributors to aws-org-baseline
description:
  - Prints the plan, or what was done, of thousands of accounts in a few lines. Accounts that change in the same way are
    one group, accounts that fail for the same reason another. Unchanged ones are counted.
  - Ids, ARNs, reasons and the names of failed accounts are never cut. C(-v) names all accounts of each group.
  - C(--diff) shows each group's values before and after, once.
  - Tasks of other modules are one line for each outcome, and failures are shown in full.
  - The recap has a line for each play, with Ansible's own counters summed over its hosts.
options:
  results_jsonl:
    description: A file for one JSON object a line, for each account and task, and one with the counts at the end.
    type: path
    env:
      - name: ORG_RESULTS_JSONL
    ini:
      - section: callback_grouped
        key: results_jsonl
  results_junit:
    description: A file for a JUnit report, with a suite for each task and a case for each account.
    type: path
    env:
      - name: ORG_RESULTS_JUNIT
    ini:
      - section: callback_grouped
        key: results_junit
requirements:
  - set as stdout_callback in the configuration
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback import CallbackBase
from ansible_collections.org.baseline.plugins.plugin_utils import output, records

from org.report import grouped as groups
from org.report.grouped import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible.executor.stats import AggregateStats
    from ansible.executor.task_result import CallbackTaskResult
    from ansible.playbook.play import Play
    from ansible.playbook.task import Task

ONE, ALL = "org.baseline.component", "org.baseline.baseline"
BATCHED = (ONE, ALL)
PLANNED = "org.baseline.organization"
OURS = (*BATCHED, PLANNED)
LONG = 60
"""A plan of more changes is shown in groups, unless -v asks for all. What is detached or deleted is always named."""
SINKS = {"results_jsonl": records.JsonLines, "results_junit": records.JUnit}
MARKING = ("ansible.builtin.fail",)
BOOKKEEPING = ("ansible.builtin.add_host", "ansible.builtin.assert", "ansible.builtin.group_by", "ansible.builtin.meta")


class CallbackModule(CallbackBase):
    """Grouped output on the terminal, and every result in the files that were asked for."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "org.baseline.grouped"

    def __init__(self) -> None:
        super().__init__()
        self._play = ""
        self._records: list[Record] = []
        self._waiting: list[Record] = []
        self._headed = False
        self._named_failures: set[str] = set()
        self._sinks: list[records.JsonLines | records.JUnit] = []

    def set_options(self, *arguments: Any, **named: Any) -> None:
        """The files that were asked for are there; one that cannot be written raises AnsibleError.

        INVARIANT: a run that cannot write down what it does does not begin. Ansible turns what goes wrong in a callback
        into a warning at any later time.
        """
        super().set_options(*arguments, **named)
        for option, sink in SINKS.items():
            if path := self.get_option(option):
                try:
                    self._sinks.append(sink(Path(path)))
                except OSError as error:
                    raise AnsibleError(f"ORG_{option.upper()}: `{path}` cannot be written: {error.strerror}") from None

    def v2_playbook_on_play_start(self, play: Play) -> None:
        """Results that come now are of this play."""
        self._next_task()
        self._play = play.get_name().strip()

    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        """The task before is printed."""
        self._next_task()

    def v2_playbook_on_handler_task_start(self, task: Task) -> None:
        """The task before is printed."""
        self._next_task()

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """It is said that a play has nothing to work on."""
        self._show(f"\nPLAY [{self._play}]: no hosts matched", constants.COLOR_SKIP)

    def v2_on_file_diff(self, result: CallbackTaskResult) -> None:
        """The diff is printed; that of a component comes with its groups instead."""
        if _action(result.task) in BATCHED or not result.result.get("diff"):
            return
        self._heading(result)
        changes = result.result["plan"]["changes"] if _action(result.task) == PLANNED else ()
        if len(changes) > LONG and not self._display.verbosity:
            lines = groups.changed(groups.of_plan(changes), "change", diff=True, verbose=False)
            output.show_lines(self._display, lines)
            return
        for line in self._get_diff(result.result["diff"]).splitlines():
            self._show(line, output.COLOURS.get(line.lstrip()[:1]))

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        """The result is recorded, account by account where it is of a component."""
        self._handle_warnings(result.result)
        if isinstance(result.task, TaskInclude) or _action(result.task) in BOOKKEEPING:
            return
        if _action(result.task) in BATCHED:
            self._batch(result)
        else:
            self._host(result, "changed" if result.is_changed() else "ok", _message(result))

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:
        """The failure is printed in full, unless it only marks an account that was named already."""
        self._handle_warnings(result.result)
        if result.host.get_name() in self._named_failures and _action(result.task) in MARKING:
            return
        if _action(result.task) in BATCHED and not {"accounts", "components"}.isdisjoint(result.result):
            self._batch(result)
            self._show(f"  ! {result.result['msg']}", constants.COLOR_ERROR)
        else:
            if _action(result.task) not in OURS:
                self._heading(result)
                self._handle_exception(result.result)
            elif result.task.diff is True:
                self.v2_on_file_diff(result)  # Ansible calls it only for what did not fail.
            self._host(result, "ignored" if ignore_errors else "failed", _reason(result))

    def v2_runner_on_unreachable(self, result: CallbackTaskResult) -> None:
        """The host is recorded as unreachable."""
        self._host(result, "unreachable", _reason(result))

    def v2_runner_on_skipped(self, result: CallbackTaskResult) -> None:
        """The host is recorded as skipped."""
        if _action(result.task) not in BOOKKEEPING:
            self._host(result, "skipped", str(result.result.get("skip_reason") or ""))

    def v2_runner_item_on_failed(self, result: CallbackTaskResult) -> None:
        """The item of a loop that failed is named."""
        self._heading(result)
        label = f"{result.host.get_name()} (item {self._get_item_label(result.result)})"
        self._show(f"  ! {label}: {_reason(result)}", constants.COLOR_ERROR)

    def v2_playbook_on_stats(self, stats: AggregateStats) -> None:
        """The recap is printed and the files are complete."""
        self._flush()
        found = records.rescued(self._records, stats.rescued)
        self._show("\nPLAY RECAP")
        plays = dict.fromkeys(record.play for record in found)
        width = max(map(len, plays), default=0)
        for play in plays:
            counted = records.counts([record for record in found if record.play == play])
            self._show(
                f"{play:<{width}} : " + " ".join(f"{name}={count}" for name, count in counted.items()), _colour(counted)
            )
        failed = dict.fromkeys(record.host for record in found if record.status in records.BAD)
        if failed:
            self._show(f"failed: {', '.join(failed)}", constants.COLOR_ERROR)
        for sink in self._sinks:
            sink.finish(found)

    def _batch(self, result: CallbackTaskResult) -> None:
        """Every account of a component's result is recorded, and printed in groups; the baseline has printed its."""
        check = result.task.check_mode is True
        if _action(result.task) == ALL:
            for name, accounts in result.result["components"].items():
                self._keep(groups.of_component(accounts, self._play, output.reconciled(name), check=check))
            return
        found = groups.of_component(result.result["accounts"], self._play, result.task_name, check=check)
        self._keep(found)
        if found:
            self._heading(result)
            output.show_records(self._display, found, "account", diff=result.task.diff is True)

    def _keep(self, found: Sequence[Record]) -> None:
        self._named_failures |= {record.host for record in found if record.status in records.BAD}
        self._record(found)

    def _host(self, result: CallbackTaskResult, status: str, reason: str) -> None:
        """One host's result is recorded; it is printed with the others of its task."""
        check = result.task.check_mode is True
        changes = result.result.get("plan", {}).get("changes", ()) if _action(result.task) == PLANNED else ()
        record = Record(
            self._play,
            result.task_name,
            result.host.get_name(),
            status,
            reason,
            check=check,
            changed=result.is_changed(),
            changes=changes,
        )
        self._record([record])
        if _action(result.task) == PLANNED and status != "failed":
            self._heading(result)
            if not check or result.task.diff is not True:
                output.show_lines(self._display, [f"{'~' if status == 'changed' else '='} {reason}"])
        elif status not in ("ok", "skipped") or self._display.verbosity:
            self._heading(result)
            self._waiting.append(record)
        if self._display.verbosity:
            self._show(self._dump_results(result.result))

    def _record(self, found: Sequence[Record]) -> None:
        self._records.extend(found)
        for sink in self._sinks:
            sink.add(found)

    def _next_task(self) -> None:
        self._flush()
        self._headed = False

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        output.show_records(self._display, waiting, "host", diff=False)

    def _heading(self, result: CallbackTaskResult) -> None:
        """The name of the task is printed, once."""
        if self._headed:
            return
        self._headed = True
        self._show(output.heading(self._play, result.task_name, check=result.task.check_mode is True))

    def _show(self, line: str, colour: str | None = None) -> None:
        output.show(self._display, line, colour)


def _action(task: Task) -> str:
    return str(task.resolved_action or task.action)


def _message(result: CallbackTaskResult) -> str:
    """What the organization's own result says; other modules' messages are for `-v`."""
    return str(result.result.get("msg") or "") if _action(result.task) == PLANNED else ""


def _reason(result: CallbackTaskResult) -> str:
    """Everything that says why a task failed: its message, then what the command wrote."""
    parts = [result.result.get(name) for name in ("msg", "module_stderr", "stderr", "stdout")]
    return "\n".join(dict.fromkeys(str(part).strip() for part in parts if part)) or "no reason given"


def _colour(counted: dict[str, int]) -> str:
    if counted["failed"] or counted["unreachable"]:
        return str(constants.COLOR_ERROR)
    return str(constants.COLOR_CHANGED if counted["changed"] else constants.COLOR_OK)
