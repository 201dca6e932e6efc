"""A template of a stranger cannot make a check hang, and cannot make it print a file that is not of the repository."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.policy import library
from org.policy.backtracking import LONGEST_VALUE, too_slow
from org.policy.parameters import problems, schema_problems
from org.policy.roles import role_library
from tests.policy.conftest import ROOT, TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 2.0
REFUSED = (
    "^(a+)+$",
    "(a|a)*$",
    "^(a*)*$",
    "^(a|b|ab)*c$",
    "^[a-z]*[a-z]*b$",
    "^(a?){30}a{30}$",
    "^((a{1,5}){1,5}){1,5}$",
    "^(.*,)*x$",
    "^(?=a)a$",
    "^(?i:a+A)+$",
    r"^(.)\1$",
    "a" * 501,
)
TAKEN = (
    "^[a-z]+$",
    "^([a-z]+/)*[a-z]{1,64}$",
    "^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$",
    r"^\w+[.]\d$",
    "a+b",
    "^(a|b)*$",
    "",
)


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    assert [("pattern",)] == [path for path, _ in schema_problems({"type": "string", "pattern": pattern})]


@pytest.mark.parametrize("pattern", TAKEN)
def test_a_pattern_in_which_one_way_is_right_is_taken(pattern: str) -> None:
    assert [] == [*schema_problems({"type": "string", "pattern": pattern})]


def test_every_shipped_pattern_is_taken() -> None:
    assert () == library([ROOT / "scps"]).findings


PIECES = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[^b]", ".", "ab"]),
    lambda inner: st.builds(
        lambda parts, end: f"({'|'.join(parts)}){end}",
        st.lists(inner, min_size=1, max_size=2),
        st.sampled_from(["", "*", "+", "?", "{1,30}", "+a"]),
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(
    pattern=st.builds(lambda parts: f"^{''.join(parts)}$", st.lists(PIECES, max_size=4)),
    unit=st.sampled_from(["a", "ab", "aab"]),
)
def test_what_is_taken_ends_soon_on_the_longest_value(pattern: str, unit: str) -> None:
    if too_slow(pattern):
        return
    begun = time.process_time()
    re.search(pattern, (unit * LONGEST_VALUE)[: LONGEST_VALUE - 1] + "!")
    assert time.process_time() - begun < SECONDS


def test_a_value_beside_a_pattern_has_a_longest_length() -> None:
    schema = {"type": "string", "pattern": "^a*$"}
    assert [] == [*problems(schema, "a" * LONGEST_VALUE)]
    assert ["is 1281 characters long; with a pattern it may have at most 1280"] == [*problems(schema, "a" * 1_281)]


def test_the_schema_that_others_read_has_it_too(folder: Callable[..., Path]) -> None:
    text = TEMPLATE.format(name="own").replace("{type: string}", '{type: string, pattern: "^[a-z]+$"}')
    one = str(library([folder(own=text)]).parameters()["own"]["properties"]["roles"])
    assert "'maxLength': 1280" in one


@pytest.mark.parametrize("place", ["scp/link.yaml", "link.yaml", "scp/link.yml"])
def test_a_link_out_of_the_folder_is_not_read(folder: Callable[..., Path], tmp_path: Path, place: str) -> None:
    root = folder("repository/scps", own=TEMPLATE.format(name="own"))
    secret = tmp_path / "secret"
    secret.write_text("root:x:0:0: secret", encoding="utf-8")
    (root / place).symlink_to(secret)
    made = library([root])
    assert [str(root / place)] == [str(one.span.file) for one in made.findings if one.span]
    assert {} == made.sources
    assert "secret" not in repr([(one.message, one.help) for one in made.findings])


def test_a_link_inside_the_folder_is_read(folder: Callable[..., Path]) -> None:
    root = folder(own=TEMPLATE.format(name="own"))
    (root / "scp" / "own.yaml").rename(root / "own.txt")
    (root / "scp" / "own.yaml").symlink_to(root / "own.txt")
    assert (["own"], ()) == ([*library([root]).templates], library([root]).findings)


def test_a_folder_that_is_a_link_out_of_the_repository_is_not_read(folder: Callable[..., Path], tmp_path: Path) -> None:
    elsewhere = folder("elsewhere", own=TEMPLATE.format(name="own"))
    (tmp_path / "repository").mkdir()
    link = tmp_path / "repository" / "scps"
    link.symlink_to(elsewhere)
    made = library([link])
    assert (["`scps` is a link out of the folder"], {}) == ([one.message for one in made.findings], made.templates)


def test_a_role_template_that_is_a_link_out_of_the_folder_is_not_read(folder: Callable[..., Path]) -> None:
    root = folder(own=TEMPLATE.format(name="own"))
    (root / "role").mkdir()
    (root.parent / "secret").write_text("root:x:0:0: secret", encoding="utf-8")
    (root / "role" / "own.yaml").symlink_to(root.parent / "secret")
    assert ["`own.yaml` is a link out of the folder"] == [one.message for one in role_library([root]).findings]
