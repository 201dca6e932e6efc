"""What the sandbox costs: seeding, and one call, at 10 accounts and at 10,000 side by side.

CPU seconds of this process alone: the client is raw HTTP in another process, so that botocore is not measured with it.
"""

from __future__ import annotations

import subprocess
import sys
import time

from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType
from org.sandbox.serve import Sandbox

SIZES = (10, 10_000)
CALLS = 300
MOST_SEEDING, MOST_CALL = 10.0, 4.0
"""CPU seconds to seed the large organization; CPU milliseconds of one call in it."""
DENY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}'
)

CLIENT = """
import http.client, sys
host, service, target, body, key, count = sys.argv[1:]
connection = http.client.HTTPConnection(host)
scope = f"AWS4-HMAC-SHA256 Credential={key}/20261123/us-east-1/{service}/aws4_request"
kind = "application/x-www-form-urlencoded" if service == "sts" else "application/x-amz-json-1.1"
headers = {"Authorization": scope, "Content-Type": kind}
path, method = "/", "POST"
if service == "s3":
    path, method = "/v20180820/configuration/publicAccessBlock", "GET"
    headers["x-amz-account-id"] = target
elif service == "organizations":
    headers["X-Amz-Target"] = "AWSOrganizationsV20161128." + target
for _ in range(int(count)):
    connection.request(method, path, body.encode(), headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text
"""


def organization(size: int) -> Organization:
    """An organization of that many accounts in 20 OUs, with tags, one setting and one policy."""
    units = tuple(OrganizationalUnit(f"Unit {number}") for number in range(20))
    members = tuple(
        Account(
            f"account-{number}",
            f"account {number}",
            f"aws+{number}@acme.example",
            ou=units[number % 20].path,
            tags={"environment": "prod"},
            settings={"s3-public-access": {}},
        )
        for number in range(size - 1)
    )
    management = Account("acme", "acme", "aws@acme.example", ou=None, id="111111111111", management=True)
    policy = Policy(PolicyType.SERVICE_CONTROL_POLICY, "deny-leave", DENY, targets=frozenset({"ou:/"}))
    return Organization(accounts=(management, *members), units=units, policies=(policy,))


def calls(sandbox: Sandbox) -> dict[str, tuple[str, str, str, str]]:
    """Name -> service, operation (or account), body and access key of the calls that are measured."""
    realm = sandbox.world.realm
    assert realm is not None
    member = list(realm.accounts)[-1]
    role = f"arn:aws:iam::{member}:role/org-baseline-plan"
    session = sandbox.sign_in(member)
    form = f"Action=AssumeRole&Version=2011-06-15&RoleSessionName=bench&RoleArn={role}"
    return {
        "DescribeAccount": ("organizations", "DescribeAccount", f'{{"AccountId": "{member}"}}', "sandbox"),
        "ListAccounts, a page": ("organizations", "ListAccounts", '{"MaxResults": 20}', "sandbox"),
        "ListTargetsForPolicy": ("organizations", "ListTargetsForPolicy", '{"PolicyId": "p-FullAWSAccess"}', "sandbox"),
        "TagResource": (
            "organizations",
            "TagResource",
            f'{{"ResourceId": "{member}", "Tags": [{{"Key": "a", "Value": "b"}}]}}',
            "sandbox",
        ),
        "AssumeRole": ("sts", "-", form, "sandbox"),
        "GetPublicAccessBlock": ("s3", member, "", session),
    }


def cost(sandbox: Sandbox, call: tuple[str, str, str, str]) -> float:
    """CPU milliseconds of this process for one call of that kind."""
    host = sandbox.url.removeprefix("http://")
    service, target, body, key = call
    for count in (5, CALLS):
        started = time.process_time()
        subprocess.run([sys.executable, "-c", CLIENT, host, service, target, body, key, str(count)], check=True)
    return (time.process_time() - started) * 1000 / CALLS


def main() -> None:
    """Print the table; end with 1 where a limit is passed."""
    seeding: dict[int, float] = {}
    costs: dict[int, dict[str, float]] = {}
    for size in SIZES:
        wanted = organization(size)
        started = time.process_time()
        with Sandbox(wanted) as sandbox:
            seeding[size] = time.process_time() - started
            costs[size] = {name: cost(sandbox, call) for name, call in calls(sandbox).items()}
    small, large = SIZES
    print(f"{'CPU of the sandbox':<28}{f'{small} accounts':>16}{f'{large:,} accounts':>18}{'ratio':>8}{'limit':>10}")
    print(f"{'seeding, s':<28}{seeding[small]:>16.3f}{seeding[large]:>18.3f}{'':>8}{MOST_SEEDING:>10.0f}")
    for name, milliseconds in costs[large].items():
        base = costs[small][name]
        print(f"{name + ', ms':<28}{base:>16.2f}{milliseconds:>18.2f}{milliseconds / base:>8.2f}{MOST_CALL:>10.0f}")
    if seeding[large] > MOST_SEEDING or max(costs[large].values()) > MOST_CALL:
        sys.exit("a limit is passed")


if __name__ == "__main__":
    main()
