"""Pods and statuses by chance."""

from __future__ import annotations

from hypothesis import strategies as st

from k8smodels.api.container_life import ExecAction, Lifecycle, LifecycleHandler, Probe
from k8smodels.api.container_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
)
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Container, ContainerStatus, Pod, PodSpec
from k8smodels.runtime import Program, Run

POLICIES = ("Always", "OnFailure", "Never")
PROBE = Probe(exec=ExecAction(command=("check",)))
HOOK = Lifecycle(pre_stop=LifecycleHandler(exec=ExecAction(command=("drain",))))

states = st.one_of(
    st.just(ContainerState()),
    st.just(ContainerState(running=ContainerStateRunning())),
    st.builds(
        lambda code: ContainerState(terminated=ContainerStateTerminated(exit_code=code)), st.sampled_from([0, 1, 42])
    ),
    st.just(ContainerState(waiting=ContainerStateWaiting(reason="ContainerCreating"))),
)
programs = st.builds(
    Program,
    runs=st.lists(
        st.builds(Run, seconds=st.none() | st.integers(0, 30), exit_code=st.sampled_from([0, 1])),
        min_size=1,
        max_size=3,
    ).map(tuple),
    startup_seconds=st.integers(0, 5),
    handles_sigterm=st.booleans(),
    under_init=st.booleans(),
    stop_seconds=st.integers(0, 50),
    pre_stop_seconds=st.integers(0, 50),
)


@st.composite
def pods(draw: st.DrawFn) -> Pod:
    """A pod with up to three init containers and three containers."""
    inits = tuple(
        Container(
            name=f"i{i}",
            image="i:1",
            restart_policy="Always" if sidecar else "",
            startup_probe=PROBE if sidecar and draw(st.booleans()) else None,
        )
        for i, sidecar in enumerate(draw(st.lists(st.booleans(), max_size=3)))
    )
    apps = tuple(
        Container(name=f"c{i}", image="c:1", restart_policy=policy, lifecycle=draw(st.none() | st.just(HOOK)))
        for i, policy in enumerate(draw(st.lists(st.sampled_from(["", "", *POLICIES]), min_size=1, max_size=3)))
    )
    spec = PodSpec(
        containers=apps,
        init_containers=inits,
        restart_policy=draw(st.sampled_from(POLICIES)),
        termination_grace_period_seconds=draw(st.integers(0, 40)),
    )
    return Pod(metadata=ObjectMeta(name="web", uid="0001"), spec=spec)


@st.composite
def container_statuses(draw: st.DrawFn, name: str) -> ContainerStatus:
    """A status in any combination of states."""
    return ContainerStatus(
        name=name,
        state=draw(states),
        last_state=draw(states),
        ready=draw(st.booleans()),
        started=draw(st.none() | st.booleans()),
    )
