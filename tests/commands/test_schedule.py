"""The command decides as the model does, in a terminal's words, and refuses bad input with exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.api.yaml_text import read_documents
from k8smodels.commands import main

FILES = Path(__file__).parents[2] / "book" / "files"
NODES, GUESTBOOK = str(FILES / "nodes.yaml"), str(FILES / "guestbook.yaml")
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    "spec: {containers: [{name: c, image: i, resources: {requests: {cpu: %s}}}]}"
)


@pytest.fixture
def pod(tmp_path: Path):
    def write(cpu: str = "1", text: str = POD) -> str:
        path = tmp_path / "pod.yaml"
        path.write_text(text % cpu if "%s" in text else text)
        return str(path)

    return write


def test_a_placed_pod_gets_the_event_and_every_verdict(pod, capsys) -> None:
    assert main(["schedule", "--cluster", NODES, pod()]) == 0
    out = capsys.readouterr().out
    assert "Node:       worker-c" in out
    assert "Normal   Scheduled   default-scheduler   Successfully assigned default/web to worker-c" in out
    assert "control-1   refused           TaintToleration: node(s) had untolerated taint(s)" in out


def test_a_pending_pod_gets_the_message_and_exit_code_1(pod, capsys) -> None:
    assert main(["schedule", "--cluster", NODES, pod("6")]) == 1
    assert (
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu. preemption:"
        in capsys.readouterr().out
    )


def test_json_and_yaml_say_the_same(pod, capsys) -> None:
    main(["schedule", "--cluster", NODES, pod(), "-o", "json"])
    decided = json.loads(capsys.readouterr().out)
    main(["schedule", "--cluster", NODES, pod(), "-o", "yaml"])
    assert read_documents(capsys.readouterr().out) == decided
    assert decided[0]["node"] == "worker-c"
    assert decided[0]["nodes"][0]["rejection"]["plugin"] == "TaintToleration"


def test_controllers_are_placed_as_their_pods(capsys) -> None:
    assert main(["schedule", "--cluster", NODES, GUESTBOOK, "-o", "json"]) == 0
    nodes = [item["node"] for item in json.loads(capsys.readouterr().out)]
    assert nodes == ["worker-c", "worker-a", "worker-b", "worker-c", "worker-a", "worker-b"]


def test_a_seed_chooses_among_equals(pod, capsys) -> None:
    chosen = set()
    for seed in range(8):
        main(
            [
                "schedule",
                "--cluster",
                GUESTBOOK,
                str(FILES / "nodes.yaml"),
                pod("3500m"),
                "-o",
                "json",
                "--seed",
                str(seed),
            ]
        )
        chosen.add(json.loads(capsys.readouterr().out)[0]["node"])
    assert chosen == {"worker-c"}  # the only node that is large enough


def test_a_spelling_mistake_is_warned_of(pod, capsys) -> None:
    main(["schedule", "--cluster", NODES, pod(text=(POD % 1).replace("resources", "resource"))])
    assert 'Warning: Pod web: unknown field "spec.containers[0].resource"' in capsys.readouterr().err


def test_unknown_kinds_in_a_dump_are_named_and_left_alone(pod, tmp_path, capsys) -> None:
    dump = tmp_path / "dump.yaml"
    dump.write_text(Path(NODES).read_text() + "---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n")
    assert main(["schedule", "--cluster", str(dump), pod()]) == 0
    assert "Warning: not looked at by the scheduler's model: Widget" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: [", "error converting YAML to JSON: yaml: line"),
        ("apiVersion: v1\nkind: Foo", 'no matches for kind "Foo" in version "v1"'),
        (POD % "1x", 'spec.containers[0].resources.requests[cpu]: Invalid value: "1x": quantities must match'),
        (POD % '"-1"', 'requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: web}", "spec.containers: Required value"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: web}", "no pod to schedule"),
        ("x" * 10_000_000, "Request entity too large: limit is 3145728"),
        ("", "no pod to schedule"),
    ],
)
def test_bad_input_is_one_clear_error(pod, capsys, text: str, message: str) -> None:
    assert main(["schedule", "--cluster", NODES, pod(text=text)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert message in captured.err
    assert "Traceback" not in captured.err


def test_without_files_the_usage_is_shown(capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["schedule"])
    assert stopped.value.code == 2
    assert "name the cluster's files and one file of pods" in capsys.readouterr().err
