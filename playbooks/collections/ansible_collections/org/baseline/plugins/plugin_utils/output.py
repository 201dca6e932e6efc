# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run prints: lines in the colour of their first sign, with nothing in them that a terminal could act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.utils.display import Display

from org.report import grouped, plan_words
from org.report.baseline_json import account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ansible.playbook.task import Task

    from org.model.result import Batch

COLOURS = {
    "+": constants.COLOR_DIFF_ADD,
    "-": constants.COLOR_DIFF_REMOVE,
    "~": constants.COLOR_CHANGED,
    "!": constants.COLOR_ERROR,
    "?": constants.COLOR_WARN,
    "=": constants.COLOR_OK,
}


def show(display: Display, line: str, colour: str | None = None) -> None:
    """The text is printed, with every character that a terminal could act on written as an escape."""
    display.display("\n".join(map(plan_words.printable, line.split("\n"))), color=colour)


def show_lines(display: Display, lines: Iterable[str]) -> None:
    """The lines of a task are printed, each in its colour."""
    for line in lines:
        show(display, f"  {line}", COLOURS.get(line[0]))


def heading(play: str, task: str, *, check: bool) -> str:
    """The line above what a task did."""
    return f"\n{play}: {task}{' (check mode)' if check else ''}"


def reconciled(component: str) -> str:
    """What a component of the baseline is called in the output and in the files of results."""
    return f"Reconcile {component}"


def show_records(display: Display, found: Sequence[grouped.Record], noun: str, *, diff: bool) -> None:
    """The records of a task are printed in groups."""
    show_lines(display, grouped.lines(found, noun, diff=diff, verbose=bool(display.verbosity)))


def shower(play: str, task: Task) -> Callable[[Batch], None]:
    """A function that prints a component of the baseline as soon as it is done, while its task is still at work."""
    display: Any = Display()

    def shown(made: Batch) -> None:
        found = grouped.of_component({key: account(result) for key, result in made.results.items()})
        if found:
            show(display, heading(play, reconciled(made.component), check=task.check_mode is True))
            show_records(display, found, "account", diff=task.diff is True)

    return shown
