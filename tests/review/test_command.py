"""`org review` as people and pipelines run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from org.cli import run
from tests.review.conftest import ACCOUNTS, hostile

if TYPE_CHECKING:
    from tests.review.conftest import Repo

STRICTER = ACCOUNTS.replace("[deny-leave-organization]", "[deny-leave-organization, protect-cloudtrail]")
BROKEN = ACCOUNTS.replace("ou: Workloads/Dev", "ou: Workloads/Test")


def reviewed(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    code = run(["review", "--base", "main", *options])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_head_is_the_working_tree_unless_it_is_named(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({"accounts.yaml": STRICTER})
    code, out, err = reviewed(capsys)
    assert (0, "") == (code, err)
    assert "head  the working tree" in out
    assert "+ SCP `protect-cloudtrail` created: 1 statement added" in out
    code, out, _ = reviewed(capsys, "--head", "main")
    assert (0, "Review: no changes.") == (code, out.splitlines()[-1])


def test_base_is_where_the_head_left_it(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.git("branch", "feature")
    repo.commit({"accounts.yaml": STRICTER})
    code, out, _ = reviewed(capsys, "--head", "feature")
    assert (0, "Review: no changes.") == (code, out.splitlines()[-1])
    assert out.startswith("base  the merge base with main (")
    code, out, _ = reviewed(capsys, "--head", "feature", "--exact")
    assert "SCP `protect-cloudtrail` removed" in out
    assert out.startswith("base  main (")


def test_what_is_packed_is_told_as_it_was_written(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"accounts.yaml": ACCOUNTS.replace("[deny-leave-organization]", "[foundation]")})
    found = json.loads(reviewed(capsys, "--head", "main~1", "--exact", "--format", "json")[1])
    statements = {statement for claim in found["claims"] for statement in claim["statements"]}
    assert any("`ProtectCloudTrail` of `protect-cloudtrail`" in statement for statement in statements)
    assert any("in `guardrails-" in statement for statement in statements)
    users = [one for claim in found["claims"] if "iam:CreateUser" in claim["actions"] for one in claim["statements"]]
    assert any("`deny-iam-users`" in statement for statement in users)
    assert not any("`protect-cloudtrail`" in statement for statement in users)
    assert {"removed"} == {policy["change"] for policy in found["policies"]}
    assert "deny-leave-organization" not in {policy["name"] for policy in found["policies"]}
    assert "weakened" in found["trips"]


@pytest.mark.parametrize("options", [["--detailed-exitcode"], ["--fail-on", "gain", "--detailed-exitcode"]])
def test_changes_have_an_exit_code_of_their_own(
    repo: Repo, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert 0 == reviewed(capsys, *options)[0]
    repo.write({"accounts.yaml": STRICTER})
    assert 2 == reviewed(capsys, *options)[0]


def test_what_it_fails_on_is_named(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({"accounts.yaml": STRICTER})
    assert 1 == reviewed(capsys, "--fail-on", "gain, loss")[0]
    code, _, err = reviewed(capsys, "--fail-on", "los")
    assert 64 == code
    assert "no `los`; there are lockout, weakened" in err


def test_a_head_with_errors_cannot_be_compared(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({"accounts.yaml": BROKEN})
    code, out, _ = reviewed(capsys)
    assert 1 == code
    assert "Workloads/Test" in out
    assert "accounts.yaml:12:" in out
    assert "nothing could be compared" in out


def test_a_base_with_errors_hides_nothing_of_the_head(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"accounts.yaml": BROKEN})
    repo.write({"accounts.yaml": ACCOUNTS.replace("owner: payments", "ouner: payments")})
    code, out, _ = reviewed(capsys)
    assert 1 == code
    assert "unknown key `ouner`" in out
    assert "Workloads/Test" in out


def test_a_first_commit_is_compared_with_nothing(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.git("checkout", "--quiet", "--orphan", "empty")
    repo.git("rm", "--quiet", "-r", "--cached", ".")
    repo.git("commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    code = run(["review", "--base", "empty", "--exact", "--head", "main", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert (0, True, True) == (code, found["base"]["missing"], found["compared"])
    assert {"new"} == {claim["cause"] for claim in found["claims"]}
    assert ["created"] == [policy["change"] for policy in found["policies"]]
    assert [] == found["trips"]


@pytest.mark.parametrize(
    ("base", "words"),
    [("--upload-pack=x", "cannot be the name"), ("origin/main", "git fetch origin main"), ("nothing", "no commit")],
)
def test_a_base_that_is_not_there_says_what_to_do(
    repo: Repo, capsys: pytest.CaptureFixture[str], base: str, words: str
) -> None:
    assert repo.folder.exists()
    assert 1 == run(["review", f"--base={base}"])
    out, err = capsys.readouterr()
    assert "" == out
    assert words in err


def test_outside_a_repository_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 1 == run(["review", "--base", "main"])
    assert "is in no git repository" in capsys.readouterr().err


def test_an_accounts_file_outside_the_repository_says_so(
    repo: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (repo.folder / "link.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    code, _, err = reviewed(capsys, "--accounts", str(tmp_path / "accounts.yaml"))
    assert 1 == code
    assert "error: " in err


def test_nothing_of_a_hostile_pull_request_runs(repo: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    repo.git("checkout", "--quiet", "-b", "feature")
    files = {
        "accounts.yaml": STRICTER + "include: [accounts.d/*.yaml]\n",
        ".gitattributes": "* filter=evil diff=evil merge=evil\n*.yaml filter=lfs diff=lfs\n",
        ".gitmodules": f'[submodule "evil"]\n\tpath = evil\n\turl = ext::touch {canary}\n\tupdate = !touch {canary}\n',
        ".lfsconfig": f"[lfs]\n\turl = ext::touch {canary}\n",
        "org/__init__.py": f"import os; os.system('touch {canary}')",
        "sitecustomize.py": f"import os; os.system('touch {canary}')",
        "accounts.d/new\nline.yaml": "accounts: []\n",
    }
    head = repo.commit(files)
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},evil")
    repo.git("commit", "--quiet", "--message", "a submodule")
    hostile(repo, canary)
    for options in (["--head", "feature"], []):
        assert 0 == run(["review", "--base", "main", *options])
        assert "protect-cloudtrail" in capsys.readouterr().out
    assert not canary.exists()


def test_a_program_that_reads_json_gets_only_json(repo: Repo) -> None:
    repo.write({"accounts.yaml": STRICTER})
    command = [sys.executable, "-m", "org", "review", "--base", "main", "--format", "json"]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"}
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert 1 == json.loads(done.stdout)["version"]
