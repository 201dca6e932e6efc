"""The rules of all parts of the program, for commands that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.load.rule import Rule


def known_rules() -> dict[str, Rule]:
    """Every rule by its id: those about accounts.yaml, about policies and their templates, logs, plans and reviews."""
    from org.invariants.rules import RULES as OF_INVARIANTS
    from org.load.checks import rules
    from org.load.rule import Rule
    from org.policy.lint import rules as of_documents
    from org.policy.rules import RULES as OF_POLICIES
    from org.reconcile.rules import RULES as OF_PLANS
    from org.replay.rules import RULES as OF_LOGS
    from org.review.rules import RULES as OF_REVIEWS

    plain = (*OF_POLICIES, *OF_LOGS, *OF_INVARIANTS, *OF_PLANS, *OF_REVIEWS)
    others = [Rule(one.id, one.title, one.why, severity=one.severity) for one in plain]
    others += [Rule(one.id, one.title, one.why, one.wrong, one.right, one.severity) for one in of_documents()]
    return rules() | {rule.id: rule for rule in sorted(others, key=lambda rule: rule.id)}
