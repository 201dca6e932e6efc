"""GuardDuty, Security Hub CSPM, Inspector, Macie and Access Analyzer: on or off, and with what (their API pages).

They keep settings and find nothing. Standards of Security Hub are ready at once.
"""

from __future__ import annotations

import uuid
from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import Collection, shelf

MADE = "2026-01-01T00:00:00Z"
TYPES = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
    "CODE_REPOSITORY": "codeRepository",
}

Collection(
    service="accessanalyzer",
    key="analyzerName",
    create="CreateAnalyzer",
    born=lambda request: {
        "arn": f"arn:aws:access-analyzer:{request.region}:{request.caller.account}:analyzer/"
        f"{request.parameters['analyzerName']}",
        "name": request.parameters["analyzerName"],
        "createdAt": MADE,
        "status": "ACTIVE",
    },
    listing=("ListAnalyzers", "analyzers"),
    update="UpdateAnalyzer",
    delete="DeleteAnalyzer",
)


@answers("guardduty", Audience.ANYBODY)
def list_detectors(request: Request) -> dict[str, Any]:
    """The id of the detector of the Region."""
    return {"DetectorIds": list(shelf(request, "detectors"))}


@answers("guardduty", Audience.ANYBODY)
def create_detector(request: Request) -> dict[str, Any]:
    """The Region has a detector, once (BadRequestException for a second one)."""
    kept = shelf(request, "detectors")
    if kept:
        raise Refusal("BadRequestException", "The request is rejected because a detector already exists.")
    name = uuid.UUID(int=request.world.random.getrandbits(128)).hex
    kept[name] = {"features": {}, "FindingPublishingFrequency": "SIX_HOURS"}
    put(kept[name], request.parameters)
    return {"DetectorId": name}


@answers("guardduty", Audience.ANYBODY)
def update_detector(request: Request) -> dict[str, Any]:
    """What the call names is changed."""
    put(detector(request), request.parameters)
    return {}


@answers("guardduty", Audience.ANYBODY)
def get_detector(request: Request) -> dict[str, Any]:
    """The detector with its features."""
    found = detector(request)
    return {
        "CreatedAt": MADE,
        "ServiceRole": f"arn:aws:iam::{request.caller.account}:role/aws-service-role/guardduty.amazonaws.com/"
        "AWSServiceRoleForAmazonGuardDuty",
        "Status": "ENABLED" if found["Enable"] else "DISABLED",
        "FindingPublishingFrequency": found["FindingPublishingFrequency"],
        "Features": [{"Name": name, "Status": status} for name, status in found["features"].items()],
    }


def detector(request: Request) -> dict[str, Any]:
    """The detector that the call names."""
    found: dict[str, Any] | None = shelf(request, "detectors").get(request.parameters["DetectorId"])
    if found is None:
        message = "The request is rejected because the input detectorId is not owned by the current account."
        raise Refusal("BadRequestException", message)
    return found


def put(kept: dict[str, Any], given: dict[str, Any]) -> None:
    """The detector has what the call gives."""
    kept.update({name: given[name] for name in ("Enable", "FindingPublishingFrequency") if name in given})
    kept["features"].update({one["Name"]: one["Status"] for one in given.get("Features", ())})


@answers("securityhub", Audience.ANYBODY)
def enable_security_hub(request: Request) -> dict[str, Any]:
    """Security Hub is on, once (ResourceConflictException)."""
    kept = shelf(request, "hub")
    if kept:
        raise Refusal("ResourceConflictException", "Account is already subscribed to Security Hub.", status=409)
    generator = request.parameters.get("ControlFindingGenerator", "SECURITY_CONTROL")
    kept.update({"AutoEnableControls": True, "ControlFindingGenerator": generator, "standards": []})
    return {}


@answers("securityhub", Audience.ANYBODY)
def describe_hub(request: Request) -> dict[str, Any]:
    """Its settings."""
    kept = hub(request)
    arn = f"arn:aws:securityhub:{request.region}:{request.caller.account}:hub/default"
    switches = {name: kept[name] for name in ("AutoEnableControls", "ControlFindingGenerator")}
    return {"HubArn": arn, "SubscribedAt": MADE, **switches}


@answers("securityhub", Audience.ANYBODY)
def update_security_hub_configuration(request: Request) -> dict[str, Any]:
    """What the call names is changed."""
    hub(request).update(request.parameters)
    return {}


@answers("securityhub", Audience.ANYBODY)
def get_enabled_standards(request: Request) -> dict[str, Any]:
    """The standards that are on."""
    return {"StandardsSubscriptions": [subscription(request, arn) for arn in hub(request)["standards"]]}


@answers("securityhub", Audience.ANYBODY)
def batch_enable_standards(request: Request) -> dict[str, Any]:
    """The standards are on; once more is no error."""
    asked = [one["StandardsArn"] for one in request.parameters["StandardsSubscriptionRequests"]]
    kept = hub(request)["standards"]
    kept += [arn for arn in asked if arn not in kept]
    return {"StandardsSubscriptions": [subscription(request, arn) for arn in asked]}


def hub(request: Request) -> dict[str, Any]:
    """The settings; InvalidAccessException where it is off."""
    kept = shelf(request, "hub")
    if not kept:
        message = f"Account {request.caller.account} is not subscribed to AWS Security Hub"
        raise Refusal("InvalidAccessException", message, status=401)
    return kept


def subscription(request: Request, arn: str) -> dict[str, Any]:
    """A standard as it is subscribed to."""
    tail = arn.rpartition(":")[2].removeprefix("standards/").removeprefix("ruleset/")
    own = f"arn:aws:securityhub:{request.region}:{request.caller.account}:subscription/{tail}"
    return {"StandardsSubscriptionArn": own, "StandardsArn": arn, "StandardsInput": {}, "StandardsStatus": "READY"}


@answers("inspector2", Audience.ANYBODY)
def batch_get_account_status(request: Request) -> dict[str, Any]:
    """What is scanned in the caller's account."""
    on = shelf(request, "types")
    states = {key: {"status": "ENABLED" if name in on else "DISABLED", **NO_ERROR} for name, key in TYPES.items()}
    needed = {key: state for key, state in states.items() if key in ("ec2", "ecr")}
    others = {key: state for key, state in states.items() if key not in needed}
    state = {"status": "ENABLED" if on else "DISABLED", **NO_ERROR}
    account = {"accountId": request.caller.account, "state": state, "resourceState": needed | others}
    return {"accounts": [account], "failedAccounts": []}


NO_ERROR = {"errorCode": "ALREADY_ENABLED", "errorMessage": ""}


@answers("inspector2", Audience.ANYBODY)
def enable(request: Request) -> dict[str, Any]:
    """The types are scanned (API page Enable: LAMBDA_CODE needs LAMBDA)."""
    asked, on = request.parameters["resourceTypes"], shelf(request, "types")
    if "LAMBDA_CODE" in asked and "LAMBDA" not in {*asked, *on}:
        raise Refusal("ValidationException", "Lambda code scanning needs Lambda standard scanning.")
    on.update(dict.fromkeys(asked, True))
    status = {key: "ENABLED" for name, key in TYPES.items() if name in on}
    resources = {"ec2": "DISABLED", "ecr": "DISABLED"} | status
    account = {"accountId": request.caller.account, "status": "ENABLED", "resourceStatus": resources}
    return {"accounts": [account], "failedAccounts": []}


@answers("macie2", Audience.ANYBODY)
def get_macie_session(request: Request) -> dict[str, Any]:
    """Status and frequency (AccessDeniedException where Macie is off)."""
    return {"createdAt": MADE, "updatedAt": MADE, **session(request)}


@answers("macie2", Audience.ANYBODY)
def enable_macie(request: Request) -> dict[str, Any]:
    """Macie is on, once (ConflictException)."""
    kept = shelf(request, "session")
    if kept:
        raise Refusal("ConflictException", "Macie has already been enabled.", status=409)
    kept.update({"status": "ENABLED", "findingPublishingFrequency": "FIFTEEN_MINUTES", **request.parameters})
    return {}


@answers("macie2", Audience.ANYBODY)
def update_macie_session(request: Request) -> dict[str, Any]:
    """What the call names is changed."""
    session(request).update(request.parameters)
    return {}


def session(request: Request) -> dict[str, Any]:
    """What Macie keeps."""
    kept = shelf(request, "session")
    if not kept:
        raise Refusal("AccessDeniedException", "Macie is not enabled.", status=403)
    return kept
