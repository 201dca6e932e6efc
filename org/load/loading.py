"""One load from beginning to end: read, parse, fit to the schema, check what it means, build."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.load import Loaded, build, checks, include, reading, schema, words
from org.load.conform import Problem, Problems, compiled
from org.load.declared import Account, Declared, Entry, accounts_of, management_of, units_of
from org.load.suggest import Suggester
from org.load.yaml import BROKEN, MAX_VALUES, collector_off, parse
from org.model.finding import Severity, Span

if TYPE_CHECKING:
    from org.load import Vocabulary
    from org.load.positions import Tree
    from org.model.finding import Finding

Shape = Callable[["Vocabulary"], Any]
"""What makes the schema of a file."""


class Loading:
    """Collects findings and sources while files are read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.suggester = Suggester()
        self.findings: list[Finding] = []
        self.sources: dict[str, str] = {}
        self.complete = True
        self.values = 0
        self.problems: dict[Shape, Callable[[Any], Problems]] = {}

    def file(self, path: Path) -> Loaded:
        """What a file and its included files declare."""
        with collector_off():
            name = include.main_name(path)
            text, findings = reading.read(path, name)
            return self.loaded(self.tree(text, name, findings, schema.schema), path)

    def text(self, text: str, name: str) -> Loaded:
        """What a text declares."""
        with collector_off():
            return self.loaded(self.tree(text, name, reading.inspect(text, name), schema.schema), None)

    def tree(self, text: str, name: str, unreadable: tuple[Finding, ...], shape: Shape) -> Entry:
        """The top of a file, cleared of everything that does not fit the schema; empty where it cannot be read."""
        self.sources[name] = text
        if unreadable:
            self.findings += unreadable
            self.complete = False
            return Entry(name, {}, 0)
        tree = parse(text, name, self.values)
        self.values = tree.values
        self.findings += tree.findings
        if tree.data is BROKEN:
            self.complete = False
            return Entry(name, {}, 0)
        if shape not in self.problems:
            self.problems[shape] = compiled(shape(self.vocabulary))
        problems = self.problems[shape](tree.data)
        self.findings += self.first(words.findings(problems, tree, self.suggester))
        data = cleared(tree, problems)
        return Entry(name, data if isinstance(data, dict) else {}, tree.marks)

    def loaded(self, top: Entry, path: Path | None) -> Loaded:
        """The organization of the main file's top and of the files it includes."""
        entries = [top, *(self.included(top, path) if path else ())]
        pattern = top.below("organization").get("email_pattern", "")
        accounts: list[Account] = [management_of(top)]
        for entry in entries:
            accounts += accounts_of(entry, pattern)
        declared = Declared(top, units_of(top), tuple(accounts), self.vocabulary, self.suggester)
        if self.complete:
            self.findings += self.first(checks.run(declared))
        failed = any(finding.severity is Severity.ERROR for finding in self.findings)
        organization = None if failed else build.organization(declared)
        return Loaded(organization, tuple(sorted(self.findings, key=lambda finding: finding.order)), self.sources)

    def first(self, found: Iterable[Finding]) -> list[Finding]:
        """The findings, or the first 10,000 of them and one that says so: a hostile file can have millions."""
        kept = list(islice(found, reading.MOST_FINDINGS + 1))
        return kept if len(kept) <= reading.MOST_FINDINGS else [*kept[:-1], reading.too_many(kept[-1].span)]

    def included(self, top: Entry, path: Path) -> list[Entry]:
        """The tops of the included files."""
        files, findings = include.included(top, path)
        self.findings += findings
        found = []
        size = len(self.sources[top.file].encode())
        for name, file in files.items():
            text, unreadable = reading.read(file, name)
            size += len(text.encode())
            if size > reading.MOST_BYTES:
                message = f"the files up to this one have more than {reading.MOST_BYTES:,} bytes"
                unreadable = (reading.TOO_LARGE.finding(message, Span(name), help=reading.INHERIT),)
            found.append(self.tree(text, name, unreadable, schema.included))
            if size > reading.MOST_BYTES or self.values > MAX_VALUES:
                break
        return found


def cleared(tree: Tree, problems: Problems) -> Any:
    """The data without the values that do not fit; what should be a mapping or a list is an empty one instead."""
    unfit = [problem for problem in problems if not stays(problem)]
    if any(problem.path == () for problem in unfit):
        return {}
    for problem in unfit:
        clear(tree.data, problem)
    return scrubbed(tree.data) if tree.findings else tree.data


def stays(problem: Problem) -> bool:
    """True where the value remains: a mapping that lacks a key, and an account's key, because others refer to it."""
    return problem.keyword == "required" or (problem.keyword != "type" and problem.path[1:] == ("key",))


def clear(data: Any, problem: Problem) -> None:
    """The value of a problem is gone from the data, with what is around it or alone."""
    *way, last = problem.steps
    for step in way:
        if data is None or (isinstance(data, dict) and step not in data):
            return
        data = data[step]
    types = problem.schema.get("type", []) if problem.keyword == "type" else []
    if isinstance(data, list):
        data[last] = None
    elif "object" in types:
        data[last] = {}
    elif isinstance(data, dict):
        data.pop(last, None)


def scrubbed(value: Any) -> Any:
    """The value without the parts that could not be read."""
    if isinstance(value, dict):
        return {key: scrubbed(item) for key, item in value.items() if item is not BROKEN}
    if isinstance(value, list):
        return [None if item is BROKEN else scrubbed(item) for item in value]
    return value
