"""SQS queues and SNS topics are encrypted: reported.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Denied, Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

KEY, OURS = "KmsMasterKeyId", "SqsManagedSseEnabled"
CHECKS = Checks(
    "queue or topic",
    {
        "encrypted": Check("ENC-04", "is not encrypted", "queues can have SQS's own key; topics need one of KMS"),
        "readable": Check("ENC-04", "does not say what it is like", "its own policy denies it"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """Whether each queue and topic is encrypted, as `sqs:NAME` and `sns:NAME`: one may have the name of another."""
    found: dict[str, Any] = {}
    for url in cloud.pages("sqs", "list_queues", "QueueUrls", MaxResults=1000):
        about = {"QueueUrl": url, "AttributeNames": [KEY, OURS]}
        _tell(found, cloud, f"sqs:{url.rpartition('/')[2]}", "sqs", "get_queue_attributes", about)
    for topic in cloud.pages("sns", "list_topics", "Topics"):
        arn = topic["TopicArn"]
        _tell(found, cloud, f"sns:{arn.rpartition(':')[2]}", "sns", "get_topic_attributes", {"TopicArn": arn})
    return found


def _tell(found: dict[str, Any], cloud: Cloud, name: str, service: str, operation: str, about: dict[str, Any]) -> None:
    """One that is gone by now is left out; one whose own policy denies us is there all the same."""
    try:
        attributes = cloud.call(service, operation, **about).get("Attributes", {})
    except Missing:
        return
    except Denied:
        found[name] = {"readable": False}
        return
    found[name] = {"encrypted": bool(attributes.get(KEY)) or attributes.get(OURS) == "true"}


component = Component(
    name="queues-and-topics",
    title="SQS queues and SNS topics",
    description="Queues and topics that are not encrypted are reported. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("sqs:ListQueues", "sqs:GetQueueAttributes", "sns:ListTopics", "sns:GetTopicAttributes"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
