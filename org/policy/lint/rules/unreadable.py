"""A policy file can be read."""

from __future__ import annotations

from org.policy.lint.rule import Rule

RULE = Rule(
    "ORG200",
    "a policy file cannot be read",
    "A policy is one JSON document (RFC 8259) in UTF-8, or the same in plain YAML. JSON has no comments, no single "
    "quotes and no comma before a closing bracket; every key stands in double quotes. What is larger than 256 KiB or "
    "nested more than 40 levels deep is no policy.",
    wrong='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", >Action": "ec2:DescribeRegions"}]}',
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}""",
)
