"""A file holds a whole policy document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.rule import Rule
from org.policy.words import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document
    from org.policy.parse import Tree

RULE = Rule(
    "ORG202",
    "not a policy document",
    "A policy document is an object with Version and Statement, and Id where it belongs to a resource. A statement "
    "alone is no policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    wrong='{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}',
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}""",
)
WHOLE = 'write `{"Version": "2012-10-17", "Statement": [...]}`'
ELEMENTS = ("Version", "Id", "Statement")


def problem(tree: Tree, *, alone: bool) -> Finding | None:
    """The finding about a file that holds no policy document; only a note where it was not asked for by name."""
    value = tree.value
    if not isinstance(value, dict):
        return RULE.finding("a policy is an object", tree.span(()), WHOLE)
    if "Statement" in value:
        return None
    if "Effect" in value or "Action" in value:
        return RULE.finding("a statement without a document around it", tree.span(()), WHOLE)
    near = next((key for key in value if key.casefold().startswith("statement") or key == "Version"), None)
    if near is not None or alone:
        hint = suggestion(near, ["Statement"]) if near and near != "Version" else WHOLE
        return RULE.finding("the policy has no `Statement`", tree.key((near,)) if near else tree.span(()), hint)
    help_ = "only documents of the IAM policy language are looked at"
    return RULE.finding("not a policy document, passed over", tree.span(()), help_, severity=Severity.NOTE)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each element beside Version, Id and Statement, and for statements that are none."""
    tree = document.tree
    for name in tree.value:
        if name not in ELEMENTS:
            yield RULE.finding(
                f"unknown element {shown(name)} beside Statement", tree.key((name,)), suggestion(name, ELEMENTS)
            )
    found = tree.value["Statement"]
    if not isinstance(found, list | dict) or not found:
        yield RULE.finding("`Statement` holds no statement", tree.key(("Statement",)), WHOLE)
    for number, statement in enumerate(found if isinstance(found, list) else ()):
        if not isinstance(statement, dict):
            where = tree.span(("Statement", number))
            yield RULE.finding(
                f"statement {number + 1} is not an object", where, 'write `{"Effect": ..., "Action": ...}`'
            )
