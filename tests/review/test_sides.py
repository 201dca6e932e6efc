"""What a commit or the working tree asks for; nothing outside of it is read, whatever its files are called."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from org.errors import GitFailed
from org.load.reading import MAX_BYTES
from org.reconcile.wanted import wanted
from org.review import snapshot as module
from org.review.repository import Repository
from org.review.sides import accounts_path, committed, working_tree
from org.review.snapshot import snapshot
from tests.review.conftest import ACCOUNTS

if TYPE_CHECKING:
    from org.review.sides import Side
    from tests.review.conftest import Repo

SECRET = "the-secret-of-this-machine"
TEMPLATE = """\
name: deny-things
kind: scp
title: Things are denied
description: A template of a pull request.
statements:
  - {Sid: DenyThings, Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}
"""


def side(repo: Repo, commit: str, accounts: str = "accounts.yaml") -> Side:
    return committed(Repository(repo.folder), commit, PurePosixPath(accounts), "head")


def rules(found: Side) -> list[str]:
    return [finding.rule for finding in found.findings if finding.severity == "error"]


def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.yaml"
    file.write_text(f"{SECRET}: [\n")
    return file


def test_a_commit_asks_for_what_its_files_say(repo: Repo) -> None:
    files = {"accounts.yaml": ACCOUNTS.replace("[deny-leave-organization]", "[deny-things]")}
    commit = repo.commit({**files, "scps/scp/deny-things.yaml": TEMPLATE, "scps/README.md": "words"})
    expected = wanted(repo.folder / "accounts.yaml").organization
    found = side(repo, commit).organization
    assert expected is not None
    assert found is not None
    assert [p.content for p in expected.policies] == [p.content for p in found.policies]
    assert expected.accounts == found.accounts


def test_the_working_tree_is_what_is_on_disk(repo: Repo) -> None:
    repo.write({"accounts.yaml": ACCOUNTS.replace("payments", "billing")})
    found = working_tree(Repository(repo.folder), PurePosixPath("accounts.yaml")).organization
    assert found is not None
    assert "billing" in {account.key for account in found.accounts}


def test_an_include_that_is_spelled_with_an_escape_is_followed(repo: Repo) -> None:
    files = {"a.yaml": "accounts:\n  - {key: a, name: a, ou: Workloads/Dev}\n"}
    found = side(repo, repo.commit({**files, "accounts.yaml": f'{ACCOUNTS}"\\u0069nclude": [a.yaml]\n'})).organization
    assert found is not None
    assert "a" in {account.key for account in found.accounts}


@pytest.mark.parametrize("folder", ["", "deep/er/"])
def test_includes_are_followed_in_the_folder_of_the_file(repo: Repo, folder: str) -> None:
    files = {
        "accounts.yaml": f"{ACCOUNTS}include: [accounts.d/*.yaml, 'more/**/x-?.yaml', 'one[0-9].yaml']\n",
        "accounts.d/a.yaml": "accounts:\n  - {key: a, name: a, ou: Workloads/Dev}\n",
        "accounts.d/deeper/not.yaml": "nonsense\n",
        "more/x-1.yaml": "accounts:\n  - {key: b, name: b, ou: Workloads/Dev}\n",
        "more/and/more/x-2.yaml": "accounts:\n  - {key: c, name: c, ou: Workloads/Dev}\n",
        "one7.yaml": "accounts:\n  - {key: d, name: d, ou: Workloads/Dev}\n",
        "other.yaml": "nonsense\n",
    }
    commit = repo.commit({folder + name: text for name, text in files.items()})
    found = side(repo, commit, f"{folder}accounts.yaml").organization
    assert found is not None
    assert {"a", "b", "c", "d", "management", "payments", "search"} == {account.key for account in found.accounts}


def test_findings_name_the_files_of_the_repository(repo: Repo) -> None:
    bad = ACCOUNTS.replace("ou: Workloads/Dev", "ou: Workloads/Test")
    commit = repo.commit({"sub/accounts.yaml": bad, "sub/scps/scp/deny-things.yaml": "name: other\n"})
    found = side(repo, commit, "sub/accounts.yaml")
    spans = {finding.span.file for finding in found.findings if finding.span}
    assert {"sub/accounts.yaml", "sub/scps/scp/deny-things.yaml"} == spans
    assert bad == found.sources["sub/accounts.yaml"]
    assert not any("/org-review-" in finding.message + finding.help for finding in found.findings)


def test_sources_of_accounts_and_policies_are_files_of_the_repository(repo: Repo) -> None:
    found = side(repo, repo.commit()).organization
    assert found is not None
    assert {"accounts.yaml"} == {one.span.file for one in (*found.accounts, *found.policies) if one.span}


def test_a_commit_without_the_file_is_missing_it(repo: Repo) -> None:
    found = side(repo, repo.commit(), "elsewhere.yaml")
    assert (True, ["ORG805"]) == (found.missing, rules(found))


@pytest.mark.parametrize("name", ["accounts.yaml", "accounts.d/a.yaml", "scps/scp/deny-things.yaml", "scps"])
def test_a_link_is_never_followed(repo: Repo, tmp_path: Path, name: str) -> None:
    outside = secret(tmp_path)
    (repo.folder / name).parent.mkdir(parents=True, exist_ok=True)
    repo.write({"accounts.yaml": f"{ACCOUNTS}include: [accounts.d/*.yaml]\n"})
    (repo.folder / name).unlink(missing_ok=True)
    (repo.folder / name).symlink_to(outside)
    found = side(repo, repo.commit())
    assert "ORG801" in rules(found)
    assert SECRET not in repr(found)


def test_a_linked_file_in_the_working_tree_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    outside = secret(tmp_path)
    (repo.folder / "accounts.yaml").unlink()
    (repo.folder / "accounts.yaml").symlink_to(outside)
    found = working_tree(Repository(repo.folder), PurePosixPath("accounts.yaml"))
    assert ["ORG801"] == rules(found)
    assert SECRET not in repr(found)


def test_a_linked_folder_in_the_working_tree_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text(f"{SECRET}: [\n")
    (repo.folder / "sub").symlink_to(tmp_path)
    found = working_tree(Repository(repo.folder), PurePosixPath("sub/accounts.yaml"))
    assert ["ORG801"] == rules(found)
    assert SECRET not in repr(found)


def test_a_submodule_is_not_entered(repo: Repo) -> None:
    start = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{start},scps")
    commit = repo.git("commit-tree", repo.git("write-tree"), "-m", "a submodule")
    found = side(repo, commit)
    assert ["ORG801"] == rules(found)
    assert ["`scps` is a submodule"] == [one.message for one in found.findings if one.rule == "ORG801"]


HOSTILE = [b"..", b".", b".git", b".GIT", b"a/../../../escaped.yaml", b"/etc/escaped.yaml"]


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_a_name_never_leads_out(repo: Repo, tmp_path: Path, name: bytes) -> None:
    accounts = repo.blob(f"{ACCOUNTS}include: ['**/*.yaml']\n".encode())
    inner = repo.blob(TEMPLATE.encode())
    content = b"100644 " + (name if b"/" in name else b"x.yaml") + b"\0" + bytes.fromhex(inner)
    tree = repo.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=content)
    entries = [("100644", accounts, b"accounts.yaml"), ("40000", tree, b"scps" if b"/" in name else name)]
    commit = repo.crafted(*sorted(entries, key=lambda entry: entry[2]))
    before = {*tmp_path.rglob("escaped*")}
    found = side(repo, commit)
    assert "ORG802" in rules(found)
    assert before == {*tmp_path.rglob("escaped*")}
    assert not Path("/etc/escaped.yaml").exists()


def test_two_files_of_one_name_are_told(repo: Repo) -> None:
    one, other = (repo.blob(text.encode()) for text in (ACCOUNTS, "other"))
    commit = repo.crafted(("100644", one, b"accounts.yaml"), ("100644", other, b"accounts.yaml"))
    assert "ORG802" in rules(side(repo, commit))


@pytest.mark.parametrize(
    "name", ["new\nline.yaml", "\x1b[2Jscreen.yaml", "\u202egnp.yaml", "<script>.yaml", "\udcff.yaml"]
)
def test_any_name_is_told_in_printable_words(repo: Repo, name: str) -> None:
    repo.write({"accounts.yaml": f"{ACCOUNTS}include: [accounts.d/*.yaml]\n"})
    commit = repo.commit({f"accounts.d/{name}": "nonsense", f"scps/scp/{name}": "nonsense"})
    found = side(repo, commit)
    assert len(rules(found)) >= 2
    assert all(finding.message.isprintable() for finding in found.findings)


def test_a_template_is_data_whatever_is_in_it(repo: Repo, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    touch = f"touch {canary}"
    wild = TEMPLATE.replace("A template", f"|\n  {{{{ lookup('pipe', '{touch}') }}}} $({touch}) `{touch}` A template")
    executable = {
        "accounts.yaml": ACCOUNTS.replace("[deny-leave", "[deny-things, deny-leave"),
        "scps/scp/deny-things.yaml": wild,
        "scps/__init__.py": f"import os; os.system({touch!r})",
        "scps/scp/deny-things.py": f"import os; os.system({touch!r})",
        "sitecustomize.py": f"import os; os.system({touch!r})",
    }
    assert [] == rules(side(repo, repo.commit(executable)))
    tagged = {"scps/scp/tagged.yaml": f"!!python/object/apply:os.system [{touch!r}]\n"}
    assert ["ORG100"] == rules(side(repo, repo.commit(tagged)))
    assert not canary.exists()


def test_a_file_that_is_too_large_is_not_read(repo: Repo) -> None:
    repo.write({"accounts.yaml": f"{ACCOUNTS}include: [big.yaml]\n"})
    found = side(repo, repo.commit({"big.yaml": b"#" * (MAX_BYTES + 7)}))
    assert [f"the file has {MAX_BYTES + 7:,} bytes; at most {MAX_BYTES:,} are read"] == [
        finding.message for finding in found.findings if finding.rule == "ORG002"
    ]


def test_too_many_files_are_told_once(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 3)
    repo.write({"accounts.yaml": f"{ACCOUNTS}include: [accounts.d/*.yaml]\n"})
    found = side(repo, repo.commit({f"accounts.d/{n}.yaml": "accounts: []\n" for n in range(9)}))
    assert 1 == rules(found).count("ORG803")


def test_too_many_patterns_are_told(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PATTERNS", 2)
    found = side(repo, repo.commit({"accounts.yaml": f"{ACCOUNTS}include: [a.yaml, b.yaml, c.yaml]\n"}))
    assert ["ORG803"] == rules(found)


def test_a_pointer_of_lfs_is_told(repo: Repo) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n"
    assert "ORG804" in rules(side(repo, repo.commit({"accounts.yaml": pointer})))


def test_nothing_is_left_behind(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    commit = repo.commit({"scps/scp/deny-things.yaml": TEMPLATE})
    with snapshot(Repository(repo.folder), commit, PurePosixPath("accounts.yaml")) as files:
        assert 0o700 == files.folder.stat().st_mode & 0o777
        assert files.folder.is_relative_to(tmp_path)
        written = {str(file.relative_to(files.folder)) for file in files.folder.rglob("*") if file.is_file()}
    assert {"accounts.yaml", "scps/scp/deny-things.yaml"} == written
    assert not files.folder.exists()


def test_the_accounts_file_is_named_from_the_top(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.folder / "a/b").mkdir(parents=True)
    monkeypatch.chdir(repo.folder / "a/b")
    repository = Repository(repo.folder)
    assert PurePosixPath("a/accounts.yaml") == accounts_path(repository, Path("../accounts.yaml"))
    assert PurePosixPath("accounts.yaml") == accounts_path(repository, repo.folder / "accounts.yaml")
    with pytest.raises(GitFailed, match="is not in the repository"):
        accounts_path(repository, Path(os.devnull))
