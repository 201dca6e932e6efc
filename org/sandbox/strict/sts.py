"""AssumeRole and GetCallerIdentity: only roles that exist, in accounts that are active, and trust the caller."""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING, Any

from org.sandbox.callers import Session, session_token
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Request, answers

if TYPE_CHECKING:
    from org.sandbox.callers import Caller

ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[\x21-\x7e]*/)?([\w+=,.@-]{1,64})", re.ASCII)
HOUR = 3_600
USABLE = {"ACTIVE", "PENDING_CLOSURE"}
"""States of an account whose roles may be used (User Guide page orgs_manage_accounts_account_state)."""


def denied(caller: Caller, role: str) -> Refusal:
    """The refusal of AssumeRole, in AWS's words; STS sends no encoded message with it (API page AssumeRole, Errors)."""
    message = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role}"
    return Refusal("AccessDenied", message, status=403)


@answers("sts")
def assume_role(request: Request) -> dict[str, Any]:
    """Credentials of a role session (API page AssumeRole); any doubt about the role is the one answer AccessDenied."""
    caller, arn = request.caller, request.parameters["RoleArn"]
    seconds = request.parameters.get("DurationSeconds", HOUR)
    match = ROLE.fullmatch(arn)
    if match is None:
        raise Refusal("ValidationError", f"{arn} is invalid")
    account, name = match.groups()
    if not exists(request, account, name) or not request.enforcer.trusts(request.attempt, account, name):
        raise denied(caller, arn)
    check_duration(caller, request.roles.longest(account, name), seconds)
    key, session = request.callers.issue(request.roles.arn(account, name), wanted_session(request, account, seconds))
    expires = datetime.datetime.fromtimestamp(session.expires or 0, datetime.UTC)
    credentials = {
        "AccessKeyId": key,
        "SecretAccessKey": f"sandbox/{key.lower()}/secret".ljust(40, "0"),
        "SessionToken": session_token(key),
        "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {"Credentials": credentials, "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn}}


def wanted_session(request: Request, account: str, seconds: int) -> Session:
    """The session that AssumeRole asks for, with its tags and policies (API page AssumeRole, Policy and PolicyArns)."""
    wanted = request.parameters
    policies = [("session policy", wanted["Policy"])] if "Policy" in wanted else []
    policies += [request.roles.managed(account, one["arn"]) for one in wanted.get("PolicyArns", ())]
    for _, text in policies:
        check_policy(text)
    tags = {tag["Key"]: tag["Value"] for tag in wanted.get("Tags", ())}
    return Session(wanted["RoleSessionName"], seconds, tags, tuple(policies), wanted.get("SourceIdentity", ""))


def check_policy(text: str) -> None:
    """The session policy is a JSON object (API page AssumeRole: MalformedPolicyDocument)."""
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict) or "Statement" not in content:
        raise Refusal("MalformedPolicyDocument", "The policy is not in the valid JSON format.")


def exists(request: Request, account: str, name: str) -> bool:
    """True where the account can be used and has a role of that name."""
    realm = request.world.realm
    member = realm.accounts.get(account) if realm else None
    if member is not None and member.state not in USABLE:
        return False
    return request.roles.has(account, name)


def check_duration(caller: Caller, longest: int, seconds: int) -> None:
    """The session is not too long (API page AssumeRole, DurationSeconds; an hour at most when roles are chained)."""
    if caller.role and seconds > HOUR:
        message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        raise Refusal("ValidationError", message)
    if seconds > longest:
        message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise Refusal("ValidationError", message)


@answers("sts")
def get_caller_identity(request: Request) -> dict[str, Any]:
    """Who calls (API page GetCallerIdentity: no permission is needed)."""
    caller = request.caller
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}
