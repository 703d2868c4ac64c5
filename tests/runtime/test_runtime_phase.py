from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from runtime_strategies import container_statuses, pods

from k8smodels.api.container_life import ContainerRestartRule, ContainerRestartRuleOnExitCodes, PodReadinessGate
from k8smodels.api.container_status import ContainerState, ContainerStateRunning
from k8smodels.api.pod import Container, ContainerStatus, Pod, PodCondition, PodSpec, PodStatus
from k8smodels.runtime import SimulatedRuntime, pod_conditions, pod_phase, should_restart


@st.composite
def pods_with_statuses(draw: st.DrawFn) -> Pod:
    pod = draw(pods())
    inits = tuple(draw(container_statuses(item.name)) for item in pod.spec.init_containers if draw(st.booleans()))
    apps = tuple(draw(container_statuses(item.name)) for item in pod.spec.containers if draw(st.booleans()))
    return replace(pod, status=PodStatus(init_container_statuses=inits, container_statuses=apps))


@given(pods_with_statuses(), st.booleans(), st.booleans())
def test_every_combination_of_statuses_has_a_phase_and_a_reason(pod: Pod, terminal: bool, initialized: bool) -> None:
    found = pod_phase(pod, is_terminal=terminal, has_initialized=initialized)
    assert found.phase in ("Pending", "Running", "Succeeded", "Failed")
    assert found.reason
    assert set(found.deciding) <= {item.name for item in pod.all_containers}


@given(pods_with_statuses(), st.booleans())
def test_a_pod_with_a_running_container_has_not_succeeded(pod: Pod, terminal: bool) -> None:
    runs = any(status.state.running for status in pod.status.container_statuses)
    assert not runs or pod_phase(pod, is_terminal=terminal).phase != "Succeeded"


@given(pods_with_statuses())
def test_a_ready_pod_has_ready_containers(pod: Pod) -> None:
    conditions = {item.type: item for item in pod_conditions(pod, pod_phase(pod).phase)}
    assert all(item.status in ("True", "False") for item in conditions.values())
    assert all(item.reason for item in conditions.values() if item.status == "False")
    assert conditions["Ready"].status != "True" or conditions["ContainersReady"].status == "True"


def test_a_rule_counts_only_beside_a_policy_of_the_container() -> None:
    codes = ContainerRestartRuleOnExitCodes(operator="In", values=(42,))
    rules = (ContainerRestartRule(action="Restart", exit_codes=codes),)
    never = PodSpec(restart_policy="Never")
    assert should_restart(Container(restart_policy="Never", restart_policy_rules=rules), never, 42)
    assert not should_restart(Container(restart_policy="Never", restart_policy_rules=rules), never, 1)
    assert not should_restart(Container(restart_policy_rules=rules), never, 42)


def test_the_first_rule_that_matches_decides() -> None:
    listed = ContainerRestartRuleOnExitCodes(operator="NotIn", values=(1,))
    rules = (ContainerRestartRule(action="Later", exit_codes=listed), ContainerRestartRule(action="Restart"))
    assert not should_restart(Container(restart_policy="Never", restart_policy_rules=rules), PodSpec(), 2)


def test_a_readiness_gate_holds_the_pod_back() -> None:
    status = ContainerStatus(name="a", state=ContainerState(running=ContainerStateRunning()), ready=True, started=True)
    spec = PodSpec(containers=(Container(name="a"),), readiness_gates=(PodReadinessGate(condition_type="x/lb"),))
    pod = Pod(spec=spec, status=PodStatus(container_statuses=(status,)))
    ready = {item.type: item for item in pod_conditions(pod, "Running")}["Ready"]
    assert (ready.status, ready.reason) == ("False", "ReadinessGatesNotReady")
    assert ready.message == 'corresponding condition of pod readiness gate "x/lb" does not exist.'
    opened = replace(pod, status=replace(pod.status, conditions=(PodCondition(type="x/lb", status="True"),)))
    assert {item.type: item.status for item in pod_conditions(opened, "Running")}["Ready"] == "True"


def test_a_pod_without_a_sandbox_is_not_ready_to_start_containers() -> None:
    condition = pod_conditions(Pod(), "Pending", SimulatedRuntime().status())[0]
    assert (condition.status, condition.message) == ("False", "no pod sandbox exists")


def test_the_names_in_a_message_stand_as_go_prints_a_list() -> None:
    pod = Pod(spec=PodSpec(containers=(Container(name="a"), Container(name="b"))))
    pod = replace(pod, status=PodStatus(container_statuses=(ContainerStatus(name="a"),)))
    ready = {item.type: item for item in pod_conditions(pod, "Pending")}["ContainersReady"]
    assert ready.message == "containers with unknown status: [b], containers with unready status: [a]"
