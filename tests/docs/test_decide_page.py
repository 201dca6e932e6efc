"""What docs/decide.md shows is what the program says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from org import cli
from org.access.scenario import KEYS

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "decide.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_is_answered_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scenario,), (requests, answers) = blocks("json"), blocks("jsonl")
    (tmp_path / "s.json").write_text(scenario, encoding="utf-8")
    (tmp_path / "r.jsonl").write_text(requests, encoding="utf-8")
    words = ["--scenario", str(tmp_path / "s.json"), "--requests", str(tmp_path / "r.jsonl")]
    assert (0, answers) == (cli.run(["decide", *words]), capsys.readouterr().out)


def test_the_organization_says_what_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    line, _, shown = blocks("text")[0].partition("\n")
    words = line.removeprefix("$ org ").replace("'", "").split()
    assert (0, shown) == (cli.run(words), capsys.readouterr().out)


def test_every_key_of_the_format_is_described() -> None:
    described = set(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))
    names = {name for row in described for name in re.findall(r"`(\w+)`", row)}
    assert KEYS == names


def test_every_rule_is_there_once() -> None:
    assert list(range(1, 56)) == [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]


def test_the_example_is_json() -> None:
    assert {"principal", "scps"} <= set(json.loads(blocks("json")[0]))
