# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One baseline component is as accounts.yaml says, in every account of the batch at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.org.baseline.plugins.plugin_utils import results

from org.errors import OrgError
from org.reconcile import run

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "accounts": {"type": "path", "required": True},
    "max_fail_percentage": {"type": "float", "default": 100},
}
ACCOUNTS = "org-accounts.json"
"""The list of accounts, in the folder that Ansible makes for each run and removes at its end."""


class ActionModule(ActionBase):
    """Reads, plans and, outside check mode, applies one component in the accounts of the batch that have not failed."""

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
        keys = [key for key in batch if key not in failed]
        warnings = results.unrecorded(os.environ, constants.DEFAULT_STDOUT_CALLBACK)
        result["warnings"] = [*result.get("warnings", ()), *warnings]
        file, kept = Path(options["accounts"]), Path(constants.DEFAULT_LOCAL_TMP, ACCOUNTS)
        try:
            made = run.component(file, options["name"], keys, apply=not self._task.check_mode, kept=kept)
        except OrgError as error:
            return result | results.error(error)
        return result | results.stopped(results.batch(made), batch, failed, options["max_fail_percentage"])
