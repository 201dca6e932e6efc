"""An invariants file to invariants, or to findings with file, line and column; nothing in it is ever run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from org.invariants.rules import TWICE, UNCLEAR
from org.invariants.schema import CLAIMS, OF_REQUESTS, schema
from org.load import reading, words
from org.load.conform import compiled
from org.load.positions import key_span, value_span
from org.load.rule import quoted
from org.load.suggest import Suggester
from org.load.yaml import BROKEN, parse
from org.model.finding import Finding, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from org.load.positions import Tree

HELP = "name the file as `org prove FILE` (docs/prove.md shows one), or ask one question with `--action`"
OF_PLACES = ("in", "accounts", "not_in", "who", "by", "except", "on", "when")


@dataclass(frozen=True, slots=True)
class Invariant:
    """One claim. `claim` is its key in the file, `about` the actions or the two paths.

    `condition` is as written, in the words of a policy's Condition. `spans` has where each key stands, and by number
    each value of its list.
    """

    name: str
    claim: str
    about: tuple[str, ...]
    why: str = ""
    units: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    except_units: tuple[str, ...] = ()
    who: str = "members"
    by: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    resources: tuple[str, ...] = ("*",)
    condition: Mapping[str, Any] = field(default_factory=dict)
    kind: str | None = None
    spans: Mapping[tuple[str, int | None], Span] = field(default_factory=dict)

    def span(self, key: str, number: int | None = None) -> Span | None:
        """Where a key stands, or one of the values of its list."""
        return self.spans.get((key, number)) or self.spans.get((key, None))


@dataclass(frozen=True, slots=True)
class Invariants:
    """What a file declares, with everything that is wrong with it; no invariants where it has errors."""

    invariants: tuple[Invariant, ...]
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]


def read(path: Path) -> Invariants:
    """The invariants of a file."""
    name = str(path)
    text, findings = reading.read(path, name)
    told = tuple(replace(one, help=HELP) if one.rule == reading.UNREADABLE.id else one for one in findings)
    return Invariants((), told, {name: text}) if told else of_text(text, name)


def of_text(text: str, name: str) -> Invariants:
    """The invariants of a text."""
    unreadable = reading.inspect(text, name)
    if unreadable:
        return Invariants((), unreadable, {name: text})
    tree = parse(text, name)
    found = [*tree.findings]
    if tree.data is BROKEN or found:
        return Invariants((), tuple(sorted(found, key=lambda one: one.order)), {name: text})
    found += words.findings(compiled(schema())(tree.data), tree, Suggester())
    if found:
        return Invariants((), tuple(sorted(found, key=lambda one: one.order)), {name: text})
    entries = tree.data["invariants"]
    found = [*_unclear(tree, entries), *_twice(tree, entries)]
    bad = any(one.severity is Severity.ERROR for one in found)
    made = () if bad else tuple(_invariant(tree, number, entry) for number, entry in enumerate(entries))
    return Invariants(made, tuple(sorted(found, key=lambda one: one.order)), {name: text})


def _unclear(tree: Tree, entries: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Invariants without one claim, and keys that their claim has no use for."""
    for number, entry in enumerate(entries):
        claims = [key for key in CLAIMS if key in entry]
        whole = value_span(tree.file, tree.marks, ["invariants", number, "name"])
        if len(claims) != 1:
            known = ", ".join(f"`{one}`" for one in CLAIMS)
            several = f"claims {len(claims)} things" if claims else "claims nothing"
            yield UNCLEAR.finding(
                f"the invariant {quoted(entry['name'])} {several}", whole, help=f"write one of {known}"
            )
            continue
        useless = ("kind",) if claims[0] in OF_REQUESTS else OF_PLACES
        for key in (one for one in useless if one in entry):
            span = key_span(tree.file, tree.marks, ["invariants", number, key])
            yield UNCLEAR.finding(f"`{key}` has no meaning beside `{claims[0]}`", span, help="remove it")


def _twice(tree: Tree, entries: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    first: dict[str, Span] = {}
    for number, entry in enumerate(entries):
        span = value_span(tree.file, tree.marks, ["invariants", number, "name"])
        name = entry["name"]
        if name in first:
            message = f"two invariants are called {quoted(name)}"
            yield TWICE.finding(message, span, help="give it another name", seen=first[name])
        first.setdefault(name, span)


def _invariant(tree: Tree, number: int, entry: Mapping[str, Any]) -> Invariant:
    claim = next(key for key in CLAIMS if key in entry)

    def listed(key: str) -> tuple[str, ...]:
        value = entry.get(key, ())
        return (value,) if isinstance(value, str) else tuple(value)

    spans: dict[tuple[str, int | None], Span] = {}
    for key, value in entry.items():
        spans[key, None] = value_span(tree.file, tree.marks, ["invariants", number, key])
        if isinstance(value, list):
            for place in range(len(value)):
                spans[key, place] = value_span(tree.file, tree.marks, ["invariants", number, key, place])
    return Invariant(
        name=entry["name"],
        claim=claim,
        about=listed(claim),
        why=entry.get("why", ""),
        units=listed("in"),
        accounts=listed("accounts"),
        except_units=listed("not_in"),
        who=entry.get("who", "members"),
        by=listed("by"),
        excepted=listed("except"),
        resources=listed("on") or ("*",),
        condition=entry.get("when", {}),
        kind=entry.get("kind"),
        spans=spans,
    )
