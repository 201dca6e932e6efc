"""What AWS Organizations accepts in an SCP or an RCP, checked before AWS is asked; `declarative` has the other types.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.model.policy import PolicyType
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = "2012-10-17"
ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal"}
UNSUPPORTED = {
    PolicyType.SERVICE_CONTROL_POLICY: {"Principal", "NotPrincipal"},
    PolicyType.RESOURCE_CONTROL_POLICY: {"NotAction", "NotPrincipal"},
}
EFFECTS = {
    PolicyType.SERVICE_CONTROL_POLICY: ("Allow", "Deny"),
    PolicyType.RESOURCE_CONTROL_POLICY: ("Deny",),
}
SHORT = {
    PolicyType.SERVICE_CONTROL_POLICY: "an SCP",
    PolicyType.RESOURCE_CONTROL_POLICY: "an RCP",
    PolicyType.AISERVICES_OPT_OUT_POLICY: "an AI opt-out policy",
    PolicyType.BACKUP_POLICY: "a backup policy",
    PolicyType.BEDROCK_POLICY: "a Bedrock policy",
    PolicyType.CHATBOT_POLICY: "a chat policy",
    PolicyType.DECLARATIVE_POLICY_EC2: "an EC2 policy",
    PolicyType.GUARDDUTY_POLICY: "a GuardDuty policy",
    PolicyType.INSPECTOR_POLICY: "an Inspector policy",
    PolicyType.NETWORK_SECURITY_DIRECTOR_POLICY: "a network security director policy",
    PolicyType.S3_POLICY: "an S3 policy",
    PolicyType.SECURITYHUB_CSPM_POLICY: "a Security Hub CSPM policy",
    PolicyType.SECURITYHUB_POLICY: "a Security Hub policy",
    PolicyType.TAG_POLICY: "a tag policy",
    PolicyType.UPGRADE_ROLLOUT_POLICY: "an upgrade rollout policy",
}
"""How people call one policy of each type."""
SID = re.compile(r"[A-Za-z0-9]*")
ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+")
OPERATOR = re.compile(
    r"(?:(?:ForAllValues|ForAnyValue):)?"
    r"(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Arn(?:Not)?(?:Equals|Like)|Bool|BinaryEquals|(?:Not)?IpAddress"
    r"|(?:Numeric|Date)(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?))(?:IfExists)?|Null"
)
KEY = re.compile(r"[A-Za-z0-9./_-]+:[^*?]+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One rule that a document breaks: the index of the statement, or None for the document, and what to say.

    In a declarative policy, `path` is where: the keys from the top.
    """

    statement: int | None
    message: str
    path: tuple[str, ...] = ()


def name_of(kind: PolicyType) -> str:
    """What one policy of that type is called, without its article: `SCP`, `tag policy`."""
    return SHORT[kind].partition(" ")[2]


def mistakes(kind: PolicyType, document: Mapping[str, Any]) -> Iterator[Mistake]:
    """Every rule of the policy type that the document breaks."""
    if kind.declarative:
        from org.policy.declarative import broken

        for path, message in broken(kind, document):
            yield Mistake(None, message, path)
        return
    if document.get("Version") != VERSION:
        yield Mistake(None, f"Version `{document.get('Version')}`; it must be `{VERSION}`")
    for name in sorted(set(document) - {"Version", "Statement"}):
        yield Mistake(None, f"`{name}` beside Version and Statement")
    statements = document.get("Statement")
    if not isinstance(statements, list) or not statements:
        yield Mistake(None, "no statement is left")
        return
    sids: set[str] = set()
    for index, statement in enumerate(statements):
        yield from (Mistake(index, message) for message in _statement(kind, statement))
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        if sid in sids:
            yield Mistake(index, f"Sid `{sid}` is there twice")
        sids |= {sid} if isinstance(sid, str) else set()


def _statement(kind: PolicyType, statement: Any) -> Iterator[str]:
    if not isinstance(statement, dict):
        yield "a statement is a mapping"
        return
    for name in sorted(set(statement) - ELEMENTS):
        yield f"unknown element `{name}`"
    for name in sorted(set(statement) & UNSUPPORTED[kind]):
        yield f"`{name}` in {SHORT[kind]}, which has no such element"
    if statement.get("Effect") not in EFFECTS[kind]:
        yield f"Effect `{statement.get('Effect')}`; {SHORT[kind]} takes {' or '.join(EFFECTS[kind])}"
    if kind is PolicyType.RESOURCE_CONTROL_POLICY and statement.get("Principal") != "*":
        yield 'Principal must be `"*"` in an RCP; name principals in a Condition'
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not SID.fullmatch(sid):
        yield f"Sid `{sid}` has more than letters and digits"
    yield from _actions(kind, statement)
    yield from _resources(statement)
    yield from _conditions(statement.get("Condition", {}))


def _actions(kind: PolicyType, statement: Mapping[str, Any]) -> Iterator[str]:
    yield from _one_of(statement, "Action", "NotAction")
    for action in _values(statement, "Action", "NotAction"):
        if not isinstance(action, str) or not ACTION.fullmatch(action):
            yield f"action {shown(action)} is not of the form service:Action"
        elif kind is PolicyType.RESOURCE_CONTROL_POLICY and (action == "*" or "*" in action.partition(":")[0]):
            yield f"action `{action}` in an RCP, which must name a service"


def _resources(statement: Mapping[str, Any]) -> Iterator[str]:
    yield from _one_of(statement, "Resource", "NotResource")
    for resource in _values(statement, "Resource", "NotResource"):
        if not isinstance(resource, str) or not RESOURCE.fullmatch(resource):
            yield f"resource {shown(resource)} is neither `*` nor an ARN"


def _one_of(statement: Mapping[str, Any], *names: str) -> Iterator[str]:
    there = [name for name in names if name in statement]
    if len(there) != 1:
        yield f"{' or '.join(names)} must be there" if not there else f"{' and '.join(names)} in one statement"
    for name in there:
        if statement[name] == []:
            yield f"`{name}` is empty"


def _values(statement: Mapping[str, Any], *names: str) -> Iterator[Any]:
    for name in names:
        value = statement.get(name, [])
        yield from value if isinstance(value, list) else [value]


def _conditions(condition: Any) -> Iterator[str]:
    if not isinstance(condition, dict):
        yield "Condition is a mapping of operators"
        return
    for operator, keys in condition.items():
        if not OPERATOR.fullmatch(operator):
            yield f"unknown condition operator `{operator}`"
        if not isinstance(keys, dict) or not keys:
            yield f"`{operator}` has no condition key"
            continue
        for key, value in keys.items():
            if not KEY.fullmatch(key):
                yield f"`{key}` is not a condition key"
            values = value if isinstance(value, list) else [value]
            if not values or not all(isinstance(item, str | int | float | bool) for item in values):
                yield f"`{key}` under `{operator}` needs one or more texts, numbers or switches"
