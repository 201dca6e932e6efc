"""Organizations for tests, a line each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType

SCP, RCP = PolicyType.SERVICE_CONTROL_POLICY, PolicyType.RESOURCE_CONTROL_POLICY
MANAGEMENT = Account("management", "acme", "aws@acme.example", ou=None, id="111111111111", management=True)


def account(key: str, ou: str = "", **more: Any) -> Account:
    return Account(key, f"acme-{key}", f"aws+{key}@acme.example", ou=ou, **more)


def organization(*accounts: Account, policies: tuple[Policy, ...] = (), **more: Any) -> Organization:
    paths = {one.ou for one in accounts if one.ou}
    above = {path.rsplit("/", n)[0] for path in paths for n in range(path.count("/") + 1)}
    units = more.pop("units", tuple(map(OrganizationalUnit, sorted(above))))
    home = more.pop("home_region", "eu-west-1")
    return Organization(
        accounts=(MANAGEMENT, *accounts), units=units, policies=policies, home_region=home, regions=(home,), **more
    )


def deny(name: str, action: str, *targets: str, kind: PolicyType = SCP, **more: Any) -> Policy:
    statement = {"Sid": name.title().replace("-", ""), "Effect": "Deny", "Action": action, "Resource": "*", **more}
    if kind is RCP:
        statement["Principal"] = "*"
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return Policy(kind, name, content, targets=frozenset(targets))


def moved(found: Organization, key: str, ou: str) -> Organization:
    accounts = tuple(replace(one, ou=ou) if one.key == key else one for one in found.accounts)
    return replace(found, accounts=accounts)
