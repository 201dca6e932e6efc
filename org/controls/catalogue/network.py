"""Controls for networks."""

from __future__ import annotations

from org.controls.control import Control, Correction

controls = (
    Control(
        "NET-01",
        "VPCs reach the internet only where it is meant",
        preventable=("ec2", "scp"),
        limit="SCPs close some of the ways only",
        settled_by=("ec2",),
        config_rules=(
            "subnet-auto-assign-public-ip-disabled",
            "ec2-instance-no-public-ip",
            "no-unrestricted-route-to-igw",
        ),
        reads=("ec2:DescribeVpcBlockPublicAccessOptions",),
        correction=Correction.AUTOMATIC,
        writes=("ec2:ModifyVpcBlockPublicAccessOptions",),
        fsbp=("EC2.15", "EC2.9"),
        nist=("AC-2", "AC-3", "AC-4", "AC-6", "AC-17"),
    ),
    Control(
        "NET-02",
        "Security groups and network ACLs are closed until they are opened",
        preventable=("network-security-director",),
        limit="an SCP cannot look into a rule; what is there can only be looked over",
        config_rules=(
            "vpc-default-security-group-closed",
            "vpc-sg-open-only-to-authorized-ports",
            "incoming-ssh-disabled",
            "nacl-no-unrestricted-ssh-rdp",
            "restricted-incoming-traffic",
        ),
        reads=("ec2:DescribeSecurityGroups",),
        correction=Correction.OPT_IN,
        writes=("ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"),
        care="only the default groups",
        cis3=("5.4", "5.2", "5.3", "5.1"),
        cis5=("5.5", "5.3", "5.4", "5.2"),
        cis7=("6.5", "6.3", "6.4", "6.2"),
        fsbp=("EC2.2", "EC2.13", "EC2.21"),
        nist=("AC-4", "AC-17", "CM-6", "CM-9", "SC-7"),
    ),
    Control(
        "NET-03",
        "Every VPC has flow logs",
        preventable=("scp",),
        limit="policies keep flow logs, and make none",
        config_rules=("vpc-flow-logs-enabled", "cw-loggroup-retention-period-check"),
        reads=("ec2:DescribeFlowLogs",),
        correction=Correction.AUTOMATIC,
        writes=("ec2:CreateFlowLogs", "logs:PutRetentionPolicy"),
        cis3=("3.7",),
        cis5=("3.7",),
        cis7=("4.7",),
        fsbp=("EC2.6",),
        nist=("AC-4", "AU-2", "AU-3", "AU-6", "AU-8"),
    ),
)
