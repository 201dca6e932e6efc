"""What the baseline would change, for a terminal or a log: accounts that change alike are one group, once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from org.errors import counted
from org.report.baseline_json import account
from org.report.grouped import lines, of_component
from org.report.plan_words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.model.result import Batch


def batches(made: Sequence[Batch], *, verbose: bool = False) -> str:
    """Every component that has something to say, and the totals; `verbose` names every account."""
    return "\n".join(_lines(made, verbose=verbose)) + "\n"


def _lines(made: Sequence[Batch], *, verbose: bool) -> Iterator[str]:
    for batch in made:
        if not batch.results:
            continue
        yield f"{batch.component}:"
        records = of_component({key: account(result) for key, result in batch.results.items()})
        yield from (f"  {printable(line)}" for line in lines(records, "account", diff=True, verbose=verbose))
        yield ""
    yield f"Baseline: {totals(made)}."


def totals(made: Sequence[Batch]) -> str:
    """One line: `3 to create, 2 to update in 4 accounts; 1 finding; 1 account failed`."""
    results = [(key, result) for batch in made for key, result in batch.results.items()]
    counts = Counter(change.action.value for _, result in results for change in result.changes)
    where = len({key for key, result in results if result.changes})
    changes = ", ".join(f"{counts[word]:,} to {word}" for word in ("create", "update", "delete") if counts[word])
    findings = sum(len(result.findings) for _, result in results)
    failed = len({key for key, result in results if result.failed})
    parts = [f"{changes} in {counted(where, 'account')}" if changes else "no changes"]
    parts += [counted(findings, "finding")] if findings else []
    parts += [f"{counted(failed, 'account')} failed"] if failed else []
    return "; ".join(parts)
