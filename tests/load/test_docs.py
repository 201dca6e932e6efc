"""What docs/accounts.md shows is right."""

from __future__ import annotations

import re
from pathlib import Path

from org.load import load_text
from org.load.reading import MAX_BYTES
from org.load.yaml import MAX_VALUES
from org.reconcile.wanted import wanted

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/accounts.md").read_text()


def test_the_file_on_the_page_has_no_findings(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(# yaml.*?)```", PAGE, re.DOTALL)
    assert block
    file = tmp_path / "accounts.yaml"
    file.write_text(block.group(1))
    assert [] == [one.message for one in wanted(file).findings]


def test_the_limits_on_the_page_are_those_of_the_loader() -> None:
    assert f"{MAX_BYTES // 1024**2} MiB and {MAX_VALUES:,} keys and values" in PAGE


def test_the_refused_parts_of_yaml_are_refused() -> None:
    for text in ("a: !t 1\n", "a: 1\n---\n", "a: 1\na: 2\n", "a: &x 1\n", "a: *x\n", "<<: {}\n"):
        rules = {one.rule for one in load_text(text).findings}
        assert rules & {"ORG007", "ORG008", "ORG009", "ORG010"}
