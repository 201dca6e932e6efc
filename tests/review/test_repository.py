"""What git gives, and what it never does: nothing of a repository is run, whatever its settings say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from org.errors import GitFailed
from org.review import repository as module
from org.review.repository import Repository
from tests.review.conftest import hostile

if TYPE_CHECKING:
    from tests.review.conftest import Repo


def read(repo: Repo, commit: str, *paths: bytes) -> dict[bytes, bytes]:
    repository = Repository(repo.folder)
    entries = [*repository.entries(commit, paths or (b"",))]
    content = repository.blobs(entry for entry in entries if entry.is_file)
    return {entry.path: content[entry.id] for entry in entries if entry.is_file}


def test_files_are_read_as_they_were_committed(repo: Repo) -> None:
    commit = repo.commit({"a/b.yaml": b"one\r\n\0two", "a/empty": b"", "c": b"x"})
    (repo.folder / "a/b.yaml").unlink()
    assert {b"a/b.yaml": b"one\r\n\0two", b"a/empty": b""} == read(repo, commit, b"a")


def test_names_are_bytes_and_need_not_be_lines(repo: Repo) -> None:
    names = ["new\nline", "tab\there", 'quo"te', "back\\slash", "\udce9t\udce9", "-rf", "a b"]
    commit = repo.commit({f"odd/{name}": name.encode("utf-8", "surrogateescape") for name in names})
    assert {os.fsencode(f"odd/{name}"): os.fsencode(name) for name in names} == read(repo, commit, b"odd")


def test_a_path_is_never_a_pattern(repo: Repo) -> None:
    commit = repo.commit({"a*": "star", "ab": "other", ":(top)c": "magic"})
    assert [b"a*"] == [*read(repo, commit, b"a*")]
    assert [b":(top)c"] == [*read(repo, commit, b":(top)c")]


@pytest.mark.parametrize("ref", ["main", "HEAD", "refs/heads/main", "v1", "HEAD~1^{}"])
def test_a_commit_has_many_names(repo: Repo, ref: str) -> None:
    repo.git("tag", "-a", "v1", "-m", "annotated")
    repo.commit()
    repo.git("branch", "later")
    expected = repo.git("rev-parse", f"{ref}^{{commit}}")
    assert expected == Repository(repo.folder).commit(ref)


@pytest.mark.parametrize("ref", ["--upload-pack=x", "-x", "", "a\nb", "main\0", "--help", "\u202emain"])
def test_what_cannot_be_a_name_is_refused(repo: Repo, ref: str) -> None:
    with pytest.raises(GitFailed, match="cannot be the name of a commit"):
        Repository(repo.folder).commit(ref)


@pytest.mark.parametrize("ref", ["nothing", "HEAD:accounts.yaml", "HEAD^{tree}", "main..HEAD", "deadbeef", "a b"])
def test_what_names_no_commit_says_what_to_do(repo: Repo, ref: str) -> None:
    with pytest.raises(GitFailed, match="there is no commit") as caught:
        Repository(repo.folder).commit(ref)
    assert "fetch it first" in caught.value.help


def test_a_remote_branch_that_is_missing_is_to_be_fetched(repo: Repo) -> None:
    with pytest.raises(GitFailed) as caught:
        Repository(repo.folder).commit("origin/main")
    assert "fetch it first: `git fetch origin main`" == caught.value.help


def test_a_shallow_clone_says_so(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{repo.folder}", tmp_path / "shallow"], check=True, env=os.environ
    )
    with pytest.raises(GitFailed) as caught:
        Repository(tmp_path / "shallow").commit("HEAD~1")
    assert caught.value.help.startswith("this clone is shallow")


def test_histories_without_a_common_commit_say_so(repo: Repo) -> None:
    one = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "--orphan", "other")
    other = repo.commit()
    with pytest.raises(GitFailed, match="no commit in common") as caught:
        Repository(repo.folder).merge_base(one, other)
    assert "--exact" in caught.value.help


def test_the_merge_base_is_where_the_head_left(repo: Repo) -> None:
    start = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "-b", "feature")
    head = repo.commit({"a": "a"})
    repo.git("checkout", "--quiet", "main")
    base = repo.commit({"b": "b"})
    assert start == Repository(repo.folder).merge_base(base, head)


def test_a_folder_outside_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="is in no git repository"):
        Repository(tmp_path).commit("HEAD")


def test_a_missing_object_says_so_and_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    commit = repo.commit({"big": "content that goes missing"})
    lost = repo.git("rev-parse", f"{commit}:big")
    (repo.folder / ".git/objects" / lost[:2] / lost[2:]).unlink()
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "remote.origin.promisor", "true")
    repo.git("config", "remote.origin.url", f"ext::sh -c 'touch {canary}'")
    repo.git("config", "protocol.ext.allow", "always")
    with pytest.raises(GitFailed) as caught:
        read(repo, commit, b"big")
    assert (module.PARTIAL, False) == (caught.value.help, canary.exists())


def test_no_setting_of_a_repository_starts_anything(repo: Repo, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    start = repo.git("rev-parse", "HEAD")
    attributes = "*.yaml filter=evil diff=evil merge=evil\naccounts.yaml filter=lfs diff=lfs\n* export-subst ident\n"
    commit = repo.commit({".gitattributes": attributes, "a.yaml": "$Id$ a"})
    hostile(repo, canary)
    repository = Repository(repo.folder)
    assert repository.top.samefile(repo.folder)
    assert commit == repository.commit("HEAD")
    assert start == repository.merge_base(start, repository.commit("main"))
    assert b"$Id$ a" == read(repo, commit, b"a.yaml")[b"a.yaml"]
    assert not repository.shallow
    assert not canary.exists()


@pytest.mark.parametrize(("key", "value"), module.OVERRULED.items())
def test_settings_that_could_do_something_mean_nothing(repo: Repo, key: str, value: str) -> None:
    repo.git("-c", "core.fsmonitor=false", "config", key, "touch /tmp/ran")
    assert f"{value}\n".encode() == Repository(repo.folder)._run("config", "--get", key).stdout


def test_the_environment_of_git_is_not_inherited(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canary, trace = tmp_path / "ran", tmp_path / "trace"
    for name, value in {
        "GIT_DIR": str(tmp_path / "elsewhere"),
        "GIT_OBJECT_DIRECTORY": str(tmp_path),
        "GIT_EXTERNAL_DIFF": f"touch {canary}",
        "GIT_SSH_COMMAND": f"touch {canary}",
        "GIT_TRACE": str(trace),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": f"touch {canary}",
    }.items():
        monkeypatch.setenv(name, value)
    assert 40 == len(Repository(repo.folder).commit("HEAD"))
    assert (False, False) == (canary.exists(), trace.exists())


def test_git_is_never_the_one_of_the_current_folder(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "ran"
    repo.write({"git": f"#!/bin/sh\ntouch {canary}\n", "bin/git": f"#!/bin/sh\ntouch {canary}\n"})
    for name in ("git", "bin/git"):
        (repo.folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f".:bin::{os.environ['PATH']}")
    assert 40 == len(Repository(repo.folder).commit("HEAD"))
    assert not canary.exists()


def test_a_folder_of_the_head_that_looks_like_a_repository_is_none(repo: Repo, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    fake = repo.folder / "fake"
    subprocess.run(["git", "init", "-q", "--bare", fake], check=True)
    settings = f"repositoryformatversion = 0\nbare = false\nworktree = {repo.folder}\nfsmonitor = touch {canary}\n"
    (fake / "config").write_text(f"[core]\n{settings}")
    with pytest.raises(GitFailed, match="is in no git repository"):
        Repository(fake).commit("HEAD")
    assert not canary.exists()


def test_replaced_objects_do_not_count(repo: Repo) -> None:
    commit = repo.commit({"a": "what was reviewed"})
    repo.git("replace", repo.git("rev-parse", f"{commit}:a"), repo.blob(b"something else"))
    assert {b"a": b"what was reviewed"} == read(repo, commit, b"a")


def nested(repo: Repo, leaf: list[tuple[str, str, bytes]], levels: int) -> str:
    """A commit of trees in trees, ten at each level."""
    entries = leaf
    for _ in range(levels):
        content = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(one) for mode, one, name in entries)
        tree = repo.git("hash-object", "-w", "-t", "tree", "--stdin", given=content)
        entries = [("40000", tree, b"%d" % number) for number in range(10)]
    return repo.crafted(*entries)


def test_a_bomb_of_files_is_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LISTED", 100_000)
    commit = nested(repo, [("100644", repo.blob(b"x"), b"f")], 10)
    with pytest.raises(GitFailed, match="more files than can be reviewed"):
        [*Repository(repo.folder).entries(commit, [b""])]


def test_a_bomb_of_empty_folders_ends(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    commit = nested(repo, [], 11)
    with pytest.raises(GitFailed):
        [*Repository(repo.folder).entries(commit, [b""])]
