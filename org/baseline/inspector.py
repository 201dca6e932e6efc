"""Inspector scans what is declared for known vulnerabilities, in every governed Region.

https://docs.aws.amazon.com/inspector/latest/user/what-is-inspector.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, Where, one
from org.errors import CloudError
from org.model.place import Place

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State

TYPES = {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}
"""Each type of resource, and what the answer calls it."""
ON = ("ENABLED", "ENABLING")


def read(cloud: Cloud) -> State:
    """The types of resources that are scanned."""
    accounts = cloud.call("inspector2", "batch_get_account_status")["accounts"]
    states = accounts[0]["resourceState"] if accounts else {}
    return {"types": sorted(name for name, key in TYPES.items() if states.get(key, {}).get("status") in ON)}


def wanted(scope: Scope, found: Things) -> Things:
    """At least the declared types are scanned: others that somebody switched on stay."""
    return {HERE: {"types": sorted({*scope.settings["types"], *(found.get(HERE) or {})["types"]})}}


def write(cloud: Cloud, change: Change) -> None:
    """What was missing is scanned; AWS says what it refuses inside an answer that is no error."""
    new = sorted(set((change.after or {})["types"]) - set((change.before or {})["types"]))
    for failed in cloud.call("inspector2", "enable", resourceTypes=new).get("failedAccounts", ()):
        code, message = failed.get("errorCode", ""), failed.get("errorMessage", "")
        raise CloudError(Place(""), "inspector2:Enable", code, message)


component = Component(
    name="inspector",
    title="Inspector",
    description="Inspector scans the declared types of resources; types that somebody switched on beside them stay on.",
    where=Where.REGION,
    settings={
        "types": {
            "type": "array",
            "uniqueItems": True,
            "minItems": 1,
            "items": {"enum": [*TYPES]},
            "default": ["EC2", "ECR", "LAMBDA"],
            "description": "What is scanned; `LAMBDA_CODE` needs `LAMBDA`.",
        },
    },
    reads=("inspector2:BatchGetAccountStatus",),
    read=one(read),
    wanted=wanted,
    writes=("inspector2:Enable",),
    write=write,
    controls=("ORG-12",),
    linked_services=("inspector2.amazonaws.com",),
)
