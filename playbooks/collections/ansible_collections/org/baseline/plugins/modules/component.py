# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of this name, which does the work inside the process of ansible-playbook."""

from __future__ import annotations

DOCUMENTATION = r"""
module: component
short_description: Make one part of the security baseline what accounts.yaml says, in many accounts at once
version_added: 0.1.0
author: Contributors to aws-org-baseline
description:
  - Reads, plans and applies one baseline component in every account of the play's batch, in threads of one process.
    It runs once for a batch, whatever the number of hosts. Use it with C(run_once), so that every host has the
    registered result.
  - An account that fails does not fail the task. It is in C(failed_accounts) with its reason, and the others are done.
    Accounts in the group C(org_failed) are left out. An account in which something is wrong that no run puts right is
    there too, with the group C(org_wrong); later components do act in it.
  - A component acts once in each account, in every governed Region of each account, or once for the organization, from
    the management account. Regions that are not enabled in an account are skipped and named.
  - In check mode it makes no call that writes. An account that does not exist yet counts as one that would change.
  - Credentials and the endpoint come from the environment, as for any AWS tool. The role in each account is
    named in C(accounts.yaml).
  - Works with the C(linear) strategy.
options:
  name:
    description: The name of the component, as under C(baseline) in C(accounts.yaml).
    type: str
    required: true
  accounts:
    description: The path of C(accounts.yaml).
    type: path
    required: true
  max_fail_percentage:
    description: Fail, and so end the run before the next batch, where more than this share of the batch has failed.
    type: float
    default: 100
attributes:
  check_mode:
    description: Plans and changes nothing.
    support: full
  diff_mode:
    description: Shows the changes of every account.
    support: full
"""

EXAMPLES = r"""
- name: S3 Block Public Access for the whole account
  org.baseline.component:
    name: s3-public-access
    accounts: accounts.yaml
  run_once: true
  register: reconciled
"""

RETURN = r"""
accounts:
  description: What became of each account, by its key.
  returned: where the accounts file could be read
  type: dict
  sample:
    payments-prod:
      id: "123456789012"
      changed: false
      failed: true
      reason: "AssumeRole in payments-prod (123456789012): AccessDenied: not authorized to perform sts:AssumeRole"
      skipped: ""
      authorization_id: ""
      changes: []
      findings: []
      places: []
failed_accounts:
  description: The accounts that failed, each with key, reason and the group that it belongs to from now on.
  returned: where the accounts file could be read
  type: list
  elements: dict
"""
