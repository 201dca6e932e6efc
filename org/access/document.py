"""Policy documents as the engines read them: statements with their patterns and tests, checked against the grammar.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VERSIONS = {"2008-10-17": False, "2012-10-17": True}
"""The versions of the policy language, and whether policy variables have a meaning in each (rule 30)."""
WITHOUT_VERSION = "2008-10-17"
STATEMENT_KEYS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)
DOCUMENT_KEYS = frozenset(("Version", "Id", "Statement"))
PRINCIPAL_TYPES = frozenset(("AWS", "Service", "Federated", "CanonicalUser"))
QUANTIFIERS = ("forallvalues:", "foranyvalue:")
BASES = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "numericequals",
        "numericlessthan",
        "numericlessthanequals",
        "numericgreaterthan",
        "numericgreaterthanequals",
        "dateequals",
        "datelessthan",
        "datelessthanequals",
        "dategreaterthan",
        "dategreaterthanequals",
        "bool",
        "binaryequals",
        "ipaddress",
        "arnequals",
        "arnlike",
        "null",
    }
)

"""The operators in lower case, those that begin with `not` left out."""
NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
"""Negated operators and what they negate, in lower case."""


@dataclass(frozen=True, slots=True)
class Test:
    """One key under one operator of a condition.

    `base` is the operator in lower case without quantifier, `Not` and `IfExists`. `quantifier` is empty, `forallvalues`
    or `foranyvalue`. `key` is lower-case. `written` is the operator as the policy has it.
    """

    base: str
    key: str
    values: tuple[str, ...]
    negated: bool = False
    if_exists: bool = False
    quantifier: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Principals:
    """The `Principal` or `NotPrincipal` of a statement: pairs of a type (`AWS`, `Service`, ...) and a value.

    A bare `*` is the pair `("*", "*")`.
    """

    listed: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `actions` and `resources` are patterns; `not_actions`/`not_resources` say that they are excepted.

    `resources` is empty only where the element is left out, as trust policies do. `variables` is true where `${}` has a
    meaning. `broken` says why the meaning of the statement is not known, and is empty where it is; then the parts that
    could be read are there, so that what is surely about another action is told from what may be about this one. Where
    not even the effect is known, `denies` and `allows` are both true.
    """

    allows: bool
    denies: bool
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_actions: bool = False
    not_resources: bool = False
    principals: Principals | None = None
    tests: tuple[Test, ...] = ()
    variables: bool = True
    sid: str = ""
    number: int = 0
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A named policy of one layer. Documents that mean the same, name included, are equal and hash alike."""

    name: str
    layer: Layer
    statements: tuple[Statement, ...]


class Malformed(ValueError):
    """The text of a policy is outside the grammar; the message says how."""


def document(layer: Layer, name: str, content: Mapping[str, Any]) -> Document:
    """The policy as the engines read it. It never raises: what cannot be read becomes a broken statement."""
    try:
        variables, listed = _outside(content)
    except Malformed as error:
        return Document(name, layer, (Statement(allows=True, denies=True, broken=str(error)),))
    return Document(name, layer, tuple(_statement(layer, variables, number, one) for number, one in enumerate(listed)))


def _outside(content: Any) -> tuple[bool, Sequence[Any]]:
    """Whether variables have a meaning, and the statements."""
    if not isinstance(content, dict):
        raise Malformed("a policy is an object")
    for key in content:
        if key not in DOCUMENT_KEYS:
            raise Malformed(f"`{key}` is no element of a policy")
    version = content.get("Version", WITHOUT_VERSION)
    if not isinstance(version, str) or version not in VERSIONS:
        raise Malformed(f"`{version}` is no version of the policy language")
    if "Statement" not in content:
        raise Malformed("the policy has no Statement")
    listed = content["Statement"]
    return VERSIONS[version], listed if isinstance(listed, list) else [listed]


def _statement(layer: Layer, variables: bool, number: int, content: Any) -> Statement:
    known = content if isinstance(content, dict) else {}
    effect, sid = known.get("Effect"), known.get("Sid")
    either = effect not in ("Allow", "Deny")
    bare = Statement(
        allows=either or effect == "Allow",
        denies=either or effect == "Deny",
        variables=variables,
        sid=sid if isinstance(sid, str) else "",
        number=number,
    )
    filled = bare
    for part in (_outline, _actions, _resources, _principals, _conditions):
        try:
            filled = replace(filled, **part(layer, content))
        except Malformed as error:
            filled = replace(filled, broken=filled.broken or str(error))
    return filled


def _outline(_layer: Layer, content: Any) -> dict[str, Any]:
    """Nothing to read: only the elements of the grammar are there, and an effect."""
    if not isinstance(content, dict):
        raise Malformed("a statement is an object")
    for key in content:
        if key not in STATEMENT_KEYS:
            raise Malformed(f"`{key}` is no element of a statement")
    if content.get("Effect") not in ("Allow", "Deny"):
        raise Malformed("Effect is neither Allow nor Deny")
    return {}


def _actions(_layer: Layer, content: Any) -> dict[str, Any]:
    negated, patterns = _one_of(content, "Action", needed=True)
    for pattern in patterns:
        if ":" not in pattern and (pattern.strip("*") or not pattern):
            raise Malformed(f"`{pattern}` is no action: it has no service before a colon")
    return {"actions": patterns, "not_actions": negated}


def _resources(layer: Layer, content: Any) -> dict[str, Any]:
    """Short ARNs are taken where AWS takes them (rule 27); trust policies have no resource."""
    negated, patterns = _one_of(content, "Resource", needed=layer is not Layer.RESOURCE)
    for pattern in patterns:
        short = bool(pattern.strip("*")) and len(re.split(r":(?![^{}]*\})", pattern, maxsplit=5)) < 6
        if not pattern or (short and (layer is Layer.RCP or (layer is Layer.SCP and not pattern.endswith("*")))):
            raise Malformed(f"`{pattern}` is no resource: an ARN has six parts")
    return {"resources": patterns, "not_resources": negated}


def _conditions(_layer: Layer, content: Any) -> dict[str, Any]:
    return {"tests": tuple(_tests(content.get("Condition", {})))} if isinstance(content, dict) else {}


def _one_of(content: Any, element: str, *, needed: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether the `Not` form is used, and the patterns."""
    if not isinstance(content, dict):
        return False, ()
    negated = f"Not{element}" in content
    if negated and element in content:
        raise Malformed(f"both {element} and Not{element}")
    name = f"Not{element}" if negated else element
    if name not in content:
        if needed:
            raise Malformed(f"neither {element} nor Not{element}")
        return False, ()
    patterns = _texts(content[name], name)
    if not patterns:
        raise Malformed(f"{name} is empty")
    return negated, patterns


def _texts(value: Any, name: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in listed):
        raise Malformed(f"{name} is neither text nor a list of texts")
    return tuple(listed)


def _principals(layer: Layer, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        return {}
    negated = "NotPrincipal" in content
    if negated and "Principal" in content:
        raise Malformed("both Principal and NotPrincipal")
    name = "NotPrincipal" if negated else "Principal"
    if layer not in (Layer.RESOURCE, Layer.RCP):
        if name in content:
            raise Malformed(f"{name} has no place in this type of policy")
        return {}
    if name not in content:
        raise Malformed("neither Principal nor NotPrincipal")
    return {"principals": Principals(tuple(_listed_principals(content[name], name)), negated)}


def _listed_principals(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if value == "*":
        yield "*", "*"
        return
    if not isinstance(value, dict) or not value:
        raise Malformed(f"{name} is neither `*` nor an object")
    for kind, listed in value.items():
        if kind not in PRINCIPAL_TYPES:
            raise Malformed(f"`{kind}` is no type of principal")
        for text in _texts(listed, name):
            yield kind, text


def _tests(condition: Any) -> Iterator[Test]:
    if not isinstance(condition, dict):
        raise Malformed("Condition is not an object")
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            raise Malformed(f"`{operator}` does not hold keys with values")
        for key, values in keys.items():
            yield _test(operator, key, _values(values, operator))


def _values(value: Any, operator: str) -> tuple[str, ...]:
    return tuple(text_of(one, operator) for one in (value if isinstance(value, list) else [value]))


def text_of(value: Any, where: str) -> str:
    """The text of a JSON scalar, `true` and `false` in lower case; raises `Malformed` for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return repr(value)
    raise Malformed(f"a value of `{where}` is neither text nor a number nor true or false")


def _test(operator: str, key: str, values: tuple[str, ...]) -> Test:
    """Operator names are taken whatever their case (rule 38)."""
    name = operator.lower()
    quantifier = next((one for one in QUANTIFIERS if name.startswith(one)), "")
    name = name.removeprefix(quantifier)
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    base = NEGATED.get(name, name)
    if base not in BASES or (base == "null" and (if_exists or quantifier)):
        raise Malformed(f"`{operator}` is no condition operator")
    return Test(base, key.lower(), values, name in NEGATED, if_exists, quantifier.removesuffix(":"), operator)
