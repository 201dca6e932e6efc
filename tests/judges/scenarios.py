"""Random scenarios in the public format: small enough that something matches, varied enough to meet every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.access.actions import rcp_services

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

OWN, OTHER, ORG = "111111111111", "222222222222", "o-exampleorg"
PRINCIPALS: tuple[tuple[dict[str, Any], float], ...] = (
    ({"principal": f"arn:aws:iam::{OWN}:user/ana"}, 6),
    ({"principal": f"arn:aws:iam::{OWN}:user/staff/bob"}, 2),
    ({"principal": f"arn:aws:sts::{OWN}:assumed-role/app/session"}, 8),
    (
        {
            "principal": f"arn:aws:sts::{OWN}:assumed-role/deploy/ci",
            "issuer": f"arn:aws:iam::{OWN}:role/teams/web/deploy",
        },
        5,
    ),
    ({"principal": f"arn:aws:sts::{OWN}:federated-user/guest"}, 0.6),
    ({"principal": f"arn:aws:iam::{OWN}:root"}, 0.3),
    ({"principal": "cloudtrail.amazonaws.com"}, 1),
    ({"principal": "*"}, 1),
)
TARGETS: tuple[tuple[str, str], ...] = (
    ("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv"),
    ("s3:PutObject", "arn:aws:s3:::reports/team-web/a b.txt"),
    ("s3:ListBucket", "arn:aws:s3:::reports"),
    ("s3:ListAllMyBuckets", "*"),
    ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:{account}:subnet/subnet-0abc"),
    ("ec2:TerminateInstances", "arn:aws:ec2:eu-west-1:{account}:instance/i-0abc"),
    ("ec2:DescribeInstances", "*"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:{account}:key/1234abcd"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/teams/web/deploy"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:{account}:jobs"),
    ("sns:Publish", "arn:aws:sns:eu-west-1:{account}:alerts"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:{account}:table/orders"),
    ("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-1:{account}:trail/main"),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:{account}:function:resize"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:{account}:secret:db-AbCdEf"),
    ("iam:DeleteRole", "arn:aws:iam::{account}:role/teams/web/deploy"),
)
TEXT, MANY, ARN, BOOL, NUMBER, DATE, ADDRESS = "text", "many", "arn", "bool", "number", "date", "address"
KEYS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "aws:RequestedRegion": (TEXT, ("eu-west-1", "us-east-1", "")),
    "aws:SourceVpce": (TEXT, ("vpce-1", "vpce-2")),
    "aws:UserAgent": (TEXT, ("aws-cli/2.0", "Boto3 *", "two\nlines")),
    "aws:PrincipalTag/team": (TEXT, ("web", "WEB", "data", "")),
    "aws:SourceIdentity": (TEXT, ("ana", "ANA")),
    "aws:PrincipalOrgID": (TEXT, (ORG, "o-other")),
    "aws:CalledVia": (MANY, (["cloudformation.amazonaws.com"], ["athena.amazonaws.com", "glue.amazonaws.com"], [])),
    "aws:PrincipalOrgPaths": (MANY, ([f"{ORG}/r-1/ou-a/"], [f"{ORG}/r-1/ou-b/", f"{ORG}/r-1/"], [""])),
    "aws:SourceArn": (ARN, ("arn:aws:s3:::reports", f"arn:aws:sns:eu-west-1:{OWN}:alerts", "no-arn")),
    "aws:SecureTransport": (BOOL, ("true", "false", "True")),
    "aws:MultiFactorAuthPresent": (BOOL, ("true", "false")),
    "aws:ViaAWSService": (BOOL, ("true", "false")),
    "aws:MultiFactorAuthAge": (NUMBER, ("10", "10.0", "300", "-1", "10abc", "007")),
    "aws:CurrentTime": (DATE, ("2026-11-01T00:00:00Z", "2026-11-01T02:00:00+02:00", "1793491200", "2027-01-01")),
    "aws:TokenIssueTime": (DATE, ("2026-10-31T23:59:59Z", "2026-11-01T00:00:00.500Z")),
    "aws:SourceIp": (ADDRESS, ("203.0.113.7", "10.1.2.3", "2001:db8::7", "2001:0db8:0:0:0:0:0:7")),
}
"""Keys that every action has, with what their values are like and some values."""
OPERATORS: dict[str, tuple[str, ...]] = {
    TEXT: (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ),
    ARN: ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike"),
    BOOL: ("Bool", "StringEquals"),
    NUMBER: (
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ),
    DATE: ("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan"),
    ADDRESS: ("IpAddress", "NotIpAddress"),
}
OPERATORS[MANY] = OPERATORS[TEXT]
RANGES = ("203.0.113.0/24", "10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "2001:db8::7", "10.9.9.9/8")


class Maker:
    """Makes scenarios with one source of chance: a seed gives the same ones every time."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def scenario(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """A scenario and one request under it."""
        who = self.chance.choices([one for one, _ in PRINCIPALS], [weight for _, weight in PRINCIPALS])[0]
        action, form = self.chance.choice(TARGETS)
        account = OTHER if self.often(0.2) else OWN
        resource = form.format(account=account)
        self.action, self.resource, self.who = action, resource, who
        asked = {"action": action, "resource": resource, "resource_account": account, "context": self.context()}
        often = 0.3 if action.split(":")[0] in rcp_services() else 0.02
        rcps = [self.some(2, self.rcp) for _ in range(2)] if self.often(often) else None
        if not who["principal"].startswith("arn:"):
            return {**who, "resource_policy": self.resource_policy(), "rcps": rcps}, asked
        given = {
            **who,
            "identity_policies": self.some(2, self.document, floor=0.85),
            "permissions_boundary": self.document(0.7) if self.often(0.2) else None,
            "session_policies": [self.document(0.7)] if self.often(0.2) and "sts" in who["principal"] else [],
            "resource_policy": self.resource_policy() if self.often(0.35) else None,
            "scps": self.levels() if self.often(0.6) else None,
            "rcps": rcps,
        }
        return given, asked

    def some(self, most: int, make: Callable[[], Any], floor: float = 0.0) -> list[Any]:
        return [make() for _ in range(max(self.chance.randint(0, most), int(self.often(floor))))]

    def levels(self) -> list[list[Any]]:
        full = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        return [
            [*([full] if self.often(0.85) else []), *self.some(2, lambda: self.document(0.35))]
            for _ in range(self.chance.randint(1, 3))
        ]

    def document(self, allows: float = 0.75) -> dict[str, Any]:
        count = self.chance.randint(1, 3)
        return self.versioned([self.statement("Allow" if self.often(allows) else "Deny") for _ in range(count)])

    def versioned(self, statements: list[dict[str, Any]]) -> dict[str, Any]:
        version = "2012-10-17" if self.often(0.95) else "2008-10-17"
        return {"Version": version, "Statement": statements}

    def rcp(self) -> dict[str, Any]:
        made = self.statement("Deny") | {"Principal": "*"}
        made.pop("NotAction", None)
        service, name = self.action.split(":")
        made["Action"] = self.chance.choice([self.action, f"{service}:{name[:2]}*", f"{service}:*"])
        return {"Version": "2012-10-17", "Statement": [made]}

    def resource_policy(self) -> dict[str, Any]:
        made = []
        for _ in range(self.chance.randint(1, 2)):
            one = self.statement("Allow" if self.often(0.7) else "Deny")
            element = "NotPrincipal" if one["Effect"] == "Deny" and self.often(0.2) else "Principal"
            made.append(one | {element: self.principals(exact=element == "NotPrincipal")})
        return self.versioned(made)

    def principals(self, *, exact: bool) -> Any:
        arn, issuer = self.who["principal"], self.who.get("issuer")
        role = issuer or f"arn:aws:iam::{OWN}:role/app"
        if arn.endswith(".amazonaws.com"):
            return self.chance.choice([{"Service": arn}, {"Service": "ec2.amazonaws.com"}] + ["*"] * (not exact))
        names = [arn] * 3 + [role, OWN, f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OWN}:user/ana", OTHER]
        names = [name for name in names if name != "*"]
        if not exact and self.often(0.25):
            return self.chance.choice(["*", {"AWS": "*"}])
        chosen = self.chance.sample(names, self.chance.randint(1, 3 if exact else 2))
        return {"AWS": chosen if len(chosen) > 1 or self.often(0.5) else chosen[0]}

    def statement(self, effect: str) -> dict[str, Any]:
        made: dict[str, Any] = {"Effect": effect}
        negated = self.often(0.15)
        made["NotAction" if negated else "Action"] = self.maybe_list(self.action_pattern)
        made["NotResource" if self.often(0.12) else "Resource"] = self.maybe_list(self.resource_pattern)
        if self.often(0.55):
            made["Condition"] = self.condition()
        return made

    def maybe_list(self, make: Callable[[], str]) -> Any:
        return make() if self.often(0.6) else [make() for _ in range(self.chance.randint(1, 3))]

    def action_pattern(self) -> str:
        service, name = self.action.split(":")
        cut = self.chance.randint(1, len(name))
        return self.chance.choice(
            [
                "*",
                f"{service}:*",
                self.action,
                self.action.lower(),
                f"{service.upper()}:{name}",
                f"{service}:{name[:cut]}*",
                f"{service}:*{name[cut:]}",
                f"{service}:{name[: cut - 1]}?{name[cut:]}",
                "iam:ListUsers",
                "s3:Get*",
                "ec2:*Instances",
            ]
        )

    def resource_pattern(self) -> str:
        if self.often(0.45) or self.resource == "*":
            return "*"
        *heads, rest = self.resource.split(":", 5)
        kind = self.chance.randint(0, 6)
        if kind == 0:
            return self.resource
        if kind == 1:
            heads[self.chance.choice([1, 3, 4])] = "*"
            return ":".join([*heads, rest])
        cut = self.chance.randint(1, len(rest))
        tail = self.chance.choice(
            [
                f"{rest[:cut]}*",
                f"*{rest[cut:]}",
                f"{rest[: cut - 1]}?{rest[cut:]}",
                rest.swapcase(),
                f"{rest[:cut]}${{*}}",
                "${aws:PrincipalTag/team}/*",
                "team-${aws:PrincipalTag/team, 'web'}/*",
                "reports/team-${aws:PrincipalTag/team}/*",
                "reports/team-${aws:PrincipalTag/team, 'web'}/*",
                "*/*",
                "other",
            ]
        )
        return ":".join([*heads, tail])

    def context(self) -> dict[str, Any]:
        chosen = self.chance.sample(sorted(KEYS), self.chance.randint(3, 9))
        return {key: self.chance.choice(KEYS[key][1]) for key in chosen}

    def condition(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for _ in range(self.chance.choice([1, 1, 1, 2])):
            key = self.chance.choice([*KEYS, "aws:PrincipalArn", "aws:ResourceAccount", "aws:username"])
            operator, values = self.test(key)
            made.setdefault(operator, {})[key if self.often(0.9) else key.lower()] = values
        return made

    def test(self, key: str) -> tuple[str, Any]:
        if self.often(0.1):
            return "Null", self.chance.choice(["true", "false"])
        kind, pool = KEYS.get(key, (TEXT, (OWN, OTHER, "ana")))
        if key == "aws:PrincipalArn":
            kind = ARN
        operator = self.chance.choice(OPERATORS[kind])
        if self.often(0.7 if kind == MANY else 0.03):
            operator = self.chance.choice(["ForAnyValue:", "ForAllValues:"]) + operator
        if self.often(0.15):
            operator += "IfExists"
        values = [self.value(key, kind, pool) for _ in range(self.chance.choice([1, 1, 1, 2]))]
        return operator, values if len(values) > 1 or self.often(0.3) else values[0]

    def value(self, key: str, kind: str, pool: tuple[Any, ...]) -> str:
        if key == "aws:PrincipalArn":
            return self.chance.choice(
                [
                    f"arn:aws:iam::{OWN}:role/app",
                    "arn:aws:iam::*:role/teams/*",
                    "arn:aws:iam::*:role/*",
                    f"arn:aws:iam::{OWN}:user/*",
                    "arn:aws:iam::*:*",
                    "*",
                ]
            )
        if kind == ADDRESS:
            return self.chance.choice(RANGES)
        texts = [text for one in pool for text in (one if isinstance(one, list) else [one])]
        text = str(self.chance.choice(texts))
        if kind in (TEXT, MANY, ARN) and text and self.often(0.35):
            cut = self.chance.randint(0, len(text))
            text = self.chance.choice([f"{text[:cut]}*", f"*{text[cut:]}", f"{text[:cut]}?{text[cut + 1 :]}"])
        if kind == TEXT and self.often(0.06):
            text = self.chance.choice(["${aws:PrincipalTag/team}", "${aws:SourceIdentity, 'ana'}", "${aws:userid}"])
        return text
