"""moto, for every call that the strict layer does not answer; imported only when the first such call comes."""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import Any

from org.sandbox.importing import moto_is_there
from org.sandbox.strict.refusal import NotCovered
from org.sandbox.wire import Response

SETTINGS = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "false",
    "MOTO_IAM_LOAD_ALL_POLICIES": "false",
}
"""EC2 costs 4 MB an account and Region with its images, and IAM 31 MB an account with AWS's managed policies."""
SERVER_ERROR, NOT_FOUND = 500, 404
NO_BACKEND = (NotImplementedError, AttributeError, ImportError, KeyError)
"""What moto's dispatcher raises for a service it does not have, or whose extra packages are not installed."""


class Fallback:
    """moto's server application, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._application: Any = None

    @property
    def used(self) -> bool:
        """True once a call has gone to moto."""
        return self._application is not None

    def respond(self, environ: dict[str, Any], body: bytes, account: str) -> Response:
        """moto's answer for a caller of that account; `NotCovered` where moto has none.

        The header with the account saves moto from looking for the caller in every account's IAM.
        """
        given = {
            **environ,
            "HTTP_X_MOTO_ACCOUNT_ID": account,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
        }
        started: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            started.update(status=int(status.split(maxsplit=1)[0]), headers=headers)

        try:
            chunks = self._load()(given, start)
            answer = b"".join(chunks)
        except NO_BACKEND as error:
            raise NotCovered(f"moto has no answer ({type(error).__name__}: {error})") from error
        html = any(
            name.lower() == "content-type" and value.startswith("text/html") for name, value in started["headers"]
        )
        if started["status"] == SERVER_ERROR or (started["status"] in {NOT_FOUND, 501} and html):
            raise NotCovered("moto has no answer")
        headers = [(name, value) for name, value in started["headers"] if name.lower() != "content-length"]
        return Response(started["status"], answer, headers, str(started["status"]) if started["status"] >= 400 else "")

    def reset(self) -> None:
        """moto has forgotten everything; rules of the strict layer use its models before its application is loaded."""
        if self._application is None and "moto.core.base_backend" not in sys.modules:
            return
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()

    def _load(self) -> Any:
        with self._lock:
            if self._application is None:
                self._application = load()
            return self._application


def keep_small() -> None:
    """moto's settings, which it reads when it makes a backend."""
    os.environ.update({name: os.environ.get(name, value) for name, value in SETTINGS.items()})


def load() -> Any:
    """moto's WSGI application, with the settings that keep it small."""
    keep_small()
    moto_is_there()
    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    default_user_config["lambda"]["use_docker"] = False
    default_user_config["batch"]["use_docker"] = False
    leave_bucket_policies_alone()
    know_root_users()
    close_new_buckets()
    compile_rules_alone()
    application = DomainDispatcherApplication(create_backend_app)
    found = application.get_backend_for_host
    known = application.backend_url_patterns

    def backend(host: str | None) -> Any:
        """The backend, without moto's line on standard output for a service it does not have."""
        if host and "amazonaws.com" in host and not any(pattern.match(f"http://{host}") for _, pattern in known):
            raise NotCovered(f"moto has no backend for {host}")
        return found(host)

    application.get_backend_for_host = backend
    return application


def know_root_users() -> None:
    """A policy of IAM may name root users, `arn:aws:iam::*:root`, as those for AssumeRoot do; moto knows none.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
    """
    from moto.iam import policy_validation

    known = policy_validation.VALID_RESOURCE_PATH_STARTING_VALUES["iam"]["values"]
    if "root" not in known:
        known.append("root")


def leave_bucket_policies_alone() -> None:
    """moto obeys no bucket policy: it denies by a Deny whose condition is not met, and they are decided before it."""
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    FakeBucket.get_permission = lambda _self, _action, _resource: PermissionResult.NEUTRAL


def compile_rules_alone() -> None:
    """One thread at a time compiles routes: Python 3.11 confuses the syntax trees that two threads build.

    https://github.com/python/cpython/issues/106905
    """
    from werkzeug.routing.rules import Rule

    compiled, alone = Rule.compile, threading.Lock()

    def compile_alone(self: Rule) -> None:
        with alone:
            compiled(self)

    Rule.compile = compile_alone


def close_new_buckets() -> None:
    """A new bucket blocks public access, has no ACLs and is encrypted, and none is ever without encryption.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
    """
    from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend

    born = FakeBucket.__init__

    def new(self: Any, *given: Any, **named: Any) -> None:
        born(self, *given, **named)
        self.public_access_block = PublicAccessBlock(*["true"] * 4)
        self.ownership_rule = "BucketOwnerEnforced"
        self.encryption = encrypted_by_s3()

    def reset(self: Any, bucket_name: str) -> None:
        self.get_bucket(bucket_name).encryption = encrypted_by_s3()

    FakeBucket.__init__ = new
    S3Backend.delete_bucket_encryption = reset


def encrypted_by_s3() -> dict[str, Any]:
    """S3's own encryption, as moto keeps it."""
    return {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
