"""Log files in S3: listed in the order of their names, read a piece at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError
from botocore.exceptions import HTTPClientError as Broken

from org.errors import OrgError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.cloud import Cloud

TRIES = 5
"""How often an answer may break off before a file is given up."""


def listed(cloud: Cloud, bucket: str, prefix: str) -> Iterator[tuple[str, int, str]]:
    """Key, size and ETag of every object below a prefix, sorted by key; needs s3:ListBucket.

    Raises `CloudError` where S3 refuses, and `OrgError` where its lists have no end.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    last = ""
    while True:
        after = {"StartAfter": last} if last else {}
        answer = cloud.call("s3", "list_objects_v2", Bucket=bucket, Prefix=prefix, **after)
        found = answer.get("Contents", ())
        for one in found:
            yield one["Key"], one["Size"], one["ETag"].strip('"')
        if not answer.get("IsTruncated"):
            return
        if not found or found[-1]["Key"] == last:
            raise OrgError(f"S3 says that there is more behind s3://{bucket}/{last or prefix}, and does not give it")
        last = found[-1]["Key"]


class LogFile:
    """One object as a file that is read from its beginning to its end; needs s3:GetObject.

    INVARIANT: where an answer breaks off, the rest is asked for from there, of the same version of the object.
    """

    def __init__(self, cloud: Cloud, bucket: str, key: str) -> None:
        self._cloud, self._bucket, self._key = cloud, bucket, key
        self._body: Any = None
        self._etag = ""
        self._position = 0

    def read(self, number: int) -> bytes:
        """The next bytes, at most that many; none at the end. Raises `OSError` where S3 does not give them."""
        for attempt in range(TRIES):
            try:
                piece: bytes = self._opened().read(number)
            except (BotoCoreError, Broken, OSError) as error:
                self._body = None
                if attempt == TRIES - 1:
                    raise OSError(str(error)) from error
                continue
            except OrgError as error:
                raise OSError(str(error)) from error
            self._position += len(piece)
            return piece
        raise AssertionError("the last attempt returns or raises")

    def _opened(self) -> Any:
        if self._body is None:
            rest = {"Range": f"bytes={self._position}-", "IfMatch": self._etag} if self._position else {}
            answer = self._cloud.call("s3", "get_object", Bucket=self._bucket, Key=self._key, **rest)
            self._body, self._etag = answer["Body"], answer["ETag"]
        return self._body
