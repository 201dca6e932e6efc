"""What accounts.yaml asks for, as policies: each use of a template bound, named, joined with its like, and checked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from org.model.finding import Severity
from org.model.policy import Policy, PolicyType, minified
from org.policy.backup import lacking
from org.policy.effective import contradictions
from org.policy.grammar import SHORT, mistakes, name_of
from org.policy.pack import pack
from org.policy.parameters import problems
from org.policy.quota import Quota, size
from org.policy.quota import quotas as quotas_with
from org.policy.reference import NAMES, PREFIX, known_values, resolve, unknown_references
from org.policy.words import finding, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.finding import Finding
    from org.model.organization import Organization
    from org.model.policy import PolicyUse
    from org.policy.bundle import Bundle
    from org.policy.library import Library
    from org.policy.template import Template

LONGEST_NAME = 128
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html"""
RESERVED = ("FullAWSAccess", "RCPFullAWSAccess", "aws-guardrails-")
"""Names of AWS's own policies and the beginning of Control Tower's."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Policies sorted by kind and name, and what is wrong with them or with what was asked for.

    `apart` are the same policies before they are packed, each under its own name.
    """

    policies: tuple[Policy, ...]
    findings: tuple[Finding, ...]
    apart: tuple[Policy, ...] = ()


@dataclass(slots=True)
class _Joined:
    """One policy and every use that asks for it."""

    template: Template
    values: Mapping[str, Any]
    content: str
    uses: list[PolicyUse] = field(default_factory=list)

    def is_on(self, target: str) -> bool:
        """True where a use puts it there."""
        return any(use.target == target for use in self.uses)


@dataclass(slots=True)
class _Renderer:
    """The work of one `render`: policies by kind and name, documents by template and values, and findings."""

    library: Library
    known: Mapping[str, Any]
    policies: dict[tuple[PolicyType, str], _Joined] = field(default_factory=dict)
    documents: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def report(self, rule: str, message: str, use: PolicyUse, explanation: str = "") -> None:
        self.findings.append(finding(rule, message, use.span, help=explanation))

    def take(self, use: PolicyUse) -> None:
        """Render one use, or each use of the bundle that it names, and join it with the policy of the same name."""
        bundle = self.library.bundles.get(use.template)
        if bundle is not None:
            if self.fits(use, bundle):
                for member in bundle.expand(use):
                    self.take(member)
            return
        template = self.library.templates.get(use.template)
        if template is None:
            hint = suggestion(use.template, {**self.library.templates, **self.library.bundles})
            self.report("ORG036", f"no policy template `{use.template}`", use, hint)
            return
        values = self.values(use, template)
        if values is None:
            return
        identity = (template.name, json.dumps(values, sort_keys=True))
        if identity not in self.documents:
            self.documents[identity] = minified(template.document(values))
        content = self.documents[identity]
        joined = self.policies.setdefault((template.kind, policy_name(use)), _Joined(template, values, content))
        if joined.content == content:
            joined.uses.append(use)
            return
        message = f"two different policies would be called `{policy_name(use)}`"
        help_ = "give one of them a `name`"
        self.findings.append(finding("ORG110", message, use.span, seen=joined.uses[0].span, help=help_))

    def values(self, use: PolicyUse, template: Template) -> dict[str, Any] | None:
        """The parameters of a use over the defaults, references replaced; None where they do not fit."""
        before = len(self.findings)
        given = {**template.defaults, **use.parameters}
        self.fits(use, template)
        declared = template.parameters.items()
        values = {name: self.value(use, name, schema, given[name]) for name, schema in declared if name in given}
        return values if len(self.findings) == before else None

    def fits(self, use: PolicyUse, named: Template | Bundle) -> bool:
        """True where a use gives every parameter that it must, and no other."""
        before = len(self.findings)
        for name in sorted(set(use.parameters) - set(named.parameters)):
            hint = suggestion(name, named.parameters)
            self.report("ORG054", f"`{use.template}` has no parameter `{name}`", use, hint)
        for name in named.parameters:
            if name not in named.defaults and name not in use.parameters:
                self.report("ORG054", f"`{use.template}` needs the parameter `{name}`", use, "add it to `with:`")
        return len(self.findings) == before

    def value(self, use: PolicyUse, name: str, schema: Mapping[str, Any], given: Any) -> Any:
        unknown = unknown_references(given)
        for reference in unknown:
            message = f"`{name}` of `{use.template}`: unknown reference `{PREFIX}{reference}`"
            self.report("ORG054", message, use, suggestion(reference, NAMES))
        value, missing = resolve(given, self.known)
        if unknown:
            return value
        for reference in missing:
            message = f"`{name}` of `{use.template}`: `{PREFIX}{reference}` is not known yet"
            self.report("ORG054", message, use, "write the value itself, or add it to accounts.yaml")
        if not missing:
            for problem in problems(schema, value):
                self.report("ORG054", f"`{name}` of `{use.template}` {problem}", use, schema["description"])
        return value


def policy_name(use: PolicyUse) -> str:
    """The name of the policy a use gives.

    An explicit name wins. A use without parameters, or at the root, is called after its template, so that all of them
    share one policy; one with parameters lower down adds the place: `restrict-regions@Workloads/Prod`.
    """
    if use.name:
        return use.name
    place = use.target.removeprefix("ou:").replace("account:", "account/", 1)
    return use.template if not use.parameters or place == "/" else f"{use.template}@{place}"


def render(organization: Organization, library: Library, quotas: Mapping[PolicyType, Quota] | None = None) -> Rendered:
    """The policies that `organization.policy_uses` ask for, and every finding about them.

    The quotas are AWS's with those that the organization declares in their place. A policy with an error is still in
    the result, so that all of its mistakes are reported at once.
    """
    quotas = quotas_with(organization.policy_quotas) if quotas is None else quotas
    renderer = _Renderer(library, known_values(organization))
    for use in organization.policy_uses:
        renderer.take(use)
    findings = [*renderer.findings]
    policies = []
    for (kind, name), joined in sorted(renderer.policies.items()):
        findings += _checked(kind, name, joined, quotas[kind])
        policies.append(_policy(kind, name, joined))
    packed = pack(policies, quotas, action_wildcards=organization.action_wildcards)
    findings += _attached(packed, renderer.policies, quotas)
    asked = replace(organization, policies=packed)
    for policy, told in contradictions(asked):
        hint = "`org render --effective ACCOUNT` shows what they come to"
        findings.append(finding("ORG114", told, policy.span, help=hint, severity=Severity.WARNING))
    for policy, told, hint in lacking(asked):
        findings.append(finding("ORG115", told, policy.span, help=hint, severity=Severity.WARNING))
    return Rendered(packed, tuple(sorted(findings, key=lambda one: one.order)), tuple(policies))


def _policy(kind: PolicyType, name: str, joined: _Joined) -> Policy:
    return Policy(
        kind=kind,
        name=name,
        content=joined.content,
        description=joined.template.title,
        targets=frozenset(use.target for use in joined.uses),
        span=joined.uses[0].span,
    )


def _checked(kind: PolicyType, name: str, joined: _Joined, quota: Quota) -> Iterator[Finding]:
    """What is wrong with one document: its name, its size, its grammar."""
    span = joined.uses[0].span
    if len(name) > LONGEST_NAME:
        message = f"policy name `{name}` has {len(name)} characters, and AWS takes {LONGEST_NAME}"
        yield finding("ORG110", message, span, help="give it a shorter `name`")
    if name.startswith(RESERVED):
        yield finding("ORG110", f"policy name `{name}` belongs to AWS", span, help="give it another `name`")
    taken = size(joined.content)
    if taken > quota.characters:
        message = f"policy `{name}` takes {taken:,} characters, and {SHORT[kind]} may have {quota.characters:,}"
        yield finding("ORG111", message, span, help=_statement_costs(joined))
    bound = joined.template.bind(joined.values)
    for mistake in mistakes(kind, json.loads(joined.content)):
        there = joined.template.tree.span(("policy", *mistake.path)) if kind.declarative else span
        if mistake.statement is not None:
            there = joined.template.statement_span(bound[mistake.statement][0])
        message = f"template `{joined.template.name}`: {mistake.message}"
        yield finding("ORG113", message, there, seen=span, help="AWS would refuse this document")


def _statement_costs(joined: _Joined) -> str:
    """What each statement takes, the largest first; of a declarative policy, each part below its top."""
    if joined.template.kind.declarative:
        ((_, parts),) = json.loads(joined.content).items()
        sizes = sorted(((size(minified(part)), name) for name, part in parts.items()), reverse=True)
        return "its parts take " + ", ".join(f"{name} {cost:,}" for cost, name in sizes)
    costs = [
        (size(minified(statement)), str(statement.get("Sid", f"statement {number}")))
        for number, (_, statement) in enumerate(joined.template.bind(joined.values), 1)
    ]
    return "its statements take " + ", ".join(f"{sid} {cost:,}" for cost, sid in sorted(costs, reverse=True))


def _attached(
    packed: Sequence[Policy], asked: Mapping[tuple[PolicyType, str], _Joined], quotas: Mapping[PolicyType, Quota]
) -> Iterator[Finding]:
    """Targets that would carry more policies than fit even packed, and an organization that would have too many."""
    on = Counter((policy.kind, target) for policy in packed for target in policy.targets)
    for (kind, target), count in sorted(on.items()):
        if count > quotas[kind].ours:
            carried = {
                name: joined for (of, name), joined in sorted(asked.items()) if of is kind and joined.is_on(target)
            }
            last = [use.span for joined in carried.values() for use in joined.uses if use.target == target][-1]
            yield finding("ORG112", _slots(kind, target, count, quotas[kind]), last, help=_costs(carried))
    for kind, number in Counter(policy.kind for policy in packed).items():
        if number > quotas[kind].policies:
            message = f"{number:,} policies of type {kind}, and AWS takes {quotas[kind].policies:,}"
            yield finding("ORG112", message, None)


def _slots(kind: PolicyType, target: str, count: int, quota: Quota) -> str:
    name = name_of(kind)
    many = f"{name}s" if name.isupper() else name.replace("policy", "policies")
    own = f"{quota.aws_attached} of them its own, " if quota.aws_attached else ""
    return (
        f"`{target}` would carry {count} {many}, and {quota.ours} fit: AWS takes {quota.attached}, "
        f"{own}and {quota.kept_free} stays free for replacing one"
    )


def _costs(carried: Mapping[str, _Joined]) -> str:
    costs = ", ".join(f"{name} {size(joined.content):,}" for name, joined in carried.items())
    return f"move one up the tree or ask for fewer at this place; characters: {costs}"
