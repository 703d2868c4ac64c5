"""Whether the API server accepts the claims of a token, and as whom.

The token says who; the objects say whether that still holds. So a token ends before its time when its account, or the
object that it is bound to, is deleted or made anew.

References
----------
pkg/serviceaccount/claims.go: Validate; pkg/serviceaccount/jwt.go: AuthenticateToken (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from k8smodels.accounts.secret_data import with_typed_secrets
from k8smodels.accounts.token.claim_sets import Claims, PublicClaims, Ref
from k8smodels.accounts.users import User, service_account_user
from k8smodels.api.gotext import quote, quote_list
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.times import parse_optional_time
from k8smodels.i18n import _

LEEWAY_SECONDS = 60
"""How far clocks may differ: a token is accepted so long after its end, and after the end of its objects."""

_INVALIDATED = "service account token has been invalidated"
_EXTRA = "authentication.kubernetes.io"

Objects = Mapping[tuple[str, str, str], KubernetesObject]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes
    ----------
    what
        What it was.
    problem
        The API server's error; empty if there was none.
    """

    what: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a token.

    Attributes
    ----------
    user
        Who the API server takes the client for, before the group ``system:authenticated`` is added; None if refused.
    checks
        What was checked, up to the first problem.
    annotations
        What the audit log says besides.
    """

    user: User | None
    checks: tuple[Check, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def error(self) -> str:
        """Why the token was refused, in the API server's words; the client hears only ``Unauthorized``."""
        return self.checks[-1].problem


def verify(
    claims: Claims, objects: Iterable[KubernetesObject], now: datetime, audiences: Sequence[str] = ("api",)
) -> Verdict:
    """Check claims whose signature is right.

    Parameters
    ----------
    claims
        What the token says.
    objects
        What exists now: ServiceAccounts, Pods, Secrets, Nodes.
    now
        The present.
    audiences
        Who the API server is to tokens; one that names no audience is for it.

    Raises
    ------
    FieldError
        A time in one of the objects is malformed.
    """
    present = {(item.kind, item.namespace, item.name): item for item in with_typed_secrets(objects)}
    checks: list[Check] = []
    for check in _checks(claims, present, now, audiences):
        checks.append(check)
        if check.problem:
            return Verdict(None, tuple(checks))
    return Verdict(_user(claims), tuple(checks), _annotations(claims, now))


def _checks(claims: Claims, objects: Objects, now: datetime, audiences: Sequence[str]) -> Iterator[Check]:
    yield Check(_("the token is meant for this API server"), _audience_problem(claims.public.aud, audiences))
    yield Check(_("the present is within its time"), _time_problem(claims.public, now))
    yield Check(_("its account exists and is the same"), _account_problem(claims, objects, now))
    private = claims.private
    if private.secret:
        problem = _bound_problem("Secret", private.namespace, private.secret, objects, now)
        yield Check(_("the Secret that it is bound to exists and is the same"), problem)
    if private.pod:
        problem = _bound_problem("Pod", private.namespace, private.pod, objects, now)
        yield Check(_("the Pod that it is bound to exists and is the same"), problem)
    elif private.node:
        problem = _bound_problem("Node", "", private.node, objects, now)
        yield Check(_("the Node that it is bound to exists and is the same"), problem)


def _audience_problem(own: Sequence[str], accepted: Sequence[str]) -> str:
    if not own or not accepted or set(own) & set(accepted):
        return ""
    return f"token audiences {quote_list(own)} is invalid for the target audiences {quote_list(accepted)}"


def _time_problem(public: PublicClaims, now: datetime) -> str:
    at = now.timestamp()
    if public.nbf is not None and at + LEEWAY_SECONDS < public.nbf:
        return "service account token is not valid yet"
    if public.exp is not None and at - LEEWAY_SECONDS > public.exp:
        return "service account token has expired"
    if public.iat is not None and at + LEEWAY_SECONDS < public.iat:
        return "service account token is issued in the future"
    return ""


def _account_problem(claims: Claims, objects: Objects, now: datetime) -> str:
    namespace, ref = claims.private.namespace, claims.private.serviceaccount
    account = objects.get(("ServiceAccount", namespace, ref.name))
    if account is None:
        return f"serviceaccounts {quote(ref.name)} not found"
    if account.metadata.uid != ref.uid:
        return f"service account UID ({account.metadata.uid}) does not match claim ({ref.uid})"
    if _is_gone(account, now):
        return f"service account {namespace}/{ref.name} has been deleted"
    return ""


def _bound_problem(kind: str, namespace: str, ref: Ref, objects: Objects, now: datetime) -> str:
    item = objects.get((kind, namespace, ref.name))
    if item is None:
        return _INVALIDATED
    if item.metadata.uid != ref.uid:
        word = kind.lower()
        return f"{word} UID ({item.metadata.uid}) does not match service account {word} ref claim ({ref.uid})"
    return _INVALIDATED if _is_gone(item, now) else ""


def _is_gone(item: KubernetesObject, now: datetime) -> bool:
    """Whether the object was deleted longer ago than clocks may differ, and only lingers."""
    deleted = parse_optional_time(item.metadata.deletion_timestamp, "metadata.deletionTimestamp")
    return deleted is not None and deleted < now - timedelta(seconds=LEEWAY_SECONDS)


def _user(claims: Claims) -> User:
    private = claims.private
    user = service_account_user(private.namespace, private.serviceaccount.name, private.serviceaccount.uid)
    extra: dict[str, tuple[str, ...]] = {}
    if claims.public.jti:
        extra[f"{_EXTRA}/credential-id"] = (f"JTI={claims.public.jti}",)
    if private.pod and private.pod.name and private.pod.uid:
        extra |= {f"{_EXTRA}/pod-name": (private.pod.name,), f"{_EXTRA}/pod-uid": (private.pod.uid,)}
    if private.node and private.node.name:
        extra[f"{_EXTRA}/node-name"] = (private.node.name,)
        extra |= {f"{_EXTRA}/node-uid": (private.node.uid,)} if private.node.uid else {}
    return replace(user, extra=extra)


def _annotations(claims: Claims, now: datetime) -> Mapping[str, str]:
    """A mark on tokens that are used after `warnafter`: their clients do not read the renewed file."""
    warn_after = claims.private.warnafter
    if not warn_after or now.timestamp() <= warn_after:
        return {}
    late = int(now.timestamp()) - warn_after
    text = f"subject: {claims.public.sub}, seconds after warning threshold: {late}"
    return {"authentication.k8s.io/stale-token": text}
