"""The ARNs of what a call acts on, from its parameters and the ARN formats that AWS documents for its action."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from org.access.actions import service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = re.compile(r"\$\{(\w+)\}")
MAKES = re.compile(r"(Allocate|Copy|Create|Import|Publish|Put|Register|Request|Run|Start|Subscribe)(?=[A-Z])")
"""Calls that may make what they act on: what has no name yet is `*`, as in AWS's own messages."""
MADE: Mapping[str, frozenset[str]] = MappingProxyType(
    {"RunInstances": frozenset(("instance", "volume", "network-interface"))}
)
"""What a call makes without saying so in its name."""
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "bucketname": "bucket",
        "objectname": "key",
        "rolenamewithpath": "rolename",
        "usernamewithpath": "username",
        "policynamewithpath": "policyname",
        "groupnamewithpath": "groupname",
        "parameternamewithoutleadingslash": "name",
        "organizationalunitid": "ouid",
        "memberaccountid": "accountid",
    }
)
"""What a parameter is called where neither the variable of the format nor the type of resource is in its name."""
SUFFIXES = ("withoutleadingslash", "withpath", "name", "id", "arn")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What ARNs need beside the parameters: Region and account of the call, and ids that nobody passes."""

    region: str
    account: str
    known: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One documented ARN format: literal texts with the names of variables between them."""

    kind: str
    literals: tuple[str, ...]
    variables: tuple[str, ...]

    @property
    def expression(self) -> re.Pattern[str]:
        """What ARNs of the format look like."""
        return _expression(self)


@functools.cache
def _expression(form: Format) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, form.literals)), re.DOTALL)


@functools.cache
def formats(action: str) -> tuple[Format, ...] | None:
    """The formats of the resources that an action takes: none for an action on everything, None where it is unknown."""
    prefix, _, name = action.partition(":")
    found = service(prefix)
    known = found.actions.get(name.lower()) if found else None
    if found is None or known is None:
        return None
    made = []
    for kind in known.resources:
        if kind in found.resources:
            literals = VARIABLE.split(found.resources[kind].arn)
            made.append(Format(kind, tuple(literals[::2]), tuple(literals[1::2])))
    return tuple(made)


def resources(
    action: str, operation: str, parameters: Mapping[str, Any], around: Surroundings
) -> tuple[str | None, ...]:
    """The ARNs that a call acts on; `*` where its action knows no resources, None where the ARN cannot be told."""
    forms = formats(action)
    if forms is None:
        return (None,)
    if not forms:
        return ("*",)
    given = {plain(name): value for name, value in parameters.items()}
    found = [arn for form in forms for arn in filled(form, given, around, makes=makes(operation, form.kind))]
    return tuple(dict.fromkeys(found)) or (None,)


def makes(operation: str, kind: str) -> bool:
    """True where the call makes a resource of that kind."""
    if kind in MADE.get(operation, ()):
        return True
    found = MAKES.match(operation)
    return found is not None and plain(kind) in plain(operation[found.end() :])


def filled(form: Format, given: Mapping[str, Any], around: Surroundings, *, makes: bool) -> Iterator[str]:
    """The ARNs of one format: none where a variable has no value, several where a parameter is a list."""
    fixed = {"partition": "aws", "region": around.region, "account": around.account, **dict(around.known)}
    choices: list[list[str]] = []
    for number, variable in enumerate(form.variables):
        name = plain(variable)
        values = [fixed[name]] if name in fixed else list(named(name, plain(form.kind), given))
        whole = [value for value in values if value.startswith("arn:")]
        if whole:
            yield from (arn for arn in whole if form.expression.fullmatch(arn))
            return
        if not values and not makes:
            return
        choices.append([trimmed(value, form.literals[number]) for value in values] or ["*"])
    for chosen in itertools.product(*choices):
        yield "".join(part for pair in zip(form.literals, (*chosen, ""), strict=True) for part in pair)


def trimmed(value: str, before: str) -> str:
    """The value without the text that the format already has before it: `alias/a` after `...:alias/` is `a`."""
    lead = before.rpartition(":")[2]
    if lead and value.startswith(lead):
        return value[len(lead) :]
    return value.removeprefix("/") if before.endswith("/") else value


def named(variable: str, kind: str, given: Mapping[str, Any]) -> Iterator[str]:
    """The texts of the parameter that a variable stands for: named like it, like its resource, or ending so."""
    for name in candidates(variable, kind):
        if name in given:
            yield from texts(given[name])
            return
    ending = [name for name in given if name.endswith((variable, f"{variable}s"))]
    if len(ending) == 1:
        yield from texts(given[ending[0]])


@functools.cache
def candidates(variable: str, kind: str) -> tuple[str, ...]:
    """The names, in lower case, that a parameter for the variable may have, the likeliest first."""
    stem = next((variable.removesuffix(end) for end in SUFFIXES if variable.endswith(end)), variable) or variable
    stems = (variable, stem, f"{stem}name", f"{stem}id", f"{stem}arn", f"{stem}identifier")
    kinds = (kind, f"{kind}name", f"{kind}id", f"{kind}arn", f"{kind}identifier", f"{kind}resourcearn")
    found = (ALIASES.get(variable, variable), *stems, *kinds, f"{variable}s", f"{stem}s", "resourcearn", "arn")
    own = ("name", "id") if variable.startswith(kind) or kind.startswith(stem) else ()
    return tuple(dict.fromkeys((*found, *own)))


def texts(value: Any) -> Iterator[str]:
    """The text of a scalar parameter, or of each in a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))


def plain(name: str) -> str:
    """The letters and digits of a name in lower case."""
    return re.sub(r"[\W_]", "", name).lower()
