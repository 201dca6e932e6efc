"""An outside judge for comparisons: both chains as one formula about strings, given to the solver cvc5.

It is written from the numbered rules of docs/decide.md alone and shares nothing with org.access.prove but what it takes
for granted: every context key is independent of every other, and so are the resource and the action.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

import cvc5
from cvc5 import Kind

from org.access.actions import rcp_services
from tests.access.prove.terms import Arn, Key, Undecided, text_of

if TYPE_CHECKING:
    from org.model.request import Request

MEMBERS = 4
"""A set with so many texts is as good as any: no statement of the tests asks for more different ones."""
LIMIT_MS = 10_000
SEGMENTS = 5
LAST = chr(0x2FFFF)
Document = dict[str, Any]
Levels = list[list[Document]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def about(statement: Document, action: str) -> bool:
    """Whether the statement is about an action."""
    negated = "NotAction" in statement
    patterns = listed(statement["NotAction" if negated else "Action"])
    fits = any(re.fullmatch(expression(one), action, re.DOTALL | re.IGNORECASE) for one in patterns)
    return fits is not negated


def expression(pattern: str) -> str:
    """A pattern of an action as a regular expression."""
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


@dataclass
class Judge:
    """One question to the solver; `action` fixes the action, else it is one more thing to find.

    With `at` the question is only about the context and the resource of one request, which the solver answers at once.
    """

    layer: str
    action: str | None = None
    at: Request | None = None
    tm: Any = field(default_factory=cvc5.TermManager)
    keys: dict[str, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.solver = cvc5.Solver(self.tm)
        self.solver.setLogic("ALL")
        self.solver.setOption("strings-exp", "true")
        self.solver.setOption("produce-models", "true")
        self.solver.setOption("tlimit-per", str(LIMIT_MS))
        self.string = self.tm.getStringSort()
        self.any = self.tm.mkTerm(Kind.REGEXP_ALLCHAR)
        no_colon = (self.tm.mkString("\x00"), self.tm.mkString("9")), (self.tm.mkString(";"), self.tm.mkString(LAST))
        self.in_segment = self.tm.mkTerm(
            Kind.REGEXP_UNION, *(self.tm.mkTerm(Kind.REGEXP_RANGE, low, high) for low, high in no_colon)
        )
        self.resource = self.arn("resource")
        self.name = self.tm.mkConst(self.string, "action")

    def more_allowed(self, old: Levels, new: Levels) -> bool:
        """Whether some request is denied by `old` and allowed by `new`."""
        self.solver.assertFormula(self.both(self.no(self.allowed(old)), self.allowed(new)))
        if self.action is None:
            self.solver.assertFormula(self.is_an_action())
        if self.at is not None:
            self.solver.assertFormula(self.is_at(self.at))
        result = self.solver.checkSat()
        if result.isUnknown():
            raise Undecided(str(result))
        return bool(result.isSat())

    def allowed(self, levels: Levels) -> Any:
        statements = [one for level in levels for document in level for one in listed(document["Statement"])]
        denied = self.either(*(self.applies(one) for one in statements if one["Effect"] == "Deny"))
        if self.layer == "rcp":
            return self.no(denied)
        by_level = [
            [one for document in level for one in listed(document["Statement"]) if one["Effect"] == "Allow"]
            for level in levels
        ]
        return self.both(self.no(denied), *(self.either(*map(self.applies, level)) for level in by_level))

    def applies(self, statement: Document) -> Any:
        parts = [self.of_action(statement)]
        negated = "NotResource" in statement
        found = self.either(*map(self.fits_resource, listed(statement["NotResource" if negated else "Resource"])))
        parts.append(self.no(found) if negated else found)
        for operator, keys in statement.get("Condition", {}).items():
            parts += [self.test(operator, key, list(map(text_of, listed(values)))) for key, values in keys.items()]
        return self.both(*parts)

    def of_action(self, statement: Document) -> Any:
        if self.action is not None:
            return self.tm.mkBoolean(about(statement, self.action))
        negated = "NotAction" in statement
        patterns = listed(statement["NotAction" if negated else "Action"])
        found = self.either(*(self.fits(self.name, self.glob(one.lower())) for one in patterns))
        return self.no(found) if negated else found

    def is_an_action(self) -> Any:
        word = self.tm.mkTerm(Kind.REGEXP_UNION, *(self.span(*pair) for pair in ("az", "09")), self.re("-"))
        shape = self.tm.mkTerm(
            Kind.REGEXP_CONCAT,
            self.tm.mkTerm(Kind.REGEXP_PLUS, word),
            self.re(":"),
            self.tm.mkTerm(Kind.REGEXP_PLUS, word),
        )
        beyond = ["kms:retiregrant"] if self.layer == "rcp" else ["sts:getcalleridentity", "mechanicalturk:*"]
        parts = [self.fits(self.name, shape), *(self.no(self.fits(self.name, self.glob(one))) for one in beyond)]
        if self.layer == "rcp":
            parts.append(self.either(*(self.fits(self.name, self.glob(f"{one}:*")) for one in sorted(rcp_services()))))
        return self.both(*parts)

    def is_at(self, request: Request) -> Any:
        """The request's resource, and its value of each key that statements name."""
        parts = (request.resource or "").split(":", SEGMENTS)
        is_arn = len(parts) > SEGMENTS
        same = (
            [self.equal(text, part) for text, part in zip(self.resource.parts, parts, strict=False)] if is_arn else []
        )
        terms = [self.resource.is_one if is_arn else self.no(self.resource.is_one), *same]
        for name, key in self.keys.items():
            value = request.context.get(name)
            terms.append(self.no(key.present) if value is None else self.has(key, value))
        return self.both(*terms)

    def has(self, key: Key, value: str | tuple[str, ...]) -> Any:
        if isinstance(value, tuple):
            pairs = zip(key.members, [*value, *[None] * (MEMBERS - len(value))], strict=True)
            members = [
                self.no(is_in) if text is None else self.both(is_in, self.equal(member, text))
                for (is_in, member), text in pairs
            ]
            return self.both(key.present, key.several, *members)
        terms = [key.present, self.no(key.several), self.equal(key.text, value)]
        return self.both(*terms, *self.is_text(key.arn, value), *self.typed(key, value))

    def is_text(self, arn: Arn, text: str) -> list[Any]:
        """That the parts are those of a text, or that it has none."""
        parts = text.split(":", SEGMENTS)
        if len(parts) <= SEGMENTS:
            return [self.no(arn.is_one)]
        return [arn.is_one, *(self.equal(term, part) for term, part in zip(arn.parts, parts, strict=True))]

    def typed(self, key: Key, value: str) -> list[Any]:
        """What the text is as a truth word, a number, a time, an address."""
        words = {"true": [key.is_true], "false": [key.is_false]}.get(value.lower(), [])
        terms = [*words, *([] if words else [self.no(key.is_true), self.no(key.is_false)])]
        is_number = re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
        terms.append(key.is_number if is_number else self.no(key.is_number))
        terms += [self.equal_terms(key.number, self.tm.mkReal(value))] if is_number else []
        is_moment = re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value) is not None
        terms.append(key.is_moment if is_moment else self.no(key.is_moment))
        if is_moment:
            seconds = str(int(datetime.fromisoformat(value).timestamp()))
            terms.append(self.equal_terms(key.moment, self.tm.mkReal(seconds)))
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return [*terms, self.no(key.is_v4), self.no(key.is_v6)]
        term = self.equal_terms(key.address, self.tm.mkInteger(str(int(address))))
        return [*terms, key.is_v4 if address.version == 4 else key.is_v6, term]

    # Patterns

    def re(self, text: str) -> Any:
        return self.tm.mkTerm(Kind.STRING_TO_REGEXP, self.tm.mkString(text))

    def span(self, low: str, high: str) -> Any:
        return self.tm.mkTerm(Kind.REGEXP_RANGE, self.tm.mkString(low), self.tm.mkString(high))

    def glob(self, pattern: str, one: Any = None) -> Any:
        one = self.any if one is None else one
        parts = [
            self.tm.mkTerm(Kind.REGEXP_STAR, one) if part == "*" else one if part == "?" else self.re(part)
            for part in re.findall(r"[*?]|[^*?]+", pattern)
        ]
        return self.joined(parts)

    def joined(self, parts: list[Any]) -> Any:
        if not parts:
            return self.re("")
        return parts[0] if len(parts) == 1 else self.tm.mkTerm(Kind.REGEXP_CONCAT, *parts)

    def fits(self, text: Any, expression: Any) -> Any:
        return self.tm.mkTerm(Kind.STRING_IN_REGEXP, text, expression)

    def arn(self, name: str) -> Arn:
        made = Arn(
            self.tm.mkConst(self.tm.getBooleanSort(), f"{name} is an ARN"),
            [self.tm.mkConst(self.string, f"{name} part {number}") for number in range(SEGMENTS + 1)],
        )
        for part in made.parts[:SEGMENTS]:
            self.solver.assertFormula(self.fits(part, self.tm.mkTerm(Kind.REGEXP_STAR, self.in_segment)))
        return made

    def fits_parts(self, arn: Arn, pattern: str) -> Any:
        parts = pattern.split(":", SEGMENTS)
        pairs = zip(arn.parts, [*parts, *["*"] * (SEGMENTS + 1 - len(parts))], strict=True)
        return self.both(arn.is_one, *(self.part_fits(text, part) for text, part in pairs if part != "*"))

    def part_fits(self, text: Any, part: str) -> Any:
        return self.fits(text, self.glob(part)) if set("*?") & set(part) else self.equal(text, part)

    def fits_resource(self, pattern: str) -> Any:
        return self.fits_parts(self.resource, pattern) if pattern.strip("*") else self.tm.mkTrue()

    def fits_arn(self, key: Key, pattern: str) -> Any:
        if pattern and not pattern.strip("*"):
            return self.both(key.arn.is_one, self.equal(key.arn.parts[0], "arn"))
        if pattern.count(":") < SEGMENTS:
            return self.tm.mkFalse()
        return self.both(self.equal(key.arn.parts[0], "arn"), self.fits_parts(key.arn, pattern))

    def whole(self, key: Key) -> Any:
        """The text of a key, tied to its parts where something is asked of them too."""
        if not key.tied:
            key.tied = True
            first, *others = key.arn.parts
            joined = [first, *(piece for part in others for piece in (self.tm.mkString(":"), part))]
            is_same = self.equal_terms(key.text, self.tm.mkTerm(Kind.STRING_CONCAT, *joined))
            colons = [
                self.tm.mkTerm(Kind.REGEXP_STAR, self.any),
                *[self.re(":"), self.tm.mkTerm(Kind.REGEXP_STAR, self.any)] * SEGMENTS,
            ]
            self.solver.assertFormula(self.implies(key.arn.is_one, is_same))
            self.solver.assertFormula(
                self.implies(self.no(key.arn.is_one), self.no(self.fits(key.text, self.joined(colons))))
            )
        return key.text

    def equal_terms(self, left: Any, right: Any) -> Any:
        return self.tm.mkTerm(Kind.EQUAL, left, right)

    def fold(self, text: Any, wanted: str) -> Any:
        either = [
            self.tm.mkTerm(Kind.REGEXP_UNION, self.re(one.lower()), self.re(one.upper()))
            if one.lower() != one.upper()
            else self.re(one)
            for one in wanted
        ]
        return self.fits(text, self.joined(either))

    # Conditions

    def key(self, name: str) -> Key:
        name = name.lower()
        if name not in self.keys:
            boolean, integer, real = (
                self.tm.getBooleanSort(),
                self.tm.getIntegerSort(),
                self.tm.getRealSort(),
            )

            def new(sort: Any, what: str) -> Any:
                return self.tm.mkConst(sort, f"{name} {what}")

            made = Key(
                present=new(boolean, "present"),
                several=new(boolean, "several"),
                text=new(self.string, "text"),
                arn=self.arn(name),
                members=[(new(boolean, f"in {n}"), new(self.string, f"member {n}")) for n in range(MEMBERS)],
                number=new(real, "number"),
                is_number=new(boolean, "is number"),
                moment=new(real, "moment"),
                is_moment=new(boolean, "is moment"),
                address=new(integer, "address"),
                is_v4=new(boolean, "v4"),
                is_v6=new(boolean, "v6"),
                is_true=new(boolean, "true"),
                is_false=new(boolean, "false"),
            )
            self.keys[name] = made
            self.solver.assertFormula(self.no(self.both(made.is_v4, made.is_v6)))
            self.solver.assertFormula(self.no(self.both(made.is_true, made.is_false)))
            for version, bits in ((made.is_v4, 32), (made.is_v6, 128)):
                self.solver.assertFormula(self.implies(version, self.within(made.address, 0, 2**bits - 1)))
        return self.keys[name]

    def within(self, term: Any, low: int, high: int) -> Any:
        lowest, highest = self.tm.mkInteger(str(low)), self.tm.mkInteger(str(high))
        return self.both(self.tm.mkTerm(Kind.GEQ, term, lowest), self.tm.mkTerm(Kind.LEQ, term, highest))

    def test(self, operator: str, name: str, values: list[str]) -> Any:
        """Rules 37 to 52 for one key under one operator."""
        found = re.fullmatch(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?", operator)
        assert found is not None
        quantifier, base, if_exists = found.groups()
        key = self.key(name)
        if base == "Null":
            null = self.either(self.no(key.present), self.empty(key))
            return self.either(*(null if value == "true" else self.no(null) for value in values))
        negated = "Not" in base
        base = base.replace("Not", "")

        def fits(text: Any) -> Any:
            one = self.either(*(self.value_fits(base, key, text, value) for value in values))
            return self.no(one) if negated else one

        if quantifier:
            return self.of_set(key, fits, every=quantifier == "ForAllValues")
        single = self.both(key.present, self.no(key.several), fits(None))
        return self.either(self.no(key.present), single) if negated or if_exists else single

    def empty(self, key: Key) -> Any:
        none = self.both(*(self.either(self.no(is_in), self.equal(text, "")) for is_in, text in key.members))
        one = self.both(self.equal(self.whole(key), ""), *(self.no(is_of) for is_of in self.types(key)))
        return self.if_else(key.several, none, one)

    def types(self, key: Key) -> list[Any]:
        return [key.is_number, key.is_moment, key.is_v4, key.is_v6, key.is_true, key.is_false]

    def of_set(self, key: Key, fits: Any, *, every: bool) -> Any:
        nothing = self.either(self.no(key.present), self.empty(key))
        each = [(is_in, fits(text)) for is_in, text in key.members]
        of_all = (
            self.both(*(self.implies(is_in, one) for is_in, one in each))
            if every
            else self.either(*(self.both(is_in, one) for is_in, one in each))
        )
        found = self.if_else(key.several, of_all, fits(None))
        return self.either(nothing, found) if every else self.both(self.no(nothing), found)

    def value_fits(self, base: str, key: Key, text: Any, value: str) -> Any:
        """What a value asks of a text; of the key's single one where there is no text."""
        if base in ("ArnLike", "ArnEquals"):
            assert text is None, "sets of ARNs are not in the tests"
            return self.fits_arn(key, value)
        if base.startswith("String"):
            text = self.whole(key) if text is None else text
            if base == "StringEquals":
                return self.equal(text, value)
            return self.fold(text, value) if base == "StringEqualsIgnoreCase" else self.fits(text, self.glob(value))
        if base == "Bool":
            words = {"true": key.is_true, "false": key.is_false}
            return words.get(value.lower(), self.tm.mkFalse())
        if base == "IpAddress":
            block = ipaddress.ip_network(value, strict=False)
            inside = self.within(key.address, int(block.network_address), int(block.broadcast_address))
            return self.both(key.is_v4 if block.version == 4 else key.is_v6, inside)
        return self.ordered(base, key, value)

    def ordered(self, base: str, key: Key, value: str) -> Any:
        if base.startswith("Numeric"):
            is_one, mine, limit = key.is_number, key.number, value
        else:
            is_one, mine = key.is_moment, key.moment
            limit = str(int(datetime.fromisoformat(value).timestamp()))
        compare = {
            "Equals": Kind.EQUAL,
            "LessThan": Kind.LT,
            "LessThanEquals": Kind.LEQ,
            "GreaterThan": Kind.GT,
            "GreaterThanEquals": Kind.GEQ,
        }[base.removeprefix("Numeric").removeprefix("Date")]
        return self.both(is_one, self.tm.mkTerm(compare, mine, self.tm.mkReal(limit)))

    # Logic

    def equal(self, text: Any, value: str) -> Any:
        return self.tm.mkTerm(Kind.EQUAL, text, self.tm.mkString(value))

    def both(self, *terms: Any) -> Any:
        return reduce(lambda left, right: self.tm.mkTerm(Kind.AND, left, right), terms, self.tm.mkTrue())

    def either(self, *terms: Any) -> Any:
        return reduce(lambda left, right: self.tm.mkTerm(Kind.OR, left, right), terms, self.tm.mkFalse())

    def no(self, term: Any) -> Any:
        return self.tm.mkTerm(Kind.NOT, term)

    def implies(self, left: Any, right: Any) -> Any:
        return self.tm.mkTerm(Kind.IMPLIES, left, right)

    def if_else(self, condition: Any, left: Any, right: Any) -> Any:
        return self.tm.mkTerm(Kind.ITE, condition, left, right)
