# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization is as accounts.yaml says; in check mode, the plan that would make it so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.org.baseline.plugins.plugin_utils import results

from org.errors import BadInput, OrgError
from org.reconcile import run

ARGUMENTS = {
    "accounts": {"type": "path", "required": True},
    "allow": {"type": "list", "elements": "str", "default": []},
}


class ActionModule(ActionBase):
    """Reads, plans and, outside check mode, applies the organization."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The plan and what became of it; failed, with everything that is wrong, where the run did not get through."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        file = Path(options["accounts"])
        warnings = results.unrecorded(os.environ, constants.DEFAULT_STDOUT_CALLBACK)
        result["warnings"] = [*result.get("warnings", ()), *warnings]
        try:
            made = results.run(carried_out(file, frozenset(options["allow"]), apply=not self._task.check_mode))
        except OrgError as error:
            return result | results.error(error)
        return result | made | {"warnings": [*result["warnings"], *made["warnings"]]}


def carried_out(file: Path, allow: frozenset[str], *, apply: bool) -> run.Run:
    """The run; where the plan has errors, the plan alone, to be shown. Raises what `run.organization` raises."""
    try:
        return run.organization(file, apply=apply, allow=allow)
    except BadInput:
        planned = run.organization(file, apply=False)
        if not results.refused(planned):
            raise
        return planned
