import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.kinds import load
from k8smodels.controlplane import Behaviour, Cluster, Limits, SimulationLimit, StatusError, never_ready, ready_after
from k8smodels.controlplane.api_server import Caller
from k8smodels.runtime import Answer, Program, Run, job, pod_columns
from k8smodels.workloads.readiness import ready_since

USER = Caller("kubectl")


def web(replicas=3, image="web:1", probe="", name="web"):
    (item,) = load(f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: c, image: "{image}", resources: {{requests: {{cpu: 100m}}}} {probe}}}]}}
""")
    return item


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
READINESS = ", readinessProbe: {httpGet: {port: 80}, periodSeconds: 5}"
LIVENESS = ", livenessProbe: {httpGet: {port: 80}, periodSeconds: 5}"


def running(cluster):
    return sum(pod_columns(pod).status == "Running" and not pod.is_terminating for pod in cluster.pods())


def ready(cluster):
    return cluster.store.get("Deployment", "default", "web").status.ready_replicas


def digest(seed):
    cluster = Cluster.of(3, seed=seed)
    cluster.create(web())
    cluster.create(load(SERVICE)[0])
    cluster.run(20)
    cluster.failures.crash_node("node-1")
    cluster.run(400)
    return hashlib.sha256(repr(cluster.journal.records).encode()).hexdigest()


def test_one_seed_is_one_history():
    assert digest(1) == digest(1) != digest(2)


def test_every_write_names_the_write_that_it_answers():
    cluster = Cluster.of(2)
    cluster.create(web(1))
    cluster.run(20)
    (bound,) = cluster.journal.find(verb="bind")
    chain = [(record.component, record.verb, record.kind) for record in cluster.journal.causes(bound)]
    assert chain == [
        ("kubectl", "create", "Deployment"),
        ("deployment-controller", "create", "ReplicaSet"),
        ("replicaset-controller", "create", "Pod"),
        ("default-scheduler", "bind", "Pod"),
    ]


def test_a_service_lists_the_pods_that_are_ready_and_only_them():
    cluster = Cluster.of(2, behaviours={"web:1": ready_after(12)})
    cluster.create(load(SERVICE)[0])
    cluster.create(web(2, probe=READINESS))
    cluster.run(10)
    (endpoints,) = cluster.store.objects("EndpointSlice")
    assert [item.conditions.ready for item in endpoints.endpoints] == [False, False]
    cluster.run(20)
    (endpoints,) = cluster.store.objects("EndpointSlice")
    assert {address for item in endpoints.endpoints for address in item.addresses} == {
        pod.status.pod_ip for pod in cluster.pods()
    }
    assert all(item.conditions.ready for item in endpoints.endpoints)


def test_a_silent_node_loses_its_pods_after_fifty_and_three_hundred_seconds():
    cluster = Cluster.of(3)
    cluster.create(web())
    cluster.run(20)
    (lost,) = [pod.name for pod in cluster.pods() if pod.spec.node_name == "node-1"]
    last_lease = cluster.journal.find(component="kubelet node-1", kind="Lease")[-1].at_seconds
    cluster.failures.crash_node("node-1")
    cluster.run(400)
    (unknown,) = cluster.journal.find(component="node-lifecycle", verb="patch status", kind="Node")
    (evicted,) = cluster.journal.find(component="taint-eviction", verb="delete", name=lost)
    assert 50 < unknown.at_seconds - last_lease <= 60
    assert evicted.at_seconds - unknown.at_seconds == pytest.approx(300, abs=0.2)
    replacement = cluster.journal.find(verb="create", kind="Pod", since_seconds=evicted.at_seconds)
    assert len(replacement) == 1
    assert replacement[0].name != lost
    states = {pod.name: pod_columns(pod).status for pod in cluster.pods()}
    assert states[lost] == "Terminating"
    cluster.failures.restore_node("node-1")
    cluster.run(60)
    assert lost not in {pod.name for pod in cluster.pods()}
    assert ready(cluster) == 3


def test_a_node_that_was_only_cut_off_runs_its_containers_on():
    cluster = Cluster.of(2)
    cluster.create(web(2))
    cluster.run(20)
    cluster.failures.cut_off_node("node-1")
    cluster.run(100)
    assert ready(cluster) == 1
    cluster.failures.restore_node("node-1")
    cluster.run(20)
    assert ready(cluster) == 2
    assert all(status.restart_count == 0 for pod in cluster.pods() for status in pod.status.container_statuses)


def test_a_pod_whose_node_had_no_power_is_the_same_pod_with_another_address():
    cluster = Cluster.of(1)
    cluster.create(web(1))
    cluster.run(20)
    (before,) = cluster.pods()
    cluster.failures.crash_node("node-1")
    cluster.run(100)
    cluster.failures.restore_node("node-1")
    cluster.run(20)
    (after,) = cluster.pods()
    assert after.metadata.uid == before.metadata.uid
    assert after.status.pod_ip not in ("", before.status.pod_ip)
    assert after.status.container_statuses[0].restart_count == 1


def test_a_killed_container_is_restarted_in_its_pod():
    cluster = Cluster.of(1)
    cluster.create(web(1))
    cluster.run(20)
    (before,) = cluster.pods()
    cluster.failures.kill_container(before.name)
    cluster.run(5)
    (after,) = cluster.pods()
    assert (after.metadata.uid, after.status.pod_ip) == (before.metadata.uid, before.status.pod_ip)
    assert after.status.container_statuses[0].restart_count == 1
    assert after.status.container_statuses[0].last_state.terminated.exit_code == 137


def test_a_container_that_ends_takes_the_readiness_of_its_pod_though_it_starts_again_at_once():
    """Else `minReadySeconds` would count over the crash."""
    program = Program(runs=(Run(8, 1),))
    cluster = Cluster.of(1, behaviours={"web:1": Behaviour(program=program)})
    item = web(1)
    cluster.create(replace(item, spec=replace(item.spec, min_ready_seconds=10)))
    cluster.run(15.5)
    (pod,) = cluster.pods()
    assert pod.status.container_statuses[0].restart_count == 1
    since = ready_since(pod)
    assert since is not None
    assert 0 <= (cluster.clock.now - since).total_seconds() < 4
    cluster.run(100)
    assert cluster.store.get("Deployment", "default", "web").status.available_replicas == 0


def test_a_deleted_pod_is_replaced_by_another_one():
    cluster = Cluster.of(1)
    cluster.create(web(1))
    cluster.run(20)
    (before,) = cluster.pods()
    cluster.server.delete("Pod", "default", before.name, USER)
    cluster.run(10)
    (after,) = cluster.pods()
    assert after.metadata.uid != before.metadata.uid
    assert after.status.pod_ip != before.status.pod_ip


def test_liveness_restarts_and_readiness_only_takes_out_of_service():
    cluster = Cluster.of(1)
    cluster.create(web(1, probe=READINESS + LIVENESS))
    cluster.run(20)
    failing = (Answer(success=False, output="503"),)
    cluster.failures.change_program("web:1", Behaviour(answers={"readiness": failing}))
    cluster.run(60)
    (pod,) = cluster.pods()
    assert (ready(cluster), pod.status.container_statuses[0].restart_count) == (0, 0)
    cluster.failures.change_program("web:1", Behaviour(answers={"liveness": failing}))
    cluster.run(60)
    (pod,) = cluster.pods()
    assert pod.status.container_statuses[0].restart_count >= 1


def test_probes_that_say_nothing_new_are_skipped_without_a_difference():
    """The sleeping workers see a change of the program at the tick at which they would have seen it awake."""
    answers = {"readiness": (Answer(), Answer(from_seconds=42, success=False), Answer(from_seconds=103))}
    cluster = Cluster.of(1, behaviours={"web:1": Behaviour(answers=answers)})
    cluster.create(web(1, probe=READINESS))
    cluster.run(200)
    (started,) = cluster.journal.find(verb="Started")
    changes = [
        (round(record.at_seconds - started.at_seconds), record.note)
        for record in cluster.journal.find(component="kubelet", verb="patch status", kind="Pod")
    ]
    assert [(at, "ready" in note) for at, note in changes if at > 0] == [(55, False), (105, True)]


def test_a_bad_version_stops_the_rollout_and_nothing_undoes_it():
    cluster = Cluster.of(3, behaviours={"web:2": never_ready()})
    cluster.create(web(4, probe=READINESS))
    cluster.run(30)
    new = web(4, "web:2", READINESS)
    cluster.server.patch("Deployment", "default", "web", lambda item: replace(item, spec=new.spec), USER)
    cluster.run(1200)
    status = cluster.store.get("Deployment", "default", "web").status
    reasons = {condition.type: condition.reason for condition in status.conditions}
    assert status.available_replicas >= 3
    assert reasons["Progressing"] == "ProgressDeadlineExceeded"
    images = {pod.spec.containers[0].image for pod in cluster.pods()}
    assert images == {"web:1", "web:2"}


def test_a_missing_image_is_tried_again_and_again():
    cluster = Cluster.of(1, behaviours={"web:1": Behaviour(pull_error="manifest unknown")})
    cluster.create(web(1))
    cluster.run(60)
    (pod,) = cluster.pods()
    assert pod_columns(pod).status in ("ErrImagePull", "ImagePullBackOff")
    cluster.run(35)
    (pod,) = cluster.pods()
    assert pod_columns(pod).status == "ImagePullBackOff"
    cluster.failures.change_program("web:1", Behaviour())
    cluster.run(200)
    assert ready(cluster) == 1


def test_a_job_runs_to_its_end_and_is_collected_with_its_pods():
    cluster = Cluster.of(1, behaviours={"pi:1": Behaviour(program=job(5))})
    cluster.create(
        load("""
apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec:
  completions: 3
  parallelism: 2
  ttlSecondsAfterFinished: 30
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: "pi:1"}]}}
""")[0]
    )
    cluster.run(40)
    found = cluster.store.get("Job", "default", "pi")
    assert (found.finished, found.status.succeeded) == ("Complete", 3)
    cluster.run(40)
    assert cluster.store.get("Job", "default", "pi") is None
    assert not cluster.pods()


def test_an_autoscaler_follows_the_load_up_at_once_and_down_after_five_minutes():
    cluster = Cluster.of(3)
    cluster.create(web(1))
    cluster.create(
        load("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 10
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
""")[0]
    )
    cluster.run(60)
    cluster.metrics.load({"app": "web"}, lambda seconds: 200 if seconds < 400 else 20)
    cluster.run(200)
    assert cluster.store.get("Deployment", "default", "web").spec.replicas == 5
    cluster.run(300)
    assert cluster.store.get("Deployment", "default", "web").spec.replicas == 5
    cluster.run(300)
    assert cluster.store.get("Deployment", "default", "web").spec.replicas == 1


def test_a_stale_write_is_refused():
    cluster = Cluster.of(1)
    first = cluster.create(web(1))
    cluster.server.update(replace(first, spec=replace(first.spec, replicas=2)), USER)
    with pytest.raises(StatusError, match="the object has been modified") as refused:
        cluster.server.update(replace(first, spec=replace(first.spec, replicas=3)), USER)
    assert refused.value.code == 409


def test_without_a_majority_of_etcd_nothing_is_written_and_nothing_is_lost():
    cluster = Cluster.of(1)
    cluster.create(web(1))
    cluster.run(20)
    cluster.failures.crash_etcd("m1")
    cluster.run(5)
    cluster.create(web(1, name="second"))
    cluster.run(10)
    cluster.failures.crash_etcd("m2")
    cluster.run(5)
    with pytest.raises(StatusError, match="etcdserver: request timed out"):
        cluster.create(web(1, name="third"))
    assert running(cluster) == 2
    cluster.failures.restart_etcd("m1")
    cluster.run(5)
    cluster.create(web(1, name="third"))


def test_while_the_api_server_is_away_pods_run_and_crashed_containers_come_back():
    cluster = Cluster.of(1)
    cluster.create(web(1))
    cluster.run(20)
    (pod,) = cluster.pods()
    cluster.failures.stop_program("kube-apiserver")
    cluster.failures.kill_container(pod.name)
    cluster.run(20)
    with pytest.raises(StatusError, match="Unable to connect to the server"):
        cluster.create(web(1, name="other"))
    cluster.failures.start_program("kube-apiserver")
    cluster.run(20)
    (pod,) = cluster.pods()
    assert pod.status.container_statuses[0].restart_count == 1
    assert ready(cluster) == 1


def test_without_the_scheduler_new_pods_wait():
    cluster = Cluster.of(1)
    cluster.run(1)
    cluster.failures.stop_program("kube-scheduler")
    cluster.create(web(2))
    cluster.run(30)
    assert {pod.status.phase for pod in cluster.pods()} == {"Pending"}
    cluster.failures.start_program("kube-scheduler")
    cluster.run(30)
    assert ready(cluster) == 2


def test_deleting_in_the_foreground_waits_for_the_dependents():
    cluster = Cluster.of(1)
    cluster.create(web(2))
    cluster.run(20)
    cluster.server.delete("Deployment", "default", "web", USER, policy="Foreground")
    assert cluster.store.get("Deployment", "default", "web") is not None
    cluster.run(30)
    removed = [record.kind for record in cluster.journal.find(verb="remove")]
    assert removed == ["Pod", "Pod", "ReplicaSet", "Deployment"]


def test_orphans_live_on_without_an_owner():
    cluster = Cluster.of(1)
    cluster.create(web(2))
    cluster.run(20)
    cluster.server.delete("Deployment", "default", "web", USER, policy="Orphan")
    cluster.run(30)
    (left,) = cluster.store.objects("ReplicaSet")
    assert left.metadata.owner_references == ()
    assert running(cluster) == 2


def test_a_runaway_simulation_stops_and_says_how_to_go_on():
    cluster = Cluster.of(1, limits=Limits(objects=20))
    cluster.create(web(100))
    with pytest.raises(SimulationLimit, match=r"stopped at 20 objects of kind Pod; Limits\(objects=\.\.\.\)"):
        cluster.run(100)
    cluster = Cluster.of(1, limits=Limits(records=50))
    cluster.create(web(10))
    with pytest.raises(SimulationLimit, match=r"stopped after 50 records; Limits\(records=\.\.\.\)"):
        cluster.run(100)


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.sampled_from(["crash", "restore", "kill", "scale", "image", "wait"]), max_size=8), st.integers(0, 99)
)
def test_whatever_happens_the_cluster_comes_to_what_was_asked_for(faults, seed):
    cluster = Cluster.of(3, seed=seed)
    cluster.create(web(3))
    cluster.run(15)
    for number, fault in enumerate(faults):
        if fault == "crash":
            cluster.failures.crash_node(f"node-{number % 2 + 1}")
        elif fault == "restore":
            cluster.failures.restore_node(f"node-{number % 2 + 1}")
        elif fault == "kill":
            names = [pod.name for pod in cluster.pods() if pod.spec.node_name == "node-3"]
            with suppress(StatusError):  # it may have ended by itself
                cluster.failures.kill_container(min(names, default="none"))
        elif fault == "scale":
            cluster.server.patch(
                "Deployment",
                "default",
                "web",
                lambda item, n=number: replace(item, spec=replace(item.spec, replicas=n % 4 + 1)),
                USER,
            )
        elif fault == "image":
            spec = web(1, f"web:{number}").spec
            cluster.server.patch(
                "Deployment",
                "default",
                "web",
                lambda item, new=spec: replace(item, spec=replace(item.spec, template=new.template)),
                USER,
            )
        else:
            cluster.run(40)
    for name in ("node-1", "node-2"):
        cluster.failures.restore_node(name)
    cluster.run(900)
    item = cluster.store.get("Deployment", "default", "web")
    wanted = item.spec.replicas
    status = item.status
    assert (status.replicas, status.updated_replicas, status.available_replicas) == (wanted, wanted, wanted)
    assert running(cluster) == len(cluster.pods()) == wanted
    revisions = [int(r.revision) for r in cluster.journal if r.revision]
    assert revisions == sorted(revisions)
    addresses = [pod.status.pod_ip for pod in cluster.pods()]
    assert len(set(addresses)) == len(addresses)


def test_only_kinds_whose_spec_is_counted_have_a_generation():
    cluster = Cluster.of(1)
    cluster.apply(SERVICE)
    cluster.create(web())
    cluster.scale("deployment/web", replicas=5)
    cluster.apply(SERVICE.replace("port: 80", "port: 81"))
    assert cluster.store.get("Service", "default", "web").metadata.generation == 0
    assert cluster.store.get("Deployment", "default", "web").metadata.generation == 2
