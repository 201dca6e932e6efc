"""Reviews in every format: complete, safe whatever anything is called, and never over the size of a comment."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from org.model.finding import Finding, Severity, Span
from org.model.request import Answer
from org.model.review import (
    AccountChange,
    Calls,
    Cause,
    Claim,
    Danger,
    DocumentUse,
    EffectiveChange,
    Name,
    PolicyChange,
    Replay,
    Review,
    Scope,
    SideOf,
    SlotUse,
    StatementChange,
    Witness,
)
from org.report import review_json, review_markdown, review_text, review_words

BASE, HEAD = SideOf("main", "a" * 40), SideOf("the working tree", None)
EMPTY = Review(BASE, HEAD, file="accounts.yaml")
HOSTILE = [
    "@everyone",
    "</details></summary><script>alert(1)</script>",
    "`x` ``y``` |a|b| #12 !34 ~bug %1 &2 $x$ GH-12",
    "[a](https://evil.example) ![b](x) <https://evil.example> www.evil.example mailto:a@b.example",
    "a\nb\r\n> [!TIP]\n# title\n/close\n- [ ] x",
    "\x1b[31mred\x1b[0m \u202egnp\u202c \u200b\x00\ud800",
    "-->",
    "*_~\\",
    "```\n```\n</details>",
    "```",
    "::error::x",
    "`",
    "",
    " ",
    "é ü 漢字",
]


OUTCOMES = ("newly_denied", "newly_allowed", "depends")


def calls(outcome: str, text: str) -> Calls:
    """Calls of which everything is called so."""
    behind = ((Name(text), " of ", Name(text)),)
    return Calls(outcome, text, text, text, 2, 1, text, text, text, (text,), "allowed", "unknown", behind, (text,))


def hostile(text: str) -> Review:
    """A review in which everything that somebody can name is called so."""
    scope = Scope((text, "b", "c", text + "2"), ((text, 2, False), ("B", 2, True)), 9)
    request = {"action": text, "resource": text, "principal": text, "context": {"aws:x": text, text: [text, text]}}
    witness = Witness(
        request | {"principal_tags": {text: text}}, text, "base-1", "head-1", Answer.ALLOWED, Answer.UNKNOWN
    )
    many = (text, *(f"s3:{n}" for n in range(9)))
    claim = Claim(True, "certain", Cause.CHANGED, scope, many, (text,) * 9, (text,), (text,), (text,), (text,))
    claim = replace(claim, statements=((Name(text), " of ", Name(text)),), witnesses=(witness,))
    finding = Finding("ORG042", f"no `{text}` is {text}", Severity.WARNING, Span(text), help=text)
    return Review(
        SideOf(text, text, (finding,)),
        SideOf(text, text, (finding,)),
        file=text,
        policies=(
            PolicyChange("SCP", text, "changed", (StatementChange(text, "changed", (text, f"+ {text}")),), (text,)),
        ),
        claims=(claim, replace(claim, gain=False, certainty="possible"), replace(claim, cause=Cause.NEW)),
        dangers=tuple(Danger(trip, (Name(text), f" is {text} "), scope, witness) for trip in review_words.DANGERS),
        accounts=(AccountChange(text, "moved", text, text, (text, f"- {text}"), text),),
        effective=(EffectiveChange("backup policy", (text, f"+ {text}"), scope),),
        documents=(DocumentUse("SCP", text, None, 9, 10, (text,)),),
        slots=(SlotUse("SCP", f"ou:{text}", 1, 9, 10, near=True),),
        others=(text,),
        replay=Replay(9, 9, 8, 0, tuple(calls(outcome, text) for outcome in OUTCOMES), (finding,)),
        scenarios={"base-1": {}, "head-1": {}},
        total=9,
    )


OURS = re.compile(r"</?(details|summary|code)>|<!-- org:review \{[^<>]*\} -->|<br>")
RISKY = re.compile(r"[@#<>\[\]`|*~$\\]|://|www\.|&[a-z#]")


def tokens(text: str) -> list[Any]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    return [one for token in parsed for one in (token, *(token.children or ()))]


def assert_harmless(text: str) -> None:
    found = tokens(text)
    assert not {"link_open", "image", "s_open"} & {token.type for token in found}
    assert all(c.isprintable() or c == "\n" for c in text)
    levels, in_code = 0, False
    for token in found:
        if token.type in ("html_block", "html_inline"):
            left = re.sub(r"<code>[^<>]*</code>", "", token.content)
            assert not RISKY.search(OURS.sub("", left)), left
            levels += token.content.count("<details>") - token.content.count("</details>")
            assert levels in (0, 1)
            in_code = {"<code>": True, "</code>": False}.get(token.content, in_code)
        elif token.type == "text" and not in_code:
            assert not RISKY.search(re.sub(r"\[!(CAUTION|WARNING)\]", "", token.content)), token.content
        assert token.type != "heading_open" or token.tag in ("h3", "h4")
    assert (0, False) == (levels, in_code)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_name_is_markup(text: str) -> None:
    assert_harmless(review_markdown.review(hostile(text)))


@given(st.text(st.characters(codec=None), max_size=30) | st.text("`<>@#*_[]()!|~\\& \n-=/:.www1", max_size=20))
def test_no_text_is_markup(text: str) -> None:
    assert_harmless(review_markdown.review(hostile(text)))


@given(st.text(st.characters(codec=None), min_size=1, max_size=30))
def test_code_shows_the_text_itself(text: str) -> None:
    children = MarkdownIt().parse(f"x {review_markdown.code(text)} y")[1].children
    assert children is not None
    assert review_words.printable(text).strip() == children[1].content.strip()
    assert ["text", "code_inline", "text"] == [child.type for child in children]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_nothing_reaches_a_terminal_raw(text: str) -> None:
    for written in (review_text.review(hostile(text)), review_json.review(hostile(text))):
        assert all(c.isprintable() or c == "\n" for c in written)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_json_has_every_name_as_it_is(text: str) -> None:
    found = json.loads(review_json.review(hostile(text)))
    assert text == found["claims"][0]["conditions"][0]
    assert text == found["account_changes"][0]["account"]
    assert 1 == found["version"]


@pytest.mark.parametrize(("number", "long"), [(3_000, "name"), (40, "long" * 2_000), (500, "`|<@" * 60)])
def test_a_comment_never_grows_over_its_limit(number: int, long: str) -> None:
    one = hostile(long)
    many = replace(
        one,
        claims=one.claims * number,
        dangers=one.dangers * number,
        policies=one.policies * number,
        accounts=one.accounts * number,
        documents=one.documents * number,
        slots=one.slots * number,
        effective=one.effective * number,
        replay=replace(one.replay, groups=one.replay.groups * number) if one.replay else None,
        others=one.others * number,
        base=replace(one.base, findings=one.base.findings * number),
        head=replace(one.head, findings=one.head.findings * number),
    )
    text = review_markdown.review(many)
    assert max(len(text), len(text.encode())) < 60_000
    assert "see the JSON report" in text
    assert_harmless(text)


@pytest.mark.parametrize("size", [20_000, 50_000, 100_000])
def test_names_of_any_length_leave_a_comment(size: int) -> None:
    long = replace(hostile("x"), base=SideOf("b" * size, "c" * 40), head=SideOf("h" * size, None))
    text = review_markdown.review(long)
    assert max(len(text), len(text.encode())) < 60_000
    assert_harmless(text)


def test_nothing_is_said_of_a_side_that_cannot_be_read() -> None:
    broken = replace(EMPTY, compared=False, head=replace(HEAD, readable=False, findings=(Finding("ORG001", "gone"),)))
    for text in (review_text.review(broken), review_markdown.review(broken)):
        assert "no changes" not in text
        assert "gone" in text
    assert json.loads(review_json.review(broken))["compared"] is False


def test_no_changes_are_said_so() -> None:
    assert "no changes" in review_text.review(EMPTY)
    assert "no changes" in review_markdown.review(EMPTY)


def test_the_first_line_lets_a_pipeline_find_its_comment() -> None:
    line = review_markdown.review(EMPTY).splitlines()[0]
    found = re.fullmatch(r"<!-- org:review (.*) -->", line)
    assert found
    assert {"v": 1, "file": "accounts.yaml", "base": "a" * 40, "head": None} == json.loads(found[1])


def claim(**more: Any) -> Claim:
    facts = {"gain": True, "certainty": "certain", "cause": Cause.CHANGED, "scope": Scope(("a",)), "actions": ("s3:X",)}
    return Claim(**(facts | {"principals": ("*",), "resources": ("*",), "conditions": ()} | more))


def test_why_something_is_not_decided_is_no_condition() -> None:
    conditions = ("aws:RequestedRegion is not eu-west-1", "not decided: no request was found that shows it")
    wanted = [f"when {conditions[0]}", conditions[1]]
    assert wanted == review_words.limits(claim(certainty="undecided", conditions=conditions))
    assert ["not decided"] == review_words.limits(claim(certainty="undecided"))


def test_an_example_names_the_tag_that_it_is_about_and_shows_which_keys_have_several_values() -> None:
    context = {
        "aws:requesttag/team": "a",
        "ec2:resourcetag/x": "b",
        "aws:tagkeys": ["a", "b"],
        "aws:requestedregion": [],
    }
    request = {"principal": "P", "action": "s3:X", "resource": "*", "context": context}
    shown = Witness(request, "a", "base-1", "head-1", Answer.EXPLICITLY_DENIED, Answer.ALLOWED)
    told = review_words.quoted(review_words.example(claim(witnesses=(shown,))))
    assert "`aws:RequestTag/team=a`, `ec2:resourcetag/x=b`, `aws:TagKeys=[a, b]`, `aws:RequestedRegion=[]`" in told
