"""Why templates and policies are checked as they are: what `org explain` prints for the ids that org.policy gives.

What accounts.yaml names wrongly, a policy or a parameter, is told with the ids of its own rules: ORG036 and ORG054.
"""

from __future__ import annotations

from dataclasses import dataclass

from org.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's id, its title, and the paragraph that explains it."""

    id: str
    title: str
    why: str
    wrong: str = ""
    right: str = ""
    severity: Severity = Severity.ERROR


RULES = (
    Rule(
        "ORG100",
        "a policy template cannot be read",
        "A template is one YAML document in UTF-8 with at most 256 KiB and 40 levels. Keys are text and are there "
        "once. Aliases and tags are refused, because they make a file say something else than it shows.",
    ),
    Rule(
        "ORG101",
        "a policy template has the wrong shape",
        "A template has a name, a kind, a one-line title, a description, and statements, or a `policy` where its type "
        "is declarative; controls and parameters may be left out. docs/policy-templates.md shows a whole one.",
    ),
    Rule(
        "ORG102",
        "the name of a policy template",
        "The name in a template is the name of its file, in lower case with hyphens, and ends in .yaml on disk. "
        "It is there once in a folder, whatever the kind, because accounts.yaml names templates without their "
        "kind.",
    ),
    Rule(
        "ORG103",
        "the kind of a policy template",
        "Templates stand in a folder named for their kind: scps/scp/ for service control policies, scps/rcp/ for "
        "resource control policies, scps/ec2/, scps/tag/ and so on for the declarative types, scps/bundle/ for "
        "bundles. A file anywhere else would be a guardrail that is never read.",
    ),
    Rule(
        "ORG104",
        "a parameter of a policy template",
        "A parameter is declared by a JSON Schema with a description: text, a number, a switch, or a list of "
        "those. Its default fits that schema, and some statement uses it.",
    ),
    Rule(
        "ORG105",
        "a node of the template language",
        "`$param` and `$concat` give values: actions, resources, and the values of condition keys and operators. They "
        "never give an effect, a condition operator or a whole statement, so that no value can change what kind of "
        "policy this is. `$if` may stand around a statement, around a condition, and among values; `$for_each` around "
        "a statement, among values, and, with `$key`, where keys name something of the user's.",
    ),
    Rule(
        "ORG106",
        "a template of yours takes the place of one of ours",
        "A template beside accounts.yaml with the name of one that comes with the package is used instead of it. "
        "That is how a guardrail is adapted; this note is there because it also means that a new release no "
        "longer improves it.",
        severity=Severity.NOTE,
    ),
    Rule(
        "ORG107",
        "the uses of a bundle",
        "A bundle in scps/bundle/ is a list of uses, written as under `policies:` in accounts.yaml: names of "
        "templates, or `use` and `with`. Each template is there, and gets every parameter that it needs and no other. "
        "A bundle does not name bundles.",
    ),
    Rule(
        "ORG110",
        "the name of a policy",
        "A policy is called after its template, with its place where parameters make it special. Two different "
        "documents cannot have one name. AWS takes 128 characters and keeps some names for itself: "
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html",
    ),
    Rule(
        "ORG111",
        "a policy is too long",
        "AWS counts every character of a document: 10,240 for an SCP, 5,120 for an RCP. Documents are sent "
        "without white space. "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    ),
    Rule(
        "ORG112",
        "too many policies",
        "A root, unit or account carries 10 SCPs or 5 RCPs. One of them is AWS's own, and one place stays free, "
        "because a policy is replaced by attaching the new one before the old one is detached. Policies from "
        "above do not count. "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    ),
    Rule(
        "ORG113",
        "AWS would refuse the policy",
        "SCPs and RCPs speak a part of the IAM policy language: no Principal in an SCP; only Deny, with Principal "
        "`*` and actions that name their service, in an RCP. "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html",
    ),
    Rule(
        "ORG190",
        "a role allows more than it says",
        "A role template lists every action that its statements may allow, under `allow:`, and a statement goes no "
        "further. A trust policy allows nothing but assuming the role, to named principals. ForAllValues in an Allow "
        "is true where the key is absent: "
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
    ),
    Rule(
        "ORG114",
        "declarative policies contradict each other",
        "Declarative policies are merged from the root down. Of two on one node that assign a setting differently, "
        "AWS takes the one that was attached first, which no file tells; and an operator that a policy above does not "
        "allow has no effect, without a word from AWS. "
        "https://docs.aws.amazon.com/organizations/latest/userguide/inheritance-examples.html",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG115",
        "a backup policy names what is not there",
        "A backup policy names a vault and a role that must be there in every account and Region that it reaches. "
        "Where they are not, AWS says nothing and makes no backups. The components backup-vault and iam-roles make "
        "them, vaults in governed Regions only; what other tools make is not seen here. "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG120",
        "a scenario or a request cannot be read",
        "A scenario is one JSON object in UTF-8 with at most 4 MiB; requests are JSON objects on lines of their own, "
        "of at most 1 MiB each. A key that is there twice is refused, because readers disagree on which one counts. "
        "The answer to a line that cannot be read is `unknown`, so that answers stay in order.",
    ),
    Rule(
        "ORG121",
        "a scenario or a request has the wrong shape",
        "A key that nobody knows is a slip more often than not, and a decision without what it was meant to say would "
        "be wrong. docs/decide.md has every key.",
    ),
    Rule(
        "ORG122",
        "a statement has no known meaning",
        "An operator or an element that does not exist, or a value of the wrong type: AWS would refuse such a policy. "
        "Whether it allows or denies what it may be about is answered `unknown`, and never guessed.",
        severity=Severity.WARNING,
    ),
    Rule(
        "ORG123",
        "an action or a context key is not in AWS's data",
        "The list of actions and condition keys comes with the package and has a date. A name that is missing there "
        "may be new, and is decided as it is written; it may as well be a slip.",
        severity=Severity.WARNING,
    ),
)
"""Every rule of this layer, by id."""
