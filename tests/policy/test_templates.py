"""The template language: what a file may say, what it becomes, and what a broken one is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from org.model.finding import Severity, Span
from org.model.organization import Organization
from org.model.policy import PolicyUse, minified
from org.policy import library, render
from org.policy.parameters import problems
from org.policy.template import ABSENT, Many, bind
from tests.policy.conftest import ROOT, TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = TEMPLATE.format(name="own")
LOOP = """\
name: own
kind: scp
title: A guardrail
description: What it is for.
parameters:
  roles:
    description: Names of roles.
    type: array
    items: {type: string}
    default: [admin]
statements:
  - $for_each: roles
    $as: role
    $do: {Sid: First, Effect: Deny, Action: "s3:*", Resource: {$param: role}}
"""
DECLARATIVE = """\
name: own
kind: upgrade-rollout
title: Orders
description: What they are for.
parameters:
  orders:
    description: The orders.
    type: array
    items: {type: string}
    default: [first]
policy:
  upgrade_rollout:
    tags:
      env:
        tag_values:
            $for_each: orders
            $as: order
            $key: {$param: order}
            $do: {patch_order: {"@@assign": {$param: order}}}
"""
SCALARS = st.one_of(st.text(), st.integers(), st.booleans())


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"$param": "name"}, "admin"),
        ({"$param": "names"}, Many(("a", "b"))),
        (["x", {"$param": "names"}, {"$param": "name"}], ["x", "a", "b", "admin"]),
        ({"Action": {"$param": "names"}}, {"Action": ["a", "b"]}),
        ({"$concat": ["role/", {"$param": "name"}]}, "role/admin"),
        ({"$concat": ["r/", {"$param": "names"}]}, Many(("r/a", "r/b"))),
        ({"$concat": [{"$param": "names"}, {"$param": "names"}]}, Many(("aa", "ab", "ba", "bb"))),
        ({"$concat": [{"$param": "yes"}, {"$param": "number"}]}, "true7"),
        ({"$if": "yes", "$then": {"$param": "names"}}, Many(("a", "b"))),
        ({"$if": "yes", "$then": ["c", {"$param": "name"}]}, Many(("c", "admin"))),
        ({"$if": "none", "$then": "x", "$else": "y"}, "y"),
        ({"$if": "none", "$then": "x"}, ABSENT),
        ({"Condition": {"$if": "none", "$then": {"Bool": {}}}, "Effect": "Deny"}, {"Effect": "Deny"}),
        (["x", {"$if": "no", "$then": "y"}], ["x"]),
        ({"Resource": [{"$concat": ["a/", {"$param": "none"}]}]}, {"Resource": []}),
        ({"$for_each": "names", "$as": "x", "$do": {"$concat": ["<", {"$param": "x"}]}}, Many(("<a", "<b"))),
        ({"$for_each": "none", "$as": "x", "$do": {"$param": "x"}}, Many(())),
        ({"$for_each": "names", "$as": "x", "$do": ["y", {"$param": "x"}]}, Many((["y", "a"], ["y", "b"]))),
        ({"$for_each": "names", "$as": "x", "$key": {"$param": "x"}, "$do": "true"}, {"a": "true", "b": "true"}),
        ({"Null": {"$for_each": "none", "$as": "x", "$key": {"$param": "x"}, "$do": "true"}}, {}),
        (
            {
                "$for_each": "names",
                "$as": "x",
                "$do": {"$for_each": "x", "$as": "y", "$key": {"$param": "y"}, "$do": 1},
            },
            Many(({"a": 1}, {"b": 1})),
        ),
    ],
)
def test_a_node_becomes_its_value(node: Any, expected: Any) -> None:
    values = {"name": "admin", "names": ["a", "b"], "none": [], "yes": True, "no": False, "number": 7}
    assert bind(node, values) == expected


@given(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: not key.startswith("$")), inner),
    )
)
def test_what_holds_no_node_stays_as_it_is(node: Any) -> None:
    assert bind(node, {}) == node


@given(st.text(), st.lists(st.text(), max_size=4))
def test_a_value_is_put_in_whole_whatever_it_says(one: str, many: list[str]) -> None:
    node = {
        "Action": {"$param": "one"},
        "Resource": ["x", {"$param": "many"}],
        "Sid": {"$concat": ["<", {"$param": "one"}, ">"]},
    }
    bound = bind(node, {"one": one, "many": many})
    assert bound == {"Action": one, "Resource": ["x", *many], "Sid": f"<{one}>"}
    assert json.loads(minified(bound)) == bound


def test_a_template_becomes_a_document(folder: Callable[..., Path]) -> None:
    found = library([folder(own=GOOD)])
    assert found.findings == ()
    assert found.templates["own"].document({"roles": ["a", "b"]}) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "First",
                "Effect": "Deny",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/b"]}},
            }
        ],
    }


@given(st.lists(st.text(), max_size=4))
def test_a_value_in_a_loop_is_a_value_whatever_it_says(values: list[str]) -> None:
    body = {
        "Effect": "Deny",
        "Action": {"$param": "one"},
        "Resource": ["x", {"$concat": ["<", {"$param": "one"}, ">"]}],
    }
    node = {"$for_each": "many", "$as": "one", "$do": body}
    bound = bind([node], {"many": values})
    assert bound == [{"Effect": "Deny", "Action": value, "Resource": ["x", f"<{value}>"]} for value in values]
    assert json.loads(minified(bound)) == bound


@given(st.lists(st.text(), max_size=4, unique=True))
def test_a_key_that_a_user_names_stays_one_key(values: list[str]) -> None:
    key = {"$concat": ["aws:RequestTag/", {"$param": "tag"}]}
    node = {"Null": {"$for_each": "tags", "$as": "tag", "$key": key, "$do": "true"}, "Bool": {"a:b": "true"}}
    bound = bind(node, {"tags": values})
    expected = {f"aws:RequestTag/{value}": "true" for value in values}
    assert bound == ({"Null": expected} if values else {}) | {"Bool": {"a:b": "true"}}


def test_statements_of_a_loop_have_sids_of_their_own(folder: Callable[..., Path]) -> None:
    text = LOOP.replace("default: [admin]", "default: [a, b]")
    template = library([folder(own=text)]).templates["own"]
    assert [(sid["Sid"], sid["Resource"]) for _, sid in template.bind({"roles": ["a", "b"]})] == [
        ("First1", "a"),
        ("First2", "b"),
    ]
    assert [sid["Sid"] for _, sid in template.bind({"roles": ["a"]})] == ["First"]


def test_a_declarative_template_has_a_policy(tmp_path: Path) -> None:
    file = tmp_path / "upgrade-rollout" / "own.yaml"
    file.parent.mkdir()
    file.write_text(DECLARATIVE)
    found = library([tmp_path])
    assert found.findings == ()
    document = found.templates["own"].document({"orders": ["first", "last"]})
    assert document == {
        "upgrade_rollout": {
            "tags": {
                "env": {"tag_values": {order: {"patch_order": {"@@assign": order}} for order in ("first", "last")}}
            }
        }
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '{"@@assign": {$param: order}}',
            "{$param: order}",
            "`$param` as `upgrade_rollout.tags.env.tag_values.*.patch_order`",
        ),
        (
            "policy:\n  upgrade_rollout:",
            "policy:\n  $for_each: orders\n  $as: x\n  $key: y\n  $do: z\n  upgrade_rollout:",
            "key `upgrade_rollout` beside `$for_each`",
        ),
        ("policy:", "statements:", "unknown key `statements`"),
        ("            $key: {$param: order}\n", "", "`$for_each` as `upgrade_rollout.tags.env.tag_values`"),
        ("$as: order", "$as: orders", "`$as` needs a name of its own, not `orders`"),
        ("$as: order", "$as: '@@assign'", "`$as` needs a name of its own, not `@@assign`"),
    ],
)
def test_a_broken_declarative_template_is_a_finding(tmp_path: Path, old: str, new: str, expected: str) -> None:
    file = tmp_path / "upgrade-rollout" / "own.yaml"
    file.parent.mkdir()
    assert old in DECLARATIVE
    file.write_text(DECLARATIVE.replace(old, new))
    assert expected in [finding.message for finding in library([tmp_path]).findings]


def test_a_document_that_aws_would_refuse_is_told_at_the_template(tmp_path: Path) -> None:
    file = tmp_path / "upgrade-rollout" / "own.yaml"
    file.parent.mkdir()
    file.write_text(DECLARATIVE)
    use = PolicyUse("own", "ou:/", {"orders": ["third"]}, None, Span("accounts.yaml", 2, 1, 2, 4))
    (finding,) = render(Organization(policy_uses=(use,)), library([tmp_path])).findings
    assert finding.rule == "ORG113"
    assert finding.message == "template `own`: `third` is not one of `first`, `second`, `last`"
    assert finding.span is not None
    assert finding.span.file.endswith("own.yaml")
    assert finding.seen == use.span


def test_no_value_begins_with_an_operator() -> None:
    assert list(problems({"type": "string"}, "@@none")) == ["is `@@none`, and `@@` begins an inheritance operator"]


def test_an_rcp_lives_in_the_folder_rcp(tmp_path: Path) -> None:
    file = tmp_path / "rcp" / "own.yaml"
    file.parent.mkdir()
    file.write_text(GOOD.replace("kind: scp", "kind: rcp"))
    assert library([tmp_path]).templates["own"].kind == "RESOURCE_CONTROL_POLICY"


CASES = yaml.safe_load((ROOT / "tests" / "cases" / "policies" / "broken-templates.yaml").read_text())
NOT_A_TEMPLATE = [
    (GOOD.partition("statements:")[0] + "statements: []\n", "11:13 ORG101: no statements"),
    ("", "1:1 ORG101: a template is a mapping"),
    ("- a\n", "1:1 ORG101: a template is a mapping"),
    ("name: [\n", "2:1 ORG100: not YAML: did not find expected node content"),
    ("a: 1\n---\nb: 2\n", "2:1 ORG100: a second document in one file"),
    ("a: &x 1\nb: *x\n", "2:4 ORG100: alias `*x` in a template"),
    ("a: !!python/object:x y\n", "1:4 ORG100: tag `tag:yaml.org,2002:python/object:x` in a template"),
    ("a: 1\nb: 2\na: 3\n", "3:1 ORG100: key `a` is there twice"),
    ("? [a]\n: b\n", "1:3 ORG100: a key that is not text"),
    ("[" * 100_000, "1:41 ORG100: nested more than 40 levels deep"),
    ("{a: " * 50_000, "1:161 ORG100: nested more than 40 levels deep"),
    ("#" * 300_000, "1:1 ORG100: more than 262,144 bytes, which is all a template may have"),
    ("a: \x07\n", "1:1 ORG100: not YAML: unacceptable character #x0007: control characters are not allowed"),
]


def first_finding(root: Path) -> str:
    """The first finding about a folder, as `line:column rule: message`; nothing of the folder is usable."""
    found = library([root])
    assert found.templates == {}
    first = found.findings[0]
    assert first.span is not None
    assert first.span.file.endswith("scp/own.yaml")
    assert [*found.sources] == [first.span.file]
    return f"{first.span.line}:{first.span.column} {first.rule}: {first.message}"


@pytest.mark.parametrize("case", CASES, ids=[case["finding"] for case in CASES])
def test_a_broken_template_is_a_finding_at_its_place(folder: Callable[..., Path], case: dict[str, Any]) -> None:
    text = GOOD.replace(*case["change"])
    assert text != GOOD
    assert first_finding(folder(own=text)) == case["finding"]


@pytest.mark.parametrize(("text", "expected"), NOT_A_TEMPLATE, ids=[expected for _, expected in NOT_A_TEMPLATE])
def test_what_is_not_a_template_at_all_is_a_finding(folder: Callable[..., Path], text: str, expected: str) -> None:
    assert first_finding(folder(own=text)) == expected


def test_all_mistakes_of_a_template_are_told_at_once(folder: Callable[..., Path]) -> None:
    text = GOOD.replace("kind: scp", "kind: rcp").replace("$param: roles", "$param: rolls")
    rules = [finding.rule for finding in library([folder(own=text)]).findings]
    assert rules == ["ORG103", "ORG104", "ORG104"]


def test_a_finding_says_what_was_probably_meant(folder: Callable[..., Path]) -> None:
    (finding, _) = library([folder(own=GOOD.replace("$param: roles", "$param: rolls"))]).findings
    assert finding.help == "did you mean `roles`?"


def test_text_that_is_not_utf_8_is_a_finding(folder: Callable[..., Path]) -> None:
    root = folder(own=GOOD)
    (root / "scp" / "own.yaml").write_bytes(b"name: own\ntitle: \xff\n")
    (finding,) = library([root]).findings
    assert (finding.rule, finding.message) == ("ORG100", "byte 17 is not UTF-8")
    assert finding.span is not None
    assert finding.span.line == 2


@given(st.binary(max_size=200))
def test_no_content_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("hostile")
    (root / "scp").mkdir()
    (root / "scp" / "own.yaml").write_bytes(content)
    assert library([root]).templates == {}


def test_a_finding_holds_no_control_characters(folder: Callable[..., Path]) -> None:
    found = library([folder(own='"\\e[31mred": 1\n')])
    assert found.findings[0].message == "unknown key `\\x1b[31mred`"


def test_a_number_with_a_leading_zero_and_an_account_id_stay_text(folder: Callable[..., Path]) -> None:
    text = GOOD.replace('"s3:*"', "[123456789012, 012, 12, yes, true]")
    assert library([folder(own=text)]).templates["own"].statements[0]["Action"] == [
        "123456789012",
        "012",
        12,
        "yes",
        True,
    ]


def test_the_first_folder_wins_and_says_so(folder: Callable[..., Path]) -> None:
    own = folder("own", deny_root=TEMPLATE.format(name="deny-root"))
    shipped = folder("shipped", deny_root=TEMPLATE.format(name="deny-root").replace("s3:*", "ec2:*"))
    found = library([own, shipped])
    assert found.templates["deny-root"].statements[0]["Action"] == "s3:*"
    (note,) = found.findings
    assert (note.rule, note.severity) == ("ORG106", Severity.NOTE)


def test_a_copy_of_a_shipped_template_is_worth_no_note(folder: Callable[..., Path]) -> None:
    text = TEMPLATE.format(name="deny-root")
    assert library([folder("own", deny_root=text), folder("shipped", deny_root=text)]).findings == ()


def test_a_broken_template_of_a_user_is_not_replaced_by_the_shipped_one(folder: Callable[..., Path]) -> None:
    """Somebody who fixes a guardrail must not get the other one because of a typing mistake."""
    own = folder("own", deny_root="name: [")
    found = library([own, folder("shipped", deny_root=TEMPLATE.format(name="deny-root"))])
    assert found.templates == {}
    assert "ORG100" in [finding.rule for finding in found.findings]


def test_one_name_twice_in_one_folder_is_an_error(folder: Callable[..., Path]) -> None:
    root = folder(own=GOOD)
    (root / "rcp").mkdir()
    (root / "rcp" / "own.yaml").write_text(GOOD.replace("kind: scp", "kind: rcp"))
    (finding,) = library([root]).findings
    assert (finding.rule, finding.message) == ("ORG102", "template `own` is there twice")


def test_what_would_never_be_looked_at_is_a_finding(folder: Callable[..., Path]) -> None:
    root = folder(own=GOOD)
    (root / "spc").mkdir()
    (root / "scp" / "forgotten.yml").write_text(GOOD)
    (root / "scp" / "README.md").write_text("a page may stand here")
    (root / "README.md").write_text("and here")
    messages = [(finding.message, finding.help) for finding in library([root]).findings]
    assert messages == [
        ("`spc` is not a kind of policy", "did you mean `scp`?"),
        ("`forgotten.yml` does not end in .yaml", "rename it, or move it elsewhere"),
    ]


def test_a_folder_that_is_named_like_a_template_is_a_finding(folder: Callable[..., Path]) -> None:
    root = folder(own=GOOD)
    (root / "scp" / "odd.yaml").mkdir()
    (finding,) = library([root]).findings
    assert (finding.rule, finding.message) == ("ORG100", "`odd.yaml` is not a file")


def test_the_text_of_every_file_with_a_finding_is_at_hand(folder: Callable[..., Path]) -> None:
    own = folder("own", deny_root=TEMPLATE.format(name="deny-root"))
    found = library([own, folder("shipped", deny_root=TEMPLATE.format(name="deny-root") + "\n")])
    assert found.sources == {str(own / "scp" / "deny-root.yaml"): TEMPLATE.format(name="deny-root")}
