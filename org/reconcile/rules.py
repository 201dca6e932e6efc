"""Why plans say what they say about the live organization: what `org explain` prints for the ids of org.reconcile."""

from __future__ import annotations

from org.load.rule import Rule
from org.model.finding import Severity

RULES = (
    Rule(
        "ORG901",
        "a declared account id is not in the organization",
        "An account is found by its id first. An id that nobody has is a slip of the keyboard, or the account has left "
        "the organization or belongs to another one. Without the id the account is found by its e-mail, or created.",
    ),
    Rule(
        "ORG902",
        "an account has another e-mail than declared",
        "The account was found by its id. The root user's e-mail changes only with a code that AWS sends to the new "
        "address, so no run can change it: https://docs.aws.amazon.com/accounts/latest/reference/"
        "API_StartPrimaryEmailUpdate.html",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG903",
        "an account is in the organization but not declared",
        "Accounts that nobody declared are reported and never touched. Declare it, and the next plan shows what "
        "would change.",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG904",
        "a declared account is not active",
        "Nothing can be changed in a suspended or closed account, so it is left out of the plan.",
        severity=Severity.NOTE,
    ),
    Rule(
        "ORG905",
        "an account is declared closed and is not",
        "A run never closes an account, because ninety days later nothing brings it back. Close it from the management "
        "account: https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG906",
        "an organizational unit is not declared",
        "Units are deleted only when they are empty and carry our tag. One that somebody else made, or that still has "
        "accounts or units in it, is reported and left alone.",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG907",
        "a policy of that name exists and is not ours",
        "AWS keeps the names of policies unique for each type. A policy without our tag belongs to somebody else and "
        "is not overwritten. Give ours another `name`, or hand the other one over with the tag `org-baseline=managed`.",
    ),
    Rule(
        "ORG908",
        "a target would hold more policies than AWS allows",
        "New policies are attached before old ones are detached, so that there is no moment without a guardrail. Where "
        "a target has no free slot for that, take some out in a run of their own first, or merge them: "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    ),
    Rule(
        "ORG909",
        "a policy is attached that this tool did not make",
        "Policies without our tag are never changed, attached or detached. It is reported because it takes one of "
        "the target's slots and decides what the accounts below may do. Control Tower's own are not reported.",
        severity=Severity.NOTE,
    ),
    Rule(
        "ORG910",
        "a plan file cannot be used",
        "It is not a plan file, has another version, or was changed after it was made: its digest no longer fits. A "
        "plan is applied exactly as it was reviewed or not at all.",
    ),
    Rule(
        "ORG911",
        "two entries are the same account",
        "One matches by its id and the other by its e-mail, so one of the two is mistyped. Nothing is planned for that "
        "account, and nothing is applied, until it is clear which entry is meant.",
    ),
    Rule(
        "ORG912",
        "a trusted service is not declared",
        "The service may act in every account. It is reported and never switched off: declare it under "
        "`organization.trusted_services`, or switch it off by hand.",
        severity=Severity.NOTE,
    ),
    Rule(
        "ORG913",
        "a delegated administrator is not declared",
        "The account administers a service for the whole organization. It is reported and never taken away: declare it "
        "under `organization.delegated_administrators`, or deregister it by hand.",
        severity=Severity.NOTE,
    ),
)
"""Every rule of this layer, by id."""
