"""Stages of API Gateway log and trace what they do, and encrypt what they cache: reported.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

EVERY_METHOD = "*/*"
CHECKS = Checks(
    "stage",
    {
        "logs": Check("OBS-02", "keeps no logs"),
        "traces": Check("OBS-02", "does not trace what it does", "switch X-Ray on"),
        "cache": Check("PERF-02", "does not encrypt what it caches"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """Each stage as `API/STAGE`: of REST APIs, and of HTTP and WebSocket APIs, which trace and cache nothing."""
    found: dict[str, Any] = {}
    for api in cloud.pages("apigateway", "get_rest_apis", "items", token="position", limit=500):
        try:
            stages = cloud.call("apigateway", "get_stages", restApiId=api["id"])["item"]
        except Missing:
            continue
        found |= {f"{api['id']}/{stage['stageName']}": _rest(stage) for stage in stages}
    for api in cloud.pages("apigatewayv2", "get_apis", "Items"):
        try:
            listed = list(cloud.pages("apigatewayv2", "get_stages", "Items", ApiId=api["ApiId"]))
        except Missing:
            continue
        found |= {f"{api['ApiId']}/{stage['StageName']}": _other(stage) for stage in listed}
    return found


def _other(stage: dict[str, Any]) -> dict[str, Any]:
    return {"logs": bool(stage.get("AccessLogSettings", {}).get("DestinationArn"))}


def _rest(stage: dict[str, Any]) -> dict[str, Any]:
    methods = stage.get("methodSettings", {})
    all_methods = methods.get(EVERY_METHOD, {})
    executed = all_methods.get("loggingLevel", "OFF") != "OFF"
    caching = [one for one in methods.values() if one.get("cachingEnabled")] if stage.get("cacheClusterEnabled") else []
    return {
        "logs": executed or bool(stage.get("accessLogSettings", {}).get("destinationArn")),
        "traces": bool(stage.get("tracingEnabled")),
        "cache": all(one.get("cacheDataEncrypted") for one in caching) if caching else None,
    }


component = Component(
    name="api-gateway",
    title="Stages of API Gateway",
    description="Stages that keep no logs, do not trace or do not encrypt what they cache are reported. Nothing is "
    "changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("apigateway:GET",),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
