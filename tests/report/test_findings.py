"""Findings in each format: complete, stable, and harmless whatever the file held."""

from __future__ import annotations

import json
from typing import Any

import pytest

from org.model.finding import Finding, Severity, Span
from org.report import github, sarif, text
from org.report import json as as_json

HOSTILE = "a\nb\r\n::error::c\x1b[31m\u202e%0A \u2028, d: e"
FINDING = Finding(
    "ORG035", "unknown organizational unit `Prd`", span=Span("a b/x.yaml", 3, 9, 3, 12), help="did you mean `Prod`?"
)
SOURCES = {"a b/x.yaml": "one\ntwo\n    ou: Prd\n"}


def many(count: int) -> list[Finding]:
    warnings = [Finding(f"W{n}", f"w {n}", Severity.WARNING, Span("f", n, 1, n, 2)) for n in range(1, count)]
    return [*warnings, Finding("E", "the error", span=Span("f", count, 1, count, 2))]


class TestText:
    def test_a_finding_shows_the_line_and_points_at_it(self) -> None:
        assert [
            "error[ORG035]: unknown organizational unit `Prd`",
            " --> a b/x.yaml:3:9",
            "  |",
            "3 |     ou: Prd",
            "  |         ^^^",
            "  |",
            "  = help: did you mean `Prod`?",
            "  = more: org explain ORG035",
        ] == text.findings([FINDING], SOURCES).split("\n")

    def test_carets_stand_under_what_is_meant_also_behind_wide_characters_and_tabs(self) -> None:
        finding = Finding("R", "m", span=Span("f", 1, 8, 1, 10))
        lines = text.findings([finding], {"f": "\t日本 é: ab"}).split("\n")
        assert ["1 |  日本 é: ab", "  |         ^^"] == lines[3:5] or "  |          ^^" == lines[4]

    def test_a_finding_about_several_lines_points_at_the_first(self) -> None:
        finding = Finding("R", "m", span=Span("f", 1, 3, 3, 1))
        assert "  |   ^^" == text.findings([finding], {"f": "a bc\nd\n"}).split("\n")[4]

    def test_a_long_line_is_shown_around_what_is_meant(self) -> None:
        finding = Finding("R", "m", span=Span("f", 1, 5_001, 1, 5_004))
        lines = text.findings([finding], {"f": "x" * 5_000 + "abc" + "x" * 5_000}).split("\n")
        start = lines[4].index("^")
        assert "abc" == lines[3][start : start + 3]
        assert len(lines[3]) < 260

    @pytest.mark.parametrize("span", [None, Span("gone", 1), Span("f", 99), Span("f", 1, 400, 1, 500)])
    def test_a_finding_whose_line_is_not_there_is_told_all_the_same(self, span: Span | None) -> None:
        assert "error[R]: m" in text.findings([Finding("R", "m", span=span)], {"f": "a"})

    def test_fifty_are_told_and_the_rest_is_counted(self) -> None:
        told = text.findings(many(60), {})
        assert 50 == told.count("org explain")
        assert told.endswith("and 10 more; `--format json` has all of them")

    def test_colour_changes_nothing_but_the_colour(self) -> None:
        import re

        coloured = text.findings([FINDING], SOURCES, colour=True)
        assert "\x1b[" in coloured
        assert text.findings([FINDING], SOURCES) == re.sub(r"\x1b\[[0-9;]*m", "", coloured)

    def test_the_summary_counts_in_words(self) -> None:
        assert "1 error and 4 warnings" == text.summary(many(5))
        assert "2 errors" == text.summary([FINDING, FINDING])
        assert "no findings" == text.summary([])


class TestJson:
    def test_it_has_the_fields_that_others_rely_on(self) -> None:
        assert {
            "version": 1,
            "findings": [
                {
                    "rule": "ORG035",
                    "severity": "error",
                    "message": "unknown organizational unit `Prd`",
                    "file": "a b/x.yaml",
                    "line": 3,
                    "column": 9,
                    "end_line": 3,
                    "end_column": 12,
                    "help": "did you mean `Prod`?",
                    "fingerprint": FINDING.fingerprint,
                }
            ],
        } == json.loads(as_json.findings([FINDING]))

    def test_it_has_all_of_them(self) -> None:
        assert 1_000 == len(json.loads(as_json.findings(many(1_000)))["findings"])

    def test_findings_that_say_the_same_have_fingerprints_of_their_own(self) -> None:
        prints = [one["fingerprint"] for one in json.loads(as_json.findings([FINDING, FINDING, FINDING]))["findings"]]
        assert 3 == len(set(prints))
        assert FINDING.fingerprint == prints[0]

    def test_no_findings_are_a_document_too(self) -> None:
        assert {"version": 1, "findings": []} == json.loads(as_json.findings([]))


class TestGithub:
    def test_a_finding_is_a_workflow_command(self) -> None:
        assert (
            "::error file=a b/x.yaml,line=3,col=9,endLine=3,endColumn=11,title=ORG035::"
            "unknown organizational unit `Prd`%0Ahelp: did you mean `Prod`?"
        ) == github.findings([FINDING])

    def test_the_worst_ten_are_told_and_one_line_counts_the_rest(self) -> None:
        lines = github.findings(many(30)).split("\n")
        assert 11 == len(lines)
        assert lines[0].startswith("::error ")
        assert "20 more findings: run `org check` to see them" == lines[-1]

    def test_hostile_text_stays_on_its_line(self) -> None:
        finding = Finding("R", HOSTILE, span=Span(HOSTILE, 1, 1, 1, 2), help=HOSTILE)
        (line,) = github.findings([finding]).splitlines()
        assert line.startswith("::error file=a%0Ab%0D%0A%3A%3Aerror%3A%3Ac")
        assert line.count("::error ") == 1
        assert all(c.isprintable() for c in line)


class TestSarif:
    def log(self, *found: Finding) -> Any:
        return json.loads(sarif.findings(list(found), {"ORG035": "an unknown organizational unit"}))

    def test_it_names_its_version_its_schema_and_its_rules(self) -> None:
        log = self.log(FINDING)
        assert ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json") == (log["version"], log["$schema"])
        rules = log["runs"][0]["tool"]["driver"]["rules"]
        assert [{"id": "ORG035", "shortDescription": {"text": "an unknown organizational unit"}}] == rules

    def test_every_result_points_at_its_rule_and_its_place(self) -> None:
        seen = Finding("AAA", "m", Severity.NOTE, FINDING.span, seen=Span("y.yaml", 1, 2, 3, 4))
        run = self.log(FINDING, seen)["runs"][0]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        for result in run["results"]:
            assert result["ruleId"] == rules[result["ruleIndex"]]
        assert ["error", "note"] == [result["level"] for result in run["results"]]
        place = run["results"][0]["locations"][0]["physicalLocation"]
        assert "a%20b/x.yaml" == place["artifactLocation"]["uri"]
        assert {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 12} == place["region"]
        assert 1 == len(run["results"][1]["relatedLocations"])

    def test_fingerprints_tell_results_apart(self) -> None:
        results = self.log(FINDING, FINDING)["runs"][0]["results"]
        assert 2 == len({result["partialFingerprints"]["org/v1"] for result in results})

    def test_columns_are_counted_in_characters(self) -> None:
        assert "unicodeCodePoints" == self.log(FINDING)["runs"][0]["columnKind"]


def test_nothing_reaches_a_terminal_raw() -> None:
    finding = Finding("R", HOSTILE, span=Span("f", 1, 1, 1, 5), help=HOSTILE, seen=Span(HOSTILE, 1))
    for shown in (
        text.findings([finding], {"f": HOSTILE}),
        as_json.findings([finding]),
        sarif.findings([finding], {}),
        github.findings([finding]),
    ):
        assert all(c == "\n" or c.isprintable() for c in shown)
        assert not any(line.startswith("::error::") for line in shown.splitlines())
