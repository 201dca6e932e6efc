"""What SCPs and RCPs never restrict, as data (rules 5, 6, 8, 9).

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.access import actions
from org.access.requests import account_of, is_service_linked, kind_of

if TYPE_CHECKING:
    from org.model.request import Principal, Request

IAM_PRINCIPALS = frozenset(("root", "user", "role", "assumed-role", "federated-user"))
"""The principals that belong to an account and have its SCPs; services, providers and anonymous callers do not."""
BEYOND_SCPS = frozenset(("mechanicalturk",))
"""Services that SCPs never restrict."""
BEYOND_SCPS_FOR_ROOT = frozenset(
    ("ec2:modifyaddressattribute", "ec2:resetaddressattribute", "supportplans:startsupportplanupdate")
)
"""What the root user may do whatever the SCPs say: reverse DNS for mail, and the Enterprise Support plan."""
BEYOND_RCPS = frozenset(("kms:retiregrant",))
AWS_MANAGED_KEY = re.compile(r"(arn:[^:]*:kms:[^:]*:[^:]*:)?alias/aws/.*", re.DOTALL)


def is_iam_principal(principal: Principal) -> bool:
    """True for users, roles, their sessions and root users: those that identity policies and SCPs are about."""
    return account_of(principal.arn) is not None and kind_of(principal.arn)[0] in IAM_PRINCIPALS


def scps_apply(request: Request) -> bool:
    """True where the SCPs of the principal's account have a say (rules 5-7)."""
    principal, action = request.principal, request.action.lower()
    if not is_iam_principal(principal) or principal.management or is_service_linked(principal):
        return False
    root = kind_of(principal.arn)[0] == "root"
    return action.partition(":")[0] not in BEYOND_SCPS and not (root and action in BEYOND_SCPS_FOR_ROOT)


def rcps_apply(request: Request) -> bool:
    """True where the RCPs of the resource's account have a say (rules 8-10)."""
    action = request.action.lower()
    if action.partition(":")[0] not in actions.rcp_services() or action in BEYOND_RCPS:
        return False
    if is_service_linked(request.principal) or _in_management_account(request):
        return False
    return not (action.startswith("kms:") and _is_aws_managed_key(request))


def _in_management_account(request: Request) -> bool:
    """True for resources of the management account; those of another account are bound for its principals too."""
    own = request.resource_account in (None, account_of(request.principal.arn))
    return request.resource_management or (request.principal.management and own)


def _is_aws_managed_key(request: Request) -> bool:
    aliases = request.context.get("kms:resourcealiases", ())
    named = (aliases,) if isinstance(aliases, str) else aliases
    return any(AWS_MANAGED_KEY.fullmatch(one) for one in (*named, request.resource or ""))
