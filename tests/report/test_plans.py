"""Plans on paper: complete, safe against what strangers write into names and tags, and never over a comment's limit."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.change import Action, Change, Outcome, Plan, Result, Risk
from org.model.finding import Finding, Span
from org.model.place import Place
from org.report import plan_markdown, plan_text
from org.report.plan_words import outcome_line, outcome_totals, totals

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = Place("111111111111", name="organization")
SCP = {"type": "SERVICE_CONTROL_POLICY", "description": "d"}


def _change(action: Action, kind: str, name: str, before: Mapping | None, after: Mapping | None) -> Change:
    return Change(action, kind, name, HOME, before, after, Risk.LOW, Span("accounts.yaml", 3, 5))


def _content(action: str) -> str:
    return f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"{action}","Resource":"*"}}]}}'


CHANGES = {
    "+ OU Workloads/Dev": _change(Action.CREATE, "organizational-unit", "Workloads/Dev", None, {"tags": {"a": "b"}}),
    "~ OU Apps/New Old -> New": _change(
        Action.RENAME, "organizational-unit", "Apps/New", {"id": "ou-1", "name": "Old"}, {"id": "ou-1", "name": "New"}
    ),
    "- OU Gone": _change(Action.DELETE, "organizational-unit", "Gone", {"id": "ou-1"}, None),
    "+ policy p": _change(Action.CREATE, "policy", "p", None, SCP | {"content": _content("s3:*")}),
    "+ attach policy p to the root": _change(Action.ATTACH, "attachment", "p", None, SCP | {"target": "ou:/"}),
    "- detach policy p from account a": _change(Action.DETACH, "attachment", "p", SCP | {"target": "account:a"}, None),
    "> account a / -> Workloads/Dev": _change(Action.MOVE, "account", "a", {"ou": ""}, {"ou": "Workloads/Dev"}),
    "+ policy type SERVICE_CONTROL_POLICY": _change(
        Action.ENABLE, "policy-type", "SERVICE_CONTROL_POLICY", None, {"enabled": True}
    ),
    "+ delegated administrator config.amazonaws.com is account a": _change(
        Action.REGISTER, "delegated-administrator", "config.amazonaws.com", None, {"account": "a"}
    ),
}


@pytest.mark.parametrize("line", CHANGES)
def test_a_change_is_one_line_with_its_source(line: str) -> None:
    assert f"  {line}  [accounts.yaml:3:5]" in plan_text.plan(Plan(changes=(CHANGES[line],))).splitlines()


def test_a_policy_is_compared_by_statement() -> None:
    update = _change(
        Action.UPDATE, "policy", "p", SCP | {"content": _content("s3:*")}, SCP | {"content": _content("ec2:*")}
    )
    shown = [line.strip() for line in plan_text.plan(Plan(changes=(update,))).splitlines()[1:3]]
    assert ["- statement 1: Action s3:*", "+ statement 1: Action ec2:*"] == shown


def test_a_statement_that_comes_or_goes_is_one_line() -> None:
    one = {"Sid": "One", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [one, {**one, "Sid": "Two", "Action": ["a:B", "a:C"]}]})
    update = _change(Action.UPDATE, "policy", "p", SCP | {"content": _content("s3:*")}, SCP | {"content": content})
    assert [
        '- statement 1: {"Effect":"Deny","Action":"s3:*","Resource":"*"}',
        '+ One: {"Effect":"Deny","Action":"s3:*","Resource":"*"}',
        '+ Two: {"Effect":"Deny","Action":["a:B","a:C"],"Resource":"*"}',
    ] == [line.strip() for line in plan_text.plan(Plan(changes=(update,))).splitlines()[1:4]]


def test_a_region_added_is_one_line_however_long_the_statement() -> None:
    def content(*regions: str) -> str:
        condition = {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}
        actions = [f"s{n}:*" for n in range(100)]
        statement = {"Sid": "R", "Effect": "Deny", "NotAction": actions, "Resource": "*", "Condition": condition}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    before, after = SCP | {"content": content("eu-west-1")}, SCP | {"content": content("eu-west-1", "us-east-1")}
    text = plan_text.plan(Plan(changes=(_change(Action.UPDATE, "policy", "p", before, after),)))
    assert "+ R: Condition StringNotEquals aws:RequestedRegion us-east-1" == text.splitlines()[1].strip()
    assert 4 == len(text.splitlines())


def test_a_declarative_policy_is_compared_as_a_whole() -> None:
    states = [{"type": "S3_POLICY", "description": "", "content": f'{{"a":{{"@@assign":"{v}"}}}}'} for v in ("x", "y")]
    text = plan_text.plan(Plan(changes=(_change(Action.UPDATE, "policy", "p", *states),)))
    assert ["- document: a @@assign x", "+ document: a @@assign y"] == [x.strip() for x in text.splitlines()[1:3]]


def test_a_new_account_is_one_line_with_its_place() -> None:
    new = {"name": "n", "email": "e@x.example", "tags": {}}
    create = _change(Action.CREATE, "account", "a", None, new)
    plan = Plan(changes=(create, CHANGES["> account a / -> Workloads/Dev"]))
    assert "  + account a e@x.example in Workloads/Dev  [accounts.yaml:3:5]" == plan_text.plan(plan).splitlines()[0]
    assert "1 to create" == totals(plan)


def test_nothing_to_do_is_said() -> None:
    assert "Plan: no changes.\n" == plan_text.plan(Plan())
    assert plan_markdown.plan(Plan()).startswith("### org plan: no changes\n")


def test_danger_comes_first() -> None:
    plan = Plan(
        changes=tuple(CHANGES.values()),
        findings=(Finding("ORG903", "account `x` is not declared"),),
        guards=(("protected", "OU Gone is protected"),),
    )
    lines = plan_markdown.plan(plan).splitlines()
    assert ["> [!CAUTION]", "> guard `protected`: OU Gone is protected"] == lines[2:4]
    assert lines.index("> [!WARNING]") < lines.index("| | what | where | source |")


HOSTILE = [
    "</details><script>alert(1)</script>",
    "a | b | c",
    "![x](https://evil.example/x.png)",
    "@everyone #1",
    "``` \n# heading",
    "line\r\n::error::injected",
    "\x1b[31mred\x07",
    "www.evil.example",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_markup(name: str) -> None:
    plan = Plan(
        changes=(_change(Action.UPDATE, "account", name, {"name": name}, {"name": f"{name}2"}),),
        guards=(("protected", name),),
        findings=(Finding("ORG903", name),),
    )
    text = plan_markdown.plan(plan)
    outside = re.sub(r"(?s)(`{3,})diff\n.*?\n\1", "", text)
    for danger in ("<script", "](http", "@everyone", " #1", "\x1b", "\r", "www.", "\n::", "```"):
        assert danger not in outside
    for called in ("@everyone", "#1"):
        assert called not in html.unescape(outside)
    assert {4} == {len(re.findall(r"(?<!\\)\|", line)) - 1 for line in outside.splitlines() if line.startswith("| ")}
    assert all(character.isprintable() or character == "\n" for character in text)
    assert all(character.isprintable() or character == "\n" for character in plan_text.plan(plan))


@given(st.text())
def test_a_fence_is_never_closed_from_inside(name: str) -> None:
    text = plan_markdown.plan(Plan(changes=(_change(Action.UPDATE, "account", "a", {"name": "b"}, {"name": name}),)))
    fences = [line for line in text.splitlines() if re.fullmatch("`{3,}(diff)?", line)]
    assert fences == [] or [f"{fences[-1]}diff", fences[-1]] == fences


@pytest.mark.parametrize("count", [10, 400, 5000])
def test_a_comment_stays_under_the_limit_and_says_what_it_leaves_out(count: int) -> None:
    changes = tuple(
        _change(Action.UPDATE, "account", f"account-ü-{n}", {"tags": {"t": None}}, {"tags": {"t": "ü" * 20}})
        for n in range(count)
    )
    text = plan_markdown.plan(Plan(changes=changes))
    assert len(text.encode()) < 65_536
    assert text.count("<details>") == text.count("</details>")
    assert (count == 5000) == ("Showing" in text)


def test_text_is_never_cut() -> None:
    name = "a" * 5000
    assert name in plan_text.plan(Plan(changes=(_change(Action.MOVE, "account", name, {"ou": ""}, {"ou": "B"}),)))


def test_colour_is_only_where_asked() -> None:
    plan = Plan(changes=tuple(CHANGES.values()))
    assert "\x1b" not in plan_text.plan(plan)
    uncoloured = re.sub("\x1b\\[[0-9;]*m", "", plan_text.plan(plan, colour=True))
    assert plan_text.plan(plan) == uncoloured


def test_an_outcome_says_why_and_gives_the_authorization_id() -> None:
    outcome = Outcome(CHANGES["+ attach policy p to the root"], Result.FAILED, "AttachPolicy: AccessDenied", "abc-123")
    expected = "failed: + attach policy p to the root: AttachPolicy: AccessDenied (authorization id abc-123)"
    assert expected == outcome_line(outcome)
    assert "1 failed" == outcome_totals([outcome])
