"""Namespaces: what each kind keeps apart, and who may enter."""

import pytest

from k8smodels.isolation.machine import (
    KINDS,
    Kind,
    Machine,
    Refused,
    boot,
    capable,
    cgroup_path,
    clone,
    connect,
    enter_cgroup,
    execve,
    exit_process,
    fork,
    hostname,
    ipc_keys,
    link_up,
    listen,
    mount,
    msgget,
    ps,
    same_view,
    sethostname,
    setns,
    setuid,
    shift_clocks,
    unshare,
    uptime,
    user_id,
    visible,
    write_uid_map,
)


def errno(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.errno


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_namespace_changes_the_view_of_its_own_kind_only(kind: Kind) -> None:
    machine, child = clone(boot(), 1, kind)
    assert [other for other, shared in same_view(machine, 1, child).items() if not shared] == [kind]


def pod(*shared: Kind) -> tuple[Machine, int, int, int]:
    """A pod's pause process and two containers that share its net, ipc and uts namespaces."""
    own: list[Kind] = [kind for kind in ("mnt", "pid") if kind not in shared]
    machine, pause = clone(boot(), 1, "net", "ipc", "uts", *shared, command="pause")
    machine = link_up(machine, pause, "lo")
    machine, app = clone(machine, pause, *own, command="app")
    machine, side = clone(machine, pause, *own, command="side")
    return machine, pause, app, side


def test_the_containers_of_a_pod_share_all_but_mounts_and_processes() -> None:
    machine, _pause, app, side = pod()
    assert [kind for kind, shared in same_view(machine, app, side).items() if not shared] == ["mnt", "pid"]


def test_share_process_namespace_lets_containers_see_each_other() -> None:
    machine, _pause, _app, side = pod("pid")
    assert [line.command for line in visible(machine, side)] == ["pause", "app", "side"]


def test_localhost_reaches_the_other_container_and_a_port_is_taken_once() -> None:
    machine, _pause, app, side = pod()
    machine = listen(machine, app, 8080)
    assert connect(machine, side, "127.0.0.1", 8080) == app
    with pytest.raises(Refused) as refused:
        listen(machine, side, 8080, "127.0.0.1")
    assert errno(refused) == "EADDRINUSE"
    assert listen(machine, 1, 8080)


def test_the_network_namespace_outlives_a_container_while_pause_holds_it() -> None:
    machine, pause, app, _side = pod()
    net = machine.process(app).namespaces["net"]
    machine = exit_process(machine, app)
    machine, again = fork(machine, 1)
    assert setns(machine, again, net).process(again).namespaces["net"] == machine.process(pause).namespaces["net"]


def test_a_namespace_without_processes_is_gone() -> None:
    machine, app = clone(boot(), 1, "net")
    net = machine.process(app).namespaces["net"]
    with pytest.raises(Refused) as refused:
        setns(exit_process(machine, app), 1, net)
    assert errno(refused) == "ENOENT"


def test_a_new_network_namespace_has_only_lo_and_that_is_down() -> None:
    machine, app = clone(boot(), 1, "net")
    with pytest.raises(Refused) as refused:
        connect(machine, app, "127.0.0.1", 80)
    assert errno(refused) == "ENETUNREACH"
    with pytest.raises(Refused) as refused:
        listen(machine, app, 80, "192.0.2.10")
    assert errno(refused) == "EADDRNOTAVAIL"


def test_low_ports_need_a_capability() -> None:
    machine, app = fork(boot(), 1)
    with pytest.raises(Refused) as refused:
        listen(setuid(machine, app, 1000), app, 80)
    assert errno(refused) == "EACCES"


def test_host_names_and_ipc_keys_are_apart() -> None:
    machine, app = clone(boot(hostname="node"), 1, "uts", "ipc")
    machine = msgget(sethostname(machine, app, "web-0"), app, 42)
    assert (hostname(machine, app), hostname(machine, 1)) == ("web-0", "node")
    assert (ipc_keys(machine, app), ipc_keys(machine, 1)) == ({42}, set())


def test_ps_shows_the_namespace_for_which_its_proc_was_mounted() -> None:
    machine, app = clone(boot(), 1, "pid", "mnt")
    assert [line.pid for line in ps(machine, app)] == [1, 2]
    assert [line.pid for line in ps(mount(machine, app, "proc", "/proc"), app)] == [1]


def test_only_children_live_in_the_shifted_time() -> None:
    machine, app = fork(boot(uptime_s=100), 1)
    machine = shift_clocks(unshare(machine, app, "time"), app, 86_400)
    machine, child = fork(machine, app)
    assert [uptime(machine, pid) for pid in (1, app, child)] == [100, 100, 86_500]
    with pytest.raises(Refused) as refused:
        shift_clocks(machine, app, 1)
    assert errno(refused) == "EACCES"


def test_cgroup_paths_start_at_the_namespace_of_the_observer() -> None:
    machine, app = fork(boot(), 1)
    machine, other = fork(enter_cgroup(machine, app, "/kubepods/pod1"), 1)
    machine = enter_cgroup(unshare(machine, app, "cgroup"), other, "/kubepods/pod2")
    assert cgroup_path(machine, 1, app) == "/kubepods/pod1"
    assert cgroup_path(machine, app, app) == "/"
    assert cgroup_path(machine, app, other) == "/../pod2"
    assert cgroup_path(machine, app, 1) == "/../.."


def test_root_in_a_user_namespace_is_nobody_outside() -> None:
    machine, app = fork(boot(), 1)
    machine = unshare(setuid(machine, app, 1000), app, "user")
    assert user_id(machine, app) == 65534
    machine = write_uid_map(machine, app, app, 0, 1000, 1)
    own, first = machine.process(app).namespaces["user"], machine.process(1).namespaces["user"]
    assert user_id(machine, app) == 0
    assert capable(machine, machine.process(app), own, "CAP_SYS_ADMIN")
    assert not capable(machine, machine.process(app), first, "CAP_SYS_ADMIN")
    with pytest.raises(Refused) as refused:
        sethostname(machine, app, "mine")
    assert errno(refused) == "EPERM"
    assert hostname(sethostname(unshare(machine, app, "uts"), app, "mine"), app) == "mine"


def test_a_user_without_a_place_in_the_map_loses_capabilities_at_execve() -> None:
    machine, app = clone(boot(), 1, "user")
    assert not execve(machine, app, "sh").process(app).capabilities
    mapped = write_uid_map(machine, app, app, 0, 0, 1)
    assert execve(mapped, app, "sh").process(app).capabilities


def test_who_may_write_which_map() -> None:
    machine, app = fork(boot(), 1)
    machine = unshare(setuid(machine, app, 1000), app, "user")
    for line in ((0, 0, 1), (0, 1000, 2), (5, 1001, 1)):
        with pytest.raises(Refused) as refused:
            write_uid_map(machine, app, app, *line)
        assert errno(refused) == "EPERM"
    mapped = write_uid_map(machine, 1, app, 0, 100_000, 65_536)
    with pytest.raises(Refused) as refused:
        write_uid_map(mapped, 1, app, 0, 100_000, 65_536)
    assert errno(refused) == "EPERM"
    with pytest.raises(Refused) as refused:
        write_uid_map(machine, 1, app, 0, 0, 0)
    assert errno(refused) == "EINVAL"


def test_no_way_into_a_pid_namespace_above() -> None:
    machine, app = clone(boot(), 1, "pid")
    with pytest.raises(Refused) as refused:
        setns(machine, app, machine.process(1).namespaces["pid"])
    assert errno(refused) == "EINVAL"


@pytest.mark.parametrize("kind", ["pid", "user"])
def test_nesting_ends_at_32(kind: Kind) -> None:
    machine, inner = boot(), 1
    for _ in range(32):
        machine, inner = clone(machine, inner, kind)
        if kind == "user":
            machine = write_uid_map(machine, inner, inner, 0, 0, 1)
    with pytest.raises(Refused) as refused:
        unshare(machine, inner, kind)
    assert errno(refused) == "ENOSPC"


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        unshare(boot(), 1, "disk")  # type: ignore[arg-type]
    assert errno(refused) == "EINVAL"
