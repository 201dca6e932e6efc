"""Random policies of all layers and requests that often meet them: few words, so that patterns and values match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.access.document import document
from org.access.policies import Policies
from org.access.requests import request
from org.model.request import Layer, Principal

if TYPE_CHECKING:
    from random import Random

    from org.access.document import Document
    from org.model.request import Request

A, B = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{A}:role/dev"
PATHED = f"arn:aws:iam::{A}:role/teams/dev"
LINKED = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
SESSION = f"arn:aws:sts::{A}:assumed-role/dev/ana"
USER = f"arn:aws:iam::{A}:user/ana"
FEDERATED = f"arn:aws:sts::{A}:federated-user/bob"
PROVIDER = f"arn:aws:iam::{A}:saml-provider/idp"
ROOTS = (f"arn:aws:iam::{A}:root", f"arn:aws:iam::{B}:root")
PRINCIPALS = (
    USER,
    USER,
    ROLE,
    SESSION,
    SESSION,
    FEDERATED,
    *ROOTS,
    A,
    LINKED,
    PROVIDER,
    f"arn:aws:iam::{B}:user/carl",
    "ec2.amazonaws.com",
    "*",
    f"arn:aws-cn:iam::{A}:role/dev",
)
ISSUERS = (None, None, None, ROLE, PATHED, USER, LINKED)
NAMED = ("*", A, B, USER, ROLE, PATHED, SESSION, FEDERATED, PROVIDER, *ROOTS, f"arn:aws:iam::{A}:role/*")
SERVICES = ("ec2.amazonaws.com", "s3.amazonaws.com", "*")
ACTIONS = (
    "s3:GetObject",
    "s3:GetObject",
    "S3:getobject",
    "s3:PutObject",
    "s3:ListAllMyBuckets",
    "sts:AssumeRole",
    "kms:Decrypt",
    "kms:RetireGrant",
    "sts:GetCallerIdentity",
    "ec2:RunInstances",
    "ec2:ModifyAddressAttribute",
    "sqs:SendMessage",
    "mechanicalturk:CreateHIT",
    "supportplans:StartSupportPlanUpdate",
    "new:Thing",
    "s3",
)
ACTION_PATTERNS = (
    "*",
    "*",
    "s3:*",
    "S3:Get*",
    "s3:?etObject",
    "*:GetObject",
    "s3:*Obj*",
    "kms:*",
    "sts:AssumeRole",
    "ec2:Run*",
    "s3:GetObject",
    "sqs:Send*",
    "n?w:*",
    "${aws:username}:*",
    "s3:Get*Acl",
    "**",
    "s3:*t",
    "nocolon",
    "",
)
KEY = f"arn:aws:kms:eu-west-1:{A}:key/1"
RESOURCES = (
    "*",
    None,
    "arn:aws:s3:::home/ana/x",
    "arn:aws:s3:::home/ana/x",
    "arn:aws:s3:::home/*/x",
    "arn:aws:s3:::logs",
    f"arn:aws:sqs:eu-west-1:{A}:jobs",
    f"arn:aws:sqs:eu-west-1:{B}:jobs",
    f"arn:aws:iam::{A}:role/deploy",
    KEY,
    f"arn:aws:kms:eu-west-1:{A}:alias/aws/s3",
    f"arn:aws:ec2:eu-west-1:{A}:instance/i-1",
    "arn:aws:s3",
    "bucket",
    f"arn:aws:logs:eu-west-1:{A}:log-group:/a:b",
)
RESOURCE_PATTERNS = (
    "*",
    "*",
    "arn:aws:s3:::home/*",
    "arn:aws:s3:::home/${aws:username}/*",
    "arn:aws:s3:::home/${aws:PrincipalTag/Team, 'ana'}/*",
    "arn:aws:s3:::${x:none}",
    "arn:aws:s3:::home/${*}/x",
    "arn:aws:s3:::home/${*}/${aws:username}",
    "arn:*:s3:*:*:home*",
    "arn:aws:sqs:*:*:jobs",
    f"arn:aws:sqs:eu-*:{A}:j?bs",
    f"arn:aws:iam::{A}:role/deploy",
    f"arn:aws:kms:*:{A}:key/*",
    "arn:aws:s3",
    "arn:aws:ec2:*:*:*/*",
    "arn:aws:s3:*",
    "**",
    "",
    "arn:aws:${x:none}:::a",
    "arn:aws:s3:::home/ana/x",
    "arn:aws:s3:::logs",
    "arn:aws:s3:::home/${aws:TagKeys}/x",
    "arn:aws:logs:*:*:log-group:*:b",
    "arn:aws:s3:::home/*a*/x",
)
VALUES: dict[str, tuple[Any, ...]] = {
    "string": (
        "a",
        "A",
        "ab",
        "",
        "a*",
        "*",
        "ana",
        "${aws:username}",
        "${aws:PrincipalTag/team}",
        "${x:none, 'a'}",
        "${*}",
        "a?",
        "?*b",
        "${x:none}",
        "${",
        "${aws:TagKeys}",
        "${aws:PrincipalTag/team, ''}x",
    ),
    "arn": (
        "arn:aws:s3:::*",
        "arn:aws:s3:::a",
        "arn:*:s3:*:*:a?",
        "*",
        ROLE,
        "arn:aws:iam::*:role/*",
        "a",
        "arn:aws:s3:::${aws:username}",
        "",
        "arn:aws:s3:::a:b",
        "${x:arn}",
    ),
    "numeric": ("1", "1.0", "01", "2", "-1", "x", "", 1, 2.5, "1e3", "${aws:username}"),
    "date": (
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        "1767225600",
        "2026-06-30T12:00:00+02:00",
        "never",
        "2026",
        "2026-13-01",
    ),
    "bool": ("true", "false", "True", True, "yes", "${aws:PrincipalTag/team}", ""),
    "binary": ("YQ==", "YWI=", "!!", ""),
    "ip": ("10.0.0.0/8", "10.0.0.1", "10.1.2.3/16", "2001:db8::/32", "2001:DB8::1", "x", "0.0.0.0/0", "10.0.0.0/33"),
}
OPERATORS = {
    "string": (
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "stringnotlike",
    ),
    "arn": ("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"),
    "numeric": tuple(
        f"Numeric{name}"
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    "date": tuple(
        f"Date{name}"
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    "bool": ("Bool",),
    "binary": ("BinaryEquals",),
    "ip": ("IpAddress", "NotIpAddress"),
}
KEYS = {
    "string": (
        "x:string",
        "X:String",
        "aws:username",
        "aws:PrincipalTag/team",
        "aws:PrincipalTag/Team",
        "aws:TagKeys",
        "aws:PrincipalAccount",
    ),
    "arn": ("x:arn", "aws:PrincipalArn"),
    "numeric": ("x:numeric",),
    "date": ("x:date", "aws:CurrentTime"),
    "bool": ("x:bool", "aws:PrincipalIsAWSService"),
    "binary": ("x:binary",),
    "ip": ("aws:SourceIp",),
}
UNKNOWN = (*(key for keys in KEYS.values() for key in keys), "aws:PrincipalTag/*", "aws:*", "x:none", "x:*")


def question(random: Random) -> tuple[Policies, Request]:
    """Policies and a request."""
    return policies(random), asked(random)


def chance(random: Random, part: float) -> bool:
    return random.random() < part


def some(random: Random, choices: tuple[Any, ...], most: int = 3) -> Any:
    """One of them, or a list of some."""
    if chance(random, 0.5):
        return random.choice(choices)
    return [random.choice(choices) for _ in range(random.randint(0 if chance(random, 0.1) else 1, most))]


def policies(random: Random) -> Policies:
    def documents(layer: Layer, most: int) -> tuple[Document, ...]:
        return tuple(made(random, layer, f"{layer}-{number}") for number in range(random.randint(0, most)))

    def levels(layer: Layer, part: float) -> tuple[tuple[Document, ...], ...] | None:
        return tuple(documents(layer, 2) for _ in range(random.randint(0, 3))) if chance(random, part) else None

    return Policies(
        identity=documents(Layer.IDENTITY, 2),
        boundary=made(random, Layer.BOUNDARY, "boundary") if chance(random, 0.2) else None,
        session=documents(Layer.SESSION, 2) if chance(random, 0.3) else (),
        resource=made(random, Layer.RESOURCE, "resource") if chance(random, 0.5) else None,
        scps=levels(Layer.SCP, 0.5),
        rcps=levels(Layer.RCP, 0.4),
        guardrails_only=chance(random, 0.15),
    )


def made(random: Random, layer: Layer, name: str) -> Document:
    content: dict[str, Any] = {} if chance(random, 0.1) else {"Version": "2012-10-17"}
    if chance(random, 0.03):
        content["Version"] = random.choice(["2008-10-17", "2020-01-01", 1])
    listed: list[Any] = [statement(random, layer) for _ in range(random.randint(0, 3))]
    if layer not in (Layer.RESOURCE, Layer.RCP) and chance(random, 0.6):
        listed.insert(random.randint(0, len(listed)), {"Effect": "Allow", "Action": "*", "Resource": "*"})
    content["Statement"] = listed
    if chance(random, 0.02):
        content["Extra"] = 1
    return document(layer, name, content)


def statement(random: Random, layer: Layer) -> Any:
    content: dict[str, Any] = {"Effect": random.choice(["Allow", "Deny"])}
    if chance(random, 0.3):
        content["Sid"] = random.choice(["One", "Two"])
    content["NotAction" if chance(random, 0.2) else "Action"] = some(random, ACTION_PATTERNS)
    if layer is not Layer.RESOURCE or chance(random, 0.9):
        content["NotResource" if chance(random, 0.2) else "Resource"] = some(random, RESOURCE_PATTERNS)
    if layer in (Layer.RESOURCE, Layer.RCP):
        content["NotPrincipal" if chance(random, 0.15) else "Principal"] = principal(random)
    if chance(random, 0.6):
        content["Condition"] = condition(random)
    return damaged(random, content) if chance(random, 0.04) else content


def principal(random: Random) -> Any:
    if chance(random, 0.3):
        return "*"
    found: dict[str, Any] = {"AWS": some(random, NAMED, 4)} if chance(random, 0.85) else {}
    if not found or chance(random, 0.2):
        found["Service"] = some(random, SERVICES)
    if chance(random, 0.1):
        found["Federated"] = PROVIDER
    return found


def condition(random: Random) -> Any:
    found: dict[str, Any] = {}
    for _ in range(random.randint(0 if chance(random, 0.1) else 1, 3)):
        if chance(random, 0.15):
            operator, value = "Null", random.choice(["true", "false", True, ["true", "false"], "x"])
            found.setdefault(operator, {})[random.choice(random.choice(list(KEYS.values())))] = value
            continue
        kind = random.choice(["string", "string", *OPERATORS])
        quantifier = random.choice(["", "", "", "ForAllValues:", "ForAnyValue:"])
        operator = quantifier + random.choice(OPERATORS[kind]) + random.choice(["", "", "IfExists"])
        keys = KEYS[kind] if chance(random, 0.9) else KEYS["string"]
        found.setdefault(operator, {})[random.choice(keys)] = some(random, VALUES[kind])
    return found


def damaged(random: Random, content: dict[str, Any]) -> Any:
    """The statement with a mistake."""
    mistakes: list[Any] = [
        {**content, "Effect": "deny"},
        {**content, "Unless": 1},
        {**content, "NotAction": "s3:*", "Action": "s3:*"},
        {**content, "Action": 1},
        {**content, "Condition": {"StringResembles": {"x:string": "a"}}},
        {**content, "Condition": {"NullIfExists": {"x:string": "true"}}},
        {**content, "Condition": {"StringEquals": {"x:string": {"a": 1}, "x:arn": "a"}, "Bool": {"x:bool": "true"}}},
        {**content, "Condition": []},
        {key: value for key, value in content.items() if key != "Effect"},
        {**content, "Principal": "ana"},
        {**content, "Resource": []},
        "Deny",
        None,
    ]
    return random.choice(mistakes)


def asked(random: Random) -> Request:
    return made_request(parts(random))


def family(random: Random, number: int) -> list[Request]:
    """Requests that differ from the first in one or two parts each: an engine must not take one for the other."""
    first = parts(random)
    others = [
        {**first, **dict(random.sample(list(parts(random).items()), random.randint(1, 2)))} for _ in range(number)
    ]
    return [made_request(one) for one in (first, *others)]


def made_request(given: dict[str, Any]) -> Request:
    return request(given["who"], given["action"], **{key: given[key] for key in given if key not in ("who", "action")})


def parts(random: Random) -> dict[str, Any]:
    who = Principal(
        random.choice(PRINCIPALS),
        tags=random.choice([{}, {}, {"team": "a"}, {"Team": "ana"}, {"team": "*"}]),
        management=chance(random, 0.1),
        service_linked=chance(random, 0.05),
        issuer=random.choice(ISSUERS),
    )
    return {
        "who": who,
        "action": random.choice(ACTIONS),
        "resource": random.choice(RESOURCES),
        "resource_account": random.choice([None, None, None, A, B]),
        "context": context(random),
        "unknown": [random.choice(UNKNOWN) for _ in range(random.choice([0, 0, 0, 1, 2, 5]))],
        "resource_management": chance(random, 0.05),
    }


def context(random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, keys in KEYS.items():
        for key in keys:
            own = key.startswith("aws:Principal") or key == "aws:username"
            if chance(random, 0.08 if own else 0.6):
                values = [str(value) for value in VALUES[kind] if "${" not in str(value)]
                single = key != "aws:TagKeys" and not chance(random, 0.15)
                value = random.choice(values) if single else tuple(random.choices(values, k=random.randint(0, 2)))
                found[key] = None if chance(random, 0.05) else value
    if chance(random, 0.05):
        found["kms:ResourceAliases"] = ("alias/aws/s3",)
    return found
