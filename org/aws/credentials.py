"""The credentials that any AWS tool would use here, and what to do where they cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import botocore.session
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from org.errors import Unreachable
from org.model.place import Place

CredentialSource = Callable[[], ReadOnlyCredentials]

_WHAT_TO_DO = {
    "ProfileNotFound": "set AWS_PROFILE to a profile of your AWS configuration, or unset it",
    "PartialCredentialsError": "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or complete the profile",
    "CredentialRetrievalError": "run the profile's credential_process by hand to see what is wrong",
    "AccessDenied": "the role of the profile must exist and trust the credentials that assume it",
    "ConfigParseError": "mend that file, or name another in AWS_CONFIG_FILE",
    "FileNotFoundError": "check AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile",
    "SSOTokenLoadError": "run: aws sso login",
    "TokenRetrievalError": "run: aws sso login",
    "UnauthorizedSSOTokenError": "run: aws sso login",
}
_OTHERWISE = (
    "check AWS_PROFILE and the AWS_ variables of the environment, for example with: aws sts get-caller-identity"
)


@contextmanager
def explained() -> Iterator[None]:
    """Within this context, credentials or a configuration that cannot be used raise `Unreachable`, with what to do.

    botocore lets errors of files, of JSON and of renewed sessions through as they are.
    """
    try:
        yield
    except (BotoCoreError, ClientError, OSError, ValueError, RuntimeError) as error:
        name = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        shown = "".join(letter if letter.isprintable() else " " for letter in str(error))
        what = f"{' '.join(shown.split()).rstrip('.')}; {_WHAT_TO_DO.get(name, _OTHERWISE)}"
        raise Unreachable(Place(""), "GetCredentials", name, what) from error


def environment_credentials() -> CredentialSource | None:
    """The credentials any AWS tool would use here (environment, profile, web identity, instance), or None.

    Raises `Unreachable` where they are half there; the source does where they cannot be had or renewed.
    """
    with explained():
        credentials = botocore.session.Session().get_credentials()
    if credentials is None:
        return None

    def source() -> ReadOnlyCredentials:
        with explained():
            frozen: ReadOnlyCredentials = credentials.get_frozen_credentials()
            return frozen

    return source
