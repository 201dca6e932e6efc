"""Pipes that close, disks that are full, streams that the shell took away: never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from org.cli.sandbox import seeded
from org.sandbox.serve import Fault

if TYPE_CHECKING:
    from org.sandbox.serve import Sandbox

FILE = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1]
organizational_units: {Security: {}}
"""
ORG = f"'{sys.executable}' -m org"

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")


def shell(words: str, folder: Path) -> tuple[int, str]:
    """The exit code and standard error of a shell command."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", ["explain", "--help", "render --help", "schema"])
def test_a_reader_may_leave_after_the_first_line(words: str, tmp_path: Path) -> None:
    assert (0, "") == shell(f"{ORG} {words} | true", tmp_path)


@pytest.mark.parametrize("words", ["explain", "--help", "--version"])
def test_a_full_disk_under_stdout_is_one_line(words: str, tmp_path: Path) -> None:
    assert (1, "error: No space left on device\n") == shell(f"{ORG} {words} >/dev/full", tmp_path)


@pytest.mark.parametrize("words", ["explain", "--help", "plan --nonsense"])
def test_the_exit_code_stands_even_where_all_words_are_lost(words: str, tmp_path: Path) -> None:
    code, _ = shell(f"{ORG} {words} >/dev/full 2>/dev/full", tmp_path)
    assert (64 if "nonsense" in words else 1) == code


CLOSED = [
    ("plan >&-", 0, ""),
    ("plan 2>&-", 0, ""),
    ("plan <&-", 0, ""),
    ("plan >&- 2>&- <&-", 0, ""),
    ("check >&-", 0, "no findings"),
    ("apply <&-", 64, "nobody is there to ask"),
    ("apply 2>&- <&-", 64, ""),
    ("apply --auto-approve --allow last-guardrail >&- 2>&- <&-", 0, ""),
]


@pytest.mark.parametrize(("words", "code", "said"), CLOSED)
def test_a_stream_may_be_closed(words: str, code: int, said: str, sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.url
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")
    ended, errors = shell(f"{ORG} {words}", tmp_path)
    assert code == ended
    assert said in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("out", "why"), [("nodir/p.json", "No such file or directory"), ("/dev/full", "No space left on device")]
)
def test_a_plan_that_cannot_be_written_is_one_line(out: str, why: str, sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.url
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")
    code, errors = shell(f"{ORG} plan --out {out}", tmp_path)
    assert 1 == code
    assert f"Error: cannot write {out}: {why}" == errors.splitlines()[-1]


def test_a_plan_on_a_full_disk_is_one_line(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.url
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")
    code, errors = shell(f"{ORG} plan >/dev/full", tmp_path)
    assert (1, "error: No space left on device") == (code, errors.splitlines()[-1])


def test_apply_is_no_success_where_nobody_read_the_plan(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")
    code, errors = shell(f"{ORG} apply --auto-approve --allow last-guardrail | true", tmp_path)
    assert (1, ()) == (code, sandbox.recorder.writes())
    assert errors.endswith("Error: nobody reads the plan, so nothing was carried out\n")


def test_apply_goes_on_where_nobody_reads_its_failures(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(FILE, encoding="utf-8")
    sandbox.reset(seeded(file))
    file.write_text(f"{FILE}policies: [deny-leave-organization, deny-root]\n", encoding="utf-8")
    sandbox.faults.add(Fault(match="AttachPolicy", code="AccessDeniedException"))
    code, _ = shell(f"{ORG} apply --auto-approve 2>&1 >out | true", tmp_path)
    assert 5 == code
    assert (tmp_path / "out").read_text(encoding="utf-8").endswith(", 2 failed.\n")
