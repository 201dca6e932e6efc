"""EBS encryption by default (EC2 API pages EnableEbsEncryptionByDefault and ModifyEbsDefaultKmsKeyId)."""

from __future__ import annotations

from org.sandbox.strict.stored import Stored

Stored(
    service="ec2",
    get="GetEbsEncryptionByDefault",
    default={"EbsEncryptionByDefault": False},
    sets={
        "EnableEbsEncryptionByDefault": {"EbsEncryptionByDefault": True},
        "DisableEbsEncryptionByDefault": {"EbsEncryptionByDefault": False},
    },
)
Stored(
    service="ec2",
    get="GetEbsDefaultKmsKeyId",
    default={"KmsKeyId": "alias/aws/ebs"},
    puts=("ModifyEbsDefaultKmsKeyId",),
    deletes=("ResetEbsDefaultKmsKeyId",),
)
