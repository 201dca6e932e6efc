"""The sandbox as a client meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox


def test_a_plain_client_with_only_the_environment_reaches_the_organization(sandbox: Sandbox) -> None:
    import boto3

    organization = boto3.Session().client("organizations").describe_organization()["Organization"]
    assert organization["MasterAccountId"] == "111111111111"


def test_an_assumed_role_reads_and_writes_its_own_account(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    s3control = client("s3control", assume("012345670123"))
    s3control.put_public_access_block(
        AccountId="012345670123", PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    )
    block = s3control.get_public_access_block(AccountId="012345670123")["PublicAccessBlockConfiguration"]
    expected = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": False,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }
    assert expected == block
