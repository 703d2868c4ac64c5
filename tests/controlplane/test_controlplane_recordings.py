import json
from pathlib import Path

import pytest

from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Behaviour, Cluster, Timing
from k8smodels.controlplane.api_server import Caller
from k8smodels.runtime import Program, job
from k8smodels.workloads import resolve_fenceposts

RECORDINGS = Path(__file__).parents[1] / "recordings"
REPLICAS, USER = 10, Caller("kubectl")
SLOW_MACHINE = {"image_pull_seconds": 0.0, "scheduling_cycle_seconds": 0.02}
"""Bindings followed each other by about 20 ms where the recordings were made."""


def recorded(number):
    return json.loads((RECORDINGS / f"rollout-{number}.json").read_text("utf-8"))


def deployment(image, params):
    limits = {name: params[name] for name in ("maxSurge", "maxUnavailable")}
    container = {"name": "c", "image": image, "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    return Deployment.from_json(
        {
            "metadata": {"name": "web"},
            "spec": {
                "replicas": params["replicas"],
                "selector": {"matchLabels": {"app": "web"}},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": limits},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}},
            },
        }
    )


def is_complete(cluster):
    item = cluster.store.get("Deployment", "default", "web")
    status = item.status
    counted = {status.updated_replicas, status.replicas, status.available_replicas}
    return status.observed_generation == item.metadata.generation and counted == {REPLICAS}


def sizes(rows, new):
    """The sizes that the new ReplicaSet, or the old one, got one after another."""
    found = []
    for name, size in rows:
        if (name == new[0]) is new[1] and (not found or found[-1] != size):
            found.append(size)
    return found


class Rolled:
    """One simulated rollout: how long it took, how ReplicaSets were scaled, and how many pods there were."""

    def __init__(self, cluster, params):
        cluster.create(deployment("v1", params))
        assert cluster.run_until(is_complete)
        cluster.run(0.3)
        self.start, before = cluster.seconds, {item.name for item in cluster.store.objects("ReplicaSet")}
        self.scaled, self.total, self.available = [], [], []
        watch = cluster.store.watch("ReplicaSet", "test", lambda change: self._seen(cluster, change))
        new = deployment("v2", params)
        cluster.server.patch(
            "Deployment",
            "default",
            "web",
            lambda item: type(item).from_json(item.to_json() | {"spec": new.spec.to_json()}),
            USER,
        )
        assert cluster.run_until(is_complete, step_seconds=0.05)
        watch.stopped = True
        self.seconds = cluster.seconds - self.start
        (self.new,) = {item.name for item in cluster.store.objects("ReplicaSet")} - before

    def _seen(self, cluster, change):
        self.scaled.append((change.item.name, change.item.spec.replicas))
        sets = cluster.store.objects("ReplicaSet")
        self.total.append(sum(item.spec.replicas for item in sets))
        self.available.append(sum(item.status.available_replicas for item in sets))


@pytest.fixture(scope="module")
def rollouts():
    """The five recorded rollouts, simulated one after another in one cluster as they were recorded."""
    behaviour = Behaviour(program=Program(stop_seconds=recorded(0)["params"]["term_s"]))
    timing = Timing(pod_start_seconds=recorded(0)["params"]["ready_s"], **SLOW_MACHINE)
    cluster = Cluster.of(10, behaviours={"v1": behaviour, "v2": behaviour}, timing=timing)
    done = []
    for number in range(5):
        done.append(Rolled(cluster, recorded(number)["params"]))
        cluster.server.delete("Deployment", "default", "web", USER, policy="Foreground")
        assert cluster.run_until(lambda each: not each.pods() and not each.store.objects("Deployment"))
    return done


@pytest.mark.parametrize("number", range(5))
def test_a_rollout_takes_as_long_as_the_recorded_one_within_a_quarter(rollouts, number):
    assert rollouts[number].seconds == pytest.approx(recorded(number)["seconds"], rel=0.25)


@pytest.mark.parametrize("number", range(5))
def test_a_rollout_begins_with_the_recorded_steps(rollouts, number):
    record, rolled = recorded(number), rollouts[number]
    rows = [(name, size) for _at, name, size, _ready in record["rs_scaling"]]
    new = rows[0][0]
    ours = [size for name, size in rolled.scaled if name == rolled.new]
    assert ours[0] == rows[0][1]
    assert sizes(rolled.scaled, (rolled.new, True))[:2] == sizes(rows, (new, True))[:2]
    assert sizes(rolled.scaled, (rolled.new, False))[:1] == sizes(rows, (new, False))[:1]


@pytest.mark.parametrize("number", [1, 2])
def test_a_rollout_by_single_pods_has_all_the_recorded_steps(rollouts, number):
    rows = [(name, size) for _at, name, size, _ready in recorded(number)["rs_scaling"]]
    rolled = rollouts[number]
    for is_new in (True, False):
        assert sizes(rolled.scaled, (rolled.new, is_new)) == sizes(rows, (rows[0][0], is_new))


@pytest.mark.parametrize("number", range(5))
def test_a_rollout_stays_between_its_guarantees(rollouts, number):
    limits = resolve_fenceposts(
        *(recorded(number)["params"][name] for name in ("maxSurge", "maxUnavailable")), REPLICAS
    )
    assert max(rollouts[number].total) <= REPLICAS + limits.surge
    assert min(rollouts[number].available) >= REPLICAS - limits.unavailable


def test_a_crash_loop_waits_as_the_recorded_one_which_was_late_by_half_a_wait_at_most():
    events = json.loads((RECORDINGS / "crash-loop.json").read_text("utf-8"))["events"]
    real = [at for at, _type, reason, _message in events if reason == "Started"]
    cluster = Cluster.of(1, behaviours={"crash:1": Behaviour(program=job(0, exit_code=3))})
    cluster.create(
        Deployment.from_json(
            {
                "metadata": {"name": "crash"},
                "spec": {
                    "replicas": 1,
                    "selector": {"matchLabels": {"app": "crash"}},
                    "template": {
                        "metadata": {"labels": {"app": "crash"}},
                        "spec": {"containers": [{"name": "c", "image": "crash:1"}]},
                    },
                },
            }
        )
    )
    cluster.run(200)
    ours = [record.at_seconds for record in cluster.journal.find(verb="Started")][: len(real)]
    gaps = [(b - a, d - c) for a, b, c, d in zip(ours, ours[1:], real, real[1:], strict=False)]
    assert len(gaps) == len(real) - 1 >= 4
    assert all(simulated - 0.1 <= measured <= 1.5 * simulated + 1 for simulated, measured in gaps)
