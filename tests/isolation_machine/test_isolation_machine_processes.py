"""Processes: numbers, signals, ends and orphans."""

import pytest

from k8smodels.isolation.machine import (
    Panic,
    Refused,
    WaitStatus,
    boot,
    can_signal,
    clone,
    execve,
    exit_process,
    fork,
    kill,
    set_child_subreaper,
    setns,
    setuid,
    sigaction,
    unshare,
    visible,
    wait,
)


def test_unshare_pid_moves_only_later_children() -> None:
    machine, app = fork(boot(), 1)
    machine = unshare(machine, app, "pid")
    assert machine.process(app).namespaces["pid"] == machine.process(1).namespaces["pid"]
    machine, child = fork(machine, app)
    assert [line.pid for line in visible(machine, child)] == [1]
    assert [line.parent for line in visible(machine, child)] == [0]


def test_number_one_ignores_a_signal_without_handler_even_from_above() -> None:
    machine, app = clone(boot(), 1, "pid")
    assert kill(machine, 1, app, "SIGTERM").process(app).state == "S"
    assert kill(machine, app, 1, "SIGKILL").process(app).state == "S"


def test_number_one_runs_its_handler() -> None:
    machine, app = clone(boot(), 1, "pid")
    machine = kill(sigaction(machine, app, "SIGTERM", 3), 1, app, "SIGTERM")
    assert machine.process(app).status == WaitStatus(code=3)


def test_sigkill_from_above_ends_number_one_and_all_with_it() -> None:
    machine, app = clone(boot(), 1, "pid")
    for _ in range(3):
        machine, _child = fork(machine, app)
    machine = kill(machine, 1, app, "SIGKILL")
    assert list(machine.processes) == [1, app]
    _, ended = wait(machine, 1)
    assert ended is not None
    assert ended.status.exit_code == 137


def test_no_fork_into_a_namespace_whose_number_one_ended() -> None:
    machine, outer = fork(boot(), 1)
    machine = unshare(machine, outer, "pid")
    machine, init = fork(machine, outer)
    machine = exit_process(machine, init)
    with pytest.raises(Refused, match="ENOMEM"):
        fork(machine, outer)


def test_number_one_is_no_zombie_before_the_others_are_waited_for() -> None:
    machine, app = clone(boot(), 1, "pid")
    machine, shim = fork(machine, 1)
    machine = setns(machine, shim, machine.process(app).namespaces["pid"])
    machine, _entered = fork(machine, shim)
    machine = exit_process(machine, app, 5)
    assert wait(machine, 1)[1] is None
    machine, entered_ended = wait(machine, shim)
    machine, app_ended = wait(machine, 1)
    assert [ended.status.exit_code for ended in (entered_ended, app_ended) if ended] == [137, 5]


def test_orphans_go_to_the_nearest_subreaper_else_to_number_one() -> None:
    machine, shim = fork(boot(), 1)
    machine, runc = fork(machine, shim)
    machine, container = fork(machine, runc)
    assert exit_process(machine, runc).process(container).parent == 1
    assert exit_process(set_child_subreaper(machine, shim), runc).process(container).parent == shim


def test_an_ended_child_is_a_zombie_until_its_parent_waits() -> None:
    machine, child = fork(boot(), 1)
    machine = exit_process(machine, child, 300)
    assert machine.process(child).state == "Z"
    machine, ended = wait(machine, 1)
    assert ended is not None
    assert ended.status == WaitStatus(code=44)
    with pytest.raises(Refused, match="ECHILD"):
        wait(machine, 1)


def test_a_parent_that_ignores_sigchld_has_no_zombies() -> None:
    machine, child = fork(sigaction(boot(), 1, "SIGCHLD", "ignore"), 1)
    assert list(exit_process(machine, child).processes) == [1]


def test_sigterm_waits_until_a_stopped_process_continues() -> None:
    machine, child = fork(boot(), 1)
    machine = kill(kill(machine, 1, child, "SIGSTOP"), 1, child, "SIGTERM")
    assert machine.process(child).state == "T"
    assert kill(machine, 1, child, "SIGCONT").process(child).status == WaitStatus(signal=15)


def test_execve_forgets_handlers_and_keeps_what_is_ignored() -> None:
    machine, child = fork(boot(), 1)
    machine = sigaction(sigaction(machine, child, "SIGTERM", 0), child, "SIGHUP", "ignore")
    program = execve(machine, child, "nginx").process(child)
    assert (dict(program.handlers), program.ignored, program.command) == ({}, {"SIGHUP"}, "nginx")


def test_whom_a_process_may_signal() -> None:
    machine, root = fork(boot(), 1)
    machine, user = fork(machine, 1)
    machine = setuid(machine, user, 1000)
    machine, inside = clone(machine, 1, "pid")
    assert can_signal(machine, root, user).allowed
    assert not can_signal(machine, user, root).allowed
    assert can_signal(machine, root, inside).allowed
    assert not can_signal(machine, inside, root).allowed
    assert "number" in can_signal(machine, inside, root).reason


@pytest.mark.parametrize(
    ("signal", "errno"), [("SIGNONE", "EINVAL"), ("", "EINVAL"), ("SIGKILL", "EINVAL"), ("SIGSTOP", "EINVAL")]
)
def test_what_sigaction_refuses(signal: str, errno: str) -> None:
    with pytest.raises(Refused) as refused:
        sigaction(boot(), 1, signal, "ignore")
    assert refused.value.errno == errno


def test_the_end_of_the_first_process_is_the_end_of_the_machine() -> None:
    with pytest.raises(Panic, match="Attempted to kill init"):
        exit_process(boot(), 1)
