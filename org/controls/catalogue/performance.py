"""Controls for performance."""

from __future__ import annotations

from org.controls.control import Control, Correction

controls = (
    Control(
        "PERF-01",
        "DynamoDB scales by itself, and so does the storage of RDS",
        unpreventable="no condition key asks for it",
        config_rules=("dynamodb-autoscaling-enabled",),
        reads=("rds:DescribeDBInstances",),
        correction=Correction.BY_HAND,
    ),
    Control(
        "PERF-02",
        "The cache of API Gateway is encrypted",
        unpreventable="no condition key asks for it",
        config_rules=("api-gw-cache-enabled-and-encrypted",),
        reads=("apigateway:GetStages",),
        correction=Correction.OPT_IN,
        writes=("apigateway:UpdateStage",),
    ),
    Control(
        "PERF-03",
        "Private content is served by signed URLs of CloudFront from buckets that stay private",
        unpreventable="S3-01 to S3-04 keep the bucket private; signing is the application's",
        reads=("cloudfront:ListDistributions",),
        correction=Correction.BY_HAND,
    ),
)
