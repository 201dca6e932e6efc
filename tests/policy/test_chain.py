"""The chain of SCPs and RCPs that reaches an account, as the engines read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.access.document import document
from org.access.written import ALLOW_ALL
from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, minified
from org.model.request import Layer
from org.policy.chain import FULL_ACCESS, attached, chain, contents, groups, levels

if TYPE_CHECKING:
    from org.access.policies import Policies

SCP, RCP = PolicyType.SERVICE_CONTROL_POLICY, PolicyType.RESOURCE_CONTROL_POLICY
MANAGEMENT = Account("acme", "acme", "aws@acme.example", ou=None, id="111122223333", management=True)
PAYMENTS = Account("payments", "payments", "payments@acme.example", ou="Workloads/Prod")
CHECKOUT = Account("checkout", "checkout", "checkout@acme.example", ou="Workloads/Prod")
CATALOG = Account("catalog", "catalog", "catalog@acme.example", ou="Workloads/Prod")
LAB = Account("lab", "lab", "lab@acme.example", ou="Lab")


def policy(name: str, *targets: str, kind: PolicyType = SCP, aws_managed: bool = False) -> Policy:
    statement = {"Sid": name, "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    more = {"Principal": "*"} if kind is RCP else {}
    content = minified({"Version": "2012-10-17", "Statement": [statement | more]})
    return Policy(kind, name, content, targets=frozenset(targets), aws_managed=aws_managed)


ACME = Organization(
    accounts=(MANAGEMENT, PAYMENTS, CHECKOUT, CATALOG, LAB),
    units=tuple(OrganizationalUnit(path) for path in ("Workloads", "Workloads/Prod", "Lab")),
    policies=(
        policy("top", "ou:/"),
        policy("work", "ou:Workloads", "ou:Lab"),
        policy("own", "account:catalog"),
        policy("perimeter", "ou:/", "account:lab", kind=RCP),
        policy("tags", "ou:/", kind=PolicyType.TAG_POLICY),
        policy("FullAWSAccess", "ou:/", aws_managed=True),
    ),
)


def names(found: Policies) -> tuple[list[list[str]], list[list[str]]]:
    assert found.scps is not None
    assert found.rcps is not None
    scps, rcps = ([[one.name for one in level] for level in layer] for layer in (found.scps, found.rcps))
    return scps, rcps


def test_each_level_from_the_root_has_its_policies_and_aws_s_own_scp() -> None:
    scps = [["FullAWSAccess", "top"], ["FullAWSAccess", "work"], ["FullAWSAccess"], ["FullAWSAccess", "own"]]
    assert (scps, [["perimeter"], [], [], []]) == names(chain(ACME, "catalog"))
    assert ("ou:/", "ou:Workloads", "ou:Workloads/Prod", "account:catalog") == levels(ACME, "catalog")


def test_an_account_in_the_root_has_two_levels() -> None:
    assert ([["FullAWSAccess", "top"], ["FullAWSAccess"]], [["perimeter"], []]) == names(chain(ACME, "acme"))
    assert ("ou:/", "account:acme") == levels(ACME, "acme")


def test_only_guardrails_are_asked_and_none_of_them_is_broken() -> None:
    found = chain(ACME, "lab")
    assert found.scps is not None
    assert found.rcps is not None
    documents = [one for level in (*found.scps, *found.rcps) for one in level]
    assert found.guardrails_only
    assert [""] == sorted({statement.broken for one in documents for statement in one.statements})


def test_an_account_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="paymens"):
        chain(ACME, "paymens")


def test_the_policies_behind_a_level_are_the_organization_s_own() -> None:
    found = [[one.name for one in level] for level in attached(ACME, LAB, Layer.RCP)]
    assert [["perimeter"], [], ["perimeter"]] == found


def test_accounts_with_the_same_chain_are_one_group() -> None:
    found = groups(ACME)
    keys = [[account.key for account in group.accounts] for group in found]
    assert [["acme"], ["payments", "checkout"], ["catalog"], ["lab"]] == keys
    assert [chain(ACME, line[0]) for line in keys] == [group.policies for group in found]


def test_the_content_of_full_access_is_that_of_aws_unless_the_organization_has_its_own() -> None:
    content, perimeter = contents(ACME), next(one for one in ACME.policies if one.name == "perimeter")
    assert perimeter.document == content(document(Layer.RCP, "perimeter", {}))
    assert ALLOW_ALL == contents(replace(ACME, policies=()))(document(Layer.SCP, FULL_ACCESS, {}))
    own = replace(ACME, policies=(policy(FULL_ACCESS, "ou:/"),))
    assert own.policies[0].document == contents(own)(document(Layer.SCP, FULL_ACCESS, {}))
