# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole baseline is as accounts.yaml says, in every account of the batch at once, one component after the other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.org.baseline.plugins.plugin_utils import output, results

from org import baseline
from org.errors import OrgError
from org.reconcile import run

if TYPE_CHECKING:
    from org.model.result import Batch

ARGUMENTS = {
    "accounts": {"type": "path", "required": True},
    "max_fail_percentage": {"type": "float", "default": 100},
}


class ActionModule(ActionBase):
    """Reads, plans and, outside check mode, applies the components that the run's tags choose."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """What became of every account; failed only where nothing could be read or too many of the batch failed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        batch = [str(key) for key in task_vars["ansible_play_batch"]]
        failed = frozenset(str(key) for key in task_vars["groups"].get(results.FAILED, ()))
        names = results.chosen(task_vars["ansible_run_tags"], task_vars["ansible_skip_tags"], baseline.find())
        warnings = results.unrecorded(os.environ, constants.DEFAULT_STDOUT_CALLBACK) if names else []
        result["warnings"] = [*result.get("warnings", ()), *warnings]
        keys = [key for key in batch if key not in failed]
        show = output.shower(task_vars["ansible_play_name"], self._task) if results.ours(constants) else None
        made: list[Batch] = []
        try:
            for one in run.components(Path(options["accounts"]), names, keys, apply=not self._task.check_mode):
                made.append(one)
                if show:
                    show(one)
                if results.too_many(made, batch, failed, options["max_fail_percentage"]):
                    break
        except OrgError as error:
            return result | results.baseline(made) | results.error(error)
        return result | results.stopped(results.baseline(made), batch, failed, options["max_fail_percentage"])
