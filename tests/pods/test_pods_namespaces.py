"""Which namespaces containers share: what the pod says, and what the processes on the machine then have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.pod import Pod
from k8smodels.isolation.machine import Refused, boot, connect, fork, kill, msgget, same_view, wait
from k8smodels.isolation.machine.life import exit_process
from k8smodels.pods import hostname, listen_on_declared_ports, namespaces_of, reap, run_pod, shared, start_container
from k8smodels.pods.namespaces import all_containers


def make(*names: str, **spec: Any) -> Pod:
    containers = [{"name": name, "image": "i", "ports": [{"containerPort": 8080}]} for name in names or ("app", "side")]
    return Pod.from_json({"metadata": {"name": "web"}, "spec": {"containers": containers} | spec})


DEBUG = [{"name": "debug", "image": "i", "targetContainerName": "app"}]


@pytest.mark.parametrize(
    ("spec", "kinds"),
    [
        ({}, "uts ipc net user time"),
        ({"shareProcessNamespace": True}, "uts ipc net pid user time"),
        ({"shareProcessNamespace": False}, "uts ipc net user time"),
        ({"hostPID": True}, "uts ipc net pid user time"),
        ({"hostNetwork": True}, "uts ipc net user time"),
        ({"hostUsers": False}, "uts ipc net user time"),
    ],
)
def test_what_two_containers_share(spec: dict[str, Any], kinds: str) -> None:
    assert shared(make(**spec), "app", "side") == tuple(kinds.split())


@pytest.mark.parametrize(
    ("spec", "kind", "mode", "reason"),
    [
        ({}, "pid", "CONTAINER", ""),
        ({"hostPID": True}, "pid", "NODE", "hostPID: true"),
        ({"hostNetwork": True}, "net", "NODE", "hostNetwork: true"),
        ({"hostNetwork": True}, "uts", "NODE", "hostNetwork: true"),
        ({"hostNetwork": True}, "ipc", "POD", ""),
        ({"hostIPC": True}, "ipc", "NODE", "hostIPC: true"),
        ({"hostUsers": False}, "user", "POD", "hostUsers: false"),
        ({"hostUsers": True}, "user", "NODE", ""),
        ({}, "mnt", "CONTAINER", ""),
        ({}, "cgroup", "CONTAINER", ""),
        ({}, "time", "NODE", ""),
    ],
)
def test_whose_namespace_it_is_and_which_field_says_so(spec: dict[str, Any], kind: Any, mode: str, reason: str) -> None:
    found = namespaces_of(make(**spec))[0].of(kind)
    assert (found.mode, found.reason) == (mode, reason)


def test_the_target_of_an_ephemeral_container_counts_only_without_a_common_pid_namespace() -> None:
    alone = make(ephemeralContainers=DEBUG)
    assert namespaces_of(alone)[-1].of("pid").target == "app"
    assert "pid" in shared(alone, "app", "debug")
    assert "pid" not in shared(alone, "side", "debug")
    assert namespaces_of(make(ephemeralContainers=DEBUG, shareProcessNamespace=True))[-1].mode("pid") == "POD"
    assert namespaces_of(make(ephemeralContainers=DEBUG, hostPID=True))[-1].mode("pid") == "NODE"


@given(
    st.fixed_dictionaries({}, optional={name: st.booleans() for name in ("hostNetwork", "hostIPC")}),
    st.sampled_from(({}, {"hostPID": True}, {"shareProcessNamespace": True}, {"hostUsers": False})),
    st.booleans(),
)
def test_the_processes_share_what_the_pod_says(first: dict[str, bool], second: dict[str, bool], debug: bool) -> None:
    if "hostUsers" in second and any(first.values()):
        return  # refused by the API server
    pod = make(**first, **second, **({"ephemeralContainers": DEBUG} if debug else {}))
    running = run_pod(boot(), pod)
    names = [container.name for container in all_containers(pod)]
    for here in names:
        for there in names:
            views = same_view(running.machine, running.containers[here], running.containers[there])
            common = tuple(kind for kind, same in views.items() if same)
            assert common == (shared(pod, here, there) if here != there else tuple(views))
    for found in namespaces_of(pod):
        views = same_view(running.machine, running.containers[found.container], 1)
        assert {kind for kind, same in views.items() if same} == {
            each.kind for each in found.memberships if each.mode == "NODE"
        }


def commands(pod: Pod, container: str) -> list[tuple[int, str]]:
    return [(line.pid, line.command) for line in run_pod(boot(), pod).sees(container).processes]


def test_a_container_is_number_1_and_alone_unless_the_pod_shares_its_processes() -> None:
    assert commands(make(), "side") == [(1, "side")]
    assert commands(make(shareProcessNamespace=True), "side") == [(1, "pause"), (2, "app"), (3, "side")]
    assert (1, "init") in commands(make(hostPID=True), "side")
    assert [name for _, name in commands(make(ephemeralContainers=DEBUG), "debug")] == ["app", "debug"]


def test_an_ephemeral_container_needs_a_target_that_runs() -> None:
    debug = [DEBUG[0] | {"targetContainerName": "fetch"}]
    pod = make("app", initContainers=[{"name": "fetch", "image": "i"}], ephemeralContainers=debug)
    with pytest.raises(ValueError, match="unable to find target container fetch"):
        run_pod(boot(), pod)


def test_root_of_a_pod_with_its_own_users_is_nobody_of_note_on_the_node() -> None:
    running = run_pod(boot(), make(hostUsers=False))
    assert {line.uid for line in running.sees("app").processes} == {0}
    assert running.machine.process(running.containers["app"]).uid == 65536


def test_localhost_reaches_the_other_container_and_its_port_is_taken() -> None:
    running, attempts = listen_on_declared_ports(run_pod(boot(), make()))
    assert [attempt.refused.partition(":")[0] for attempt in attempts] == ["", "EADDRINUSE"]
    assert connect(running.machine, running.containers["side"], "127.0.0.1", 8080) == running.containers["app"]
    assert running.sees("side").ports == (8080,)


def test_a_second_pod_has_ports_of_its_own_unless_both_use_the_nodes() -> None:
    for host_network, refused in ((False, ""), (True, "EADDRINUSE")):
        first, _ = listen_on_declared_ports(run_pod(boot(), make("app", hostNetwork=host_network)))
        second = run_pod(first.machine, make("app", hostNetwork=host_network), "10.244.1.3")
        _, attempts = listen_on_declared_ports(second)
        assert attempts[0].refused.partition(":")[0] == refused


def test_system_v_keys_are_the_pods() -> None:
    running = run_pod(boot(), make())
    machine = msgget(running.machine, running.containers["app"], 42)
    with pytest.raises(Refused, match="EEXIST"):
        msgget(machine, running.containers["side"], 42)
    assert msgget(machine, 1, 42)


def test_the_address_and_the_objects_of_ipc_outlive_a_container_since_pause_holds_them() -> None:
    pod = make("app")
    running = run_pod(boot(), pod)
    machine = msgget(running.machine, running.containers["app"], 42)
    machine = kill(machine, running.shim, running.containers["app"], "SIGKILL")
    machine, _ = wait(machine, running.shim)
    stopped = replace(running, machine=machine, containers={})
    again = start_container(stopped, pod.spec.containers[0], namespaces_of(pod)[0])
    assert again.containers["app"] != running.containers["app"]
    assert again.sees("app").addresses == running.sees("app").addresses
    assert again.sees("app").ipc_keys == {42}


def test_pause_reaps_orphans_only_where_it_is_number_1_for_them() -> None:
    for share, left in ((True, 0), (False, 1)):
        running = run_pod(boot(), make("app", shareProcessNamespace=share))
        app = running.containers["app"]
        machine, child = fork(running.machine, app, "child")
        machine, grandchild = fork(machine, child, "grandchild")
        machine, _ = wait(exit_process(machine, child), app)
        machine = exit_process(machine, grandchild)
        parent = machine.process(grandchild).parent
        assert parent == (running.pause if share else app)
        after = reap(replace(running, machine=machine)).machine
        assert sum(each.state == "Z" for each in after.processes.values()) == left


@pytest.mark.parametrize(
    ("name", "spec", "wanted"),
    [
        ("web", {}, "web"),
        ("web", {"hostname": "db"}, "db"),
        ("web", {"hostname": "db", "hostnameOverride": "db.example.com"}, "db.example.com"),
        ("web", {"hostNetwork": True}, "n1"),
        ("a" * 62 + "-b", {}, "a" * 62),
        ("a" * 63, {}, "a" * 63),
    ],
)
def test_the_host_name_is_the_pods(name: str, spec: dict[str, Any], wanted: str) -> None:
    pod = Pod.from_json({"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "i"}]} | spec})
    assert hostname(pod, "n1") == wanted
    if "hostNetwork" not in spec:
        assert run_pod(boot(hostname="n1"), pod).sees("c").hostname == wanted
