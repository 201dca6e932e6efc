"""An invariants file is read strictly: every mistake is told with its place, and nothing is proved beside one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from org.invariants.file import of_text, read
from org.invariants.meaning import meaning
from org.invariants.rules import RULES
from org.invariants.schema import CLAIMS
from org.model.organization import Account, Organization, OrganizationalUnit

if TYPE_CHECKING:
    from org.model.finding import Finding

HEAD = "version: 1\ninvariants:\n"
ORGANIZATION = Organization(
    accounts=(
        Account("acme", "acme", "a@acme.example", ou=None, id="111122223333", management=True),
        Account("payments", "payments", "p@acme.example", ou="Workloads/Prod"),
        Account("sandbox-ana", "ana", "s@acme.example", ou="Sandbox"),
    ),
    units=tuple(map(OrganizationalUnit, ("Workloads", "Workloads/Prod", "Sandbox"))),
)


def findings(text: str) -> list[Finding]:
    """What is wrong with a file, its words in view of the organization included."""
    found = of_text(HEAD + text, "invariants.yaml")
    return [*found.findings, *(one for made in found.invariants for one in meaning(made, ORGANIZATION)[1])]


WRONG: dict[str, tuple[str, str, str, str]] = {
    "an unknown key": ("  - {name: a, denid: [s3:*]}\n", "ORG020", "unknown key `denid`", "did you mean `denied`?"),
    "no claim": ("  - {name: a}\n", "ORG701", "the invariant `a` claims nothing", "write one of `denied`"),
    "two claims": ("  - {name: a, denied: s3:*, allowed: s3:*}\n", "ORG701", "claims 2 things", "write one of"),
    "what another claim needs": (
        "  - {name: a, denied: s3:*, kind: scp}\n",
        "ORG701",
        "`kind` has no meaning",
        "remove",
    ),
    "what comparing has no use for": (
        "  - {name: a, implies: [a, b], in: /}\n",
        "ORG701",
        "`in` has no meaning",
        "remove",
    ),
    "three documents": ("  - {name: a, implies: [a, b, c]}\n", "ORG023", "has more than 2 items", ""),
    "one name twice": (
        "  - {name: a, denied: s3:*}\n  - {name: a, denied: s3:*}\n",
        "ORG705",
        "are called `a`",
        "another",
    ),
    "an unknown unit": ("  - {name: a, denied: s3:*, in: Workload}\n", "ORG702", "no unit `Workload`", "`Workloads`"),
    "an unknown account": ("  - {name: a, denied: s3:*, accounts: [paymens]}\n", "ORG702", "no account", "`payments`"),
    "an empty place": (
        "  - {name: a, denied: s3:*, in: Sandbox, not_in: Sandbox}\n",
        "ORG702",
        "is about no account",
        "name another place",
    ),
    "no action": ("  - {name: a, denied: StopLogging}\n", "ORG701", "`StopLogging` is no action", "`service:Name`"),
    "an unknown action": ("  - {name: a, denied: s3:GetObjct}\n", "ORG703", "fits no action", "`s3:GetObject`"),
    "an unknown service": (
        "  - {name: a, denied: 'cloudtral:StopLogging'}\n",
        "ORG703",
        "fits no action",
        "`cloudtrail`",
    ),
    "an unknown operator": (
        "  - {name: a, denied: s3:*, when: {StringResembles: {a: b}}}\n",
        "ORG704",
        "`StringResembles` is no condition operator",
        "as in a policy",
    ),
    "an unknown reference": (
        "  - {name: a, denied: s3:*, except: $organization.pipeline.aply_role}\n",
        "ORG701",
        "names nothing",
        "`$organization.pipeline.apply_role`",
    ),
    "a reference without a value": (
        "  - {name: a, denied: s3:*, by: $organization.id}\n",
        "ORG701",
        "no value",
        "remove",
    ),
    "no text": ("  - {name: a, denied: 5}\n", "ORG022", "must be text or a list", ""),
    "not one of the words": (
        "  - {name: a, denied: s3:*, who: people}\n",
        "ORG023",
        "`people` is not one of",
        "`outsiders`",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_its_place_and_what_to_write(name: str) -> None:
    text, rule, message, help_ = WRONG[name]
    (one,) = findings(text)
    assert rule == one.rule
    assert message in one.message
    assert help_ in one.help
    assert one.span is not None
    assert one.span.line >= 3


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("  - name: a\n    denied:\n      - s3:GetObject\n      - s3:GetObjct\n", (6, 9)),
        ("  - name: a\n    denied: s3:GetObjct\n", (4, 13)),
        ("  - name: a\n    denied: s3:*\n    in: /\n    not_in: /\n", (5, 9)),
        ("  - name: a\n    denied: s3:*\n    not_in: /\n", (3, 11)),
        ("  - name: a\n    denied: s3:*\n    kind: scp\n", (5, 5)),
        ("  - name: a\n    why: b\n", (3, 11)),
        ("  - name: a\n    denied: s3:*\n    by: [a, $organization.x]\n", (5, 13)),
        ("  - name: b\n    denied: s3:*\n  - denied: s3:*\n    name: b\n", (6, 11)),
    ],
)
def test_a_mistake_is_told_where_it_stands(text: str, place: tuple[int, int]) -> None:
    (one,) = findings(text)
    assert one.span is not None
    assert place == (one.span.line, one.span.column)


def test_a_name_that_is_taken_is_told_with_the_first() -> None:
    (one,) = findings("  - {name: b, denied: s3:*}\n  - {name: b, denied: s3:*}\n")
    assert one.seen is not None
    assert (3, 12) == (one.seen.line, one.seen.column)


@pytest.mark.parametrize(
    "text", ["", "[]", "version: 2\ninvariants: []\n", "a: !!python/object:os.system {}\n", "\x00", "{"]
)
def test_what_is_no_invariants_file_is_a_finding(text: str) -> None:
    found = of_text(text, "invariants.yaml")
    assert found.findings
    assert () == found.invariants


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "invariants.yaml").findings
    assert "does not exist" in one.message
    assert "org prove FILE" in one.help


def test_an_invariant_asks_what_its_words_say() -> None:
    by = "[admin, team/x, user/ana, federated-user/ana, root, 'arn:aws:iam::1:role/y', '*']"
    text = f"  - {{name: a, denied: [s3:*], by: {by}, except: [e], on: r}}\n"
    (made,) = of_text(HEAD + text, "f").invariants
    meant, _ = meaning(made, ORGANIZATION)
    assert meant is not None
    (statement,) = meant.question.statements
    only, excepted = statement.tests
    names = ["iam::*:role/admin", "iam::*:role/team/x", "iam::*:user/ana", "sts::*:federated-user/ana", "iam::*:root"]
    assert (*(f"arn:*:{name}" for name in names), "arn:aws:iam::1:role/y", "*") == only.values
    assert (("arn:*:iam::*:role/e",), True) == (excepted.values, excepted.negated)
    assert ("r",) == statement.resources


@pytest.mark.parametrize(
    ("places", "accounts"),
    [
        ("", ["payments", "sandbox-ana"]),
        (", in: /", ["payments", "sandbox-ana"]),
        (", in: Workloads", ["payments"]),
        (", in: Workloads/Prod", ["payments"]),
        (", not_in: [Workloads]", ["sandbox-ana"]),
        (", accounts: payments", ["payments"]),
        (", in: Sandbox, accounts: [payments]", ["payments", "sandbox-ana"]),
        (", accounts: acme", ["acme"]),
    ],
)
def test_an_invariant_is_about_the_accounts_below_its_units(places: str, accounts: list[str]) -> None:
    (made,) = of_text(f"{HEAD}  - {{name: a, denied: s3:*{places}}}\n", "f").invariants
    meant, _ = meaning(made, ORGANIZATION)
    assert meant is not None
    assert accounts == [account.key for account in meant.accounts]


def test_every_action_and_every_principal_must_stay_possible() -> None:
    (made,) = of_text(f"{HEAD}  - {{name: a, allowed: [s3:GetObject, s3:PutObject], by: [a, b]}}\n", "f").invariants
    meant, _ = meaning(made, ORGANIZATION)
    assert meant is not None
    assert 4 == len(meant.question.statements)


def test_the_example_of_the_page_has_no_mistake() -> None:
    page = (Path(__file__).parents[2] / "docs" / "prove.md").read_text(encoding="utf-8")
    found = of_text(page.split("```yaml\n")[1].split("```")[0], "invariants.yaml")
    assert () == found.findings
    assert 6 == len(found.invariants)
    assert set(CLAIMS) - {"equivalent"} == {one.claim for one in found.invariants}


def test_rules_have_ids_of_their_own() -> None:
    assert len(RULES) == len({rule.id for rule in RULES})
