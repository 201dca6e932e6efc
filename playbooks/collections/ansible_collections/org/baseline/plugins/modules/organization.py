# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of this name, which does the work inside the process of ansible-playbook."""

from __future__ import annotations

DOCUMENTATION = r"""
module: organization
short_description: Make an AWS organization what accounts.yaml says
version_added: 0.1.0
author: Contributors to aws-org-baseline
description:
  - Reads C(accounts.yaml) and the organization, plans, and applies the plan, creating and moving organizational units
    and accounts, and creating, updating, attaching and detaching policies.
  - In check mode it stops after the plan and makes no call that writes.
  - What C(accounts.yaml) does not declare is reported and left alone. An account is never closed.
  - Credentials and the endpoint come from the environment, as for any AWS tool.
options:
  accounts:
    description: The path of C(accounts.yaml).
    type: path
    required: true
  allow:
    description: The names of the guards that this run may trip.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Plans and changes nothing.
    support: full
  diff_mode:
    description: Shows the plan.
    support: full
"""

EXAMPLES = r"""
- name: Organizational units, accounts and policies
  org.baseline.organization:
    accounts: accounts.yaml
"""

RETURN = r"""
plan:
  description: The plan.
  returned: where the accounts file and the organization could be read
  type: dict
  contains:
    plan_id:
      description: The SHA-256 of the canonical changes. The same changes always have the same id.
      type: str
    counts:
      description: How many changes there are, by action.
      type: dict
    changes:
      description: The changes in order, each with action, kind, name, account, region, before, after, risk and source.
      type: list
      elements: dict
    guards:
      description: The guards that the plan trips, each with name and what tripped it.
      type: list
      elements: dict
outcomes:
  description: What became of each change, as in C(plan.changes) with result, reason and authorization_id.
  returned: always; empty in check mode
  type: list
  elements: dict
"""
