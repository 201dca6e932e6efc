"""Secrets: their rotation, their keys and their replicas, by the rules of Secrets Manager; the secrets are moto's.

moto rotates at once whatever the call says, keeps half of a rotation that it refuses, forgets schedules and windows,
and knows no keys. Each operation follows its page of the Secrets Manager API Reference.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

ARN = re.compile(r"arn:aws[\w-]*:kms:([\w-]+):(\d{12}):(?:key/)?(.+)")
SCHEDULE = re.compile(r"rate\((\d+) (hour|day)s?\)|cron\(\S+( \S+){5}\)")
WINDOW = re.compile(r"(\d+)h")
PREDEFINED = "alias/aws/secretsmanager"
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
INVOKER = "secretsmanager.amazonaws.com"


def backend(request: Request, region: str = "") -> Any:
    """moto's secrets of the caller's account, in the Region of the call or in another."""
    from moto.secretsmanager.models import secretsmanager_backends

    return secretsmanager_backends[request.caller.account][region or request.region]


@contextmanager
def asking_moto() -> Iterator[None]:
    """What moto refuses is refused with its code."""
    from moto.core.exceptions import JsonRESTError

    try:
        yield
    except JsonRESTError as error:
        raise Refusal(error.error_type, error.message) from error


def secret_of(request: Request, *, replicas: bool = True, leaving: bool = True) -> Any:
    """The secret that SecretId names, by its name or its ARN; refused where it cannot be what is asked for."""
    secrets, name = backend(request).secrets, request.parameters["SecretId"]
    if name not in secrets:
        raise Refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    found = secrets[name]
    if not replicas and is_replica(found):
        raise Refusal("InvalidRequestException", "Operation not permitted on a replica secret.")
    if not leaving and found.is_deleted():
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise Refusal("InvalidRequestException", message)
    return found


def is_replica(secret: Any) -> bool:
    """True for the copy of a secret of another Region."""
    return hasattr(secret, "source")


def rotations(request: Request, region: str = "") -> dict[str, Any]:
    """The rotation rules by the ARN of the secret."""
    if not region or region == request.region:
        return shelf(request, "rotations")
    return request.world.stored.setdefault(("secretsmanager", "rotations", request.caller.account, region), {})


def shown(request: Request, secret: Any) -> dict[str, Any]:
    """What a description and a listing have in common; both leave out what is not there."""
    source = secret.source if is_replica(secret) else secret
    about = {name: value for name, value in secret.to_dict().items() if value is not None}
    if rules := rotations(request, source.region).get(source.arn):
        about["RotationRules"] = {**rules}
    if is_replica(secret):
        about.pop("KmsKeyId", None)
        about |= {"KmsKeyId": secret.config["KmsKeyId"]} if secret.config["KmsKeyId"] != PREDEFINED else {}
    elif secret.replicas:
        about["PrimaryRegion"] = secret.region
    return about


@answers("secretsmanager", Audience.ANYBODY)
def describe_secret(request: Request) -> dict[str, Any]:
    """Everything about a secret but its value and its policy."""
    about = shown(request, secret_of(request))
    about.pop("SecretVersionsToStages", None)
    return about


@answers("secretsmanager", Audience.ANYBODY)
def list_secrets(request: Request) -> dict[str, Any]:
    """The secrets of the Region, 100 a page; those that are being deleted only where they are asked for."""
    given = request.parameters
    secrets = backend(request)
    start = given.get("NextToken", "0")
    if not start.isdecimal():
        raise Refusal("InvalidNextTokenException", "The NextToken value is invalid.")
    with asking_moto():
        listed, more = secrets.list_secrets(
            filters=given.get("Filters", []),
            max_results=given.get("MaxResults", 100),
            next_token=start,
            include_planned_deletion=given.get("IncludePlannedDeletion", False),
        )
    found = [shown(request, secrets.secrets[one["ARN"]]) for one in listed]
    for about in found:
        for absent in ("VersionIdsToStages", "ReplicationStatus"):
            about.pop(absent, None)
    return {"SecretList": found} | ({"NextToken": more} if more else {})


def check_key(request: Request, name: str, region: str = "") -> None:
    """The key is there and can encrypt (Secrets Manager User Guide page security-encryption)."""
    match = ARN.fullmatch(name)
    if match and match[2] != request.caller.account:
        return
    place = (request.caller.account, region or request.region)
    identity = str(match[3]) if match else name
    identity = request.world.stored.get(("kms", "aliases", *place), {}).get(identity, identity)
    if identity == PREDEFINED:
        return
    key = request.world.stored.get(("kms", "keys", *place), {}).get(identity)
    if key is None or key.about["KeyState"] != "Enabled":
        message = "Secrets Manager can't encrypt the protected secret text using the provided KMS key."
        raise Refusal("EncryptionFailure", message)


@answers("secretsmanager", Audience.ANYBODY)
def update_secret(request: Request) -> dict[str, Any]:
    """What the call gives is new: a value as a version of its own, a key for all versions."""
    secret, given = secret_of(request, replicas=False, leaving=False), request.parameters
    if "KmsKeyId" in given:
        check_key(request, given["KmsKeyId"])
        secret.kms_key_id = given["KmsKeyId"]
    if given.keys() & {"SecretString", "SecretBinary", "Description"}:
        with asking_moto():
            backend(request).update_secret(
                secret.name,
                secret_string=given.get("SecretString"),
                secret_binary=given.get("SecretBinary"),
                client_request_token=given.get("ClientRequestToken"),
                description=given.get("Description"),
            )
    return {"ARN": secret.arn, "Name": secret.name}


@answers("secretsmanager", Audience.ANYBODY)
def replicate_secret_to_regions(request: Request) -> dict[str, Any]:
    """The secret is in those Regions too, each copy under a key of its own Region."""
    secret, given = secret_of(request, replicas=False, leaving=False), request.parameters
    there = {replica.region for replica in secret.replicas}
    for new in given["AddReplicaRegions"]:
        region = new["Region"]
        if region == secret.region or region in there:
            raise Refusal("InvalidParameterException", f"{region} has this secret already.")
        check_key(request, new.get("KmsKeyId", PREDEFINED), region)
    with asking_moto():
        force = given.get("ForceOverwriteReplicaSecret", False)
        made = secret.create_replicas(given["AddReplicaRegions"], force_overwrite=force)
    for replica, new in zip(made, given["AddReplicaRegions"], strict=True):
        replica.config["KmsKeyId"] = new.get("KmsKeyId", PREDEFINED)
    secret.replicas.extend(made)
    return {"ARN": secret.arn, "ReplicationStatus": [replica.config for replica in secret.replicas]}


@answers("secretsmanager", Audience.ANYBODY)
def rotate_secret(request: Request) -> dict[str, Any]:
    """The rotation is set up, and happens at once unless the call says otherwise. A refusal leaves nothing behind."""
    secret, given = secret_of(request, replicas=False, leaving=False), request.parameters
    rules = given.get("RotationRules", {})
    check_rules(rules)
    check_versions(secret)
    function = given.get("RotationLambdaARN") or secret.rotation_lambda_arn
    if secret.owning_service and given.get("RotationLambdaARN"):
        raise Refusal("InvalidRequestException", "You can't set a rotation function for a managed secret.")
    if not secret.owning_service:
        check_function(request, function)
    if given.get("RotateImmediately", True):
        with asking_moto():
            backend(request).rotate_secret(secret.name, given.get("ClientRequestToken"), function, None)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function
    if rules:
        rotations(request)[secret.arn] = dict(rules)
    days = rotations(request).get(secret.arn, {}).get("AutomaticallyAfterDays")
    secret.next_rotation_date = int(request.world.now()) + days * 86_400 if days else None
    return {"ARN": secret.arn, "Name": secret.name}


def check_rules(rules: dict[str, Any]) -> None:
    """A number of days or a schedule, and a window (User Guide page rotate-secrets_schedule)."""
    schedule, window = rules.get("ScheduleExpression"), WINDOW.fullmatch(rules.get("Duration", "24h"))
    if schedule and "AutomaticallyAfterDays" in rules:
        message = "You can't specify both AutomaticallyAfterDays and ScheduleExpression in RotationRules."
        raise Refusal("InvalidParameterException", message)
    match = SCHEDULE.fullmatch(schedule) if schedule else None
    if schedule and match is None:
        raise Refusal("InvalidParameterException", "The schedule expression is not valid.")
    if match and match[2] == "hour" and int(match[1]) < 4:
        raise Refusal("InvalidParameterException", "A secret rotates every four hours at most.")
    if window is None or not 1 <= int(window[1]) <= 24:
        raise Refusal("InvalidParameterException", "The window is not valid.")


def check_versions(secret: Any) -> None:
    """No earlier rotation is unfinished: AWSPENDING is on no version, or on that which is AWSCURRENT too."""
    for version in secret.versions.values():
        if PENDING in version["version_stages"] and CURRENT not in version["version_stages"]:
            message = "A previous rotation isn't complete. That rotation will be reattempted."
            raise Refusal("InvalidRequestException", message)


def check_function(request: Request, function: str) -> None:
    """There is a function, and Secrets Manager may invoke it."""
    if not function:
        message = (
            "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured and "
            "you didn't include such an ARN as a parameter in this call."
        )
        raise Refusal("InvalidRequestException", message)
    from moto.awslambda.exceptions import LambdaClientError
    from moto.awslambda.utils import get_backend

    try:
        found = get_backend(request.caller.account, request.region).get_function(function)
    except LambdaClientError as error:
        raise Refusal("ResourceNotFoundException", f"Lambda can't find {function}.") from error
    statements = found.policy.statements if found.policy else []
    if not any(one.get("Principal", {}).get("Service") == INVOKER for one in statements):
        message = (
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com."
        )
        raise Refusal("AccessDeniedException", message)
