"""Files: the main one and those it includes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.load import load
from org.load.reading import MAX_BYTES
from tests.load.complete import VOCABULARY, complete

if TYPE_CHECKING:
    from pathlib import Path

    from org.load import Loaded

TEAM = "accounts:\n  - {key: %s, ou: Workloads/Prod}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / "accounts.d").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def written(here: Path, piece: str, **files: str) -> Loaded:
    (here / "accounts.yaml").write_text(complete(piece))
    for name, text in files.items():
        (here / "accounts.d" / f"{name}.yaml").write_text(text)
    return load(here / "accounts.yaml", VOCABULARY)


def told(result: Loaded) -> list[tuple[str, str]]:
    return [(one.rule, str(one.span)) for one in result.findings]


def test_included_accounts_stand_beside_the_others(here: Path) -> None:
    result = written(
        here, "accounts:\n  - {key: main, ou: Workloads}\ninclude: [accounts.d/*.yaml]\n", b=TEAM % "b", a=TEAM % "a"
    )
    assert [] == told(result)
    assert result.organization
    assert ["management", "main", "a", "b"] == [account.key for account in result.organization.accounts]
    assert "accounts.d/a.yaml:2:11" == str(result.organization.accounts[2].span)
    assert ["accounts.yaml", "accounts.d/a.yaml", "accounts.d/b.yaml"] == list(result.sources)


def test_a_file_that_two_patterns_match_is_read_once(here: Path) -> None:
    assert [] == told(written(here, "include: [accounts.d/*.yaml, accounts.d/a.*]\n", a=TEAM % "a"))


def test_twins_are_found_across_files(here: Path) -> None:
    result = written(here, "include: [accounts.d/*.yaml]\n", a=TEAM % "same", b=TEAM % "same")
    assert [("ORG030", "accounts.d/b.yaml:2:11")] == told(result)
    assert ["accounts.d/a.yaml:2:11"] == [str(one.seen) for one in result.findings]


def test_an_included_file_holds_accounts_and_nothing_else(here: Path) -> None:
    text = "policies: []\ninclude: ['*.yaml']\n" + TEAM % "a"
    result = written(here, "include: [accounts.d/*.yaml]\n", a=text)
    assert [("ORG020", "accounts.d/a.yaml:1:1"), ("ORG020", "accounts.d/a.yaml:2:1")] == told(result)


def test_findings_of_all_files_are_told_together(here: Path) -> None:
    result = written(here, "include: [accounts.d/*.yaml]\n", a="accounts: [\n", b="accounts:\n  - {key: b}\n")
    assert [("ORG005", "accounts.d/a.yaml:2:1"), ("ORG021", "accounts.d/b.yaml:2:5")] == told(result)


def test_what_an_unreadable_file_might_have_said_is_not_missed_elsewhere(here: Path) -> None:
    (here / "accounts.yaml").write_text("organizational_units: [\n")
    assert [("ORG005", "accounts.yaml:2:1")] == told(load(here / "accounts.yaml", VOCABULARY))


@pytest.mark.parametrize("pattern", ["/etc/*.conf", "../*.yaml", "accounts.d/../../*.yaml", "..", "/", "C:\\x"])
def test_an_include_cannot_leave_the_folder(here: Path, pattern: str) -> None:
    (here.parent / "secret.yaml").write_text(TEAM % "stolen")
    result = written(here, f"include: ['{pattern}']\n")
    assert ["ORG013"] == [one.rule for one in result.findings]
    assert ["accounts.yaml"] == list(result.sources)


def test_a_link_out_of_the_folder_is_not_followed(here: Path) -> None:
    (here.parent / "secret.yaml").write_text(TEAM % "stolen")
    (here / "accounts.d" / "a.yaml").symlink_to(here.parent / "secret.yaml")
    result = written(here, "include: [accounts.d/*.yaml]\n")
    assert ["ORG013"] == [one.rule for one in result.findings]
    assert ["accounts.yaml"] == list(result.sources)


def test_a_linked_folder_is_not_followed_either(here: Path) -> None:
    (here.parent / "elsewhere").mkdir()
    (here.parent / "elsewhere" / "a.yaml").write_text(TEAM % "stolen")
    (here / "linked").symlink_to(here.parent / "elsewhere")
    assert ["ORG013"] == [one.rule for one in written(here, "include: [linked/*.yaml]\n").findings]


def test_a_file_cannot_include_itself(here: Path) -> None:
    assert ["ORG015"] == [one.rule for one in written(here, "include: ['*.yaml']\n").findings]


@pytest.mark.parametrize("pattern", ["accounts.e/*.yaml", "accounts.d", "accounts.d/", "**", "[", "a\\0b"])
def test_a_pattern_that_matches_no_file_is_a_warning_at_most(here: Path, pattern: str) -> None:
    result = written(here, f"include: ['{pattern}']\n")
    assert result.organization or ["ORG013"] == [one.rule for one in result.findings] or pattern == "**"
    assert {one.rule for one in result.findings} <= {"ORG014", "ORG013", "ORG015"}


def test_a_file_that_is_not_there(here: Path) -> None:
    (finding,) = load(here / "none.yaml", VOCABULARY).findings
    assert ("ORG001", "`none.yaml` does not exist") == (finding.rule, finding.message)


def test_a_folder_is_not_a_file(here: Path) -> None:
    (finding,) = load(here / "accounts.d", VOCABULARY).findings
    assert ("ORG001", "`accounts.d` is a folder") == (finding.rule, finding.message)


def test_a_file_that_may_not_be_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    (finding,) = load(here / "accounts.yaml", VOCABULARY).findings
    assert ("ORG001", "`accounts.yaml` may not be read by this user") == (finding.rule, finding.message)


def test_a_file_as_large_as_allowed_is_read_and_one_byte_more_is_not(here: Path) -> None:
    text = complete("accounts:\n  - {key: a, ou: Workloads}\n")
    (here / "a.yaml").write_text(text + "#" * (MAX_BYTES - len(text)))
    assert [] == told(load(here / "a.yaml", VOCABULARY))
    (here / "a.yaml").write_text(text + "#" * (MAX_BYTES - len(text) + 1))
    assert [("ORG002", "a.yaml:1:1")] == told(load(here / "a.yaml", VOCABULARY))


def test_a_file_elsewhere_is_named_as_it_was_asked_for(here: Path, tmp_path: Path) -> None:
    assert [("ORG001", f"{tmp_path}/none.yaml:1:1")] == told(load(tmp_path / "none.yaml", VOCABULARY))


def test_more_units_than_aws_allows(here: Path) -> None:
    units = "organizational_units:\n" + "".join(f"  U{n}:\n" for n in range(2_001))
    assert [("ORG059", "accounts.yaml:2008:3")] == told(written(here, units))
    assert [] == told(written(here, units.replace("  U2000:\n", "")))
