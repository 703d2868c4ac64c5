"""The API ``TokenRequest``: how a kubelet, or ``kubectl create token``, gets a token.

Left out: tokens for the webhooks of admission, and the UID that a request may name for its account.

References
----------
pkg/registry/core/serviceaccount/storage/token.go: Create; pkg/apis/authentication/validation/validation.go;
pkg/apis/authentication/v1/defaults.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from k8smodels.accounts.admission.fields import account_fields
from k8smodels.accounts.secret_data import with_typed_secrets
from k8smodels.accounts.token.claim_sets import Claims, claims
from k8smodels.api.errors import FieldError, InvalidObject, invalid
from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import Secret, ServiceAccount
from k8smodels.api.structure import Struct, struct

MIN_SECONDS = 10 * 60
MAX_SECONDS = 2**32
DEFAULT_SECONDS = 60 * 60

KUBELET_SECONDS = 60 * 60 + 7
"""What admission makes kubelets ask for; exactly this number means that the pod's author asked for nothing."""

EXTENDED_SECONDS = 365 * 24 * 60 * 60
"""How long such a token lives: for clients that read the file once. The kubelet renews it hourly all the same."""


@struct
class BoundObjectReference(Struct):
    """The Pod, Secret or Node with which the token shall end; without `uid`, the one that has this name now."""

    kind: str = ""
    api_version: str = ""
    name: str = ""
    uid: str = ""


@struct
class TokenRequestSpec(Struct):
    """What is asked for; no audience means the API server."""

    audiences: tuple[str, ...] = ()
    expiration_seconds: int = DEFAULT_SECONDS
    bound_object_ref: BoundObjectReference | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings of the API server.

    Attributes
    ----------
    audiences
        ``--api-audiences``; by default the issuer.
    max_seconds
        ``--service-account-max-token-expiration``; 0 for none.
    extends
        ``--service-account-extend-token-expiration``.
    """

    audiences: tuple[str, ...] = ("api",)
    max_seconds: int = 0
    extends: bool = True


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was issued.

    Attributes
    ----------
    claims
        What it says.
    expiration_seconds
        What the answer tells the client; the token itself may live longer.
    warnings
        What the client is told besides.
    """

    claims: Claims
    expiration_seconds: int
    warnings: tuple[str, ...] = ()


def request_token(
    account: ServiceAccount,
    spec: TokenRequestSpec,
    objects: Iterable[KubernetesObject],
    *,
    now: datetime,
    jti: str,
    limits: Limits = Limits(),
) -> Issued:
    """The answer to a request for a token of `account`.

    Parameters
    ----------
    account
        An account that exists.
    spec
        What is asked for.
    objects
        The Pods, Secrets and Nodes that exist.
    now
        The present.
    jti
        The token's identifier, a random UUID.
    limits
        Settings of the API server.

    Raises
    ------
    InvalidObject
        The time is too short or too long.
    RefusedError
        The object does not exist, is another one, is a pod of another account, or of a kind that no token is bound to.
    """
    errors = tuple(_spec_errors(spec))
    if errors:
        raise InvalidObject("TokenRequest", "", errors)
    audiences = spec.audiences or limits.audiences
    bound_to = (
        _bound_to(account, spec.bound_object_ref, list(with_typed_secrets(objects))) if spec.bound_object_ref else ()
    )
    asked, warnings = spec.expiration_seconds, tuple[str, ...]()
    if 0 < limits.max_seconds < asked:
        warnings = (f"requested expiration of {asked} seconds shortened to {limits.max_seconds} seconds",)
        asked = limits.max_seconds
    is_pod = any(isinstance(item, Pod) for item in bound_to)
    extended = limits.extends and is_pod and asked == KUBELET_SECONDS and set(audiences) <= set(limits.audiences)
    lives, warn_after = (EXTENDED_SECONDS, asked) if extended else (asked, 0)
    said = claims(account, bound_to, audiences, lives, now=now, jti=jti, warn_after_seconds=warn_after)
    return Issued(said, asked, warnings)


def _spec_errors(spec: TokenRequestSpec) -> Iterator[FieldError]:
    path, seconds = "spec.expirationSeconds", spec.expiration_seconds
    if seconds < MIN_SECONDS:
        yield invalid(path, seconds, "may not specify a duration less than 10 minutes")
    if seconds > MAX_SECONDS:
        yield invalid(path, seconds, "may not specify a duration larger than 2^32 seconds")


def _bound_to(
    account: ServiceAccount, ref: BoundObjectReference, objects: Sequence[KubernetesObject]
) -> tuple[Pod | Secret | Node, ...]:
    """The object that `ref` names; a Pod with its Node."""
    group, _, version = ref.api_version.rpartition("/")
    if group or ref.kind not in ("Pod", "Secret", "Node"):
        message = f"cannot bind token to object of type {group}/{version}, Kind={ref.kind}"
        raise RefusedError("BadRequest", 400, message)
    namespace = "" if ref.kind == "Node" else account.namespace
    item = _find(objects, ref.kind, namespace, ref.name)
    if not isinstance(item, Pod | Secret | Node):
        raise RefusedError.not_found(f"{ref.kind.lower()}s", ref.name)
    if isinstance(item, Pod) and account_fields(item).account_name != account.name:
        name = quote(account.name)
        message = f"cannot bind token for serviceaccount {name} to pod running with different serviceaccount name."
        raise RefusedError("BadRequest", 400, message)
    if ref.uid and ref.uid != item.metadata.uid:
        why = (
            f"the UID in the bound object reference ({ref.uid}) does not match the UID in record."
            " The object might have been deleted and then recreated"
        )
        raise RefusedError.conflict(ref.kind, ref.name, why)
    return (item, *_node_of(item, objects)) if isinstance(item, Pod) else (item,)


def _node_of(pod: Pod, objects: Sequence[KubernetesObject]) -> Iterator[Node]:
    """The node of a pod that is scheduled; where no such node exists, its name alone."""
    name = pod.spec.node_name
    if name:
        found = _find(objects, "Node", "", name)
        yield found if isinstance(found, Node) else replace(Node(), metadata=ObjectMeta(name=name))


def _find(objects: Iterable[KubernetesObject], kind: str, namespace: str, name: str) -> KubernetesObject | None:
    return next((item for item in objects if (item.kind, item.namespace, item.name) == (kind, namespace, name)), None)
