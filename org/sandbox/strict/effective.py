"""Declarative policies as they take effect on one account; only S3 policies so far."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.accounts import find_account
from org.sandbox.strict.attachments import check_target
from org.sandbox.strict.refusal import NotCovered, Refusal, access_denied
from org.sandbox.strict.registry import Audience, Request, answers

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm

S3 = "S3_POLICY"


def s3_mode(realm: Realm | None, account: str) -> str | None:
    """`all` or `none` where an S3 policy decides Block Public Access for the account, else None.

    The nearest policy wins, as `@@assign` overwrites what is inherited (User Guide page
    orgs_manage_policies_inheritance_mgmt; values: orgs_manage_policies_s3_syntax).
    """
    if realm is None or account not in realm.accounts or S3 not in realm.root.types:
        return None
    mode: str | None = None
    for node in realm.lineage(account):
        for identity in realm.attached_to(node, S3):
            block = json.loads(realm.policies[identity].content)["s3_attributes"]["public_access_block_configuration"]
            mode = block.get("@@assign", mode)
    return mode


@answers("organizations", Audience.MEMBERS)
def describe_effective_policy(request: Request) -> dict[str, Any]:
    """The merged policy of an account (API page DescribeEffectivePolicy); a member may ask for itself."""
    realm, caller, kind = request.realm, request.caller.account, request.parameters["PolicyType"]
    target = request.parameters.get("TargetId", caller)
    check_target(realm, target)
    account = find_account(realm, target)
    if caller not in {realm.management, account.id} and caller not in realm.delegates:
        raise access_denied()
    merged = any(realm.attached_to(node, kind) for node in realm.lineage(account.id))
    if kind != S3 and merged:
        raise NotCovered(f"the effective policy of type {kind}")
    mode = s3_mode(realm, account.id)
    if mode is None:
        message = "The account doesn't have an effective policy of this type."
        raise Refusal("EffectivePolicyNotFoundException", message)
    content = {"s3_attributes": {"public_access_block_configuration": mode}}
    shown = {
        "PolicyContent": json.dumps(content),
        "LastUpdatedTimestamp": request.world.now(),
        "TargetId": account.id,
        "PolicyType": kind,
    }
    return {"EffectivePolicy": shown}
