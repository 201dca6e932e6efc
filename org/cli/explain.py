"""`org explain`: what a rule is about, and what to write instead."""

from __future__ import annotations

import click


@click.command()
@click.argument("rule", required=False)
def command(rule: str | None) -> int:
    """Say what RULE is about, with an example of what is wrong and what is right; without RULE, list all rules."""
    from org.load.checks import rules
    from org.load.explanation import explanation
    from org.load.rule import Rule
    from org.load.suggest import nearest
    from org.policy.rules import RULES
    from org.reconcile.rules import RULES as OF_PLANS

    known = rules() | {one.id: Rule(one.id, one.title, one.why, severity=one.severity) for one in (*RULES, *OF_PLANS)}
    if rule is None:
        for one in known.values():
            click.echo(f"{one.id}  {one.severity.value:<8} {one.title}")
        return 0
    found = known.get(rule.upper())
    if found is None:
        near = nearest(rule, known)
        click.echo(f"error: no rule {rule!r}" + (f"; did you mean {near}?" if near else ""), err=True)
        return 1
    click.echo(explanation(found))
    return 0
