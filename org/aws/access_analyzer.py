"""Access Analyzer as an outside judge of policy documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.aws.cloud import Cloud

TYPES = {
    "scp": {"policyType": "SERVICE_CONTROL_POLICY"},
    "rcp": {"policyType": "RESOURCE_CONTROL_POLICY"},
    "identity": {"policyType": "IDENTITY_POLICY"},
    "resource": {"policyType": "RESOURCE_POLICY"},
    "trust": {
        "policyType": "RESOURCE_POLICY",
        "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument",
    },
}
"""What AWS calls our kinds of documents.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""


def validate(cloud: Cloud, document: str, kind: str) -> tuple[dict[str, Any], ...]:
    """AWS's findings about the text of a JSON policy of that kind (a key of `TYPES`), in English and from all pages.

    Each is a ValidatePolicyFinding as AWS sends it. Needs access-analyzer:ValidatePolicy; raises `CloudError`.
    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicyFinding.html
    """
    asked = {"policyDocument": document, "locale": "EN", **TYPES[kind]}
    return tuple(cloud.pages("accessanalyzer", "validate_policy", "findings", token="nextToken", **asked))
