"""Secrets rotate, have their declared keys and replicas, and are open to nobody outside; their values are never read.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Severity, Where
from org.baseline._grants import strangers
from org.baseline._secret_rules import function_of, rotation_of, rule_for
from org.baseline._secrets import read, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from org.baseline import Scope, Things
    from org.model.finding import Finding

    State = Mapping[str, Any]

GRACE = 2
"""Days after which a rotation that did not come is late: its window is a day at most."""
ACTIONS = tuple(
    f"secretsmanager:{name}"
    for name in (
        *("GetSecretValue", "BatchGetSecretValue", "DescribeSecret", "ListSecretVersionIds", "GetResourcePolicy"),
        *("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "RotateSecret", "CancelRotateSecret"),
        *("PutResourcePolicy", "DeleteResourcePolicy", "DeleteSecret", "RestoreSecret", "TagResource", "UntagResource"),
        *("ReplicateSecretToRegions", "RemoveRegionsFromReplication", "StopReplicationToReplica"),
    )
)


def ours(state: State | None) -> bool:
    """True for a secret that is this component's to look after: AWS and partners look after theirs themselves."""
    return state is not None and not (state["leaves"] or state["replica_of"] or state["managed"])


def wanted(scope: Scope, found: Things) -> Things:
    """Every secret that is ours as its rule has it, as far as it can be."""
    states = {name: _wanted(scope, name, state) for name, state in found.items() if state and ours(state)}
    return {name: state for name, state in states.items() if state.keys() - {"arn"}}


def _wanted(scope: Scope, name: str, have: State) -> dict[str, Any]:
    rule = rule_for(scope.settings, name, have["tags"])
    state: dict[str, Any] = {"arn": have["arn"]}
    if not _rotation_waits(scope, rule, have):
        state |= _rotation(scope, rule, have)
    if rule["key"]:
        state["key"] = rule["key"]
    copies = [one for one in rule["replica_regions"] if one != scope.region and one in scope.regions]
    if copies:
        state["replicas"] = sorted({*have["replicas"], *copies})
    owners = {key: scope.tags[key] for key in rule["owner_tags"] if key in scope.tags and key not in have["tags"]}
    if owners:
        state["tags"] = {**have["tags"], **owners}
    return state


def _rotation(scope: Scope, rule: State, have: State) -> dict[str, Any]:
    """What of the rotation is managed: nothing where no function is known, or there is no value to rotate yet."""
    rotation, function = rotation_of(rule, have), function_of(scope, rule, have)
    if rotation is None or function is None or have.get("empty"):
        return {}
    return {"rotation": rotation, "function": function, "window": rule["window"] or have["window"]}


def _rotation_waits(scope: Scope, rule: State, have: State) -> bool:
    """True where AWS would refuse a change of the rotation, because the last one is not finished."""
    return have["stuck"] and any(have[key] != value for key, value in _rotation(scope, rule, have).items())


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What no run puts right."""
    for name, state in sorted(found.items()):
        if state is None or state["replica_of"]:
            continue
        if state["leaves"]:
            yield scope.finding("SEC-04", f"secret `{name}` is going to be deleted", severity=Severity.NOTE)
            continue
        yield from _exposed(scope, name, state)
        if ours(state):
            rule = rule_for(scope.settings, name, state["tags"])
            yield from _unrotated(scope, name, rule, state)
            yield from _kept(scope, name, rule, state)
        elif state["external"] and not state["rotates"]:
            advice = "switch its rotation on with the partner that manages it"
            message = f"secret `{name}` of type `{state['managed']}`, which a partner manages, does not rotate"
            yield scope.finding("SEC-01", message, advice=advice)


def _exposed(scope: Scope, name: str, state: State) -> Iterator[Finding]:
    if state["unreadable"]:
        yield scope.finding("SEC-03", f"the policy of secret `{name}` cannot be read: it does not allow it")
    elif state["policy"]:
        for words in strangers(scope, state["arn"], state["policy"], ACTIONS):
            yield scope.finding("SEC-03", f"the policy of secret `{name}` {words}")


def _unrotated(scope: Scope, name: str, rule: State, state: State) -> Iterator[Finding]:
    """Why the secret does not rotate as its rule has it."""
    rotation, function = rotation_of(rule, state), function_of(scope, rule, state)
    if rotation is None:
        return
    if state.get("empty"):
        message = f"secret `{name}` has no value, so there is nothing to rotate"
        yield scope.finding("SEC-01", message, advice="give it a value and run this again, or delete it")
        return
    if state["stuck"]:
        waits = _rotation_waits(scope, rule, state)
        more = ", so its rotation cannot be changed" if waits else ""
        advice = "look into the log of its rotation function; then take AWSPENDING off the version that is not current"
        message = f"the last rotation of secret `{name}` did not finish{more}: AWSPENDING is apart from AWSCURRENT"
        yield scope.finding("SEC-01", message, severity=Severity.ERROR if waits else Severity.WARNING, advice=advice)
    if function is None:
        advice = "name a function for it in `rules`; `org render rotation-function` makes one"
        yield scope.finding("SEC-01", f"secret `{name}` does not rotate, and no rule names a function", advice=advice)
    elif state["rotates"] and (late := _late(state)):
        advice = "look into the log of its rotation function, if that is still there"
        yield scope.finding("SEC-01", f"secret `{name}` {late}", advice=advice)


def _late(state: State) -> str:
    """How a rotation that is on did not come."""
    if state["rotated"] is not None and state["days"] and state["rotated"] > state["days"] + GRACE:
        return f"rotates every {state['days']} days, and did so {state['rotated']} days ago"
    return f"should have rotated {state['late']} days ago" if (state["late"] or 0) > GRACE else ""


def _kept(scope: Scope, name: str, rule: State, state: State) -> Iterator[Finding]:
    """Use, owner and replicas."""
    age = state["read"] if state["read"] is not None else state["made"]
    if rule["unused_days"] is not None and age is not None and age > rule["unused_days"]:
        what = f"was last read {age} days ago" if state["read"] is not None else f"was not read once in {age} days"
        yield scope.finding("SEC-01", f"secret `{name}` {what}", advice="delete it if nobody needs it")
    for key in rule["owner_tags"]:
        if key not in state["tags"] and key not in scope.tags:
            yield scope.finding("COST-02", f"secret `{name}` has no tag `{key}`")
    for region in rule["replica_regions"]:
        if region not in scope.regions:
            message = f"secret `{name}` has no replica in `{region}`, which is not governed or not on in this account"
            yield scope.finding("SEC-05", message, severity=Severity.ERROR)
        elif region in state["broken_replicas"]:
            message = f"secret `{name}` could not be replicated to `{region}`: {state['broken_replicas'][region]}"
            yield scope.finding("SEC-05", message, severity=Severity.ERROR)


NAME = {"type": ["string", "null"], "minLength": 1, "maxLength": 2048, "default": None}
PER_SECRET: dict[str, dict[str, Any]] = {
    "after_days": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 1000,
        "default": 30,
        "description": "A secret rotates every so many days at least; one that does so more often stays as it is. Null "
        "leaves the rotation to others.",
    },
    "schedule": {
        "type": ["string", "null"],
        "pattern": r"^(rate\(\d+ (hours?|days?)\)|cron\(\S+( \S+){5}\))$",
        "default": None,
        "description": "Exactly when, instead of `after_days`, in UTC.",
        "examples": ["cron(0 4 ? * SUN *)"],
    },
    "window": {
        "type": ["string", "null"],
        "pattern": "^([1-9]|1[0-9]|2[0-4])h$",
        "default": None,
        "description": "How long after that time the rotation may begin; null leaves it as it is.",
        "examples": ["3h"],
    },
    "function": {
        **NAME,
        "description": "The Lambda function that rotates, by its name in this account and Region or by its ARN; null "
        "is the one that the secret has already.",
    },
    "key": {
        **NAME,
        "pattern": "^(alias/.+|arn:.+)$",
        "description": "The KMS key, by its alias or the ARN of the key; null leaves it as it is. Whoever reads the "
        "secret then has to be allowed to decrypt with it.",
        "examples": ["alias/baseline"],
    },
    "replica_regions": {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": "string"},
        "default": [],
        "description": "The governed Regions that have a replica, under the same alias there. Other replicas stay.",
    },
    "owner_tags": {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": "string", "minLength": 1, "maxLength": 128},
        "default": [],
        "description": "Tags that a secret must have. One that it lacks it gets with the value of the account's tag of "
        "that name; where the account has none it is reported.",
    },
    "unused_days": {
        "type": ["integer", "null"],
        "minimum": 1,
        "default": 90,
        "description": "Report a secret that nobody has read for so many days; null reports none.",
    },
}
RULE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "names": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "minLength": 1},
            "description": "Patterns of names, one of which must fit; every name without it.",
        },
        "tags": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Tags that the secret must have, each with a pattern of its value.",
        },
        "rotate": {
            "type": "boolean",
            "description": "False is an exception: nothing about rotation is changed or said.",
        },
        "reason": {"type": "string", "description": "Why, for those who read accounts.yaml."},
        **{name: {key: one for key, one in schema.items() if key != "default"} for name, schema in PER_SECRET.items()},
    },
}

component = Component(
    name="secrets-rotation",
    title="Rotation of secrets",
    description="Every secret rotates, by the function that a rule names for it, and never at once. Where declared it "
    "has its KMS key, its replicas and the tags of its owner. Policies that open a secret to strangers, rotations that "
    "did not finish or come, and secrets that nobody reads are reported. No value is ever read. Secrets that AWS or a "
    "partner manages are left alone.",
    where=Where.REGION,
    settings={
        **PER_SECRET,
        "rules": {
            "type": "array",
            "items": RULE,
            "default": [],
            "description": "Settings of some secrets, by name and tags; the first rule that fits counts.",
            "examples": [[{"tags": {"engine": "postgres"}, "function": "rotate-postgres"}]],
        },
    },
    reads=(
        *("secretsmanager:ListSecrets", "secretsmanager:GetResourcePolicy", "secretsmanager:DescribeSecret"),
        "kms:DescribeKey",
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        *("secretsmanager:RotateSecret", "lambda:InvokeFunction", "secretsmanager:UpdateSecret"),
        *("secretsmanager:ReplicateSecretToRegions", "secretsmanager:TagResource"),
        *("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
    ),
    write=write,
    controls=("SEC-01", "SEC-02", "SEC-03", "SEC-05"),
    after=("kms-keys",),
)
