"""The IAM actions behind an event's name: mostly the same word, and here where it is another.

https://docs.aws.amazon.com/service-authorization/latest/reference/ and, for S3,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from org.access import actions

PREFIXES = {
    "apigateway-management": "apigateway",
    "billingconsole": "billing",
    "catalog.marketplace": "aws-marketplace",
    "cloudcontrolapi": "cloudformation",
    "cloudhsmv2": "cloudhsm",
    "data.iot": "iot",
    "edgelambda": "lambda",
    "email": "ses",
    "entitlement.marketplace": "aws-marketplace",
    "iotdata": "iot",
    "marketplace": "aws-marketplace",
    "mediapackagevod": "mediapackage-vod",
    "memory-db": "memorydb",
    "metering-marketplace": "aws-marketplace",
    "models.lex": "lex",
    "models-v2-lex": "lex",
    "monitoring": "cloudwatch",
    "pinpoint": "mobiletargeting",
    "rdsdata": "rds-data",
    "runtime.lex": "lex",
    "runtime.sagemaker": "sagemaker",
    "servicecatalog-appregistry": "servicecatalog",
    "ssoadmin": "sso",
    "streams.dynamodb": "dynamodb",
    "tagging": "tag",
    "backupstorage": "backup-storage",
    "application-insights": "applicationinsights",
}
"""Event sources, without `.amazonaws.com`, of services whose actions begin with another word."""

DATED = re.compile(r"_?\d{4}_\d{2}_\d{2}$|\d{8}(v\d+)?$|_?[Vv]\d$")
"""Versions of an API at the end of a name: `GetFunction20150331v2`, `CreateDistribution2020_05_31`, `ListObjectsV2`."""

NAMES = """
    bedrock Converse: InvokeModel
    budgets DescribeBudget DescribeBudgets DescribeNotificationsForBudget: ViewBudget
    budgets DescribeBudgetNotificationsForAccount DescribeSubscribersForNotification: ViewBudget
    budgets DescribeBudgetPerformanceHistory: ViewBudget
    budgets CreateBudget CreateNotification CreateSubscriber DeleteBudget DeleteNotification: ModifyBudget
    budgets DeleteSubscriber UpdateBudget UpdateNotification UpdateSubscriber: ModifyBudget
    bedrock ConverseStream: InvokeModelWithResponseStream
    cloudfront CreateDistributionWithTags: CreateDistribution TagResource
    bedrock StartAsyncInvoke: InvokeModel
    dynamodb BatchExecuteStatement ExecuteStatement: PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate
    dynamodb ExecuteTransaction: PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate
    dynamodb TransactGetItems: GetItem
    dynamodb TransactWriteItems: ConditionCheckItem DeleteItem PutItem UpdateItem
    kms ReEncrypt: ReEncryptFrom ReEncryptTo
    lambda Invoke InvokeAsync InvokeWithResponseStream: InvokeFunction
    sns PublishBatch: Publish
    sqs ChangeMessageVisibilityBatch: ChangeMessageVisibility
    sqs DeleteMessageBatch: DeleteMessage
    sqs SendMessageBatch: SendMessage

    s3 CopyObject UploadPartCopy: PutObject
    s3 CompleteMultipartUpload CreateMultipartUpload InitiateMultipartUpload PostObject UploadPart: PutObject
    s3 DeleteObjects: DeleteObject
    s3 HeadObject SelectObjectContent: GetObject
    s3 HeadBucket ListObjects: ListBucket
    s3 ListBuckets: ListAllMyBuckets
    s3 ListMultipartUploads: ListBucketMultipartUploads
    s3 ListObjectVersions: ListBucketVersions
    s3 ListParts: ListMultipartUploadParts
    s3 DeleteAccountPublicAccessBlock: PutAccountPublicAccessBlock
    s3 GetPublicAccessBlock: GetBucketPublicAccessBlock
    s3 DeleteBucketPublicAccessBlock DeletePublicAccessBlock PutPublicAccessBlock: PutBucketPublicAccessBlock
    s3 DeleteBucketCors: PutBucketCORS
    s3 DeleteBucketOwnershipControls: PutBucketOwnershipControls
    s3 DeleteBucketTagging: PutBucketTagging
    s3 GetBucketNotificationConfiguration: GetBucketNotification
    s3 PutBucketNotificationConfiguration: PutBucketNotification
    s3 GetObjectLockConfiguration: GetBucketObjectLockConfiguration
    s3 PutObjectLockConfiguration: PutBucketObjectLockConfiguration
    s3 GetStorageLensDashboardDataInternal: GetStorageLensDashboard
    s3 GetBucketAccelerateConfiguration: GetAccelerateConfiguration
    s3 PutBucketAccelerateConfiguration: PutAccelerateConfiguration
    s3 GetBucketAnalyticsConfiguration ListBucketAnalyticsConfigurations: GetAnalyticsConfiguration
    s3 DeleteBucketAnalyticsConfiguration PutBucketAnalyticsConfiguration: PutAnalyticsConfiguration
    s3 GetBucketEncryption: GetEncryptionConfiguration
    s3 DeleteBucketEncryption PutBucketEncryption: PutEncryptionConfiguration
    s3 GetBucketIntelligentTieringConfiguration: GetIntelligentTieringConfiguration
    s3 ListBucketIntelligentTieringConfigurations: GetIntelligentTieringConfiguration
    s3 DeleteBucketIntelligentTieringConfiguration: PutIntelligentTieringConfiguration
    s3 PutBucketIntelligentTieringConfiguration: PutIntelligentTieringConfiguration
    s3 GetBucketInventoryConfiguration ListBucketInventoryConfigurations: GetInventoryConfiguration
    s3 DeleteBucketInventoryConfiguration PutBucketInventoryConfiguration: PutInventoryConfiguration
    s3 GetBucketLifecycle GetBucketLifecycleConfiguration: GetLifecycleConfiguration
    s3 DeleteBucketLifecycle PutBucketLifecycle PutBucketLifecycleConfiguration: PutLifecycleConfiguration
    s3 GetBucketMetricsConfiguration ListBucketMetricsConfigurations: GetMetricsConfiguration
    s3 DeleteBucketMetricsConfiguration PutBucketMetricsConfiguration: PutMetricsConfiguration
    s3 GetBucketReplication: GetReplicationConfiguration
    s3 DeleteBucketReplication PutBucketReplication: PutReplicationConfiguration
"""
"""A service, names of events, and after the colon the actions that each of them needs."""

VERBS = (
    (("Get", "Export"), "GET"),
    (("Delete", "Flush", "Untag"), "DELETE"),
    (("Update",), "PATCH"),
    (("Put", "Tag"), "PUT"),
    (("Create", "Import", "Generate", "Test"), "POST"),
)
"""API Gateway's actions are the verbs of HTTP; its events are named for the operation."""

LATER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
SOURCE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")


def _table() -> dict[tuple[str, str], tuple[str, ...]]:
    found = {}
    for line in NAMES.split("\n"):
        if line.strip():
            events, _, names = line.partition(":")
            service, *called = events.split()
            found.update({(service, name.lower()): tuple(names.split()) for name in called})
    return found


_NAMES = _table()


@lru_cache(maxsize=1024)
def service_of(source: str) -> str:
    """The prefix of the actions of an event source such as `monitoring.amazonaws.com`; empty where it is no source."""
    host = source.lower().removesuffix(".cn").removesuffix(".amazonaws.com")
    prefix = PREFIXES.get(host, host)
    if prefix in actions.services():
        return prefix
    *_, last = host.split(".")
    if last in actions.services():
        return last
    return prefix if len(prefix) <= 64 and SOURCE.fullmatch(prefix) else ""


def actions_of(service: str, event: str) -> tuple[str, ...]:
    """The actions that an event of that name always needs, as IAM spells them; none where it cannot be a name.

    An action that the bundled data does not have keeps the event's name: AWS may be ahead of the data.
    """
    if not service or not LATER.fullmatch(event):
        return ()
    listed = actions.service(service)
    if listed is None:
        return (f"{service}:{event}",)
    for name in (event, DATED.sub("", event)):
        other = _NAMES.get((service, name.lower()))
        if other:
            return tuple(f"{service}:{one}" for one in other)
        known = listed.actions.get(name.lower())
        if known is not None:
            return (str(known),)
    if service == "apigateway":
        verb = next((verb for beginnings, verb in VERBS if event.startswith(beginnings)), None)
        return (f"{service}:{verb}",) if verb else ()
    return (f"{service}:{event}",)
