"""Proofs are told to people in lines, and to programs whole."""

from __future__ import annotations

import json

import pytest

from org.model.finding import Span
from org.model.proof import Part, Proof, Shown
from org.report import proofs_json, proofs_text

REQUEST = {"action": "s3:GetObject", "resource": "*"}
SHOWN = Shown(REQUEST, {"scps": None}, "allowed", ("guard#Sid",))
CHANGED = Shown(REQUEST, {}, "explicitly_denied", (), "allowed")
PROVED = Proof("kept", "nobody can", (Part("proved", ("a", "b")),), "the audit")
REFUTED = Proof(
    "broken",
    "nobody can",
    (
        Part("refuted", ("a",), "there is a request", ("s3:GetObject", "s3:PutObject"), SHOWN),
        Part("refuted", ("c",), "another one"),
        Part("proved", ("b",)),
    ),
    "the audit",
    Span("invariants.yaml", 3),
)
LINES = [
    (PROVED, ["proved   kept    2 accounts"]),
    (Proof("kept", "c", (Part("proved"),)), ["proved   kept"]),
    (
        REFUTED,
        [
            "refuted  broken  a, c of 3 accounts",
            "  nobody can",
            "  why it matters: the audit",
            "  there is a request",
            "  the same for s3:PutObject",
            f"    allowed: {json.dumps(REQUEST)}",
            "    decided by guard#Sid",
            "",
        ],
    ),
    (
        Proof("odd", "nobody can", (Part("unknown", ("a",), "given up"),)),
        ["unknown  odd     a", "  nobody can", "  given up", ""],
    ),
    (
        Proof("same", "x and y", (Part("refuted", (), "anyone loses", ("s3:A", "s3:B"), CHANGED), Part("unknown"))),
        [
            "refuted  same",
            "  x and y",
            "  anyone loses",
            f"    allowed before, explicitly denied after: {json.dumps(REQUEST)}",
            "",
        ],
    ),
]


@pytest.mark.parametrize(("proof", "lines"), LINES)
def test_a_claim_is_told_in_lines(proof: Proof, lines: list[str]) -> None:
    assert lines == proofs_text.lines(proof, len("broken"))


def test_claims_stand_below_each_other_in_their_order() -> None:
    assert ["proved   kept    2 accounts", "refuted  broken  a, c of 3 accounts"] == [
        line for line in proofs_text.proofs([PROVED, REFUTED]).split("\n") if line[:1].strip()
    ]
    assert "" == proofs_text.proofs([])


@pytest.mark.parametrize(("count", "told"), [(6, "0, 1, 2, 3, 4, 5"), (8, "0, 1, 2, 3, 4, 5 and 2 more")])
def test_a_line_names_only_so_many(count: int, told: str) -> None:
    assert told == proofs_text.named([str(number) for number in range(count)])


def test_claims_are_counted_by_what_became_of_them() -> None:
    assert "2 proved, 1 refuted" == proofs_text.summary([PROVED, REFUTED, PROVED])
    assert "nothing to prove" == proofs_text.summary([])


def test_programs_get_all_of_it() -> None:
    whole = json.loads(proofs_json.proofs([REFUTED, PROVED]))
    assert (1, ["broken", "kept"]) == (whole["version"], [one["name"] for one in whole["proofs"]])
    refuted, proved = whole["proofs"]
    assert ("invariants.yaml", 3, "the audit") == (refuted["file"], refuted["line"], refuted["why"])
    assert (None, None, "nobody can", "proved") == (proved["file"], proved["line"], proved["claim"], proved["verdict"])
    first, second, _ = refuted["parts"]
    assert {
        "verdict": "refuted",
        "accounts": ["a"],
        "reason": "there is a request",
        "actions": ["s3:GetObject", "s3:PutObject"],
        "request": REQUEST,
        "scenario": {"scps": None},
        "decision": "allowed",
        "decided_by": ["guard#Sid"],
    } == first
    assert (None, None, None, []) == tuple(second[key] for key in ("request", "scenario", "decision", "decided_by"))
