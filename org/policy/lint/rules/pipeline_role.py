"""No Deny hits the roles that run this tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.meaning import bears_on, broad, everywhere, exempt
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement

RULE = Rule(
    "ORG252",
    "a Deny that hits a role of the pipeline",
    "The plan role must read, the apply role must write, and the break-glass role must get in when all else fails. "
    "A Deny that exempts none of them stops the next run, and then also its own repair. Only looked at where "
    "accounts.yaml says how the roles are called. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-baseline-*"]}}},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/org-b*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-b*"]}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-b*"]}}},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/org-b*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-break-glass"]}}}]}""",
    accounts=True,
)
REGIONAL = "aws:requestedregion"


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Deny that hits a role in what it is there for."""
    organization = document.around.organization
    if organization is None or document.kind is not Kind.SCP:
        return
    pipeline = organization.pipeline
    needs = {
        pipeline.plan_role: document.around.reads,
        pipeline.apply_role: document.around.writes,
        pipeline.break_glass_role: frozenset({"iam:UpdateAssumeRolePolicy", "sts:AssumeRole"}),
    }
    for statement in document.statements:
        if not statement.denies or not everywhere(statement) or not (statement.conditions or broad(statement)):
            continue
        hit = {role: denied for role, actions in needs.items() if (denied := _denied(statement, role, actions))}
        if hit:
            names = " and ".join(
                f"`{role}` ({', '.join(f'`{one}`' for one in actions)})" for role, actions in hit.items()
            )
            help_ = f"add `arn:aws:iam::*:role/{next(iter(hit))}` to ArnNotLike on `aws:PrincipalArn`"
            yield RULE.finding(f"{statement.sid} also denies {names}", statement.span, help_)


def _denied(statement: Statement, role: str, actions: Iterable[str]) -> list[str]:
    """Up to three of the actions that the statement denies to the role; none where a condition may spare it."""
    arn = f"arn:aws:iam::111122223333:role/{role}"
    others = [one for one in statement.conditions if one.name not in ("aws:principalarn", REGIONAL)]
    named = [one for one in statement.tests("aws:principalarn") if not one.negated]
    if others or named or exempt(statement, arn) or exempt(statement, arn.replace("role/", "role/x/")):
        return []
    return sorted(action for action in actions if bears_on(statement, action))[:3]
