"""Accounts of programs, and the Secrets that may belong to them.

References
----------
staging/src/k8s.io/api/core/v1/types.go: ServiceAccount, Secret (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.structure import Struct, struct


@struct
class LocalObjectReference(Struct):
    """An object of the same namespace, by its name."""

    name: str = ""


@struct
class ObjectReference(Struct):
    """An object, as far as it is described."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"resourceVersion", "fieldPath"})

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


@struct
class ServiceAccount(KubernetesObject):
    """Who a pod is when it talks to the API server.

    Attributes
    ----------
    secrets
        Before 1.24 the account's tokens. They are what its pods may mount where the annotation
        ``kubernetes.io/enforce-mountable-secrets`` is ``true``.
    image_pull_secrets
        For pods that name none themselves.
    automount_service_account_token
        Whether pods get a token that do not say it themselves; unset means yes.
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "ServiceAccount"

    secrets: tuple[ObjectReference, ...] = ()
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()
    automount_service_account_token: bool | None = None


@struct
class Secret(KubernetesObject):
    """Confidential values: `data` in base64; `string_data` as plain text, which the API server moves to `data`."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"immutable"})

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Secret"

    type: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    string_data: Mapping[str, str] = field(default_factory=dict)
