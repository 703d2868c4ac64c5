"""How addresses are given out and taken back on one node, with the plugin host-local."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from k8smodels.i18n import _
from k8smodels.network.cni import SimulatedNode, network_config_list, perform, pod_runtime_conf
from k8smodels.network.cni.cache import Cache
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.network import lease_table

V4, V6 = "10.244.1.0/29", "fd00:10:244:1::/125"
DIRECTORY = "/var/lib/cni/networks/pods/"
STEPS = 9
Move = tuple[str, str]
"""ADD or DEL and a pod; LOSE: the runtime forgets all pods; CLEAN: somebody removes files of pods that are no more."""


def _moves(text: str) -> tuple[Move, ...]:
    return tuple((command, pod) for command, _space, pod in (item.partition(" ") for item in text.split(", ")))


STORIES: Mapping[str, tuple[tuple[str, ...], tuple[Move, ...]]] = {
    "pods come and go": ((V4,), _moves("ADD a, ADD b, ADD c, DEL b, ADD d, ADD e, ADD f, DEL a, DEL d")),
    "one too many": ((V4,), _moves("ADD a, ADD b, ADD c, ADD d, ADD e, ADD f, DEL c, ADD f, DEL f")),
    "nobody called DEL": ((V4,), _moves("ADD a, ADD b, ADD c, LOSE, ADD d, ADD e, ADD f, CLEAN, ADD f")),
    "two families": ((V4, V6), _moves("ADD a, ADD b, DEL a, ADD c, ADD d, ADD e, ADD f, ADD g, DEL b")),
}
"""Ranges, and what happens."""


@dataclass(frozen=True, slots=True)
class State:
    """The node after a move.

    Attributes
    ----------
    files
        host-local's files: text by name.
    living
        Pods that run, by container id.
    changed
        The addresses of the last pod.
    error
        Why its ADD failed.
    """

    files: Mapping[str, str]
    living: Mapping[str, str]
    changed: tuple[str, ...] = ()
    error: str = ""


def conflist(subnets: Sequence[str]) -> str:
    """A network with a bridge, and addresses of `subnets`."""
    ipam = {"type": "host-local", "ranges": [[{"subnet": subnet}] for subnet in subnets]}
    bridge = {"type": "bridge", "isDefaultGateway": True, "ipam": ipam}
    return json.dumps({"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge]})


def play(subnets: Sequence[str], moves: Sequence[Move]) -> list[State]:
    """The node after each of `moves`."""
    machine, network = SimulatedNode(), network_config_list(conflist(subnets))
    kept: Cache = {}
    living: dict[str, str] = {}
    states = []
    for command, pod in moves:
        container, netns = f"c-{pod}", f"/run/netns/{pod}"
        runtime = pod_runtime_conf("default", pod, pod, container, netns)
        error, changed = "", tuple[str, ...]()
        if command == "ADD":
            machine.new_pod(netns)
        if command in ("ADD", "DEL"):
            before = _files(machine)
            done = perform(command, network, runtime, machine, kept)
            kept, error = done.cache, done.error or ""
            changed = tuple(sorted(set(before) ^ set(_files(machine))))
        if command == "ADD" and not error:
            living[container] = pod
        if command == "DEL" or error:
            machine.end_pod(netns)
            living.pop(container, None)
        if command == "LOSE":
            for name in living.values():
                machine.end_pod(f"/run/netns/{name}")
            living, kept = {}, {}
        if command == "CLEAN":
            _clean(machine, living)
        states.append(State(_files(machine), dict(living), changed, error))
    return states


def _files(machine: SimulatedNode) -> dict[str, str]:
    files = machine.node.files.items()
    return {path.removeprefix(DIRECTORY): text for path, text in files if path.startswith(DIRECTORY)}


def _clean(machine: SimulatedNode, living: Mapping[str, str]) -> None:
    """Remove the files of containers that are no more, as an administrator would."""
    files = machine.node.files.items()
    left = {path: text for path, text in files if "last_reserved" in path or text.split("\r\n")[0] in living}
    machine.node = replace(machine.node, files=left)


@cache
def played(story: str) -> tuple[State, ...]:
    """The states of one of `STORIES`."""
    return tuple(play(*STORIES[story]))


def addresses(story: str, step: int) -> Frame:
    """The ranges of a story after move number `step`."""
    subnets, moves = STORIES[story]
    state, (command, pod) = played(story)[step], moves[step]
    tables = [lease_table(subnet, state.files, state.living, state.changed) for subnet in subnets]
    body: Html = el("div", join(tables), class_="two") if len(tables) > 1 else tables[0]
    parts = [body, el("pre", state.error, tabindex="0")] if state.error else [body]
    return Frame(join(parts), _told(command, pod, state))


def _told(command: str, pod: str, state: State) -> str:
    got = " ".join(name for name in state.changed if not name.startswith("last"))
    match command:
        case "ADD" if state.error:
            return _("ADD for **{pod}** fails, and the Pod stays in ContainerCreating.").format(pod=pod)
        case "ADD":
            return _("ADD for **{pod}**: it gets {address}.").format(pod=pod, address=got)
        case "DEL":
            return _("DEL for **{pod}**: {address} is free again.").format(pod=pod, address=got)
        case "LOSE":
            return _(
                "The runtime's store is emptied and the node reboots. The Pods are gone; nobody called DEL for them."
            )
    return _("The files of Pods that are no more are removed by hand.")
