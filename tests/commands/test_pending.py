"""Why pods of a dump wait, and who would have to go for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.api.kinds import dump
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import node
from k8smodels.api.pod import Pod
from k8smodels.api.pod import pod as bare_pod
from k8smodels.commands import main

CONFIGURATION = """
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: %s
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated}}
"""


def pod(name: str, **options) -> Pod:
    return bare_pod(name, image="app", **options)


def cluster() -> list[KubernetesObject]:
    return [
        *(node(f"n{i}", cpu="4", memory="8Gi") for i in (1, 2, 3)),
        pod("low", requests={"cpu": "3"}, node_name="n1", priority=1),
        pod("high", requests={"cpu": "3"}, node_name="n2", priority=100),
        pod("urgent", requests={"cpu": "5"}, priority=50),
        pod("small", requests={"cpu": "1"}),
    ]


@pytest.fixture
def write(tmp_path: Path):
    def to_file(objects: list[KubernetesObject] | str, name: str = "cluster.yaml") -> str:
        path = tmp_path / name
        path.write_text(objects if isinstance(objects, str) else dump(objects))
        return str(path)

    return to_file


def test_every_waiting_pod_is_decided_by_itself(write, capsys) -> None:
    assert main(["pending", "--cluster", write(cluster())]) == 1
    out = capsys.readouterr().out
    assert "Name:       urgent\nNamespace:  default\nNode:       <none>" in out
    assert "0/3 nodes are available: 3 Insufficient cpu." in out
    assert "Name:       small\nNamespace:  default\nNode:       n3" in out


def test_the_victims_of_preemption_are_named_node_by_node(write, capsys) -> None:
    crowded = [item for item in cluster() if item.name not in ("n3", "urgent")]
    path = write([*crowded, pod("urgent", requests={"cpu": "4"}, priority=50)])
    assert main(["pending", "--cluster", path, "--pod", "urgent"]) == 1
    assert "n1     nominated                  0   low" in capsys.readouterr().out


def test_a_pod_is_named_with_its_namespace(write, capsys) -> None:
    objects = [*cluster(), Pod.from_json({**pod("web").to_json(), "metadata": {"name": "web", "namespace": "shop"}})]
    assert main(["pending", "--cluster", write(objects), "--pod", "shop/web", "-o", "json"]) == 0
    (decided,) = json.loads(capsys.readouterr().out)
    assert decided["pod"] == {"namespace": "shop", "name": "web"}


def test_a_configuration_places_by_its_own_profile(write, capsys) -> None:
    config = write(CONFIGURATION % "default-scheduler", "config.yaml")
    main(["pending", "--cluster", write(cluster()), "--pod", "small", "--config", config, "-o", "json"])
    (decided,) = json.loads(capsys.readouterr().out)
    assert decided["best"] == ["n1", "n2"]


def test_a_large_cluster_is_counted_by_verdict(write, capsys) -> None:
    many = [*(node(f"n{i:02}", cpu="4") for i in range(50)), pod("web", requests={"cpu": "5"})]
    assert main(["pending", "--cluster", write(many)]) == 1
    assert "50 nodes   refused           NodeResourcesFit: Insufficient cpu" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pod", "nobody"], 'pods "nobody" not found in namespace "default" of these files'),
        (["--pod", "low"], "it runs on node n1"),
        (["--pod", "gated"], "before its scheduling gates are gone: quota"),
        (["--pod", "done"], "it has ended, or is being deleted"),
        (
            ["--config", "CONFIG", "--pod", "small"],
            'spec.schedulerName: Invalid value: "": the configuration has only packing',
        ),
        (["--config", "/does/not/exist"], "/does/not/exist: No such file or directory"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_error(write, capsys, arguments: list[str], message: str) -> None:
    gated = pod("gated").to_json()
    gated["spec"]["schedulingGates"] = [{"name": "quota"}]
    done = pod("done").to_json() | {"status": {"phase": "Succeeded"}}
    path = write([*cluster(), Pod.from_json(gated), Pod.from_json(done)])
    config = write(CONFIGURATION % "packing", "config.yaml")
    assert main(["pending", "--cluster", path, *(config if word == "CONFIG" else word for word in arguments)]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err[:7]) == ("", "error: ")
    assert message in captured.err


def test_a_pod_of_another_scheduler_is_left_alone(write, capsys) -> None:
    config = write(CONFIGURATION % "packing", "config.yaml")
    mine = pod("mine").to_json()
    mine["spec"]["schedulerName"] = "packing"
    assert main(["pending", "--cluster", write([*cluster(), Pod.from_json(mine)]), "--config", config]) == 0
    captured = capsys.readouterr()
    assert "default/mine" in captured.out
    assert "default/small" not in captured.out
    assert captured.err == "Warning: left to other schedulers: default/urgent, default/small\n"


def test_a_cluster_without_waiting_pods_says_so(write, capsys) -> None:
    assert main(["pending", "--cluster", write([node("n1")])]) == 0
    assert capsys.readouterr().err == "Warning: no pod waits for a node\n"
