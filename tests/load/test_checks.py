"""The semantic rules beyond the examples of their explanations: what each points at, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from org.load import load_text
from tests.load.complete import VOCABULARY, complete, loaded, told

ORGANIZATION = "organization:\n  "
CASES = Path(__file__).resolve().parents[1] / "cases" / "checks.txt"


def cases() -> Iterator[tuple[str, str, list[tuple[str, ...]]]]:
    """The name of each case, its piece of accounts.yaml, and the rule and the text of each finding."""
    for block in CASES.read_text().split("\n== ")[1:]:
        name, _, rest = block.partition("\n")
        lines = rest.rstrip("\n").split("\n")
        piece = "".join(f"{line}\n" for line in lines if not line.startswith("-> "))
        yield name, piece, [tuple(line.split(" ", 2)[1:]) for line in lines if line.startswith("-> ")]


@pytest.mark.parametrize(("piece", "wanted"), [pytest.param(*rest, id=name) for name, *rest in cases()])
def test_a_case(piece: str, wanted: list[tuple[str, str]]) -> None:
    assert wanted == [(rule, pointed) for rule, pointed, _ in told(piece)], told(piece)


HELP = {
    "accounts:\n  - {key: a, ou: /Workloads/Prod}\n": (
        "did you mean `Workloads/Prod`? a path has no `/` around it and no root in it"
    ),
    "accounts:\n  - {key: a, ou: Dev}\n": "did you mean `Workloads/Dev`? write the whole path from the root down",
    "accounts:\n  - {key: a, ou: zzzzzz}\n": "declare it under `organizational_units`",
    "organizational_units: {A: {was: B}, B: {was: Z}}\n": "rename in two runs: first `B` to `A`, then `Z` to `B`",
    "organizational_units: {A/B: {}}\n": "nest it: the part after the `/` goes under `units:`",
    ORGANIZATION + "email_domains: [acme.exmple]\n": "did you mean `acme.exmple`?",
    ORGANIZATION + "required_tags: [cost-center]\ntags: {costcenter: x}\n": (
        "did you mean `cost-center` where it says `costcenter`?"
    ),
    "policies: [restrict-regions]\n": "write `{use: restrict-regions, with: {regions: ...}}`",
    "baseline: {zzz: {}}\n": "known here: `cloudtrail`, `s3-public-access`",
    "version: 1\n": "add `organization:` (what holds for the organization as a whole)",
}


@pytest.mark.parametrize("piece", HELP)
def test_the_help_says_what_to_write(piece: str) -> None:
    assert [HELP[piece]] == [one.help for one in loaded(piece).findings]


FAULTS = {
    "somebody": "has no `@`",
    "a@b@acme.example": "has more than one `@`",
    "a b@acme.example": "has ` ` before the `@`",
    "a|b@acme.example": "has `|` before the `@`",
    "büro@acme.example": "has `ü` in it, which is not ASCII",
    ".a@acme.example": "has nothing, or a dot, at its start",
    "@acme.example": "has nothing, or a dot, at its start",
    "a@localhost": "has a domain that is none: `localhost`",
    "a@-acme.example": "has a domain that is none: `-acme.example`",
    "a@acme..example": "has a domain that is none: `acme..example`",
    "a@acme.example.": "has a domain that is none: `acme.example.`",
}


@pytest.mark.parametrize("address", FAULTS)
def test_an_address_is_refused_for_the_reason_aws_has(address: str) -> None:
    piece = f"accounts:\n  - {{key: a, ou: Workloads, email: '{address}'}}\n"
    assert [f"`{address}` {FAULTS[address]}"] == [one.message for one in loaded(piece).findings]


def test_findings_stand_in_the_order_of_the_file() -> None:
    piece = "baseline: {zzz: {}}\npolicies: [deny-rot]\naccounts:\n  - {key: b, ou: Zzz}\n  - {key: a, ou: Zzz, x: y}\n"
    found = loaded(piece).findings
    assert ["ORG037", "ORG036", "ORG035", "ORG035", "ORG020"] == [one.rule for one in found]
    assert sorted(found, key=lambda one: one.order) == list(found)


def test_meaning_is_not_looked_at_where_a_file_cannot_be_read() -> None:
    text = complete("accounts:\n  - {key: a, ou: Nowhere}\n") + "x: [\n"
    assert ["ORG005"] == [one.rule for one in load_text(text, vocabulary=VOCABULARY).findings]


def test_a_swap_of_names_is_refused_with_the_way_to_do_it() -> None:
    found = loaded("organizational_units: {A: {was: B}, B: {was: A}}\n").findings
    assert ["ORG049", "ORG049"] == [one.rule for one in found]
    way = "to swap names, rename in three runs: `A` to a name that is free, `B` to `A`, the first to `B`"
    assert way == found[0].help
