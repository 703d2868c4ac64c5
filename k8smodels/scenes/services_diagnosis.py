"""A Service that refuses every connection: what kubectl prints, and what the cause is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from k8smodels.api.kinds import dump
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.api.yaml_text import write_documents
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.services import NODES, PLACES, STATES, State, named, pod, service
from k8smodels.services import reconcile
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.services import slice_listing, terminal
from k8smodels.views.text import columns

__all__ = ["Fault", "diagnose", "faults", "listing", "puzzle", "puzzle_dump"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do about it.

    Attributes
    ----------
    state
        What all Pods are like.
    sign
        What tells this fault from the others.
    """

    state: State
    cause: str
    sign: str
    repair: str
    target_port: int | str = "http"
    namespace: str = "shop"


def faults() -> Mapping[str, Fault]:
    """Five ways to have an address that refuses everybody."""
    return {
        "selector": Fault(
            STATES["labelled app: webb"],
            _("no Pod has the labels of the selector"),
            _("The slice has neither ports nor endpoints, and the Pods' labels differ from the selector."),
            _("the Pods' labels, or the selector"),
        ),
        "port": Fault(
            STATES["its port is named web"],
            _("no container has a port of the name in targetPort"),
            _("The slice lists all Pods, but its ports are `<unset>`."),
            _("targetPort, or the name of the container's port"),
        ),
        "readiness": Fault(
            STATES["running, not ready"],
            _("the Pods are not ready"),
            _("The slice lists ports and addresses; `READY` says 0/1. This listing of slices does not show readiness."),
            _("the readiness probe, or what it asks"),
        ),
        "number": Fault(
            State(),
            _("nothing listens on the port in targetPort"),
            _("All Pods are ready and listed, with a port that no container has: a number is taken as it is."),
            _("targetPort, or the name of the container's port"),
            target_port=9090,
        ),
        "namespace": Fault(
            State(),
            _("the Pods are in another namespace"),
            _("The slice is empty though the labels fit: a selector sees its own namespace only."),
            _("the namespace of the Service, or of the Pods"),
            namespace="blog",
        ),
    }


def broken(fault: Fault) -> tuple[Service, list[Pod]]:
    """The Service `web` and its three Pods, with a fault."""
    owner = service(ports=[{"name": "http", "protocol": "TCP", "port": 80, "targetPort": fault.target_port}])
    pods = [pod(name, fault.state) for name in PLACES]
    return owner, [replace(each, metadata=replace(each.metadata, namespace=fault.namespace)) for each in pods]


def listing(fault: Fault) -> str:
    """What kubectl prints of the Pods and of the slices."""
    owner, pods = broken(fault)
    ready = "1/1" if fault.state.ready else "0/1"
    rows = [
        (each.namespace, each.name, ready, each.status.phase, ",".join(f"{k}={v}" for k, v in each.labels.items()))
        for each in pods
    ]
    return "\n".join(
        [
            "$ kubectl get pods -A --show-labels",
            columns(["NAMESPACE", "NAME", "READY", "STATUS", "LABELS"], rows),
            "",
            "$ kubectl get endpointslices -n shop",
            slice_listing(named(reconcile(owner, pods, NODES).slices)),
        ]
    )


def puzzle() -> Frame:
    """What kubectl prints in the chapter's puzzle: `targetPort` has a name that no container has."""
    says = _("Three Pods run and are ready, and their addresses are listed.")
    return Frame(terminal(listing(faults()["port"]), _("what kubectl prints of the puzzle")), says)


def puzzle_dump() -> str:
    """The puzzle's objects as YAML."""
    owner, pods = broken(faults()["port"])
    return dump([owner, *pods, *NODES, *named(reconcile(owner, pods, NODES).slices)])


def diagnose(seed: int) -> Task:
    """Show a Service, its Pods and its slices, and ask for the cause."""
    chance = dice_of(seed)
    every = list(faults().values())
    fault = every[seed % len(every)]
    chance.shuffle(every)
    text = _("`nslookup web` gives the cluster IP. `curl http://web` says: **connection refused**.")
    return Task(
        join([el("p", inline(text)), *_shown(fault)]),
        [
            Step(
                _("What is the cause?"),
                fault.cause,
                options=[each.cause for each in every],
                wrong={each.cause: _("Then you would see this: {sign}").format(sign=each.sign) for each in every},
                why=_("Compare in this order: namespace, labels, port's name, readiness, number."),
            ),
            Step(
                _("What do you look at, to repair it?"),
                fault.repair,
                options=sorted({each.repair for each in every}),
                why=_("Which of the two sides of the mismatch is it?"),
            ),
        ],
        [_("Read the slice first: are there endpoints, are there ports?"), fault.sign],
        bullets([fault.sign, _("The cause: {cause}.").format(cause=fault.cause)]),
    )


def _shown(fault: Fault) -> list[Html]:
    return [
        terminal(_written(fault), _("what decides in the objects")),
        el("p", _("kubectl prints:")),
        terminal(listing(fault), _("what kubectl prints")),
    ]


def _written(fault: Fault) -> str:
    """What of the specs decides: the Service's selector and ports, the container's ports."""
    owner, pods = broken(fault)
    spec = owner.to_json()["spec"]
    shown = {key: spec[key] for key in ("selector", "ports")}
    containers = {"containers": pods[0].to_json()["spec"]["containers"]}
    return f"# Service shop/web, spec\n{write_documents([shown])}\n# each Pod, spec\n{write_documents([containers])}"
