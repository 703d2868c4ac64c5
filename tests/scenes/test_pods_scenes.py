"""The examples of the chapter on pods show what its text says they show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from k8smodels.api.kinds import load_file
from k8smodels.api.pod import Pod
from k8smodels.explore import Task
from k8smodels.isolation.machine import KINDS
from k8smodels.pods import Event, run_pod, shared, validate_pod_sharing
from k8smodels.scenes import pods as scenes
from k8smodels.scenes import pods_diagnosis as diagnosis
from k8smodels.scenes import pods_exercises as exercises
from k8smodels.scenes import pods_life as life
from k8smodels.scenes import pods_own as own
from k8smodels.scenes import pods_ports as ports
from k8smodels.scenes import pods_recorded as recording
from k8smodels.scenes import pods_volumes as volumes

FILES = Path(__file__).parents[2] / "book" / "files"
RECORDED = FILES / "recorded-pods.json"
EXERCISES = [
    exercises.what_they_share,
    exercises.which_number,
    exercises.same_file,
    exercises.what_is_left,
    diagnosis.diagnose,
]


def test_by_default_each_container_sees_itself_only() -> None:
    frame = scenes.sees("own", network=False, ipc=False, users=False)
    assert "share uts, ipc, net because of the **Pod**, and user, time with the **whole node**" in frame.says
    assert frame.html.count("<b>app</b></li></ul>") == 1
    assert "not found" in frame.html
    assert 'class="on"' not in frame.html


def test_with_a_shared_pid_namespace_pause_is_number_1() -> None:
    html = scenes.sees("shareProcessNamespace", network=False, ipc=False, users=False).html
    assert html.count('1 <b>pause</b></li><li class="nw">2 <b>app</b></li>') == 2
    assert "not found" not in html


def test_host_fields_show_the_nodes_things() -> None:
    html = scenes.sees("hostPID", network=True, ipc=True, users=False).html
    assert html.count("<b>db</b>") == 3
    assert html.count("192.0.2.10") == 3
    assert "10.244.1.2" not in html


def test_users_of_its_own_and_the_nodes_network_exclude_each_other() -> None:
    assert "spec.hostNetwork: Forbidden" in scenes.sees("own", network=True, ipc=False, users=True).html
    assert ">65536<" in scenes.sees("own", network=False, ipc=False, users=True).html


@pytest.mark.parametrize(("target", "share", "seen"), [("", False, 1), ("app", False, 2), ("", True, 4)])
def test_a_debugger_sees_the_processes_of_its_target(target: str, share: bool, seen: int) -> None:
    html = scenes.debug(target, share).html
    assert html.count("<b>debug</b></li></ul>") == (1 if seen == 1 else 2 if seen == 2 else 3)


@pytest.mark.parametrize("share", [False, True])
def test_a_crash_keeps_the_address_and_a_lost_sandbox_does_not(share: bool) -> None:
    shown = [life.made(share, step).html for step in range(life.STEPS)]
    assert len(life.story(share)) == life.STEPS
    assert all(life.ADDRESSES[0] in html for html in shown[:5])
    assert life.ADDRESSES[1] in shown[6]
    assert "/data/orders</code>" in shown[6]
    assert "<del>/cache/mine</del>" in shown[4]


def test_without_pause_containers_run_on_unless_it_is_their_number_1() -> None:
    apart, together = life.story(False)[5].pod, life.story(True)[5].pod
    assert set(apart.containers) == {"app", "log"}
    assert together.containers == {}


@pytest.mark.parametrize(("event", "lost"), [("kubelet restarts", 0), ("container restarts", 2), ("node reboots", 5)])
def test_what_an_event_takes_along(event: str, lost: int) -> None:
    assert life.outlives(event).html.count('class="v no"') == lost
    assert set(life.event_words()) == {each.value for each in Event}


def test_a_port_is_taken_once_in_a_pod() -> None:
    assert "EADDRINUSE" in ports.same_port(8080, network=False).html
    assert "EADDRINUSE" not in ports.same_port(9090, network=False).html
    assert "EADDRINUSE" in ports.same_port(5432, network=True).html
    assert "Duplicate value" in ports.same_port(8080, network=True).html


def test_a_host_port_leaves_the_third_pod_of_two_nodes_pending() -> None:
    assert ports.many("hostPort", 2).says.endswith(
        "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports."
    )
    assert "**web-2** goes to" in ports.many("none", 2).says
    assert "points" not in ports.many("none", 1).html + ports.many("none", 1).says
    assert "**web-3** goes to" in ports.many("hostIP", 3).says


def test_a_file_is_seen_where_its_part_of_the_volume_is_mounted() -> None:
    assert "sees the file as `/logs/access/today`" in volumes.files("/data/access/today", "", read_only=False).says
    assert "`/logs/today` and may not" in volumes.files("/data/access/today", "access", read_only=True).says
    assert "outside of what `log` mounts" in volumes.files("/data/config", "access", read_only=False).says
    assert "nobody else sees it" in volumes.files("/cache/mine", "", read_only=False).says


def test_the_example_file_is_a_pod_that_is_accepted_and_runs() -> None:
    (subject,) = load_file(FILES / "pods.yaml")
    assert isinstance(subject, Pod)
    validate_pod_sharing(subject)
    assert set(run_pod(scenes.busy_node(), subject).containers) == {"app", "log"}
    assert shared(subject, "app", "log") == ("uts", "ipc", "net", "user", "time")


@pytest.mark.parametrize("mode", recording.FIELDS)
def test_what_containerd_shares_is_what_the_model_says(mode: str) -> None:
    real, model = recording.recorded(RECORDED, mode), recording.modelled(mode)
    assert {kind for kind in KINDS if real[kind] != model[kind]} == {"cgroup"}  # the recording is of cgroup v1


def test_what_containerd_refuses_is_what_the_model_refuses() -> None:
    found = recording.commands(RECORDED, "CONTAINER")
    assert found["crictl exec $(log) httpd -f -p 8080"] == "httpd: bind: Address already in use"
    assert found["crictl exec $(log) touch /logs/mine"] == "touch: /logs/mine: Read-only file system"
    assert "10.244.1.3" in found["crictl exec $(app) ip -4 -o addr"]


def test_what_the_chapter_quotes_stands_in_the_recording() -> None:
    chapter = json.loads((FILES.parent / "pods.ipynb").read_text("utf-8"))
    text = "".join(line for cell in chapter["cells"] for line in cell["source"])
    block = text[text.index("```console\n# ps -o") :].split("```")[1].splitlines()[1:]
    found = recording.commands(RECORDED, "CONTAINER")
    lines = [line for command, output in found.items() for line in (f"# {command}", *output.splitlines())]
    assert len(block) > 20
    assert [line for line in block if not any(other.startswith(line) for other in lines)] == []


@pytest.mark.parametrize("name", [name for name in own.EXAMPLES if name != "refused"])
def test_prepared_pods_are_accepted(name: str) -> None:
    assert own.own(own.EXAMPLES[name]).says.startswith("The API server accepts this Pod.")


def test_a_refused_pod_gives_all_reasons() -> None:
    with pytest.raises(ValueError, match="cannot both be enabled") as error:
        own.own(own.EXAMPLES["refused"])
    assert str(error.value).count("\n* ") == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: b",
        "[1]",
        "kind: Pod",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {hostPID: maybe, containers: []}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: i, volumeMounts: 3}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n"
        + "".join(f"  - {{name: c{i}, image: i}}\n" for i in range(own.MOST_CONTAINERS + 1)),
    ],
)
def test_what_is_no_pod_or_too_large_a_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        own.own(text)
    assert not own.helps(text).startswith("Done")


def test_markup_in_a_pod_is_escaped() -> None:
    text = own.EXAMPLES["a sidecar"].replace("/logs", "/<b>x</b>")
    assert "<b>x</b>" not in own.own(text).html


SOLUTION = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  shareProcessNamespace: true
  containers:
  - {name: app, image: "app:1", volumeMounts: [{name: logs, mountPath: /var/log/app}]}
  - {name: log, image: "log:1", volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]}
  volumes: [{name: logs, emptyDir: {}}]
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", "Done"),
        (", readOnly: true", "", "log can change the file"),
        ("mountPath: /logs", "mountPath: /other", "does not see it as"),
        ("/var/log/app", "/elsewhere", "its own writable layer"),
        ("shareProcessNamespace: true", "hostIPC: true", "has a field that opens its node"),
        ("  shareProcessNamespace: true\n", "", "cannot signal it"),
    ],
)
def test_the_readers_pod_is_judged_step_by_step(old: str, new: str, says: str) -> None:
    assert says in own.helps(SOLUTION.replace(old, new))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise: Callable[[int], Task]) -> None:
    assert exercise(1) == exercise(1)
    assert len({str(exercise(seed)) for seed in range(12)}) > 4


@pytest.mark.parametrize("exercise", EXERCISES)
def test_what_is_explained_can_be_answered(exercise: Callable[[int], Task]) -> None:
    for seed in range(24):
        for step in exercise(seed).steps:
            assert set(step.wrong) <= set(step.options)


def test_the_first_diagnosis_is_another_one_than_the_puzzle() -> None:
    first, *others = diagnosis.cases()
    assert "pkill" not in first.text
    assert any("pkill" in case.text for case in others)


def test_with_the_fields_for_it_everything_shared_is_the_nodes() -> None:
    says = scenes.sees("hostPID", network=True, ipc=True, users=False).says
    assert "share uts, ipc, net, pid, user, time with the **whole node**" in says
