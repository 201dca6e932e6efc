"""Credentials of members' root users: none are needed, so those that are there are reported, or deleted if asked for.

Each member is looked at in a short session of its root user, which central root access allows.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from org.baseline import Component, Severity, Where
from org.baseline.central_root_access import enabled
from org.errors import Denied, Missing
from org.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

    State = dict[str, Any]

AUDIT, DELETE = "IAMAuditRootUserCredentials", "IAMDeleteRootUserCredentials"
FEATURE = "RootCredentialsManagement"
FEATURES = "central root access"
"""The thing that is no thing: whether members' root users can be looked after at all."""
WIDTH = 32
PRESENT = {
    "password": "AccountPasswordPresent",
    "access_keys": "AccountAccessKeysPresent",
    "certificates": "AccountSigningCertificatesPresent",
    "mfa": "AccountMFAEnabled",
}
"""What a root user may have, and how IAM's summary of an account calls it."""
IN_WORDS = {
    "password": "a password",
    "access_keys": "access keys",
    "certificates": "signing certificates",
    "mfa": "a second factor",
}


def read(cloud: Cloud, scope: Scope) -> Things:
    """What each member's root user has, by the key of the account: two calls a member."""
    on = FEATURE in enabled(cloud)
    found: dict[str, State] = {FEATURES: {"on": on}}
    members = {key: account for key, account in scope.accounts.items() if account != scope.management} if on else {}
    with ThreadPoolExecutor(WIDTH) as pool:
        states = pool.map(lambda member: _member(cloud, *member), members.items())
        return found | dict(zip(members, states, strict=True))


def _member(cloud: Cloud, key: str, account: str) -> State:
    try:
        summary = cloud.root(Place(account, None, key), AUDIT).call("iam", "get_account_summary")["SummaryMap"]
    except Denied as denied:
        return {"account": account, "unreadable": f"{denied.operation}: {denied.code}"}
    return {"account": account} | {name: bool(summary.get(field)) for name, field in PRESENT.items()}


def wanted(scope: Scope, found: Things) -> Things:
    """Nothing, or where that is declared no credentials but for accounts whose root users keep theirs."""
    if not scope.settings["delete"]:
        return {}
    nothing = dict.fromkeys(PRESENT, False)
    return {
        key: {"account": state["account"], **nothing}
        for key, state in found.items()
        if state and "password" in state and key not in scope.settings["kept"]
    }


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Root users with credentials, those that keep them without a second factor, and those nobody could look at."""
    if not (found.get(FEATURES) or {"on": True})["on"]:
        advice = "switch it on with the component central-root-access"
        message = "root users of members cannot be looked at: central root access is off"
        yield scope.finding("ORG-09", message, advice=advice)
    for key, state in sorted(found.items()):
        if state is None or key == FEATURES:
            continue
        if "unreadable" in state:
            yield scope.finding("ORG-09", f"the root user of `{key}` cannot be looked at ({state['unreadable']})")
        elif key in scope.settings["kept"]:
            if (state["password"] or state["access_keys"]) and not state["mfa"]:
                message = f"the root user of `{key}` keeps its credentials without a second factor"
                yield scope.finding("ORG-09", message, severity=Severity.ERROR)
        elif not scope.settings["delete"] and any(state[name] for name in IN_WORDS):
            has = " and ".join(words for name, words in IN_WORDS.items() if state[name])
            advice = "name the account under `kept`, or set `delete` to have its root user's credentials deleted"
            yield scope.finding("ORG-09", f"the root user of `{key}` has {has}", advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The root user has no credentials; nobody can sign in as it until its password is asked for anew.

    Access keys go first and the second factor last, so that a session that ends halfway leaves nothing weaker.
    """
    after = change.after or {}
    root = cloud.root(Place(after["account"], None, change.name), DELETE)
    for key in root.pages("iam", "list_access_keys", "AccessKeyMetadata", token="Marker"):
        root.call("iam", "delete_access_key", AccessKeyId=key["AccessKeyId"])
    for one in root.pages("iam", "list_signing_certificates", "Certificates", token="Marker"):
        root.call("iam", "delete_signing_certificate", CertificateId=one["CertificateId"])
    with suppress(Missing):
        root.call("iam", "delete_login_profile")
    for device in root.pages("iam", "list_mfa_devices", "MFADevices", token="Marker"):
        root.call("iam", "deactivate_mfa_device", SerialNumber=device["SerialNumber"])


component = Component(
    name="root-credentials",
    title="Credentials of root users",
    description="Root users of members need no password, access keys or certificates once the organization looks after "
    "them. Those that have some are reported, and deleted only where that is declared. Needs central root access.",
    where=Where.ORGANIZATION,
    settings={
        "delete": {
            "type": "boolean",
            "default": False,
            "description": "Delete passwords, access keys, signing certificates and second factors of members' root "
            "users. A password can be set again by IAMCreateRootUserPassword, a key never.",
        },
        "kept": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string"},
            "default": [],
            "description": "Accounts, by key, whose root users keep what they have.",
            "examples": [["legacy"]],
        },
    },
    reads=("iam:ListOrganizationsFeatures",),
    read=read,
    wanted=wanted,
    findings=findings,
    write=write,
    as_root=(
        *("iam:GetAccountSummary", "iam:ListAccessKeys", "iam:ListSigningCertificates", "iam:ListMFADevices"),
        *("iam:DeleteAccessKey", "iam:DeleteSigningCertificate", "iam:DeleteLoginProfile", "iam:DeactivateMFADevice"),
    ),
    controls=("ORG-09",),
    after=("central-root-access",),
)
