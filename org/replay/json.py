"""What a replay found as versioned JSON, complete; docs/replay.md describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from org.access.answer import reason_record
from org.report.json import fingerprints, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.finding import Finding
    from org.replay.corpus import Corpus
    from org.replay.replaying import Group, Replayed
    from org.replay.runs import Totals
    from org.replay.side import Side
    from org.replay.words import Place

VERSION = 1


def replayed(found: Replayed, corpus: Corpus, side: Side, place: Place) -> str:
    """The groups, the numbers, and what is damaged in the corpus."""
    header = corpus.header
    told = {
        "version": VERSION,
        "calls": found.calls,
        "requests": found.requests,
        "certain": found.certain,
        "exempt": found.exempt,
        "corpus": {"events": header.events, "skipped": header.skipped, "damaged": header.damaged, "keys": header.keys},
        "groups": [_group(group, side, place) for group in found.groups],
        "findings": _findings(corpus.findings),
    }
    return json.dumps(told, indent=2)


def built(out: str, numbers: Totals, files: int, resumed: int, findings: Sequence[Finding]) -> str:
    """What a corpus was made of."""
    told = {
        "version": VERSION,
        "corpus": out,
        "files": files,
        "resumed": resumed,
        "events": numbers.events,
        "skipped": dict(sorted(numbers.skipped.items())),
        "damaged": numbers.damaged,
        "findings": _findings(findings),
    }
    return json.dumps(told, indent=2)


def _group(group: Group, side: Side, place: Place) -> dict[str, Any]:
    member = side.members.get(group.account)
    statements = [{**reason_record(one), "attached": place(group, one) or None} for one in group.statements]
    return {**asdict(group), "statements": statements, "key": member.key if member else None}


def _findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [plain(one, fingerprint) for one, fingerprint in zip(findings, fingerprints(findings), strict=True)]
