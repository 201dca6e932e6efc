"""A role of one's own: no code is needed for it, and its mistakes are told at their place."""

from __future__ import annotations

import pytest

from org.policy.roles import read, render_role
from tests.roles.test_templates import allowed

TEMPLATE = """\
name: reader
kind: role
title: A reader
description: What it is for.
allow: [s3:GetObject]
trust:
  - {{Sid: T, Effect: Allow, Principal: {{AWS: {principal}}}, Action: {assume}, Condition: {{{operator}: {{a:b: c}}}}}}
permissions:
  - {{Sid: Read, Effect: Allow, {action}, Resource: "arn:aws:s3:::a/*"}}
  - {{Sid: Never, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::b/*"}}
"""
GOOD = {
    "principal": '"arn:aws:iam::111122223333:root"',
    "assume": "sts:AssumeRole",
    "operator": "StringEquals",
    "action": "Action: s3:GetObject",
}
EXCESS = [
    ({"action": "Action: s3:PutObject"}, "the permissions of `reader`: action `s3:PutObject` is not in the list", 9),
    ({"action": "Action: [s3:GetObject, s3:*]"}, "the permissions of `reader`: action `s3:*` is not in the list", 9),
    (
        {"action": "NotAction: s3:PutObject"},
        "the permissions of `reader`: NotAction with Allow, which allows all that is not named",
        9,
    ),
    ({"assume": "iam:PassRole"}, "the trust of `reader`: action `iam:PassRole` is not in the list", 7),
    ({"principal": '"*"'}, "the trust of `reader`: everybody is let in", 7),
    (
        {"operator": '"ForAllValues:StringEquals"'},
        "the trust of `reader`: `ForAllValues:StringEquals` with Allow, which is true where the key is absent",
        7,
    ),
]


def test_a_role_of_one_s_own_needs_no_code() -> None:
    template, findings = read(TEMPLATE.format(**GOOD).encode(), "reader.yaml", "reader")
    assert template
    made, wrong = render_role(template, {}, {})
    assert made
    assert ((), (), {"sts:AssumeRole", "s3:GetObject"}) == (findings, wrong, allowed(made))


@pytest.mark.parametrize(("change", "message", "line"), EXCESS)
def test_a_statement_that_goes_beyond_the_list_is_a_finding(change: dict[str, str], message: str, line: int) -> None:
    template, _ = read(TEMPLATE.format(**{**GOOD, **change}).encode(), "reader.yaml", "reader")
    assert template
    _, (finding,) = render_role(template, {}, {})
    assert finding.span
    assert ("ORG190", message, line) == (finding.rule, finding.message, finding.span.line)


@pytest.mark.parametrize(
    ("issuer", "fits"),
    [("gitlab.com", True), ("oidc.eks.x.amazonaws.com/id/A1", True), ("aws", False), ("a.b:c", False), ('a.b"', False)],
)
def test_an_issuer_is_the_name_of_a_host_whatever_its_parameter_takes(issuer: str, fits: bool) -> None:
    text = TEMPLATE.format(**{**GOOD, "operator": "StringEquals"}).replace("a:b", "oidc:sub")
    template, _ = read(f"issuer: '{issuer}'\n{text}".encode(), "reader.yaml", "reader")
    assert template
    made, findings = render_role(template, {}, {})
    assert (fits, fits) == (made is not None, findings == ())


@pytest.mark.parametrize(
    ("wrong", "right", "rule", "message"),
    [
        ("kind: role", "kind: scp", "ORG103", "kind `scp` in the folder `role`"),
        ("allow:", "allows:", "ORG101", "unknown key `allows`"),
        ("title: A reader\n", "", "ORG101", "key `title` is missing"),
        ("allow: [s3:GetObject]", "allow: s3:GetObject", "ORG101", "`allow` must be a list"),
        ("name: reader", "name: writer", "ORG102", "name `writer` in a file called `reader.yaml`"),
        ("Action: s3:GetObject", "Action: {$param: none}", "ORG104", "unknown parameter `none`"),
        ("Sid: Read", "Sid: {$param: none}", "ORG105", "`$param` as `Sid`"),
    ],
)
def test_a_file_that_is_no_role_is_a_finding(wrong: str, right: str, rule: str, message: str) -> None:
    template, (finding, *_) = read(TEMPLATE.format(**GOOD).replace(wrong, right).encode(), "reader.yaml", "reader")
    assert (None, rule, message) == (template, finding.rule, finding.message)


def test_a_mistake_in_a_section_is_shown_where_it_stands() -> None:
    text = TEMPLATE.format(**{**GOOD, "action": "Action: {$param: none}"})
    _, (finding,) = read(text.encode(), "reader.yaml", "reader")
    assert finding.span
    assert (9, text.splitlines()[8].index("none") + 1) == (finding.span.line, finding.span.column)
