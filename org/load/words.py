"""Problems of a value with its schema in plain words: no pattern and no validator's text reaches a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from org.load import checks
from org.load.positions import Tree, key_span, value_span
from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.conform import Problem
    from org.load.suggest import Suggester
    from org.model.finding import Finding, Span

UNKNOWN: Final = Rule(
    "ORG020",
    "an unknown key",
    (
        "A key that nobody reads is most often a misspelt one, and the setting it was meant to be would "
        "silently not be there."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads, ownr: payments@acme.example}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads, owner: payments@acme.example}\n"),
)
MISSING: Final = Rule(
    "ORG021",
    "a missing key",
    "The entry lacks a key that has no default.",
    wrong=("accounts:\n  - {key: payments}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads}\n"),
)
TYPE: Final = Rule(
    "ORG022",
    "a value of the wrong type",
    (
        "For instance a number where AWS takes text: YAML reads `4711` as a number, `+44` too, and forgets "
        "leading zeros. Put such values in quotes."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads, tags: {cost-center: 4711}}\n"),
    right=('accounts:\n  - {key: payments, ou: Workloads, tags: {cost-center: "4711"}}\n'),
)
VALUE: Final = Rule(
    "ORG023",
    "a value that is not allowed",
    (
        "The value has the right type, but is not one of those listed, or too long, or written in another "
        "way than it must be."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads, state: actve}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads, state: active}\n"),
)
RULES: Final = (UNKNOWN, MISSING, TYPE, VALUE)

NAMES: Final = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}
LIMITS: Final = {
    "minLength": "needs at least {} characters",
    "maxLength": "has more than {} characters",
    "minItems": "needs at least {} items",
    "maxItems": "has more than {} items",
    "minProperties": "needs at least {} keys",
    "maxProperties": "has more than {} keys",
    "minimum": "is less than {}",
    "maximum": "is more than {}",
}
EXAMPLE_LENGTH: Final = 60


def findings(problems: Iterable[Problem], tree: Tree, suggester: Suggester) -> Iterator[Finding]:
    """A finding for each problem; an unknown key that is a misspelt missing one makes one finding, not two.

    A value that breaks two rules about how it is written has one finding as well.
    """
    listed = list(problems)
    meant = {
        (id(problem.path[0]), suggester.near(str(problem.path[1]), problem.expected))
        for problem in listed
        if problem.keyword == "unknown"
    }
    told: set[int] = set()
    for problem in listed:
        writer = WRITERS.get(problem.keyword, bad_value)
        if problem.keyword == "required" and (id(problem.path), problem.expected) in meant:
            continue
        if writer is bad_value and id(problem.path) in told:
            continue
        if writer is bad_value:
            told.add(id(problem.path))
        yield writer(problem, tree, suggester)


def rule_of(problem: Problem, otherwise: Rule) -> Rule:
    """The rule that the problem breaks: that of its place, that which the schema names, or the general one."""
    steps = problem.steps
    if steps == ["organization", "management", "policies"]:
        return checks.rule("ORG053")
    if "with" in steps:
        return checks.rule("ORG054")
    named = problem.schema.get("x-rule")
    return checks.rule(named) if named else otherwise


def unknown(problem: Problem, tree: Tree, suggester: Suggester) -> Finding:
    """The finding of a key that is not allowed."""
    key = str(problem.path[1])
    rule = rule_of(problem, UNKNOWN)
    span = key_span(tree.file, tree.marks, problem.steps)
    known = ", ".join(f"`{one}`" for one in problem.expected)
    help = suggester.help(key, problem.expected, f"known here: {known}" if known else "remove it")
    if rule.id == "ORG053":
        help = "remove it; policies have no effect in the management account"
    what = {"ORG037": "unknown component", "ORG054": "unknown parameter"}.get(rule.id, "unknown key")
    return rule.finding(f"{what} {quoted(key)}", span, help=help)


def missing(problem: Problem, tree: Tree, _suggester: Suggester) -> Finding:
    """The finding of a key that is not there."""
    rule = rule_of(problem, MISSING)
    shape = problem.schema.get("properties", {}).get(problem.expected, {})
    what = "missing parameter" if rule.id == "ORG054" else "missing key"
    return rule.finding(
        f"{what} `{problem.expected}`{owner(problem)}",
        value_span(tree.file, tree.marks, problem.steps),
        help=addition(problem.expected, shape),
    )


def owner(problem: Problem) -> str:
    """Whose key is missing, where that has a key of its own."""
    key = problem.value.get("key")
    return f" in the account {quoted(key)}" if isinstance(key, str) else ""


def addition(key: str, shape: dict[str, Any]) -> str:
    """What to write for a missing key, from the schema's first example."""
    description = first_sentence(shape.get("description", ""))
    example = json.dumps(shape["examples"][0], ensure_ascii=False) if shape.get("examples") else "..."
    written = f"add `{key}: {example}`" if len(example) <= EXAMPLE_LENGTH else f"add `{key}:`"
    return f"{written} ({description})" if description else written


def wrong_type(problem: Problem, tree: Tree, _suggester: Suggester) -> Finding:
    """The finding of a value of another type than the schema's."""
    types = types_of(problem)
    wanted = " or ".join(NAMES[one] for one in types if one in NAMES) or "another value"
    message = f"{called(problem)} must be {wanted}, not {kind(problem.value)}"
    rule = checks.rule("ORG054") if "with" in problem.steps else TYPE
    return rule.finding(message, place(problem, tree), help=cure(problem, types))


def types_of(problem: Problem) -> list[str]:
    """The types that the schema takes; for alternatives those of each, without repeating one."""
    if problem.keyword == "type":
        return [problem.expected] if isinstance(problem.expected, str) else list(problem.expected)
    found: list[str] = []
    for choice in problem.expected:
        one = choice.get("type", [])
        found += [one] if isinstance(one, str) else one
    return list(dict.fromkeys(found))


def cure(problem: Problem, types: list[str]) -> str:
    """How to write a value of the right type."""
    value = problem.value
    if types[:1] == ["string"] and isinstance(value, int | float):
        return "put it in quotes"
    if "array" in types and isinstance(value, str):
        return f"write a list: {quoted(f'[{value}]')}"
    return advice(problem)


def bad_value(problem: Problem, tree: Tree, _suggester: Suggester) -> Finding:
    """The finding of a value of the right type that is not allowed."""
    message = f"{quoted(problem.value)} does not fit {called(problem)}"
    if problem.keyword in LIMITS and problem.value in ("", [], {}):
        message = f"{called(problem)} is empty"
    elif problem.keyword in LIMITS:
        message = f"{called(problem)} {LIMITS[problem.keyword].format(problem.expected)}"
    elif isinstance(problem.value, (dict, list)):
        message = f"{called(problem)} does not fit"
    return rule_of(problem, VALUE).finding(message, place(problem, tree), help=advice(problem))


def not_listed(problem: Problem, tree: Tree, suggester: Suggester) -> Finding:
    """The finding of a value that is not one of those listed."""
    allowed = problem.expected if problem.keyword == "enum" else [problem.expected]
    listed = ", ".join(f"`{one}`" for one in allowed[:50])
    value = quoted(problem.value) if isinstance(problem.value, (str, int, float)) else kind(problem.value)
    help = suggester.help(
        str(problem.value), [str(one) for one in allowed], f"write {'one of ' if len(allowed) > 1 else ''}{listed}"
    )
    message = f"{value} is not {'one of ' if len(allowed) > 1 else ''}{listed}, which {called(problem)} must be"
    return rule_of(problem, VALUE).finding(message, place(problem, tree), help=help)


def bad_key(problem: Problem, tree: Tree, _suggester: Suggester) -> Finding:
    """The finding of a key that is written in another way than it must be."""
    span = key_span(tree.file, tree.marks, problem.steps)
    return rule_of(problem, VALUE).finding(f"{quoted(problem.value)} cannot be a key here", span, help=advice(problem))


def repeated(problem: Problem, tree: Tree, _suggester: Suggester) -> Finding:
    """The finding of a list item that is there twice."""
    item = problem.value.get("use") if isinstance(problem.value, dict) else problem.value
    value = quoted(item) if isinstance(item, str) else "this item"
    return rule_of(problem, VALUE).finding(
        f"{value} is in the list twice", place(problem, tree), help="keep one of the two"
    )


def place(problem: Problem, tree: Tree) -> Span:
    """Where the value is."""
    return value_span(tree.file, tree.marks, problem.steps)


def called(problem: Problem) -> str:
    """What to call the value: the nearest key above it."""
    steps = problem.steps
    keys = [step for step in steps if isinstance(step, str)]
    if not keys:
        return "the file"
    return f"an item of {quoted(keys[-1])}" if isinstance(steps[-1], int) else quoted(keys[-1])


def kind(value: Any) -> str:
    """What a value is, in plain words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {quoted(value)}"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    return "a mapping" if isinstance(value, dict) else "a list"


def advice(problem: Problem) -> str:
    """The schema's own words about how the value is written, or else about what it is, with an example."""
    if "x-help" in problem.schema:
        return str(problem.schema["x-help"])
    description = first_sentence(problem.schema.get("description", ""))
    examples = problem.schema.get("examples") or []
    example = json.dumps(examples[0], ensure_ascii=False) if examples else ""
    return (
        f"{description}, for instance `{example}`"
        if description and 0 < len(example) <= EXAMPLE_LENGTH
        else description
    )


def first_sentence(text: str) -> str:
    """The first sentence, without its full stop and without a capital letter where it is only the start."""
    sentence = text.split(". ", maxsplit=1)[0].rstrip(".")
    keep = sentence[:2].isupper() or sentence[:1] == "`"
    return sentence if keep else sentence[:1].lower() + sentence[1:]


WRITERS: Final[dict[str, Callable[[Problem, Tree, Suggester], Finding]]] = {
    "unknown": unknown,
    "required": missing,
    "type": wrong_type,
    "anyOf": wrong_type,
    "enum": not_listed,
    "const": not_listed,
    "propertyNames": bad_key,
    "uniqueItems": repeated,
}
