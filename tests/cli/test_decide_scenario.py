"""`org decide --scenario --requests`: one line of JSON for each request, whatever the lines hold."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from org import cli
from org.policy.questions import LONGEST, LONGEST_LINE, PLACED

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

USER = "arn:aws:iam::111111111111:user/ana"
ALLOW = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}
SCENARIO: dict[str, Any] = {
    "principal": USER,
    "identity_policies": [{"Version": "2012-10-17", "Statement": [ALLOW]}],
    "scps": [[{"Version": "2012-10-17", "Statement": [ALLOW, DENY]}], []],
}
GET, PUT = {"action": "s3:GetObject"}, {"action": "s3:PutObject"}
EMPTY_LEVEL = {"layer": "scp", "policy": None, "sid": None, "statement": None, "level": 1}


class Asker:
    """Runs `org decide` on a scenario and lines of requests."""

    def __init__(self, folder: Path, capsys: Capture) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, scenario: Any, *lines: Any) -> tuple[int, list[dict[str, Any]], str]:
        """The exit code, the answers, and what was said to people; texts and bytes are taken as they are."""
        files = self.folder / "s.json", self.folder / "r.jsonl"
        files[0].write_bytes(as_bytes(scenario))
        files[1].write_bytes(b"\n".join(map(as_bytes, lines)))
        code = cli.run(["decide", "--scenario", str(files[0]), "--requests", str(files[1])])
        out, err = self.capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err


def as_bytes(given: Any) -> bytes:
    if isinstance(given, bytes):
        return given
    return (given if isinstance(given, str) else json.dumps(given)).encode()


@pytest.fixture
def ask(tmp_path: Path, capsys: Capture) -> Asker:
    return Asker(tmp_path, capsys)


def test_each_request_has_an_answer_in_its_place(ask: Asker) -> None:
    code, answers, said = ask({**SCENARIO, "scps": None}, GET, {**GET, "action": "sts:GetCallerIdentity"}, GET)
    one = {"layer": "identity", "policy": "identity_policies[0]", "sid": "All", "statement": 0}
    allowed = {"decision": "allowed", "decided_by": [one]}
    assert (0, [allowed, {"decision": "allowed", "decided_by": []}, allowed], "") == (code, answers, said)


def test_reasons_have_their_level_and_say_null_where_a_level_has_no_allow(ask: Asker) -> None:
    _, answers, _ = ask(SCENARIO, GET, PUT)
    denied = {"layer": "scp", "policy": "scps[0][0]", "sid": None, "statement": 1, "level": 0}
    assert [
        {"decision": "implicitly_denied", "decided_by": [EMPTY_LEVEL]},
        {"decision": "explicitly_denied", "decided_by": [denied]},
    ] == answers


def test_an_unknown_answer_says_what_it_hangs_on(ask: Asker) -> None:
    condition = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    scenario = {
        **SCENARIO,
        "scps": [[{"Version": "2012-10-17", "Statement": [ALLOW, {**DENY, "Condition": condition}]}]],
    }
    _, answers, _ = ask(scenario, {**PUT, "unknown": ["aws:SourceVpc"]})
    assert [("unknown", ["aws:sourcevpc"], [])] == [
        (one["decision"], one["depends_on"], one["because"]) for one in answers
    ]


def test_a_request_s_keys_win_over_the_scenario_s(ask: Asker) -> None:
    scenario = {**SCENARIO, "scps": None}
    own = [{"name": "mine", "document": {"Version": "2012-10-17", "Statement": [{**DENY, "Sid": "No"}]}}]
    _, answers, _ = ask(scenario, {**PUT, "identity_policies": own}, {**PUT, "principal": "ec2.amazonaws.com"}, PUT)
    assert ["explicitly_denied", "implicitly_denied", "allowed"] == [one["decision"] for one in answers]
    assert "mine" == answers[0]["decided_by"][0]["policy"]


def test_several_resources_are_one_question(ask: Asker) -> None:
    statement = {**ALLOW, "Resource": "arn:aws:s3:::a/*"}
    scenario = {"principal": USER, "identity_policies": [{"Version": "2012-10-17", "Statement": statement}]}
    inside, outside = "arn:aws:s3:::a/1", "arn:aws:s3:::b/1"
    _, answers, _ = ask(
        scenario, {**GET, "resource": [inside, inside]}, {**GET, "resource": [inside, {"resource": outside}]}
    )
    assert ["allowed", "implicitly_denied"] == [one["decision"] for one in answers]


def test_empty_lines_are_no_requests(ask: Asker) -> None:
    code, answers, said = ask(SCENARIO, "", GET, "  \r", GET, "")
    assert (0, 2, "") == (code, len(answers), said)


def test_a_byte_order_mark_is_no_mistake(ask: Asker) -> None:
    code, answers, _ = ask(b"\xef\xbb\xbf" + as_bytes(SCENARIO), b"\xef\xbb\xbf" + as_bytes(GET))
    assert (0, 1) == (code, len(answers))


BROKEN: dict[str, tuple[Any, str, int]] = {
    "no JSON": ('{"action": }', "not JSON: `}` where a value must be", 12),
    "half a line": ('{"action": "s3:GetObject"', "not JSON: the line ends inside the `{` that is never closed", 1),
    "two objects": ('{"action": "s3:Get"} {}', "not JSON: text after the end of the request", 22),
    "no object": ("[1]", "not an object", 1),
    "a number": ("7", "not an object", 1),
    "no action": ({"resource": "*"}, "`action` is missing", 1),
    "an action that is no text": ({"action": 7}, "`action`: not text", 12),
    "an empty action": ({"action": ""}, "`action`: not text", 12),
    "a key that nobody knows": ({"acton": "s3:GetObject"}, "unknown key `acton`", 2),
    "a key that is there twice": ('{"action": "a:b", "action": "a:c"}', "key `action` is there twice", 19),
    "a key that is there twice inside": (
        '{"action": "a:b", "context": {"a": 1, "a": 2}}',
        "key `a` is there twice",
        39,
    ),
    "a key in two cases": (
        {"action": "a:b", "context": {"k": "1", "K": "2"}},
        "`context.K`: `K` is given twice with different values; case does not count in keys",
        46,
    ),
    "a context value that is an object": (
        {"action": "a:b", "context": {"k": {}}},
        "`context.k`: neither text nor a number nor true or false",
        36,
    ),
    "a context that is a list": ({"action": "a:b", "context": []}, "`context`: not an object", 30),
    "a resource that is a number": (
        {"action": "a:b", "resource": 1},
        "`resource`: neither an ARN nor `*` nor null",
        31,
    ),
    "no resources": (
        {"action": "a:b", "resource": []},
        "`resource`: an empty list; an action without a resource has `*`",
        31,
    ),
    "levels that are none": (
        {"action": "a:b", "scps": {}},
        "`scps`: neither null nor a list of levels, from the root to the account",
        27,
    ),
    "a level that is none": ({"action": "a:b", "scps": [{}]}, "`scps.0`: not a list of policy documents", 28),
    "a flag that is none": (
        {"action": "a:b", "is_management_account": "no"},
        "`is_management_account`: neither true nor false",
        44,
    ),
    "NaN": ('{"action": "a:b", "context": {"k": NaN}}', "not JSON: `NaN` where a value must be", 36),
    "a number without end": ('{"action": ' + "9" * 5_000 + "}", f"not JSON: `{'9' * 80}`... where a value must be", 12),
    "no UTF-8": (b'{"action": "\xff"}', "byte 12 is not UTF-8", 13),
    "brackets without end": ('{"action": ' + "[" * 100_000, "not JSON: nested more than 40 levels deep", 51),
    "objects without end": ('{"a":' * 5_000 + "1" + "}" * 5_000, "not JSON: nested more than 40 levels deep", 201),
    "a line without end": (
        '{"action": "' + "a" * LONGEST_LINE + '"}',
        f"a line of more than {LONGEST_LINE:,} bytes",
        1,
    ),
    "a long line with a mistake": ('{"action": "' + "a" * PLACED + '",}', "not JSON: ", 0),
    "a control character": ('{"action": "a:\x00"}', "not JSON: text without a closing quote on its line", 12),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_line_that_cannot_be_read_is_told_and_answered_in_its_place(name: str, ask: Asker, tmp_path: Path) -> None:
    line, message, column = BROKEN[name]
    code, answers, said = ask(SCENARIO, GET, line, GET)
    whole, unread, again = answers
    assert (1, whole) == (code, again)
    assert ("unknown", [], []) == (unread["decision"], unread["decided_by"], unread["depends_on"])
    assert unread["because"][0].startswith(message)
    assert message in said
    assert f"{tmp_path}/r.jsonl:2:{column or ''}" in said
    assert "Traceback" not in said


def test_a_line_is_shown_where_it_is_wrong(ask: Asker) -> None:
    _, _, said = ask(SCENARIO, GET, GET, {"acton": "s3:GetObject"})
    assert '3 | {"acton": "s3:GetObject"}\n  |  ^^^^^^^' in said
    assert "did you mean `action`?" in said


def test_of_many_broken_lines_fifty_are_shown_and_the_others_counted(ask: Asker) -> None:
    code, answers, said = ask(SCENARIO, *["{"] * 60)
    assert (1, 60, 50) == (code, len(answers), said.count("error[ORG120]"))
    assert "and 10 lines more that could not be read" in said


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        ("", "not JSON: the file is empty", ":1:1"),
        ('{"principal": "a",\n "scp": []}', "unknown key `scp`", ":2:2"),
        ('{\n "scps": [[], {}]}', "`scps.1`: not a list of policy documents", ":2:15"),
        ('{"scps": null,\n "scps": []}', "key `scps` is there twice", ":2:2"),
        ('{"principal_org": {"id": 5}}', "`principal_org.id`: not text", ":1:26"),
        (b'{"principal":\n "\xff"}', "byte 16 is not UTF-8", ":2:3"),
        ("[]", "not an object", ":1:1"),
        ("[" * 100_000, "nested more than 40 levels deep", ":1:41"),
        (b" " * (LONGEST + 1), f"more than {LONGEST:,} bytes", ":1:1"),
    ],
)
def test_a_scenario_that_cannot_be_read_is_an_error_with_its_place(
    content: Any, message: str, place: str, ask: Asker, tmp_path: Path
) -> None:
    code, answers, said = ask(content, GET)
    assert (1, []) == (code, answers)
    assert message in said
    assert f"s.json{place}" in said


def test_a_statement_without_a_meaning_is_a_warning_with_its_place(ask: Asker) -> None:
    text = '{"principal": "*",\n "scps": [[{"name": "x", "document":\n {"Statement": [1,\n {"Effect": "deny"}]}}]]}'
    code, answers, said = ask(text, GET)
    assert (0, "implicitly_denied") == (code, answers[0]["decision"])
    assert "warning[ORG122]: nobody knows what this statement means: a statement is an object" in said
    assert ("s.json:3:17" in said, "s.json:4:2" in said) == (True, True)


def test_the_principal_may_be_left_to_the_requests(ask: Asker) -> None:
    scenario = {key: value for key, value in SCENARIO.items() if key != "principal"}
    code, answers, said = ask(scenario, {**GET, "principal": USER}, GET)
    assert (1, ["implicitly_denied", "unknown"]) == (code, [one["decision"] for one in answers])
    assert "`principal` is missing" in said


def test_answers_come_while_the_requests_are_still_being_written(tmp_path: Path) -> None:
    scenario = tmp_path / "s.json"
    scenario.write_text(json.dumps(SCENARIO))
    command = [sys.executable, "-m", "org", "decide", "--scenario", str(scenario), "--requests", "-"]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen(command, env=buffered, **pipes) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for _ in range(3):
            running.stdin.write(json.dumps(GET) + "\n")
            assert select.select([running.stdout], [], [], 30)[0], "no answer before the end of the requests"
            assert "implicitly_denied" == json.loads(running.stdout.readline())["decision"]
        running.stdin.close()
    assert 0 == running.returncode


def test_requests_need_no_scenario(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text(json.dumps({**SCENARIO, **GET, "scps": None}))
    assert 0 == cli.run(["decide", "--requests", str(file)])
    assert "allowed" == json.loads(capsys.readouterr().out)["decision"]


@pytest.mark.parametrize(
    "words",
    [
        ["--scenario", "s.json"],
        ["--scenario", "s.json", "--requests", "-", "--account", "payments"],
        ["--requests", "-", "--account", "payments"],
        [],
        ["--account", "payments"],
    ],
)
def test_options_that_do_not_go_together_are_bad_usage(words: list[str], capsys: Capture) -> None:
    assert cli.USAGE == cli.run(["decide", *words])
    assert "Usage: org decide" in capsys.readouterr().err


def test_files_that_are_not_there_are_one_line(tmp_path: Path, capsys: Capture) -> None:
    assert cli.FAILED == cli.run(["decide", "--requests", str(tmp_path / "none.jsonl")])
    assert f"error: {tmp_path}/none.jsonl: No such file or directory\n" == capsys.readouterr().err
