"""`org explain`: what a rule is about, and what to write instead."""

from __future__ import annotations

import click


@click.command()
@click.argument("rule", required=False)
def command(rule: str | None) -> int:
    """Say what RULE is about, with an example of what is wrong and what is right; without RULE, list all rules."""
    from org.cli._rules import known_rules
    from org.load.explanation import explanation
    from org.load.rule import quoted
    from org.load.suggest import nearest

    known = known_rules()
    if rule is None:
        for one in known.values():
            click.echo(f"{one.id}  {one.severity.value:<8} {one.title}")
        return 0
    found = known.get(rule.upper())
    if found is None:
        near = nearest(rule, known)
        click.echo(f"error: no rule {quoted(rule)}" + (f"; did you mean `{near}`?" if near else ""), err=True)
        return 1
    click.echo(explanation(found))
    return 0
