"""Rules of IAM about roles and managed policies that moto lacks; the roles and policies themselves are moto's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html has the quotas. Each operation follows its
page of the IAM API Reference. Where a trust policy names a role of an account here, that role has to be there:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import json
import re
import urllib.parse
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from org.sandbox.fallback import keep_small, know_root_users
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers

if TYPE_CHECKING:
    from collections.abc import Iterator

TRUST, MANAGED, INLINE = 2_048, 6_144, 10_240
ATTACHED, VERSIONS = 20, 5
ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([^/]+)")
STATUS = {"NoSuchEntity": 404, "EntityAlreadyExists": 409, "LimitExceeded": 409, "DeleteConflict": 409}
MALFORMED = "MalformedPolicyDocument"
WHITE_SPACE = re.compile(r"\s")


def backend(request: Request) -> Any:
    """moto's IAM of the caller's account, which knows the roles that the account was born with."""
    keep_small()
    know_root_users()
    from moto.iam.models import iam_backends

    request.roles.hand_over(request.caller.account)
    return iam_backends[request.caller.account]["aws"]


@contextmanager
def asking_moto() -> Iterator[None]:
    """What moto refuses is refused with its code."""
    from moto.core import exceptions

    try:
        yield
    except exceptions.ServiceException as error:
        raise Refusal(error.code, error.message, status=STATUS.get(error.code, 400)) from error


def parsed(text: str) -> list[dict[str, Any]]:
    """The statements of a policy; refused where it is none."""
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    found = content.get("Statement") if isinstance(content, dict) else None
    statements = [found] if isinstance(found, dict) else found
    if not isinstance(statements, list) or not all(isinstance(one, dict) and "Effect" in one for one in statements):
        raise Refusal(MALFORMED, "This policy contains invalid Json")
    return statements


def check_trust(request: Request, text: str) -> None:
    """The text is a trust policy, not too long, and its roles are there."""
    if len(text) > TRUST:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {TRUST}", status=409)
    for statement in parsed(text):
        if "Resource" in statement:
            raise Refusal(MALFORMED, "Has prohibited field Resource")
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise Refusal(MALFORMED, "Missing required field Principal")
        principal = statement.get("Principal", {})
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for arn in [named] if isinstance(named, str) else named:
            match = ROLE.fullmatch(arn)
            if match and not there(request, *match.groups()):
                raise Refusal(MALFORMED, f'Invalid principal in policy: "AWS":"{arn}"')


def there(request: Request, account: str, role: str) -> bool:
    """True where the role is there, or in an account of which nothing is known here."""
    realm = request.world.realm
    known = account in realm.accounts if realm else account == request.world.home
    return not known or request.roles.has(account, role)


def check_permissions(text: str) -> None:
    """The text is an identity-based policy that is not too long for a managed one."""
    if any("Principal" in statement for statement in parsed(text)):
        raise Refusal(MALFORMED, "Policy document should not specify a principal.")
    if len(WHITE_SPACE.sub("", text)) > MANAGED:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for PolicySize: {MANAGED}", status=409)


def check_boundary(request: Request, arn: str | None) -> None:
    """The policy is there; those of AWS itself all are."""
    if arn and ":iam::aws:" not in arn and arn not in backend(request).managed_policies:
        message = f"Scope ARN: {arn} does not exist or is not attachable."
        raise Refusal("NoSuchEntity", message, status=404)


def shown(role: Any) -> dict[str, Any]:
    """A role as CreateRole shows it."""
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "AssumeRolePolicyDocument": urllib.parse.quote(role.assume_role_policy_document),
    }


@answers("iam", Audience.ANYBODY)
def create_role(request: Request) -> dict[str, Any]:
    """A new role."""
    given, iam = request.parameters, backend(request)
    check_trust(request, given["AssumeRolePolicyDocument"])
    check_boundary(request, given.get("PermissionsBoundary"))
    with asking_moto():
        role = iam.create_role(
            role_name=given["RoleName"],
            assume_role_policy_document=given["AssumeRolePolicyDocument"],
            path=given.get("Path", "/"),
            permissions_boundary=given.get("PermissionsBoundary"),
            description=given.get("Description", ""),
            tags=given.get("Tags", []),
            max_session_duration=str(given.get("MaxSessionDuration", 3_600)),
        )
    return {"Role": shown(role)}


@answers("iam", Audience.ANYBODY)
def update_assume_role_policy(request: Request) -> dict[str, Any]:
    """The role trusts whom the policy names."""
    given = request.parameters
    with asking_moto():
        backend(request).get_role(given["RoleName"])
        check_trust(request, given["PolicyDocument"])
        backend(request).update_assume_role_policy(given["RoleName"], given["PolicyDocument"])
    return {}


@answers("iam", Audience.ANYBODY)
def put_role_permissions_boundary(request: Request) -> dict[str, Any]:
    """The role has the boundary."""
    given = request.parameters
    check_boundary(request, given["PermissionsBoundary"])
    with asking_moto():
        backend(request).put_role_permissions_boundary(given["RoleName"], given["PermissionsBoundary"])
    return {}


@answers("iam", Audience.ANYBODY)
def attach_role_policy(request: Request) -> dict[str, Any]:
    """The role has the policy, whether it had it before or not."""
    given, iam = request.parameters, backend(request)
    with asking_moto():
        role = iam.get_role(given["RoleName"])
        if len({*role.managed_policies, given["PolicyArn"]}) > ATTACHED:
            raise Refusal("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {ATTACHED}", status=409)
        iam.attach_role_policy(given["PolicyArn"], given["RoleName"])
    return {}


@answers("iam", Audience.ANYBODY)
def create_policy(request: Request) -> dict[str, Any]:
    """A new managed policy; its name is taken whatever the path of the other one is."""
    given, iam = request.parameters, backend(request)
    check_permissions(given["PolicyDocument"])
    if any(policy.name == given["PolicyName"] for policy in iam.managed_policies.values()):
        message = f"A policy called {given['PolicyName']} already exists. Duplicate names are not allowed."
        raise Refusal("EntityAlreadyExists", message, status=409)
    with asking_moto():
        made = iam.create_policy(
            description=given.get("Description", ""),
            path=given.get("Path", "/"),
            policy_document=given["PolicyDocument"],
            policy_name=given["PolicyName"],
            tags=given.get("Tags", []),
        )
    shown_ = {"PolicyName": made.name, "PolicyId": made.id, "Arn": made.arn, "Path": made.path}
    return {"Policy": {**shown_, "DefaultVersionId": made.default_version_id}}


@answers("iam", Audience.ANYBODY)
def create_policy_version(request: Request) -> dict[str, Any]:
    """A new version of a managed policy, of which there are five at most."""
    given, iam = request.parameters, backend(request)
    with asking_moto():
        check_permissions(given["PolicyDocument"])
        if len(iam.get_policy(given["PolicyArn"]).versions) >= VERSIONS:
            message = (
                "A managed policy can have up to 5 versions. Before you create a new version, you must delete an "
                "existing version."
            )
            raise Refusal("LimitExceeded", message, status=409)
        default = bool(given.get("SetAsDefault"))
        version = iam.create_policy_version(given["PolicyArn"], given["PolicyDocument"], default)
    return {"PolicyVersion": {"VersionId": version.version_id, "IsDefaultVersion": version.is_default}}


@answers("iam", Audience.ANYBODY)
def delete_policy(request: Request) -> dict[str, Any]:
    """The managed policy is gone; one that is in use, or has other versions, is not deleted."""
    arn, iam = request.parameters["PolicyArn"], backend(request)
    with asking_moto():
        policy = iam.get_policy(arn)
        if any(arn in role.managed_policies for role in iam.roles.values()):
            message = "Cannot delete a policy attached to entities."
            raise Refusal("DeleteConflict", message, status=409)
        if len(policy.versions) > 1:
            message = "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            raise Refusal("DeleteConflict", message + "versions.", status=409)
        iam.delete_policy(arn)
    return {}


@answers("iam", Audience.ANYBODY)
def create_service_linked_role(request: Request) -> dict[str, Any]:
    """The service has its role, once."""
    given, iam = request.parameters, backend(request)
    path = f"/aws-service-role/{given['AWSServiceName']}/"
    suffix = f"_{given['CustomSuffix']}" if "CustomSuffix" in given else ""
    taken = next((role.name for role in iam.roles.values() if role.path == path and role.name.endswith(suffix)), None)
    if taken:
        message = f"Service role name {taken} has been taken in this account, please try a different suffix."
        raise Refusal("InvalidInput", message)
    with asking_moto():
        made = iam.create_service_linked_role(
            given["AWSServiceName"], given.get("Description", ""), given.get("CustomSuffix", "")
        )
    return {"Role": shown(made)}
