"""What to look at in an event of a name: the actions it needs, and the parameters that say on what and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from org.access import actions
from org.replay.arns import shapes
from org.replay.names import actions_of, service_of
from org.replay.parameters import Wanted
from org.replay.passing import passed
from org.replay.service_keys import told

if TYPE_CHECKING:
    from org.replay.keys import Keys

INSTEAD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "s3:DeleteObject": ("versionid", "s3:DeleteObjectVersion"),
        "s3:DeleteObjectTagging": ("versionid", "s3:DeleteObjectVersionTagging"),
        "s3:GetObject": ("versionid", "s3:GetObjectVersion"),
        "s3:GetObjectAcl": ("versionid", "s3:GetObjectVersionAcl"),
        "s3:GetObjectTagging": ("versionid", "s3:GetObjectVersionTagging"),
        "s3:PutObjectAcl": ("versionid", "s3:PutObjectVersionAcl"),
        "s3:PutObjectTagging": ("versionid", "s3:PutObjectVersionTagging"),
    }
)
"""Actions that another takes the place of, where the event has that parameter."""
ALSO: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "ecs:CreateService": (("tags", "ecs:TagResource"),),
        "iam:CreateInstanceProfile": (("tags", "iam:TagInstanceProfile"),),
        "iam:CreatePolicy": (("tags", "iam:TagPolicy"),),
        "iam:CreateRole": (("tags", "iam:TagRole"),),
        "iam:CreateUser": (("tags", "iam:TagUser"),),
        "kms:CreateKey": (("tags", "kms:TagResource"),),
        "lambda:CreateFunction": (("tags", "lambda:TagResource"),),
        "logs:CreateLogGroup": (("tags", "logs:TagResource"),),
        "rds:CreateDBCluster": (("tags", "rds:AddTagsToResource"),),
        "rds:CreateDBInstance": (("tags", "rds:AddTagsToResource"),),
        "s3:CreateBucket": (
            ("xamzacl", "s3:PutBucketAcl"),
            ("xamzbucketobjectlockenabled", "s3:PutBucketObjectLockConfiguration"),
            ("xamzobjectownership", "s3:PutBucketOwnershipControls"),
        ),
        "s3:PutObject": (("xamzacl", "s3:PutObjectAcl"), ("xamztagging", "s3:PutObjectTagging")),
        "secretsmanager:CreateSecret": (("tags", "secretsmanager:TagResource"),),
        "sns:CreateTopic": (("tags", "sns:TagResource"),),
        "sqs:CreateQueue": (("tags", "sqs:TagQueue"),),
        "sts:AssumeRole": (("sourceidentity", "sts:SetSourceIdentity"), ("tags", "sts:TagSession")),
        "sts:AssumeRoleWithSAML": (("tags", "sts:TagSession"),),
        "sts:AssumeRoleWithWebIdentity": (("tags", "sts:TagSession"),),
    }
)
"""Actions that need another on the same resource, where the event has that parameter.

https://docs.aws.amazon.com/service-authorization/latest/reference/ names them as dependent actions.
"""
STATEMENTS = frozenset(("statement", "statements.statement", "transactstatements.statement"))
DONE: Mapping[str, str] = MappingProxyType(
    {
        "transactitems.conditioncheck.tablename": "dynamodb:ConditionCheckItem",
        "transactitems.delete.tablename": "dynamodb:DeleteItem",
        "transactitems.put.tablename": "dynamodb:PutItem",
        "transactitems.update.tablename": "dynamodb:UpdateItem",
    }
)
"""Which of the actions that a transaction may need it does need, by the parameters that are there.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
"""
TAG_SPECIFICATIONS = "tagspecificationset"
COPY_SOURCE = "xamzcopysource"
PATH = "path"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of events of one name: their actions, and the parameters to gather. Without actions: nothing."""

    service: str
    event: str
    actions: tuple[str, ...]
    wanted: Wanted


def plan(source: str, event: str, keys: Keys) -> Plan:
    """The plan for events of that source and name, in a corpus that keeps these keys."""
    service = service_of(source)
    names = actions_of(service, event)
    top: set[str] = set()
    below: set[tuple[str, ...]] = set()
    for action in names:
        for parameter in _parameters(action, keys):
            parts = tuple(parameter.split("."))
            (below.add(parts) if len(parts) > 1 else top.add(parameter))
    about = any(shapes(action) for action in names)
    tags = keys.tags if any(takes_tags(action) for action in names) else frozenset()
    wanted = Wanted(frozenset(top), frozenset(below), arns=about, ids=about and service == "ec2", tags=tags)
    return Plan(service, event, names, wanted)


@lru_cache(maxsize=8192)
def takes_tags(action: str) -> bool:
    """True for an action that can be asked to put tags on something, or to take them off."""
    prefix, _, name = action.partition(":")
    service = actions.service(prefix)
    known = service.actions.get(name.lower()) if service else None
    return known is not None and "aws:TagKeys" in known.keys


def _parameters(action: str, keys: Keys) -> set[str]:
    """The parameters that say on what, how, and with whose role."""
    found = {name for shape in shapes(action) for name in shape.parameters}
    if action.startswith("ec2:"):
        found = {TAG_SPECIFICATIONS}
    if action.startswith("iam:Create"):
        found.add(PATH)
    if action == "s3:PutObject":
        found.add(COPY_SOURCE)
    found |= {parameter for parameter, _ in passed(action)}
    found |= {one.parameter for one in told(action) if one.key in keys}
    found |= {parameter for parameter, _ in ALSO.get(action, ())}
    if action == "lambda:InvokeFunction":
        found.add("qualifier")
    if action.startswith("dynamodb:PartiQL"):
        found |= STATEMENTS
    found |= {parameter for parameter, told in DONE.items() if told == action}
    if action in INSTEAD:
        found.add(INSTEAD[action][0])
    return found
