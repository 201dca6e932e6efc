"""A trust in a CI provider names the subject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document, Statement, Word

RULE = Rule(
    "ORG244",
    "a trust in GitHub or GitLab that does not pin the subject",
    "Everybody's pipelines come from the same provider, so a trust policy that does not test `sub` trusts every "
    "repository in the world; AWS refuses it by now. A subject of wildcards is no better. Repositories of GitHub "
    "that were made, renamed or moved since 15 July 2026 call themselves `repo:OWNER@ID/REPO@ID:...`, so a trust "
    "with the old form alone locks them out. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
   "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
   "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
   "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
   "Condition": {"StringEquals": {
     "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
     "token.actions.githubusercontent.com:sub": [
       "repo:acme@1111/shop@2222:environment:production", "repo:acme/shop:environment:production"]}}}]}""",
)
PROVIDER = re.compile(r".*:oidc-provider/(.*(?:token\.actions\.|gitlab).*)")
OWNER_AND_NAME = re.compile(r"(?:repo|project_path):[^*?/:]+/.*")
OWNER_ONLY = re.compile(r"(?:repo|project_path):[^*?/:]+/\**(?::.*)?")
HELP = "write the repository and the branch or environment, such as `repo:acme/shop:environment:production`"


def check(document: Document) -> Iterator[Finding]:
    """A finding for each statement that trusts a CI provider whatever the subject, or only in the old form."""
    for statement in document.statements:
        for principal in statement.principals if statement.allows else ():
            provider = PROVIDER.fullmatch(principal.word.text)
            if provider:
                yield from _subjects(statement, principal.word, provider[1])


def _subjects(statement: Statement, word: Word, provider: str) -> Iterator[Finding]:
    key = f"{provider}:sub"
    tests = [condition for condition in statement.tests(key.lower()) if _pins(condition)]
    if not tests:
        yield RULE.finding(f"`{key}` is not tested, so every repository is trusted", word.span, HELP)
        return
    values = [value for condition in tests for value in condition.values if not value.unfinished]
    for value in values:
        if not OWNER_AND_NAME.fullmatch(value.text):
            yield RULE.finding(f"subject {shown(value.text)} does not name an owner", value.span, HELP)
        elif OWNER_ONLY.fullmatch(value.text):
            message = f"subject {shown(value.text)} trusts every repository of its owner"
            yield RULE.finding(message, value.span, HELP, severity=Severity.WARNING)
    if values and "token.actions." in provider and not any("@" in value.text for value in values):
        help_ = "add `repo:OWNER@OWNERID/REPO@REPOID:...` beside it"
        message = "the subject has only the old form, which repositories made since 15 July 2026 do not send"
        yield RULE.finding(message, values[0].span, help_, severity=Severity.WARNING)


def _pins(condition: Condition) -> bool:
    """True for a condition that the token's subject must meet."""
    exact = condition.base in ("stringequals", "stringlike", "stringequalsignorecase")
    return exact and not condition.if_exists and condition.quantifier != "forallvalues"
