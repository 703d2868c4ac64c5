from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.accounts.admission import MOUNT_PATH, Admitted, admit, admit_ephemeral_containers
from k8smodels.accounts.names import generated_name
from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Pod
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import ServiceAccount

MIRROR = {"kubernetes.io/config.mirror": "hash"}
ENFORCED = {"kubernetes.io/enforce-mountable-secrets": "true"}


def pod(annotations: dict[str, str] | None = None, **spec: Any) -> Pod:
    spec.setdefault("containers", [{"name": "main"}])
    return Pod.from_json({"metadata": {"name": "web", "annotations": annotations or {}}, "spec": spec})


def account(name: str = "default", annotations: dict[str, str] | None = None, **fields: Any) -> ServiceAccount:
    return ServiceAccount.from_json({"metadata": {"name": name, "annotations": annotations or {}}, **fields})


def refusal(item: Pod, *accounts: ServiceAccount) -> str:
    with pytest.raises(RefusedError) as caught:
        admit(item, accounts)
    assert (caught.value.reason, caught.value.code) == ("Forbidden", 403)
    return str(caught.value)


def test_every_addition_is_in_the_stored_pod_and_says_why() -> None:
    item = pod(initContainers=[{"name": "first"}], volumes=[{"name": "v", "emptyDir": {}}])
    admitted = admit(item, [account(imagePullSecrets=[{"name": "registry"}])])
    assert [addition.path for addition in admitted.additions] == [
        "spec.serviceAccountName",
        "spec.serviceAccount",
        "spec.initContainers[0].volumeMounts[0]",
        "spec.containers[0].volumeMounts[0]",
        "spec.volumes[1]",
        "spec.imagePullSecrets",
    ]
    for addition in admitted.additions:
        assert at(admitted.pod.to_json(), addition.path) == addition.value
        assert addition.reason


def at(value: Any, path: str) -> Any:
    for name in path.replace("[", ".").replace("]", "").split("."):
        value = value[int(name)] if name.isdigit() else value[name]
    return value


@pytest.mark.parametrize(
    ("own", "accounts", "path", "reason"),
    [
        ({"automountServiceAccountToken": False}, True, "spec.volumes", "the pod says"),
        ({}, False, "spec.volumes", "the account says"),
        (
            {"containers": [{"name": "c", "volumeMounts": [{"name": "v", "mountPath": MOUNT_PATH}]}]},
            None,
            "spec.containers[0].volumeMounts",
            "mounts something there itself",
        ),
    ],
)
def test_what_is_not_added_says_why(own: dict[str, Any], accounts: bool | None, path: str, reason: str) -> None:
    (omission,) = admit(pod(**own), [account(automountServiceAccountToken=accounts)]).omissions
    assert omission.path == path
    assert reason in omission.reason


def test_an_account_under_the_old_name_of_the_field_counts() -> None:
    admitted = admit(pod(serviceAccount="build"), [account(), account("build")])
    assert admitted.account
    assert admitted.account.name == "build"
    assert admitted.additions[0].value == "build"


def test_a_mirror_pod_may_not_have_an_account_under_the_old_name_either() -> None:
    message = 'pods "web" is forbidden: a mirror pod may not reference service accounts'
    assert refusal(pod(MIRROR, serviceAccount="build")) == message


def test_a_generated_name_is_never_longer_than_a_label() -> None:
    assert generated_name("a" * 70, 0)[:58] == "a" * 58
    assert len(generated_name("a" * 70, 0)) == 63


def test_pull_secrets_of_the_pod_are_kept_and_that_is_said() -> None:
    admitted = admit(pod(imagePullSecrets=[{"name": "own"}]), [account(imagePullSecrets=[{"name": "its"}])])
    assert admitted.pod.spec.to_json()["imagePullSecrets"] == [{"name": "own"}]
    assert [omission.path for omission in admitted.omissions] == ["spec.imagePullSecrets"]


def test_an_account_of_another_namespace_does_not_count() -> None:
    other = replace(account("build"), metadata=replace(account("build").metadata, namespace="other"))
    assert refusal(pod(serviceAccountName="build"), other) == (
        'pods "web" is forbidden: error looking up service account default/build: serviceaccount "build" not found'
    )


@pytest.mark.parametrize(
    "volume",
    [
        {"secret": {"secretName": "s"}},
        {"azureFile": {"secretName": "s"}},
        {"rbd": {"image": "i", "secretRef": {"name": "s"}}},
        {"iscsi": {"iqn": "i", "secretRef": {"name": "s"}}},
        {"scaleIO": {"secretRef": {"name": "s"}}},
        {"csi": {"driver": "d", "nodePublishSecretRef": {"name": "s"}}},
        {"projected": {"sources": [{"secret": {"name": "s"}}]}},
    ],
)
def test_a_mirror_pod_may_not_name_a_secret_in_any_kind_of_volume(volume: dict[str, Any]) -> None:
    item = pod(MIRROR, volumes=[{"name": "v", **volume}])
    assert refusal(item) == 'pods "web" is forbidden: a mirror pod may not reference secrets'


def test_an_optional_secret_without_a_name_is_no_reference() -> None:
    item = pod(
        MIRROR, volumes=[{"name": "v", "secret": {}}], containers=[{"name": "c", "envFrom": [{"secretRef": {}}]}]
    )
    assert admit(item, []).pod == item


@pytest.mark.parametrize("value", ["false", "yes", "tRUE", "", "01"])
def test_only_what_go_reads_as_true_enforces_mountable_secrets(value: str) -> None:
    item = pod(volumes=[{"name": "v", "secret": {"secretName": "s"}}])
    assert admit(item, [account(annotations={**ENFORCED, next(iter(ENFORCED)): value})]).additions
    assert "is not allowed" in refusal(item, account(annotations={next(iter(ENFORCED)): "T"}))


def test_an_ephemeral_container_may_use_only_mountable_secrets() -> None:
    env = [{"name": "E", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    item = pod(serviceAccountName="default", ephemeralContainers=[{"name": "debug", "env": env}])
    admit_ephemeral_containers(item, [account(), account(annotations=ENFORCED)])
    admit_ephemeral_containers(item, [account(annotations=ENFORCED, secrets=[{"name": "s"}])])
    with pytest.raises(RefusedError) as caught:
        admit_ephemeral_containers(item, [account(annotations=ENFORCED)])
    assert str(caught.value) == (
        'ephemeral container debug with envVar E referencing secret.secretName="s" is not allowed because '
        "service account default does not reference that secret"
    )


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"serviceAccountName": 7}, "spec.serviceAccountName"),
        ({"imagePullSecrets": ["x"]}, "spec.imagePullSecrets[0]"),
        ({"containers": [{"name": "c", "volumeMounts": {}}]}, "spec.containers[0].volumeMounts"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(spec: dict[str, Any], path: str) -> None:
    with pytest.raises(FieldError) as caught:
        admit(pod(**spec), [account()])
    assert caught.value.path == path


CONTAINER = st.sampled_from([{"name": "a"}, {"name": "b", "volumeMounts": [{"name": "v", "mountPath": MOUNT_PATH}]}])
PODS = st.builds(
    lambda containers, init, volumes, name, automount: pod(
        containers=containers,
        initContainers=init,
        volumes=volumes,
        **({"serviceAccountName": name} if name else {}),
        **({} if automount is None else {"automountServiceAccountToken": automount}),
    ),
    st.lists(CONTAINER, min_size=1, max_size=2),
    st.lists(CONTAINER, max_size=2),
    st.sampled_from([[], [{"name": "kube-api-access-own", "emptyDir": {}}]]),
    st.sampled_from(["", "build"]),
    st.sampled_from([None, True, False]),
)
ACCOUNTS = st.builds(
    lambda automount, pull: [
        account(name, automountServiceAccountToken=automount, imagePullSecrets=pull) for name in ("default", "build")
    ],
    st.sampled_from([None, True, False]),
    st.sampled_from([[], [{"name": "registry"}]]),
)


@given(PODS, ACCOUNTS, st.integers(0, 5), st.integers(0, 5))
def test_admission_is_idempotent(item: Pod, accounts: list[ServiceAccount], seed: int, other_seed: int) -> None:
    once = admit(item, accounts, seed=seed)
    twice = admit(once.pod, accounts, seed=other_seed)
    assert twice.pod == once.pod
    assert not twice.additions


@given(PODS, ACCOUNTS)
def test_nothing_but_the_additions_changes(item: Pod, accounts: list[ServiceAccount]) -> None:
    admitted = admit(item, accounts)
    assert without(admitted) == item.to_json()["spec"]


def without(admitted: Admitted) -> Any:
    """The stored spec with every addition taken out again."""
    out = json.loads(json.dumps(admitted.pod.to_json()))
    for addition in reversed(admitted.additions):
        parent, _, last = addition.path.rpartition("[" if addition.path.endswith("]") else ".")
        holder = at(out, parent)
        del holder[int(last[:-1]) if addition.path.endswith("]") else last]
        if not holder:
            outer, _, name = parent.rpartition(".")
            del at(out, outer)[name]
    return out["spec"]
