# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory: every account of accounts.yaml is a host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: accounts
short_description: The accounts of an AWS organization, from accounts.yaml
version_added: 0.1.0
author: Contributors to aws-org-baseline
description:
  - Makes a host of every account in C(accounts.yaml), the management account included. The host's name is
    the account's key.
  - Reads files only. It calls no AWS API and needs no credentials.
  - Active accounts are in the group C(accounts). Closed and suspended ones are in C(not_active) and in no other group.
  - The other groups are C(ou_PATH) for each OU (an OU's group is a child of the group of the OU above it),
    C(tag_KEY_VALUE) for each tag, C(env_VALUE) for the tag C(environment) (or C(env)), and C(management_account).
    Names are in lower case, with C(_) for everything but letters and digits. Where two would have the same name, each
    gets 8 hexadecimal digits behind it, and a warning says so.
  - Host variables are final values which Ansible never templates, namely C(org_key), C(org_name), C(org_email),
    C(org_tags), C(org_ou) and, where it is declared, C(org_account_id). Every host has C(org_accounts), the path that
    was read.
  - Errors in C(accounts.yaml) are reported all at once, with file, line and column, and no host is made.
options:
  plugin:
    description: Marks the file as one of this plugin.
    type: str
    required: true
    choices: [org.baseline.accounts]
  accounts:
    description:
      - The path of C(accounts.yaml), relative to the inventory file.
      - By default the first that exists of C(accounts.yaml) beside the inventory file and one folder above it.
      - The environment variable E(ORG_ACCOUNTS), which C(org) follows too, is taken where this option is not given.
        It is relative to the current folder.
      - The extra variable C(org_accounts) wins over all of them, for the inventory and for the playbooks. It is
        relative to the current folder.
    type: str
  slice:
    description:
      - Take every n-th account only, written C(i::n) with C(i) from 0 to n-1. The accounts are sorted by key first.
      - Slices are for splitting the baseline over several runs. What a slice leaves out is in no group.
    type: str
    default: ''
    env:
      - name: ORG_SLICE
"""

EXAMPLES = r"""
# accounts.inventory.yml, beside accounts.yaml or one folder below it
plugin: org.baseline.accounts
---
# the second quarter of the accounts of another file
plugin: org.baseline.accounts
accounts: ../organizations/acme.yaml
slice: 1::4
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible_collections.org.baseline.plugins.plugin_utils import hosts, results

from org.model.organization import AccountState
from org.reconcile import wanted

if TYPE_CHECKING:
    from ansible.inventory.data import InventoryData
    from ansible.parsing.dataloader import DataLoader

    from org.model.organization import Account, Organization

ACTIVE, INACTIVE, MANAGEMENT = "accounts", "not_active", "management_account"
STAND_IN = "accounts-could-not-be-read"


class InventoryModule(BaseInventoryPlugin):
    """Hosts, groups and final variables of the accounts in accounts.yaml."""

    NAME = "org.baseline.accounts"

    def verify_file(self, path: str) -> bool:
        """True where the file can be read and is YAML by its name."""
        return bool(super().verify_file(path)) and path.endswith((".yml", ".yaml"))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """The inventory holds every account of the slice; raises AnsibleParserError with all findings."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        option, variable = self.get_option("accounts"), os.environ.get("ORG_ACCOUNTS")
        file = accounts_file(self._vars.get("org_accounts"), option, variable, Path(path))
        self._stand_in()
        organization = self.organization(file)
        try:
            accounts = hosts.sliced(organization.accounts, self.get_option("slice"))
        except ValueError as error:
            raise AnsibleParserError(str(error)) from None
        inventory.remove_host(inventory.hosts[STAND_IN])
        names, shared = hosts.group_names(organization.accounts)
        if shared:
            self.display.warning(
                f"group names that more than one thing would have got 8 digits each: {', '.join(shared)}"
            )
        self.add(accounts, names)
        inventory.set_variable("all", "org_accounts", str(file))

    def organization(self, file: Path) -> Organization:
        """The organization that the file declares; where it has errors all are shown, and AnsibleParserError raised.

        Ansible says an exception's text two times, so the text of the findings is not in it.
        """
        read = wanted.wanted_once(file)
        if read.organization is None:
            from org.report import text

            self.display.error(text.findings(read.findings, read.sources, colour=False))
            raise AnsibleParserError(f"{file} has errors; they are shown above")
        return read.organization

    def _stand_in(self) -> None:
        """One host is an account, until the accounts are there.

        INVARIANT: a run over accounts that could not be read fails. Ansible only warns about an inventory that it
        cannot parse, and then ends well where no host matches; this host makes a run with --limit fail too.
        """
        self.inventory.add_group(ACTIVE)
        self.inventory.add_host(STAND_IN, group=ACTIVE)
        self.inventory.add_child("all", ACTIVE)

    def add(self, accounts: list[Account], names: dict[tuple[str, ...], str]) -> None:
        """Each account is a host in its groups."""
        for group in (ACTIVE, INACTIVE, MANAGEMENT):
            self.inventory.add_group(group)
            self._set(group, {"ansible_connection": "local", "ansible_python_interpreter": sys.executable})
        for group in (results.FAILED, results.WRONG, *names.values()):
            self.inventory.add_group(group)
        for thing, group in names.items():
            parent = names.get(("ou", thing[1].rpartition("/")[0])) if thing[0] == "ou" and "/" in thing[1] else None
            if parent:
                self.inventory.add_child(parent, group)
        for account in accounts:
            self.inventory.add_host(account.key)
            for group in _groups(account, names):
                self.inventory.add_child(group, account.key)
            self._set(account.key, hosts.variables(account))

    def _set(self, entity: str, variables: dict[str, Any]) -> None:
        for name, value in variables.items():
            self.inventory.set_variable(entity, name, value)


def accounts_file(extra: str | None, option: str | None, variable: str | None, inventory: Path) -> Path:
    """The path of accounts.yaml, short where it can be: the first of the extra variable, the option and ORG_ACCOUNTS
    that is given, or the default that exists."""
    folder = inventory.resolve().parent
    defaults = (folder / "accounts.yaml", folder.parent / "accounts.yaml")
    if extra:
        file = Path(extra).resolve()
    elif option:
        file = (folder / option).resolve()
    elif variable:
        file = Path(variable).resolve()
    else:
        file = next((path for path in defaults if path.exists()), defaults[-1])
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _groups(account: Account, names: dict[tuple[str, ...], str]) -> list[str]:
    if account.state is not AccountState.ACTIVE:
        return [INACTIVE]
    own = [ACTIVE, MANAGEMENT] if account.management else [ACTIVE]
    nearest = ("ou", account.ou)
    return own + [names[thing] for thing in hosts.things(account) if thing[0] != "ou" or thing == nearest]
