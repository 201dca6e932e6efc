"""The page about the lint says what is so."""

from __future__ import annotations

import os

from org.policy.lint import rules
from tests.policy.conftest import ROOT

PAGE = ROOT / "docs" / "lint.md"
HEAD = "| rule | severity | what it finds |\n| --- | --- | --- |\n"


def test_the_table_lists_every_rule() -> None:
    """`GOLDEN=write` writes the table again."""
    table = "".join(
        f"| [{one.id}](rules.md#{anchor(one.id, one.title)}) | {one.severity} | {one.title} |\n" for one in rules()
    )
    text = PAGE.read_text(encoding="utf-8")
    before, found, after = text.partition(HEAD)
    rows, _, rest = after.partition("\n## ")
    if os.environ.get("GOLDEN") == "write":
        PAGE.write_text(f"{before}{HEAD}{table}" + (f"\n## {rest}" if rest else ""), encoding="utf-8")
        return
    assert found
    assert table == rows


def anchor(rule: str, title: str) -> str:
    """The anchor of a rule's heading, as repository hosts make it."""
    heading = f"{rule}: {title}".lower()
    return "".join(one for one in heading if one.isalnum() or one in "_- ").replace(" ", "-")
