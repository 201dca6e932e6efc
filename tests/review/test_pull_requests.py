"""Three pull requests as people write them: what a reviewer reads, and that every word of it is so."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from org.access.evaluate import compiled
from org.access.scenario import Scenario
from org.access.spec import decide
from org.cli.review import code
from org.report import review_json, review_markdown
from org.review.repository import Repository
from org.review.reviewing import Asked, review, sides
from tests.review.conftest import Repo

if TYPE_CHECKING:
    from org.model.review import Review

CASES = Path(__file__).parents[1] / "cases" / "review"
NAMES = sorted(folder.name for folder in CASES.iterdir())
WRITE = os.environ.get("GOLDEN") == "write"


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Review]:
    """The review of each case."""
    found = {}
    for name in NAMES:
        repo = Repo(tmp_path_factory.mktemp(name))
        repo.git("init", "--quiet", "--initial-branch=main")
        for side, branch in (("base", "main"), ("head", "feature")):
            repo.git("checkout", "--quiet", "-B", branch)
            shutil.copytree(CASES / name / side, repo.folder, dirs_exist_ok=True)
            repo.commit(message=side)
        asked = Asked("main", "feature")
        found[name] = review(*sides(Repository(repo.folder), asked, repo.folder / "accounts.yaml"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_reviewer_reads_what_was_read_here(name: str, reviews: dict[str, Review]) -> None:
    """After a change that is meant, `GOLDEN=write pytest tests/review` writes the comments again: read them."""
    text = review_markdown.review(reviews[name])
    golden = CASES / name / "review.md"
    if WRITE:
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def confirmed(scenario: dict[str, Any], request: dict[str, Any]) -> set[str]:
    """What the definition and the engine answer."""
    policies, (asked,) = Scenario(scenario).ask(request)
    return {decide(policies, asked).answer.value, compiled(policies).decide(asked).answer.value}


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_is_confirmed_by_a_decision(name: str, reviews: dict[str, Review]) -> None:
    found = json.loads(review_json.review(reviews[name]))
    witnesses = [witness for claim in found["claims"] for witness in claim["witnesses"]]
    witnesses += [danger["witness"] for danger in found["dangers"] if danger["witness"]]
    assert len(witnesses) >= len(found["claims"]) > 0
    for one in witnesses:
        assert {one["before"]} == confirmed(found["scenarios"][one["base"]], one["request"])
        assert {one["after"]} == confirmed(found["scenarios"][one["head"]], one["request"])
        assert one["before"] != one["after"]


@pytest.mark.parametrize("name", NAMES)
def test_a_claim_says_in_which_direction(name: str, reviews: dict[str, Review]) -> None:
    for claim in reviews[name].claims:
        for witness in claim.witnesses:
            assert (witness.after == "allowed") is claim.gain
            assert (witness.before == "allowed") is not claim.gain
            assert witness.account in claim.scope.accounts
            assert witness.request["action"] in claim.actions or claim.certainty == "future"


def test_each_distinct_chain_has_a_witness(reviews: dict[str, Review]) -> None:
    found = reviews["widened-exemption"]
    assert {3} == {len({witness.base for witness in claim.witnesses}) for claim in found.claims}
    assert {3} == {len({witness.account for witness in claim.witnesses}) for claim in found.claims}


def test_what_aws_may_add_later_is_no_gain_yet(reviews: dict[str, Review]) -> None:
    found = reviews["region-added"]
    later = replace(found, claims=tuple(claim for claim in found.claims if claim.certainty == "future"))
    assert frozenset({"future"}) == later.trips


TRIPS = [
    ("widened-exemption", "weakened", 1),
    ("widened-exemption", "gain", 1),
    ("widened-exemption", "loss", 1),
    ("widened-exemption", "lockout", 0),
    ("region-added", "gain", 1),
    ("region-added", "future", 1),
    ("region-added", "loss,weakened,lockout,undecided", 0),
    ("account-moved", "gain", 1),
    ("account-moved", "weakened,lockout,protected", 0),
]


@pytest.mark.parametrize(("name", "trips", "expected"), TRIPS)
def test_a_pipeline_fails_on_what_it_names(name: str, trips: str, expected: int, reviews: dict[str, Review]) -> None:
    found = reviews[name]
    assert expected == code(found, trips.split(","), detailed_exitcode=False)
    assert (expected or 2) == code(found, trips.split(","), detailed_exitcode=True)
