"""A statement has the elements that it needs, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement

RULE = Rule(
    "ORG204",
    "the elements of a statement",
    "A statement has an Effect, either Action or NotAction, and either Resource or NotResource; only a trust policy "
    "has no resource. Element names are written exactly so, and their values are texts or lists of texts. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Actions": "ec2:DescribeRegions", "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}""",
)
ELEMENTS = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
)
FOLDED = {element.casefold(): element for element in ELEMENTS}
LISTS = ("Action", "NotAction", "Resource", "NotResource")


def check(document: Document) -> Iterator[Finding]:
    """Findings about unknown, missing and contradicting elements of each statement, and about their types."""
    for statement in document.statements:
        unknown = [name for name in statement.value if name not in ELEMENTS]
        meant = {_suggested(document, name) for name in unknown}
        for name in unknown:
            near = _suggested(document, name)
            help_ = f"did you mean `{near}`?" if near else f"a statement has {', '.join(ELEMENTS)}"
            yield RULE.finding(f"unknown element {shown(name)}", statement.at(name), help_)
        yield from _effect(statement, meant)
        yield from _one_of(statement, meant, "Action", "NotAction")
        if document.kind is not Kind.TRUST:
            yield from _one_of(statement, meant, "Resource", "NotResource")
        yield from _values(statement)


def _suggested(document: Document, name: str) -> str:
    """The element that a misspelt name most probably is, or nothing."""
    exact = FOLDED.get(name.casefold()) or FOLDED.get(name.casefold().rstrip("s"))
    return exact or FOLDED.get(document.suggester.near(name, FOLDED), "")


def _effect(statement: Statement, meant: set[str]) -> Iterator[Finding]:
    effect = statement.value.get("Effect")
    if "Effect" not in statement.value:
        if "Effect" not in meant:
            yield RULE.finding(f"{statement.sid} has no `Effect`", statement.span, "write `Allow` or `Deny`")
    elif effect not in ("Allow", "Deny"):
        span = statement.tree.span((*statement.path, "Effect"))
        yield RULE.finding(f"Effect {shown(effect)}", span, "it is `Allow` or `Deny`, written so")


def _one_of(statement: Statement, meant: set[str], one: str, other: str) -> Iterator[Finding]:
    there = [name for name in (one, other) if name in statement.value]
    if len(there) == 2:
        help_ = f"split it in two, or keep one: `{other}` is everything but what it lists"
        yield RULE.finding(f"`{one}` and `{other}` in one statement", statement.at(other), help_)
    elif not there and not meant & {one, other}:
        help_ = 'write `"Resource": "*"` for every resource' if one == "Resource" else "say what it allows or denies"
        yield RULE.finding(f"{statement.sid} has no `{one}`", statement.span, help_)


def _values(statement: Statement) -> Iterator[Finding]:
    for name in LISTS:
        value = statement.value.get(name, "-")
        texts = value if isinstance(value, list) else [value]
        span = statement.tree.span((*statement.path, name))
        if not texts or "" in texts:
            yield RULE.finding(f"`{name}` is empty", span, "list at least one, or remove the statement")
        elif not all(isinstance(text, str) for text in texts):
            yield RULE.finding(f"`{name}` holds something else than text", span, "it is a text or a list of texts")
    condition = statement.value.get("Condition", {})
    if not isinstance(condition, dict):
        span = statement.tree.span((*statement.path, "Condition"))
        yield RULE.finding("`Condition` is no object", span, 'write `{"StringEquals": {"key": "value"}}`')
