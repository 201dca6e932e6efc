"""The Region of a call as AWS sees it: services that are global have one, wherever the client thinks it is."""

from __future__ import annotations

import functools
from typing import Any

GLOBAL = "us-east-1"


def region_of(service: str, signed: str) -> str:
    """The Region that a call is made to, from the one that it was signed for."""
    return _global_regions().get(service) or signed or GLOBAL


@functools.cache
def _global_regions() -> dict[str, str]:
    """The Region of each service that has one endpoint for the partition, by botocore's list of endpoints."""
    from botocore.loaders import Loader

    partition: dict[str, Any] = Loader().load_data("endpoints")["partitions"][0]
    found = {}
    for service, entry in partition["services"].items():
        endpoint = entry["endpoints"].get(entry.get("partitionEndpoint", ""), {})
        if entry.get("isRegionalized") is False:
            found[service] = endpoint.get("credentialScope", {}).get("region", GLOBAL)
    return found
