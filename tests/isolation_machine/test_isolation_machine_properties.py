"""What holds after any calls."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hypothesis import given
from machine_strategies import calls

from k8smodels.isolation.machine import Call, File, Machine, boot, can_signal, resolve, run, visible
from k8smodels.isolation.machine.membership import pid_chain
from k8smodels.isolation.machine.namespaces import KINDS, PidNamespace
from k8smodels.isolation.machine.paths import entries, filesystem_at, shown_path

NODE = boot({"/secret": File("SECRET"), "/rootfs/app": File("program"), "/data/a": File("")})


def after(script: list[Call]) -> Machine:
    steps = run(NODE, script)
    return steps[-1].scene.machine if steps else NODE


def thawed(machine: Machine) -> dict[str, Any]:
    """A copy that shares no mapping with the machine."""
    values = {field.name: getattr(machine, field.name) for field in fields(machine)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


@given(calls)
def test_a_number_belongs_to_one_process_in_each_pid_namespace(script: list[Call]) -> None:
    processes = after(script).processes.values()
    taken = Counter(pair for process in processes for pair in process.pids.items())
    assert set(taken.values()) == {1}


@given(calls)
def test_a_process_has_a_number_in_its_namespace_and_in_each_above(script: list[Call]) -> None:
    machine = after(script)
    for process in machine.processes.values():
        assert tuple(process.pids) == pid_chain(machine, process.namespaces["pid"])
        assert next(iter(process.pids.values())) == process.pid


@given(calls)
def test_a_process_sees_those_of_its_namespace_and_below(script: list[Call]) -> None:
    machine = after(script)
    for observer in machine.processes.values():
        own = observer.namespaces["pid"]
        below = {p.pids[own] for p in machine.processes.values() if own in pid_chain(machine, p.namespaces["pid"])}
        assert {line.pid for line in visible(machine, observer.pid)} == below
    assert len(visible(machine, 1)) == len(machine.processes)


@given(calls)
def test_parents_exist_and_see_their_children(script: list[Call]) -> None:
    machine = after(script)
    for process in machine.processes.values():
        if process.pid != 1:
            parent = machine.process(process.parent)
            assert parent.state != "Z"
            assert parent.namespaces["pid"] in process.pids


@given(calls)
def test_where_number_one_has_ended_nobody_lives(script: list[Call]) -> None:
    machine = after(script)
    for namespace in machine.namespaces.values():
        if isinstance(namespace, PidNamespace) and namespace.ended:
            left = [process for process in machine.processes.values() if namespace.id in process.pids]
            assert all(process.status is not None for process in left)


@given(calls)
def test_no_call_changes_the_machine_it_was_given(script: list[Call]) -> None:
    before = thawed(NODE)
    steps = run(NODE, script)
    assert thawed(NODE) == before
    machines = [NODE, *(step.scene.machine for step in steps)]
    seen = [thawed(machine) for machine in machines]
    run(machines[-1], script)
    assert [thawed(machine) for machine in machines] == seen


@given(calls)
def test_a_refused_call_changes_nothing(script: list[Call]) -> None:
    scene_before = None
    for step in run(NODE, script):
        if step.refused and scene_before:
            assert step.scene is scene_before
        scene_before = step.scene


@given(calls)
def test_every_root_and_working_directory_is_a_directory(script: list[Call]) -> None:
    machine = after(script)
    for process in machine.processes.values():
        for location in (process.root, process.cwd, *process.fds.values()):
            assert location.path in entries(machine, filesystem_at(machine, location))
        assert resolve(machine, process.pid, "/").location == process.root
        assert shown_path(machine, process, process.root) == "/"


@given(calls)
def test_mounts_form_trees(script: list[Call]) -> None:
    machine = after(script)
    for mount in machine.mounts.values():
        seen = set()
        while mount.parent is not None:
            assert mount.id not in seen
            seen.add(mount.id)
            mount = machine.mounts[mount.parent]  # noqa: PLW2901 (up the tree)
    places = Counter((mount.parent, mount.mountpoint) for mount in machine.mounts.values() if mount.parent)
    assert set(places.values()) <= {1}


@given(calls)
def test_namespaces_of_living_processes_exist(script: list[Call]) -> None:
    machine = after(script)
    for process in machine.processes.values():
        assert [machine.namespaces[process.namespaces[kind]].kind for kind in KINDS] == list(KINDS)
        assert all(machine.member_count(namespace) for namespace in process.pids)


@given(calls)
def test_only_what_is_visible_can_be_signalled(script: list[Call]) -> None:
    machine = after(script)
    for sender in machine.processes.values():
        for target in machine.processes.values():
            permission = can_signal(machine, sender.pid, target.pid)
            assert permission.reason
            assert not permission.allowed or sender.namespaces["pid"] in target.pids
