# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization is as accounts.yaml says; in check mode, the plan that would make it so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.org.baseline.plugins.plugin_utils import results

from org.errors import OrgError
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
        try:
            made = run.organization(file, apply=not self._task.check_mode, allow=frozenset(options["allow"]))
        except OrgError as error:
            return result | results.error(error, file)
        return result | results.run(made)
