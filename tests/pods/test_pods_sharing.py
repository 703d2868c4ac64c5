"""What the API server refuses, what volumes show, which host ports clash, what outlives what."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.pod import Pod
from k8smodels.pods import (
    Event,
    Place,
    Thing,
    fate,
    fates,
    host_port_conflicts,
    place_of,
    seen_elsewhere,
    validate_pod_sharing,
)


def make(spec: str, name: str = "web") -> Pod:
    return Pod.from_json({"metadata": {"name": name}, "spec": yaml.safe_load(spec)})


def errors(spec: str) -> list[str]:
    try:
        validate_pod_sharing(make(spec))
    except InvalidObject as refused:
        return [str(error) for error in refused.errors]
    return []


C = "containers: [{name: c, image: i}]"


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (f"{{{C}, shareProcessNamespace: true}}", []),
        (f"{{{C}, shareProcessNamespace: false, hostPID: true}}", []),
        (
            f"{{{C}, shareProcessNamespace: true, hostPID: true}}",
            [
                "spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be"
                " enabled"
            ],
        ),
        (
            f"{{{C}, hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true}}",
            [
                "spec.hostNetwork: Forbidden: when `hostUsers` is false",
                "spec.HostPID: Forbidden: when `hostUsers` is false",
                "spec.HostIPC: Forbidden: when `hostUsers` is false",
            ],
        ),
        (f"{{{C}, hostUsers: true, hostNetwork: true}}", []),
        (
            "{hostUsers: false, containers: [{name: c, image: i, volumeDevices: [{name: v, devicePath: /dev/x}]}]}",
            ["spec.containers[0].volumeDevices: Forbidden: when `hostUsers` is false"],
        ),
        (
            f"{{{C}, hostNetwork: true, hostnameOverride: a}}",
            ["spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true"],
        ),
        ("{hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}", []),
        (
            "{hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 80, hostPort: 81}]}]}",
            [
                "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork`"
                " is true"
            ],
        ),
        (
            "{containers: [{name: c, image: i, ports: [{containerPort: 80, hostPort: 8080}]},"
            " {name: d, image: i, ports: [{containerPort: 81, hostPort: 8080},"
            " {containerPort: 81, hostPort: 8080, protocol: UDP}]}]}",
            ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//8080"'],
        ),
        (
            "{containers: [{name: c, image: i, ports: [{containerPort: 80}]},"
            " {name: d, image: i, ports: [{containerPort: 80}]}]}",
            [],
        ),
        (
            f"{{{C}, ephemeralContainers: [{{name: c, image: i}}, {{name: d, image: i, targetContainerName: e,"
            " ports: [{containerPort: 80}]}]}",
            [
                'spec.ephemeralContainers[0].name: Duplicate value: "c"',
                'spec.ephemeralContainers[1].targetContainerName: Not found: "e"',
                "spec.ephemeralContainers[1].ports: Forbidden: cannot be set for an Ephemeral Container",
            ],
        ),
        (
            "{volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: i, volumeMounts: ["
            "{name: v, mountPath: /a, subPath: ../b}, {name: w, mountPath: /a},"
            " {name: v, mountPath: /b, subPath: /c}]}]}",
            [
                "spec.containers[0].volumeMounts.subPath: Invalid value: \"../b\": must not contain '..'",
                'spec.containers[0].volumeMounts[1].name: Not found: "w"',
                'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
                'spec.containers[0].volumeMounts.subPath: Invalid value: "/c": must be a relative path',
            ],
        ),
        (
            f"{{{C}, volumes: [{{name: v, emptyDir: {{}}}}], ephemeralContainers: [{{name: d, image: i,"
            " volumeMounts: [{name: v, mountPath: /a, subPath: b}]}]}",
            [
                "spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral"
                " Container"
            ],
        ),
    ],
)
def test_what_is_refused(spec: str, wanted: list[str]) -> None:
    assert errors(spec) == wanted


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (f"{{{C}, hostPID: 'yes'}}", "spec.hostPID"),
        (f"{{{C}, ephemeralContainers: [3]}}", "spec.ephemeralContainers[0]"),
        (
            "{containers: [{name: c, image: i, volumeMounts: [{readOnly: 1}]}]}",
            "spec.containers[0].volumeMounts[0].readOnly",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_named(spec: str, path: str) -> None:
    with pytest.raises(FieldError) as refused:
        validate_pod_sharing(make(spec))
    assert refused.value.path == path


VOLUMES = """
volumes: [{name: shared, emptyDir: {}}, {name: cache, emptyDir: {medium: Memory}}]
initContainers:
- {name: fetch, image: i, volumeMounts: [{name: shared, mountPath: /out, subPath: html}]}
containers:
- name: web
  image: i
  volumeMounts:
  - {name: shared, mountPath: /srv/, readOnly: true}
  - {name: cache, mountPath: /srv/html/cache}
- {name: side, image: i, volumeMounts: [{name: shared, mountPath: /data}]}
"""


@pytest.mark.parametrize(
    ("container", "path", "place"),
    [
        ("fetch", "/out/index.html", Place("shared", "/html/index.html")),
        ("web", "/srv/html/index.html", Place("shared", "/html/index.html", read_only=True)),
        ("web", "/srv/html/cache/x", Place("cache", "/x")),
        ("web", "/srv/html/cache/../a", Place("shared", "/html/a", read_only=True)),
        ("web", "/srvx", Place("", "/srvx")),
        ("side", "/etc/hosts", Place("", "/etc/hosts")),
        ("side", "/data", Place("shared", "/")),
    ],
)
def test_the_longest_mount_decides_where_a_file_lies(container: str, path: str, place: Place) -> None:
    assert place_of(make(VOLUMES), container, path) == place


def test_a_file_of_a_volume_is_seen_by_all_that_mount_it_and_do_not_hide_it() -> None:
    def seen(container: str, path: str) -> list[tuple[str, str, bool]]:
        return [(each.container, each.path, each.read_only) for each in seen_elsewhere(make(VOLUMES), container, path)]

    assert seen("fetch", "/out/a") == [("web", "/srv/html/a", True), ("side", "/data/html/a", False)]
    assert seen("side", "/data/b") == [("web", "/srv/b", True)]
    assert seen("side", "/data/html/cache/c") == [("fetch", "/out/cache/c", False)]
    assert seen("side", "/etc/hosts") == []


@pytest.mark.parametrize(("container", "path"), [("nobody", "/a"), ("web", "a"), ("web", "/a\0")])
def test_a_question_about_no_file_is_refused(container: str, path: str) -> None:
    with pytest.raises(FieldError):
        place_of(make(VOLUMES), container, path)


@given(
    st.sampled_from(("fetch", "web", "side")),
    st.lists(st.sampled_from(("srv", "html", "cache", "data", "out", "..")), max_size=5),
)
def test_being_seen_elsewhere_is_mutual(container: str, parts: list[str]) -> None:
    pod, path = make(VOLUMES), "/" + "/".join(parts)
    for seen in seen_elsewhere(pod, container, path):
        here, there = place_of(pod, container, path), place_of(pod, seen.container, seen.path)
        assert (here.volume, here.path) == (there.volume, there.path)
        assert container in [back.container for back in seen_elsewhere(pod, seen.container, seen.path)]


def port_pod(name: str, port: Any) -> Pod:
    return make(f"{{containers: [{{name: c, image: i, ports: [{port}]}}]}}", name)


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("{containerPort: 80}", "{containerPort: 80}", False),
        ("{containerPort: 80, hostPort: 80}", "{containerPort: 81, hostPort: 80}", True),
        ("{containerPort: 80, hostPort: 80}", "{containerPort: 80, hostPort: 80, protocol: UDP}", False),
        ("{containerPort: 80, hostPort: 80}", "{containerPort: 80, hostPort: 80, hostIP: 192.0.2.1}", True),
        (
            "{containerPort: 80, hostPort: 80, hostIP: 192.0.2.2}",
            "{containerPort: 80, hostPort: 80, hostIP: 192.0.2.1}",
            False,
        ),
    ],
)
def test_two_pods_cannot_have_the_same_port_of_a_node(first: str, second: str, clash: bool) -> None:
    assert bool(host_port_conflicts([port_pod("a", first), port_pod("b", second)])) == clash


def test_on_the_nodes_network_each_port_is_the_nodes() -> None:
    spec = "{hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}"
    (found,) = host_port_conflicts([make(spec, "a"), make(spec, "b")])
    assert (found.first, found.second, found.protocol, found.port) == ("a", "b", "TCP", 80)


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        (Event.CONTAINER_RESTARTS, "network namespace|System V|Memory|emptyDir|uid|hostPath|persistent"),
        (Event.SANDBOX_CHANGES, "Memory|emptyDir|uid|hostPath|persistent"),
        (Event.KUBELET_RESTARTS, "."),
        (Event.NODE_REBOOTS, "emptyDir$|uid|hostPath|persistent"),
        (Event.POD_IS_REPLACED, "persistent"),
    ],
)
def test_what_outlives_an_event(event: Event, kept: str) -> None:
    assert [thing for thing in Thing if fate(thing, event).survives] == [
        thing for thing in Thing if re.search(kept, thing.value)
    ]


def test_every_fate_has_a_reason() -> None:
    assert len(fates()) == len(Thing) * len(Event)
    assert all(("which stays" in each.reason) == each.survives for each in fates())
    assert "may run on another one" in fate(Thing.HOST_PATH, Event.POD_IS_REPLACED).reason
