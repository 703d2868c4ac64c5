"""What stands in Secrets.

References
----------
pkg/apis/core/v1/conversion.go: Convert_v1_Secret_To_core_Secret;
pkg/apis/core/types.go: SecretTypeServiceAccountToken (v1.37)
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from k8smodels.api.errors import invalid
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.service_account import Secret, ServiceAccount

TOKEN_TYPE = "kubernetes.io/service-account-token"  # noqa: S105 (a type)
NAME_ANNOTATION = "kubernetes.io/service-account.name"
UID_ANNOTATION = "kubernetes.io/service-account.uid"
TOKEN_KEY, CA_KEY, NAMESPACE_KEY = "token", "ca.crt", "namespace"


def decoded(secret: Secret) -> dict[str, bytes]:
    """The values of a Secret.

    Raises
    ------
    FieldError
        A value is not base64.
    """
    values = {}
    for key, text in secret.data.items():
        try:
            values[key] = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise invalid(f"data[{key}]", text, "must be base64") from None
    return values | {key: text.encode() for key, text in secret.string_data.items()}


def with_data(secret: Secret, values: Mapping[str, bytes]) -> Secret:
    """`secret` with these values, as the API server stores it."""
    encoded = {key: base64.b64encode(value).decode() for key, value in values.items()}
    return replace(secret, data=encoded, string_data={})


def with_typed_secrets(objects: Iterable[KubernetesObject]) -> Iterator[KubernetesObject]:
    """`objects`, where Secrets that were read from a file as `Unstructured` are of the class `Secret`.

    Raises
    ------
    FieldError
        A field of such a Secret has the wrong type.
    """
    for item in objects:
        is_secret = isinstance(item, Unstructured) and item.content.get("kind") == Secret.kind
        yield Secret.from_json(item.to_json()) if is_secret else item


def is_token(secret: Secret) -> bool:
    """Whether the Secret is there to hold a token."""
    return secret.type == TOKEN_TYPE


def is_token_of(secret: Secret, account: ServiceAccount) -> bool:
    """Whether it is there for this account: of its name, and of its UID if the Secret names one."""
    annotations = secret.metadata.annotations
    uid = annotations.get(UID_ANNOTATION, "")
    same = annotations.get(NAME_ANNOTATION, "") == account.name and uid in ("", account.metadata.uid)
    return is_token(secret) and secret.namespace == account.namespace and same
