"""Statements that speak to a request, and the guardrails inside packed policies that they come from."""

from __future__ import annotations

from typing import Any

from org.access.requests import request
from org.model.finding import Span
from org.model.organization import Account, Organization
from org.model.policy import Policy, PolicyType, minified
from org.model.request import Layer, Principal
from org.policy.chain import chain, levels
from org.policy.spoken import Guardrail, Spoken, spoken

SCP = PolicyType.SERVICE_CONTROL_POLICY
ALLOW = {"Sid": "List", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DENY = {"Sid": "No", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}
OTHER = {"Sid": "Other", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
ROOT = frozenset({"ou:/"})


def policy(name: str, line: int, *statements: dict[str, Any], contains: tuple[tuple[str, str], ...] = ()) -> Policy:
    content = minified({"Version": "2012-10-17", "Statement": list(statements)})
    return Policy(SCP, name, content, targets=ROOT, contains=contains, span=Span("accounts.yaml", line))


APART = (policy("list", 1, ALLOW), policy("no", 2, DENY), policy("other", 3, OTHER))
BARE = [{key: value for key, value in one.items() if key != "Sid"} for one in (ALLOW, DENY, OTHER)]
PACKED = policy("guardrails-1", 1, *BARE, contains=(("list", "List"), ("no", "No"), ("other", "Other")))
ACME = Organization(accounts=(Account("lab", "lab", "lab@acme.example", id="222222222222"),), policies=(PACKED,))


def said(action: str) -> list[Spoken]:
    asked = request(Principal("arn:aws:iam::222222222222:role/dev"), action)
    nodes = {Layer.SCP: levels(ACME, "lab"), Layer.RCP: levels(ACME, "lab")}
    found = spoken(chain(ACME, "lab"), asked, ACME, APART, nodes)
    return [one for one in found if one.policy == "guardrails-1"]


def test_each_statement_of_a_packed_policy_names_what_says_the_same() -> None:
    inside = [(one.statement.denies, one.guardrails) for one in said("s3:PutObject")]
    allowing, denying = Guardrail("list", "List", APART[0].span), Guardrail("no", "No", APART[1].span)
    assert [(False, (allowing,)), (True, (denying,))] == inside


def test_a_statement_about_another_action_is_not_there() -> None:
    assert ["list"] == [guardrail.name for one in said("s3:GetObject") for guardrail in one.guardrails]


def test_what_is_sure_says_so() -> None:
    assert [True, True] == [one.sure for one in said("s3:PutObject")]
