"""Statements are named once, with letters and digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement

RULE = Rule(
    "ORG205",
    "the Sid of a statement",
    "In a policy that belongs to an identity or an organization a Sid has letters and digits only, and no two "
    "statements share one. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Sid": "List regions", "Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Sid": "ListRegions", "Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}""",
)
SID = re.compile(r"[A-Za-z0-9]*")


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Sid with other characters, and for each that is there twice."""
    first: dict[str, Statement] = {}
    for statement in document.statements:
        sid = statement.value.get("Sid", "")
        if not isinstance(sid, str) or (not SID.fullmatch(sid) and document.kind is not Kind.RESOURCE):
            yield RULE.finding(f"Sid {shown(sid)} has more than letters and digits", statement.span, _help(str(sid)))
        elif sid and sid in first:
            seen = first[sid].span
            yield RULE.finding(f"Sid {shown(sid)} is there twice", statement.span, "give it another name", seen=seen)
        first.setdefault(str(sid), statement)


def _help(sid: str) -> str:
    better = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", sid))
    return f"write {shown(better)}" if better else "leave it out"
