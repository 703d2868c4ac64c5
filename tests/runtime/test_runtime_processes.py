from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.runtime import Process, ProcessTree, effect, explain_exit_code, node_processes, start_container
from k8smodels.runtime.processes import Waits
from k8smodels.runtime.shim import DAEMON, SHIM, exit_code_after_return
from k8smodels.runtime.signals import NUMBERS, UnknownSignal


def orphaned(first: str, app: str, waits: Waits) -> ProcessTree:
    """A container whose program `app` double-forks five children that end as orphans."""
    tree = start_container(node_processes(), first, waits=waits)
    if app != first:
        tree = tree.start(Process(app, first, namespace=first))
    for i in range(5):
        middle, orphan = Process(f"middle{i}", app, first), Process(f"orphan{i}", f"middle{i}", first)
        tree = tree.start(middle).start(orphan).exit(middle.name).exit(orphan.name)
    return tree


def test_orphans_of_a_first_process_that_does_not_expect_them_stay_as_zombies() -> None:
    assert orphaned("app", "app", "own").zombies == tuple(f"orphan{i}" for i in range(5))


@pytest.mark.parametrize("first", ["tini", "sh"])
def test_an_init_as_first_process_collects_them(first: str) -> None:
    assert orphaned(first, "app", "all").zombies == ()


def test_zombies_go_with_their_namespace() -> None:
    tree = orphaned("app", "app", "own").exit("app", 7)
    assert tree.zombies == ()
    assert (tree.collected[-1].exit_code, tree.collected[-1].by) == (7, SHIM)


def test_the_end_of_the_first_process_kills_all_others_of_the_container() -> None:
    tree = start_container(node_processes(), "app").start(Process("worker", "app", "app")).exit("app", 5)
    assert tree.find("worker") is None
    assert {item.process: item.exit_code for item in tree.collected}["worker"] == 137


def test_the_shim_is_no_child_of_the_daemon_and_the_parent_of_the_container() -> None:
    tree = start_container(node_processes(), "app")
    assert tree.process("app").parent == SHIM
    assert tree.process(SHIM).parent == "systemd"


def test_a_container_outlives_the_daemon_and_its_exit_code_is_not_lost() -> None:
    tree = start_container(node_processes(), "app").kill(DAEMON)
    assert not tree.process("app").is_zombie
    ended = tree.exit("app", 9)
    assert (ended.collected[-1].process, ended.collected[-1].exit_code, ended.collected[-1].by) == ("app", 9, SHIM)


def test_a_containerd_that_comes_back_knows_who_runs_but_not_how_the_others_ended() -> None:
    away = start_container(start_container(node_processes(), "stays"), "leaves").kill(DAEMON).exit("leaves", 9)
    assert exit_code_after_return(away, "stays") is None
    assert exit_code_after_return(away, "leaves") == 255
    assert [(end.exit_code, end.by) for end in away.collected if end.process == "leaves"] == [(9, SHIM)]


def test_without_the_shim_the_container_goes_to_the_first_process_of_the_machine() -> None:
    assert start_container(node_processes(), "app").kill(SHIM).process("app").parent == "systemd"


@given(st.lists(st.integers(0, 20), max_size=15), st.lists(st.integers(0, 20), max_size=15))
def test_every_process_that_runs_has_a_parent_that_runs(parents: list[int], ends: list[int]) -> None:
    tree = start_container(node_processes(), "p0")
    for i, parent in enumerate(parents, 1):
        tree = tree.start(Process(f"p{i}", f"p{parent % i}", "p0"))
    for end in ends:
        running = tree.find(f"p{end}")
        if running is not None and not running.is_zombie and running.name != "p0":
            tree = tree.exit(running.name)
    for process in tree.processes:
        parent = tree.find(process.parent)
        assert process.name == "systemd" or (parent is not None and not parent.is_zombie)


@pytest.mark.parametrize("process", [Process("app", "nobody"), Process("systemd")])
def test_a_process_without_a_parent_or_with_a_name_that_is_taken_is_refused(process: Process) -> None:
    with pytest.raises(FieldError):
        node_processes().start(process)


def test_a_process_ends_once() -> None:
    tree = orphaned("app", "app", "own")
    with pytest.raises(FieldError, match="must be a process that runs"):
        tree.exit("orphan0")


def test_the_first_process_ignores_what_it_has_no_handler_for() -> None:
    assert effect("SIGTERM", is_init=True).what == "ignored"
    assert effect("SIGTERM", is_init=True, handler=True).what == "handled"
    assert effect("SIGTERM").exit_code == 143
    assert effect("SIGKILL", is_init=True, handler=True).exit_code == 137
    assert effect("SIGKILL", is_init=True, from_inside=True).what == "ignored"


@pytest.mark.parametrize("name", ["SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGSTOP"])
def test_a_terminal_stops_no_orphaned_process_group(name: str) -> None:
    assert effect(name).what == "stopped"
    assert (effect(name, orphaned_group=True).what == "ignored") == (name != "SIGSTOP")


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_signal_that_ends_a_process_gives_128_and_its_number(name: str) -> None:
    found = effect(name)
    assert found.exit_code in (None, 128 + NUMBERS[name])
    assert (found.exit_code is not None) == (found.what in ("terminated", "core dumped"))


def test_an_unknown_signal_is_refused() -> None:
    with pytest.raises(UnknownSignal, match="Unsupported value: 'SIGNAL'"):
        effect("SIGNAL")


@pytest.mark.parametrize(
    ("code", "reason", "signal"),
    [
        (0, "Completed", ""),
        (1, "Error", ""),
        (127, "Error", ""),
        (137, "Error", "SIGKILL"),
        (139, "Error", "SIGSEGV"),
        (255, "Error", ""),
    ],
)
def test_an_exit_code_is_explained(code: int, reason: str, signal: str) -> None:
    found = explain_exit_code(code)
    assert (found.reason, found.signal) == (reason, signal)
    assert found.meaning


def test_only_the_runtime_knows_that_it_was_memory() -> None:
    assert explain_exit_code(137, oom_killed=True).reason == "OOMKilled"


@pytest.mark.parametrize("code", [-1, 256])
def test_a_code_that_no_process_can_have_is_refused(code: int) -> None:
    with pytest.raises(FieldError, match="exitCode: Invalid value"):
        explain_exit_code(code)
