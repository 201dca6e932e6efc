"""What `org check --policies FILE --judge aws` adds: the findings of an outside judge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.cloud import Cloud
    from org.model.finding import Finding
    from org.policy.lint import Linted

JUDGES = ("aws",)


def judged(linted: Linted, home_region: str | None) -> Linted:
    """The same with the findings of Access Analyzer, asked in that Region or else in that of the environment.

    Raises `CloudError` where AWS cannot be asked, or refuses.
    """
    from org.aws.cloud import connect

    found = [*linted.findings, *verdicts(linted, connect(home_region))]
    return replace(linted, findings=tuple(sorted(found, key=lambda finding: finding.order)))


def verdicts(linted: Linted, cloud: Cloud) -> Iterator[Finding]:
    """What AWS says of every document; nothing of those that are longer than any policy, which AWS would not take."""
    from org.aws.access_analyzer import validate
    from org.policy.lint.rules import LARGEST, outside_judge

    for document in linted.read:
        if document.size > LARGEST:
            continue
        source = linted.sources.get(document.tree.span(()).file, "")
        text = outside_judge.text_of(document, source)
        for said in validate(cloud, text, document.kind):
            yield outside_judge.told(document, said, as_written=text == source)
