from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.accounts.token import (
    BoundObjectReference,
    Claims,
    Limits,
    TokenRequestSpec,
    claims,
    legacy_claims,
    request_token,
    verify,
)
from k8smodels.accounts.token.request import EXTENDED_SECONDS, KUBELET_SECONDS
from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import Secret, ServiceAccount

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def named(name: str, namespace: str = "a", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": f"uid-of-{name}", "namespace": namespace, **more}}


ACCOUNT = ServiceAccount.from_json(named("build"))
NODE = Node.from_json({"metadata": {"name": "n1", "uid": "uid-of-n1"}})
POD = Pod.from_json({**named("web"), "spec": {"serviceAccountName": "build", "nodeName": "n1"}})
SECRET = Secret.from_json(named("own"))
OBJECTS: list[KubernetesObject] = [ACCOUNT, NODE, POD, SECRET]


def issue(kind: str = "", seconds: int = 3600, limits: Limits | None = None, **ref: str) -> Any:
    names = {"Pod": "web", "Node": "n1", "Secret": "own"}
    bound = BoundObjectReference(**({"kind": kind, "api_version": "v1", "name": names.get(kind, "x")} | ref))
    spec = TokenRequestSpec(expiration_seconds=seconds, bound_object_ref=bound if kind else None)
    return request_token(ACCOUNT, spec, OBJECTS, now=NOW, jti="id", limits=limits or Limits())


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_token_that_a_kubelet_asks_for_a_pod_lives_a_year_and_warns_after_the_time_asked() -> None:
    issued = issue("Pod", KUBELET_SECONDS)
    public, private = issued.claims.public, issued.claims.private
    assert public.exp - public.iat == EXTENDED_SECONDS
    assert private.warnafter - public.iat == KUBELET_SECONDS == issued.expiration_seconds
    assert not verify(issued.claims, OBJECTS, later(KUBELET_SECONDS)).annotations
    assert verify(issued.claims, OBJECTS, later(KUBELET_SECONDS + 5)).annotations == {
        "authentication.k8s.io/stale-token": (
            "subject: system:serviceaccount:a:build, seconds after warning threshold: 5"
        )
    }


@pytest.mark.parametrize(
    ("kind", "seconds", "limits"),
    [
        ("Pod", 3600, Limits()),
        ("", KUBELET_SECONDS, Limits()),
        ("Secret", KUBELET_SECONDS, Limits()),
        ("Pod", KUBELET_SECONDS, Limits(extends=False)),
    ],
)
def test_no_other_token_lives_longer_than_asked(kind: str, seconds: int, limits: Limits) -> None:
    issued = issue(kind, seconds, limits)
    assert issued.claims.public.exp - issued.claims.public.iat == seconds
    assert issued.claims.private.warnafter is None


def test_a_token_for_somebody_else_is_not_extended() -> None:
    ref = BoundObjectReference(kind="Pod", api_version="v1", name="web")
    spec = TokenRequestSpec(audiences=("vault",), expiration_seconds=KUBELET_SECONDS, bound_object_ref=ref)
    issued = request_token(ACCOUNT, spec, OBJECTS, now=NOW, jti="id")
    assert issued.claims.private.warnafter is None


def test_a_limit_of_the_server_shortens_the_token_and_says_so() -> None:
    issued = issue("", 7200, Limits(max_seconds=3600))
    assert issued.warnings == ("requested expiration of 7200 seconds shortened to 3600 seconds",)
    assert issued.claims.public.exp - issued.claims.public.iat == issued.expiration_seconds == 3600


def test_a_pod_bound_token_names_the_node_even_where_that_is_gone() -> None:
    assert issue("Pod").claims.private.node.uid == "uid-of-n1"
    without_node = [ACCOUNT, POD]
    ref = BoundObjectReference(kind="Pod", api_version="v1", name="web")
    spec = TokenRequestSpec(bound_object_ref=ref)
    issued = request_token(ACCOUNT, spec, without_node, now=NOW, jti="id")
    assert issued.claims.private.to_json()["node"] == {"name": "n1"}
    verdict = verify(issued.claims, without_node, NOW)
    assert verdict.user
    assert "authentication.kubernetes.io/node-uid" not in verdict.user.extra


@pytest.mark.parametrize("seconds", [599, 0, -1, 2**32 + 1])
def test_a_time_out_of_bounds_is_invalid(seconds: int) -> None:
    with pytest.raises(InvalidObject, match=r"spec\.expirationSeconds: Invalid value: .*may not specify a duration"):
        issue("", seconds)


@pytest.mark.parametrize(
    ("kind", "ref", "reason", "message"),
    [
        ("ConfigMap", {}, "BadRequest", "cannot bind token to object of type /v1, Kind=ConfigMap"),
        ("Pod", {"api_version": "apps/v1"}, "BadRequest", "cannot bind token to object of type apps/v1, Kind=Pod"),
        ("Secret", {"name": "gone"}, "NotFound", 'secrets "gone" not found'),
        ("Pod", {"uid": "old"}, "Conflict", "(old) does not match the UID in record"),
    ],
)
def test_a_token_is_bound_only_to_what_exists(kind: str, ref: dict[str, str], reason: str, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        issue(kind, **ref)
    assert caught.value.reason == reason
    assert message in str(caught.value)


def test_a_token_is_not_bound_to_a_pod_of_another_account() -> None:
    other = ServiceAccount.from_json(named("default"))
    ref = BoundObjectReference(kind="Pod", api_version="v1", name="web")
    with pytest.raises(RefusedError) as caught:
        request_token(other, TokenRequestSpec(bound_object_ref=ref), OBJECTS, now=NOW, jti="id")
    assert str(caught.value) == (
        'cannot bind token for serviceaccount "default" to pod running with different serviceaccount name.'
    )


def test_a_refusal_ends_with_the_check_that_failed() -> None:
    said = issue("Pod").claims
    fine = verify(said, OBJECTS, NOW)
    assert [check.problem for check in fine.checks] == [""] * 4
    assert fine.error == ""
    refused = verify(said, [POD], NOW)
    assert len(refused.checks) == 3
    assert refused.error == 'serviceaccounts "build" not found'
    assert verify(said, OBJECTS, NOW, ["vault", "x"]).error == (
        'token audiences ["api"] is invalid for the target audiences ["vault" "x"]'
    )


@pytest.mark.parametrize(
    ("seconds", "error"),
    [
        (-61, "service account token is not valid yet"),
        (-60, ""),
        (3660, ""),
        (3660.5, "service account token has expired"),
    ],
)
def test_a_minute_of_leeway_holds_at_both_ends(seconds: float, error: str) -> None:
    assert verify(issue().claims, OBJECTS, later(seconds)).error == error


def test_a_token_issued_in_the_future_is_refused_though_it_says_it_is_valid() -> None:
    early = Claims.from_json(issue().claims.to_json() | {"nbf": 0})
    assert verify(early, OBJECTS, later(-61)).error == "service account token is issued in the future"


def test_a_token_without_audience_is_for_the_api_server() -> None:
    assert verify(Claims.from_json(issue().claims.to_json() | {"aud": []}), OBJECTS, NOW).user


def test_an_audience_alone_may_be_text() -> None:
    assert Claims.from_json(issue().claims.to_json() | {"aud": "api"}) == issue().claims


@pytest.mark.parametrize(
    "payload",
    [
        [],
        {},
        {"sub": "x"},
        legacy_claims(ACCOUNT, SECRET),
        {"kubernetes.io": []},
        {"kubernetes.io": {}, "exp": "soon"},
        {"kubernetes.io": {"pod": 7}},
        {"kubernetes.io": {}, "aud": {}},
    ],
)
def test_what_is_no_bound_token_is_refused_with_its_place(payload: Any) -> None:
    with pytest.raises(FieldError):
        Claims.from_json(payload)


BOUND = st.sampled_from([(), (POD,), (POD, NODE), (NODE,), (SECRET,)])


@given(BOUND, st.integers(600, 10**6), st.integers(0, 10**6))
def test_claims_survive_their_json(bound: Any, seconds: int, warn_after: int) -> None:
    said = claims(ACCOUNT, bound, ["api"], seconds, now=NOW, jti="id", warn_after_seconds=warn_after)
    assert Claims.from_json(said.to_json()) == said


@given(BOUND, st.integers(600, 10**5), st.integers(0, 2 * 10**5), st.integers(0, 2 * 10**5), st.sets(st.integers(0, 3)))
def test_once_refused_a_token_is_never_accepted_again(
    bound: Any, seconds: int, first: int, more: int, gone: set[int]
) -> None:
    said = claims(ACCOUNT, bound, ["api"], seconds, now=NOW, jti="id")
    left = [item for i, item in enumerate(OBJECTS) if i not in gone]
    if verify(said, left, later(first)).user is None:
        assert verify(said, left, later(first + more)).user is None
