"""A question that is asked again is the request that botocore would have sent, signed by whoever asks."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from org.aws.asked_before import body, differs_in_body_alone, matter
from org.aws.clients import Clients, signing_as
from org.aws.questions import question
from org.aws.transport import Host, head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.sandbox.serve import Sandbox

SERVICES = (
    *("accessanalyzer", "account", "backup", "ce", "cloudtrail", "config", "ec2", "ecr", "emr", "guardduty"),
    *("iam", "inspector2", "kms", "logs", "macie2", "organizations", "ram", "resourcegroupstaggingapi"),
    *("secretsmanager", "securityhub", "sns", "sqs", "ssm", "sts"),
)
LOADER = Loader()
NOBODY = Host("h", ("h", 443), secure=True)
KEYS = [
    ReadOnlyCredentials("AKIAEXAMPLE", "secret/with+signs", None),
    ReadOnlyCredentials("ASIAEXAMPLE", "other", "a/token+=="),
]


def _asked(service: str, credentials: ReadOnlyCredentials) -> Iterator[AWSPreparedRequest]:
    """Every reading operation of a service that needs no parameters, as botocore sends it with these credentials."""
    client, sent = _listening_client(service, credentials)
    for method, name in client.meta.method_to_api_mapping.items():
        shape = client.meta.service_model.operation_model(name).input_shape
        if matter(service, "", method, {}, None) and not (shape and shape.required_members):
            with pytest.raises(ClientError):
                getattr(client, method)()
            yield sent[-1]


def _listening_client(service: str, credentials: ReadOnlyCredentials) -> tuple[Any, list[AWSPreparedRequest]]:
    """A client of botocore's own that sends nothing, and what it would have sent."""
    session = botocore.session.Session()
    session.register_component("data_loader", LOADER)
    session.set_credentials(*credentials[:3])
    client = session.create_client(service, region_name="eu-west-1", config=Config(retries={"total_max_attempts": 1}))
    sent: list[AWSPreparedRequest] = []

    def keep(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 500, {}, _Empty())

    client.meta.events.register("before-send", keep)
    return client, sent


class _Empty:
    def stream(self) -> list[bytes]:
        return []


def _lines(data: bytes) -> tuple[bytes, frozenset[bytes], bytes]:
    top, _, body = data.partition(b"\r\n\r\n")
    line, *fields = top.split(b"\r\n")
    return line, frozenset(field.partition(b":")[0].lower() + field.partition(b":")[2] for field in fields), body


def _whole(request: AWSPreparedRequest) -> tuple[bytes, frozenset[bytes], bytes]:
    """The request that botocore prepared, without its number."""
    named = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    headers = [(name, value) for name, value in named.items() if name.lower() != "amz-sdk-invocation-id"]
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    path = "/" + request.url.split("/", 3)[3]
    host = Host(request.url.split("/")[2], ("h", 443), secure=True)
    return _lines(head(host, request.method, path, headers) + body)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_asked_again_is_what_botocore_sends(service: str) -> None:
    asked = 0
    for first, second in zip(_asked(service, KEYS[0]), _asked(service, KEYS[1]), strict=True):
        host = Host(first.url.split("/")[2], ("h", 443), secure=True)
        made = question(first, host, KEYS[0])
        assert made is not None, first
        date = second.headers["X-Amz-Date"].decode()
        now = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
        assert _whole(second) == _lines(made.asked_by(KEYS[1], now))
        asked += 1
    assert asked


@given(
    st.dictionaries(st.sampled_from(["a", "b.c", "X", "é", "~"]), st.text(max_size=6), max_size=4), st.text(max_size=9)
)
def test_a_request_is_either_signed_as_botocore_does_or_left_to_it(query: dict[str, str], path: str) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.utils import percent_encode

    url = f"https://x.eu-west-1.amazonaws.com/{percent_encode(path, safe='/~')}"
    request = AWSRequest("GET", url, headers={"X-Amz-Two": "a  b "}, params=query)
    SigV4Auth(Credentials("k", "s", "t"), "x", "eu-west-1").add_auth(request)
    prepared = request.prepare()
    credentials = ReadOnlyCredentials("k", "s", "t")
    made = question(prepared, NOBODY, credentials)
    if made is not None:
        assert prepared.headers["Authorization"] == made.authorization(credentials, prepared.headers["X-Amz-Date"])


ABOUT: list[tuple[str, str, dict[str, Any]]] = [
    ("kms", "describe_key", {"KeyId": "alias/ä b"}),
    ("kms", "list_grants", {"KeyId": "k", "Limit": 100, "Marker": "x"}),
    ("iam", "get_role", {"RoleName": "a+b=c,d.e@f_g-h"}),
    ("iam", "get_role_policy", {"RoleName": "a", "PolicyName": "b c"}),
    (
        "sts",
        "assume_role",
        {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "me", "Policy": "{%&}"},
    ),
    ("ec2", "describe_vpcs", {"Filters": [{"Name": "is-default", "Values": ["true", "é"]}], "MaxResults": 5}),
    ("ec2", "describe_flow_logs", {"Filter": [{"Name": "resource-id", "Values": ["vpc-1"]}]}),
    ("secretsmanager", "describe_secret", {"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:a/b-1"}),
    ("ssm", "get_service_setting", {"SettingId": "/ssm/documents/console/public-sharing-permission"}),
    ("cloudtrail", "lookup_events", {"StartTime": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}),
    ("organizations", "list_policies", {"Filter": "SERVICE_CONTROL_POLICY"}),
    ("config", "describe_configuration_recorders", {"ConfigurationRecorderNames": ["a"]}),
    ("cloudwatch", "describe_alarms", {"AlarmNames": ["a", "b"]}),
    ("sqs", "get_queue_attributes", {"QueueUrl": "https://sqs/x", "AttributeNames": ["All"]}),
]


@pytest.mark.parametrize(("service", "operation", "parameters"), ABOUT)
def test_another_body_makes_the_request_that_botocore_makes(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    client, sent = _listening_client(service, KEYS[0])
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    other = {name: "another-than-that-one" if isinstance(value, str) else value for name, value in parameters.items()}
    for given_now in (other, parameters):
        with pytest.raises(ClientError):
            getattr(client, operation)(**given_now)
    first, second = sent
    host = Host(first.url.split("/")[2], ("h", 443), secure=True)
    made = question(first, host, KEYS[0])
    assert made is not None
    assert differs_in_body_alone(model)
    assert made.body == body(model, other)
    date = second.headers["X-Amz-Date"].decode()
    now = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    assert _whole(second) == _lines(made.about(body(model, parameters)).asked_by(KEYS[0], now))


def test_a_request_whose_address_says_what_is_asked_is_not_made_from_another() -> None:
    for service, operation in (("guardduty", "GetDetector"), ("dynamodb", "DescribeTable"), ("s3control", "ListJobs")):
        client, _ = _listening_client(service, KEYS[0])
        assert not differs_in_body_alone(client.meta.service_model.operation_model(operation))


def test_wrong_parameters_are_refused_as_by_botocore(clients: Clients, sandbox: Sandbox) -> None:
    assert sandbox.url
    clients._before.clear()
    key = ReadOnlyCredentials("sandbox", "sandbox", None)

    def ask(**parameters: str) -> None:
        clients.answer("kms", "eu-west-1", "describe_key", parameters, lambda: key)

    for known in (False, True):
        assert known == bool(clients._before._alike)
        with pytest.raises(ParamValidationError):
            ask(Key="a")
        if not known:
            made = clients.answer("kms", "eu-west-1", "create_key", {}, lambda: key)
            ask(KeyId=made["KeyMetadata"]["KeyId"])


def test_a_request_that_somebody_else_signed_is_no_question() -> None:
    request = next(_asked("sts", KEYS[0]))
    assert question(request, NOBODY, KEYS[0]) is not None
    assert question(request, NOBODY, KEYS[1]) is None
    request.headers["Authorization"] = "Bearer me"
    assert question(request, NOBODY, KEYS[0]) is None


SAME = [
    ("ec2", "describe_vpcs", {}, "{}"),
    ("kms", "describe_key", {"KeyId": "alias/a"}, '{"KeyId": "alias/a"}'),
    ("kms", "create_alias", {"AliasName": "alias/a"}, None),
    ("sts", "assume_role", {}, "{}"),
    ("s3", "list_buckets", {}, None),
    ("s3control", "get_public_access_block", {}, None),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "expected"), SAME)
def test_only_reads_are_the_same_everywhere(
    service: str, operation: str, parameters: dict[str, Any], expected: str | None
) -> None:
    about = matter(service, "eu-west-1", operation, parameters, None)
    assert expected == (about.text if about else None)


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("iam", "get_role", {"RoleName": "org-baseline-plan"}),
    ("iam", "list_roles", {}),
    ("iam", "get_role", {"RoleName": "nobody"}),
    ("iam", "get_account_password_policy", {}),
    ("kms", "list_keys", {}),
    ("kms", "describe_key", {"KeyId": "alias/none"}),
    ("ec2", "describe_vpcs", {}),
    ("ec2", "describe_volumes", {"VolumeIds": ["vol-1"]}),
    ("organizations", "list_accounts", {}),
    ("organizations", "describe_account", {"AccountId": "999999999999"}),
    ("secretsmanager", "list_secrets", {}),
]


@pytest.mark.parametrize(("service", "operation", "parameters"), CALLS)
def test_the_second_answer_is_the_first(
    service: str, operation: str, parameters: dict[str, Any], sandbox: Sandbox, clients: Clients
) -> None:
    assert sandbox.url
    clients._before.clear()
    first, second = (_heard(clients, service, operation, parameters) for _ in range(2))
    assert first == second
    assert [json.dumps(parameters)] == [key[3] for key in clients._before._same]


def _heard(clients: Clients, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    key = ReadOnlyCredentials("sandbox", "sandbox", None)
    try:
        answer = clients.answer(service, "eu-west-1", operation, parameters, lambda: key)
    except ClientError as error:
        answer = {**error.response, "error": type(error).__name__, "operation": error.operation_name}
    metadata = answer.pop("ResponseMetadata")
    return {**answer, "status": metadata["HTTPStatusCode"]}


def test_an_error_of_a_question_asked_again_is_the_services_own(sandbox: Sandbox, clients: Clients) -> None:
    sandbox.reset()
    clients._before.clear()
    key = ReadOnlyCredentials("sandbox", "sandbox", None)
    ask = lambda: clients.answer("organizations", "eu-west-1", "describe_organization", {}, lambda: key)  # noqa: E731
    with pytest.raises(ClientError) as first:
        ask()
    from tests.reconcile.organizations import made_up

    sandbox.reset(made_up(1))
    ask()
    assert len(clients._before)
    sandbox.reset()
    with pytest.raises(
        clients.client("organizations", "eu-west-1").exceptions.AWSOrganizationsNotInUseException
    ) as again:
        ask()
    assert type(first.value) is type(again.value)
    assert first.value.response["Error"] == again.value.response["Error"]


def test_nothing_is_signed_outside_of_a_call(clients: Clients) -> None:
    with pytest.raises(LookupError):
        clients.client("sts", "eu-west-1").get_caller_identity()
    with signing_as(lambda: KEYS[1]) as call:
        assert KEYS[1] is call.give() is call.credentials
