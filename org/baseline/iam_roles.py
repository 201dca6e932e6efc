"""IAM roles: those of the pipeline and those declared from the library of templates, in every account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Severity
from org.baseline._key_policies import canonical
from org.baseline._role_guards import federated, locked_out
from org.baseline._role_templates import HOUR, PATH, PIPELINE, declared, pipeline_names
from org.baseline._role_writes import POLICY, write
from org.errors import Missing
from org.model.organization import OWNED, OWNER_TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.baseline._role_templates import Declared
    from org.model.finding import Finding
    from org.model.organization import Pipeline

    State = dict[str, Any]

PROVIDERS = "identity providers"
"""The thing that is no thing: the identity providers of the account, read where a declared role trusts one."""
PROVIDER = "declare it with the component oidc-providers"
NAME = r"([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}"
TEMPLATE = {"type": "string", "pattern": "^[a-z0-9-]{1,80}$", "description": "A template of `scps/role/`."}
WITH = {"type": "object", "default": {}, "description": "The parameters of the template."}
ROLE = {
    "template": TEMPLATE,
    "with": WITH,
    "boundary": {
        "type": "string",
        "minLength": 1,
        "description": "The permissions boundary: a managed policy of the account by its name, or any by its ARN. "
        "Without it, whatever boundary the role has is left alone; no run takes one off.",
    },
    "description": {"type": "string", "maxLength": 1_000, "description": "What IAM shows; else the template's title."},
    "max_session_seconds": {
        "type": "integer",
        "minimum": HOUR,
        "maximum": 12 * HOUR,
        "default": HOUR,
        "description": "How long a session of the role may last.",
    },
    "attached": {
        "type": "array",
        "uniqueItems": True,
        "default": [],
        "items": {"type": "string", "pattern": "^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/"},
        "description": "Managed policies that the role has besides, by ARN.",
    },
    "tags": {
        "type": "object",
        "default": {},
        "additionalProperties": {"type": "string", "maxLength": 256},
        "description": "Tags of the role; others that it has are left alone.",
    },
}


def read(cloud: Cloud, scope: Scope) -> Things:
    """The declared roles and boundaries that are there, whoever made them. No other role is looked at."""
    found: dict[str, State] = {}
    trusting = False
    for one in declared(scope):
        if one.kind == "boundary":
            state = _boundary(cloud, f"arn:{scope.partition}:iam::{scope.account}:{POLICY}{one.name}")
            found |= {POLICY + one.name: state} if state else {}
            continue
        trusting = trusting or bool(federated(one))
        role = _role(cloud, one.own_name)
        found |= {one.own_name: role} if role else {}
    if trusting:
        listed = cloud.call("iam", "list_open_id_connect_providers")["OpenIDConnectProviderList"]
        found[PROVIDERS] = {"arns": sorted(provider["Arn"] for provider in listed)}
    return found


def _boundary(cloud: Cloud, arn: str) -> State | None:
    try:
        policy = cloud.call("iam", "get_policy", PolicyArn=arn)["Policy"]
    except Missing:
        return None
    return {"document": _document(cloud, policy), "tags": _tags(policy)}


def _document(cloud: Cloud, policy: Mapping[str, Any]) -> Any:
    version = {"PolicyArn": policy["Arn"], "VersionId": policy["DefaultVersionId"]}
    return canonical(cloud.call("iam", "get_policy_version", **version)["PolicyVersion"]["Document"])


def _role(cloud: Cloud, name: str) -> State | None:
    try:
        role = cloud.call("iam", "get_role", RoleName=name)["Role"]
    except Missing:
        return None
    state: State = {
        "path": role["Path"],
        "trust": canonical(role["AssumeRolePolicyDocument"]),
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "description": role.get("Description", ""),
        "max_session": role.get("MaxSessionDuration", HOUR),
        "tags": _tags(role),
        "policies": {},
        "attached": [],
    }
    for policy in cloud.pages("iam", "list_attached_role_policies", "AttachedPolicies", token="Marker", RoleName=name):
        arn, title = policy["PolicyArn"], policy["PolicyName"]
        if f":policy{PATH}{name}-" in arn:
            about = cloud.call("iam", "get_policy", PolicyArn=arn)["Policy"]
            state["policies"][title] = _document(cloud, about)
        else:
            state["attached"].append(arn)
    inline = cloud.pages("iam", "list_role_policies", "PolicyNames", token="Marker", RoleName=name)
    given = {policy: cloud.call("iam", "get_role_policy", RoleName=name, PolicyName=policy) for policy in inline}
    state["inline"] = {policy: canonical(one["PolicyDocument"]) for policy, one in sorted(given.items())}
    state["attached"].sort()
    return state


def _tags(thing: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", ())}


def wanted(scope: Scope, found: Things) -> Things:
    """Every declared role that can be as declared; those of the pipeline come last, and its applying one after all."""
    states: dict[str, State] = {}
    for one in declared(scope):
        if any(problems(scope, one, found)):
            continue
        if one.kind == "boundary":
            states[POLICY + one.name] = {"document": one.rendered.boundary, "tags": _ours(one, found)}
        else:
            states[one.own_name] = _wanted(scope, one, found)
    return states


def _ours(one: Declared, found: Things) -> dict[str, str]:
    """The tags: what is there already, what is declared, and the one that says whose it is."""
    name = POLICY + one.name if one.kind == "boundary" else one.own_name
    there = (found.get(name) or {}).get("tags", {})
    return {**there, **one.settings.get("tags", {}), OWNER_TAG: OWNED}


def _wanted(scope: Scope, one: Declared, found: Things) -> State:
    have, settings = found.get(one.own_name), one.settings
    listed = settings.get("attached", [])
    exact = scope.settings["extra_policies"] == "remove"
    state: State = {
        "path": one.path,
        "trust": one.rendered.trust,
        "policies": one.policies,
        "attached": sorted({*listed, *(() if exact or not have else have["attached"])}),
        "description": settings.get("description", one.rendered.title),
        "max_session": settings.get("max_session_seconds", HOUR),
        "tags": _ours(one, found),
    }
    if settings.get("boundary"):
        state["boundary"] = _boundary_arn(scope, settings["boundary"])
    if exact and have:
        state["inline"] = {}
    return state


def _boundary_arn(scope: Scope, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:{scope.partition}:iam::{scope.account}:{POLICY}{name}"


def problems(scope: Scope, one: Declared, found: Things) -> Iterator[tuple[str, str]]:
    """Why a declared role or boundary cannot be made as it is declared, and what helps."""
    title = f"boundary `{one.name}`" if one.kind == "boundary" else f"role `{one.own_name}`"
    yield from ((f"{title} cannot be made: {reason}", "") for reason in one.rendered.why_not)
    if one.rendered.why_not:
        return
    if one.kind == "role" and one.own_name in _reserved(scope.pipeline):
        yield f"{title} is one of the pipeline's", "declare it under `pipeline`, or another name"
        return
    have = found.get(POLICY + one.name if one.kind == "boundary" else one.own_name)
    if have is not None and have["tags"].get(OWNER_TAG) != OWNED and not scope.settings["adopt"]:
        advice = f"tag it `{OWNER_TAG}={OWNED}` or set `adopt` to hand it over, or declare another name"
        yield f"{title} is there and not ours, so it is left alone", advice
    if one.kind == "boundary":
        return
    if have is not None and have["path"] != one.path:
        yield f"{title} has the path `{have['path']}`, and no call changes that", "declare the role with its path"
    if one.kind in PIPELINE:
        yield from _locking(scope, one, found, title)


def _reserved(pipeline: Pipeline) -> set[str]:
    """The names that are for the pipeline alone, without their paths."""
    names = (*pipeline_names(pipeline).values(), pipeline.bootstrap_role or "")
    return {name.rpartition("/")[2] for name in names}


def _locking(scope: Scope, one: Declared, found: Things, title: str) -> Iterator[tuple[str, str]]:
    advice = "the role is left as it is; look at its template"
    for reason in locked_out(scope, one, component.needs):
        yield f"{title} would lock the pipeline out: {reason}", advice
    have = found.get(one.own_name)
    if have is not None and have["trust"] != one.rendered.trust:
        for provider in _missing(one, found):
            yield f"{title} would lock the pipeline out: there is no identity provider `{provider}`", PROVIDER


def _missing(one: Declared, found: Things) -> list[str]:
    """The identity providers that the role trusts and that are not there."""
    return sorted(federated(one) - set((found.get(PROVIDERS) or {}).get("arns", [])))


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What cannot be made, and what a role of ours has beside what is declared."""
    for one in declared(scope):
        for message, advice in problems(scope, one, found):
            yield scope.finding("SEC-13", message, severity=Severity.ERROR, advice=advice)
        have = found.get(one.own_name)
        if have is None or have["trust"] == one.rendered.trust:
            for provider in _missing(one, found):
                message = f"nobody can enter the role `{one.own_name}`: there is no identity provider `{provider}`"
                yield scope.finding("SEC-13", message, advice=PROVIDER)
        if one.kind == "boundary" or have is None or have["tags"].get(OWNER_TAG) != OWNED:
            continue
        if scope.settings["extra_policies"] == "report":
            extra = [*sorted(set(have["attached"]) - set(one.settings.get("attached", ()))), *have["inline"]]
            for policy in extra:
                advice = "take it off, declare it under `attached`, or set `extra_policies` to `remove`"
                message = f"role `{one.own_name}` has the policy `{policy}` too, which is not declared"
                yield scope.finding("SEC-13", message, advice=advice)
        if have["boundary"] and not one.settings.get("boundary"):
            message = f"role `{one.own_name}` has the boundary `{have['boundary']}`, which is not declared"
            yield scope.finding("SEC-13", message, severity=Severity.NOTE)


def _of(description: str, name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "default": {},
        "propertyNames": {"pattern": f"^{name}$"},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "required": ["template"],
            "properties": dict(properties),
            "description": "One of them.",
        },
        "description": description,
    }


component = Component(
    name="iam-roles",
    title="IAM roles",
    description="The pipeline's roles and the declared ones of workloads are there: trust, permissions as managed "
    "policies, boundary, duration, description and tags. Roles that nobody declared are never looked at, and one of a "
    "declared name that is not ours is left alone. A role that would lock the pipeline out is refused.",
    settings={
        "pipeline": {
            "type": "object",
            "default": {},
            "additionalProperties": False,
            "properties": {
                which: {"type": ["object", "null"], "description": f"Parameters of `{template}`."}
                for which, template in PIPELINE.items()
            },
            "description": "Which of the pipeline's roles are kept, each with the parameters of its template in the "
            "management account; members take of them what their template has.",
            "examples": [
                {
                    "plan": {"subjects": ["repo:acme/aws:pull_request"]},
                    "apply": {"subjects": ["repo:acme/aws:environment:production"]},
                }
            ],
        },
        "roles": {
            **_of("The roles of workloads, by name; a path may stand before it.", NAME, ROLE),
            "examples": [
                {"reporting": {"template": "lambda-function", "with": {"function": "reporting"}}},
            ],
        },
        "boundaries": {
            **_of(
                "Managed policies that limit roles, by name; the name is given to the template too.",
                "[A-Za-z0-9_+=,.@-]{1,128}",
                {"template": TEMPLATE, "with": WITH},
            ),
            "examples": [{"team-boundary": {"template": "permission-boundary", "with": {"services": ["s3", "sqs"]}}}],
        },
        "extra_policies": {
            "type": "string",
            "enum": ["report", "remove"],
            "default": "report",
            "description": "What becomes of policies that a role of ours has beside the declared ones: managed ones "
            "are detached, inline ones deleted. The plan shows an inline policy before it goes.",
        },
        "adopt": {
            "type": "boolean",
            "default": False,
            "description": "Take over roles and boundaries of the declared names that are not tagged as ours.",
        },
    },
    reads=(
        *("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy"),
        *("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListOpenIDConnectProviders"),
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        *("iam:CreatePolicy", "iam:TagPolicy", "iam:ListPolicyVersions", "iam:CreatePolicyVersion"),
        *("iam:DeletePolicyVersion", "iam:CreateRole", "iam:TagRole", "iam:UpdateRole", "iam:AttachRolePolicy"),
        *("iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy"),
        "iam:DeleteRolePolicy",
    ),
    write=write,
    controls=("ORG-11", "SEC-13"),
    after=("oidc-providers",),
    first=True,
)
