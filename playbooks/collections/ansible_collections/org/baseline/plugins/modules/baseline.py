# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of this name, which does the work inside the process of ansible-playbook."""

from __future__ import annotations

DOCUMENTATION = r"""
module: baseline
short_description: Make the whole security baseline what accounts.yaml says, in many accounts at once
version_added: 0.1.0
author: Contributors to aws-org-baseline
description:
  - Reads, plans and applies every component of the baseline in every account of the play's batch, one component after
    the other, each in threads of one process. It runs once for a batch. Use it with C(run_once) and the tag C(always).
  - The components are those that the tags of the run name, C(--tags kms-keys) or C(--skip-tags kms-keys); all of them
    where the run has no tags, or the tag C(baseline).
  - An account that fails does not fail the task. It is in C(failed_accounts) with its reason, later components leave it
    out, and the others are done. Accounts in the group C(org_failed) are left out from the start. An account in which
    something is wrong that no run puts right is in C(failed_accounts) too, with the group C(org_wrong).
  - In check mode it makes no call that writes. An account that does not exist yet counts as one that would change.
  - Credentials and the endpoint come from the environment, as for any AWS tool. The role in each account is
    named in C(accounts.yaml).
  - Works with the C(linear) strategy.
options:
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
- name: The baseline of every account
  org.baseline.baseline:
    accounts: accounts.yaml
  run_once: true
  register: reconciled
  tags: [always]
"""

RETURN = r"""
components:
  description: What became of each account, by its key, for each component. The module C(component) has a sample.
  returned: always
  type: dict
failed_accounts:
  description: The accounts that failed, each with key, reason and the group that it belongs to from now on.
  returned: always
  type: list
  elements: dict
"""
