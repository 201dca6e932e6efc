"""The condition keys that every service knows, with the type of their values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (read in November 2026)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_BY_TYPE = {
    "String": """
        aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalTag/${} aws:PrincipalServiceName aws:PrincipalType
        aws:userid aws:username aws:FederatedProvider aws:Ec2InstanceSourceVpc aws:SourceIdentity
        aws:SourceVpc aws:SourceVpce aws:VpceAccount aws:VpceOrgID aws:ResourceAccount aws:ResourceOrgID
        aws:ResourceTag/${} aws:CalledViaFirst aws:CalledViaLast aws:CalledViaAWSMCP aws:referer aws:RequestedRegion
        aws:RequestTag/${} aws:SourceAccount aws:SourceOrgID aws:UserAgent
        glue:RoleAssumedBy glue:CredentialIssuingService identitystore:UserId
    """,
    "ArrayOfString": """
        aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:VpceOrgPaths aws:ResourceOrgPaths aws:CalledVia
        aws:TagKeys aws:SourceOrgPaths
    """,
    "ARN": """
        aws:PrincipalArn aws:ChatbotSourceArn aws:SignInSessionArn aws:SourceVpcArn aws:SourceArn
        ec2:SourceInstanceArn codebuild:BuildArn codebuild:ProjectArn lambda:SourceFunctionArn ssm:SourceInstanceArn
    """,
    "Bool": """
        aws:PrincipalIsAWSService aws:MultiFactorAuthPresent aws:AssumedRoot aws:ViaAWSService aws:ViaAWSMCPService
        aws:IsMcpServiceAction aws:SecureTransport
    """,
    "Date": "aws:CurrentTime aws:EpochTime aws:TokenIssueTime",
    "Numeric": "aws:MultiFactorAuthAge ec2:RoleDelivery",
    "IPAddress": "aws:Ec2InstanceSourcePrivateIPv4 aws:SourceIp aws:VpcSourceIp",
}

GLOBAL_KEYS: Mapping[str, str] = MappingProxyType(
    {key: kind for kind, keys in _BY_TYPE.items() for key in keys.split()}
)
"""The type of each global condition key; `${}` stands for the key of a tag."""
