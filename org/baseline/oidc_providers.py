"""OpenID Connect providers: the declared ones are there with their audiences, others are reported.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding


def read(cloud: Cloud, _: Scope) -> Things:
    """The audiences of each provider, by its address without `https://`."""
    providers: dict[str, Any] = {}
    for listed in cloud.call("iam", "list_open_id_connect_providers")["OpenIDConnectProviderList"]:
        found = cloud.call("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=listed["Arn"])
        address = found["Url"].removeprefix("https://")
        providers[address] = {"audiences": sorted(found.get("ClientIDList", ())), "arn": listed["Arn"]}
    return providers


def wanted(scope: Scope, found: Things) -> Things:
    """Each declared provider with its audiences, and with the ARN that it has already."""
    result: dict[str, Any] = {}
    for declared in scope.settings["providers"]:
        address = declared["url"].removeprefix("https://")
        there = found.get(address)
        arn = {"arn": there["arn"]} if there else {}
        result[address] = {"audiences": sorted(set(declared.get("audiences", ["sts.amazonaws.com"]))), **arn}
    return result


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each provider that nobody declared: whoever runs it can hand out identities that roles may trust."""
    declared = wanted(scope, found)
    for address in found:
        if address not in declared:
            advice = "declare it under `providers`, or delete it"
            yield scope.finding("CI-01", f"OpenID Connect provider `{address}` is not declared", advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The provider is there with exactly the audiences; AWS fetches its certificate by itself."""
    after, before = change.after or {}, change.before or {}
    audiences = after["audiences"]
    if not before:
        url = f"https://{change.name}"
        cloud.call("iam", "create_open_id_connect_provider", Url=url, ClientIDList=audiences)
        return
    for audience in sorted(set(audiences) - set(before["audiences"])):
        arn = after["arn"]
        cloud.call("iam", "add_client_id_to_open_id_connect_provider", OpenIDConnectProviderArn=arn, ClientID=audience)
    for audience in sorted(set(before["audiences"]) - set(audiences)):
        arn = after["arn"]
        cloud.call(
            "iam", "remove_client_id_from_open_id_connect_provider", OpenIDConnectProviderArn=arn, ClientID=audience
        )


component = Component(
    name="oidc-providers",
    title="OpenID Connect providers",
    description="Pipelines outside AWS come in by OpenID Connect, without any stored key. Declared providers are "
    "there; providers that nobody declared are reported.",
    settings={
        "providers": {
            "type": "array",
            "default": [],
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["url"],
                "properties": {
                    "url": {"type": "string", "pattern": "^https://[a-z0-9./-]+$", "maxLength": 255},
                    "audiences": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 100,
                        "items": {"type": "string", "minLength": 1, "maxLength": 255},
                    },
                },
            },
            "description": "Address of each provider and the audiences of its tokens; `sts.amazonaws.com` where none "
            "is named.",
            "examples": [[{"url": "https://token.actions.githubusercontent.com"}]],
        },
    },
    reads=("iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        "iam:CreateOpenIDConnectProvider",
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:RemoveClientIDFromOpenIDConnectProvider",
    ),
    write=write,
    controls=("CI-01",),
)
