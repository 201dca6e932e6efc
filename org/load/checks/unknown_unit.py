"""Every account is in an organizational unit that is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG035",
    "an unknown organizational unit",
    (
        "`ou` is the path of a unit under `organizational_units`, from the root down, with `/` between the "
        "names, or `/` for the root itself. Names are compared as AWS does, so case counts."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads/Prd}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads/Prod}\n"),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account whose unit is not declared."""
    for account in declared.members:
        if account.ou and account.ou not in declared.paths:
            yield RULE.finding(
                f"unknown organizational unit {quoted(account.ou)}",
                account.entry.span("ou"),
                help=advice(account.ou, declared),
            )


def advice(path: str, declared: Declared) -> str:
    """The path that was probably meant: written without slashes around it, from further up, or spelt otherwise."""
    bare = path.strip("/").removeprefix("Root/")
    if bare in declared.paths:
        return f"did you mean {quoted(bare)}? a path has no `/` around it and no root in it"
    ends = sorted(one for one in declared.paths if one.endswith(f"/{bare}"))
    if len(ends) == 1:
        return f"did you mean `{ends[0]}`? write the whole path from the root down"
    return declared.suggester.help(path, declared.paths, "declare it under `organizational_units`")
