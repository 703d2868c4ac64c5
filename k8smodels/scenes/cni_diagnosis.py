"""A pod that stays in ContainerCreating: from the words that are seen to the cause."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.network.cni import (
    HOST,
    Link,
    LoadError,
    SimulatedNode,
    load_networks,
    network_config_list,
    perform,
    sandbox_error,
    simple_node,
)
from k8smodels.network.cni.effects import add_address, add_link, set_up
from k8smodels.scenes.cni import NETNS, SANDBOX, runtime_conf
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, join

__all__ = ["Stuck", "diagnose", "stuck"]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A pod that stays in ContainerCreating, or a node that is NotReady.

    Attributes
    ----------
    text
        What is seen.
    speaker
        Who found the fault.
    remedy
        What to do first.
    words
        What the text says of this fault and of no other.
    """

    text: str
    speaker: str
    remedy: str
    words: str


RUNTIME, BRIDGE, IPAM = "containerd", "bridge", "host-local"


def _bridge(ipam: Mapping[str, object], **more: object) -> str:
    plugin = {"type": "bridge", "isDefaultGateway": True, "ipam": {"type": "host-local", **ipam}}
    return json.dumps({"cniVersion": "1.0.0", "name": "pods", "plugins": [plugin], **more})


def _event(machine: SimulatedNode, text: str) -> str:
    """The event of a pod whose ADD fails."""
    machine.new_pod(NETNS)
    outcome = perform("ADD", network_config_list(text), runtime_conf("nothing more"), machine)
    reason = sandbox_error(SANDBOX, outcome.error or "")
    about = "Warning  FailedCreatePodSandBox  kubelet  Failed to create pod sandbox: rpc error: code = Unknown desc = "
    return about + reason


def _full_node(subnet: str) -> SimulatedNode:
    machine = SimulatedNode()
    network, sandbox = network_config_list(_bridge({"ranges": [[{"subnet": subnet}]]})), runtime_conf("nothing more")
    for i in range(ip_network(subnet).num_addresses):
        machine.new_pod(f"/run/netns/{i}")
        perform("ADD", network, replace(sandbox, container_id=f"old{i}", netns=f"/run/netns/{i}"), machine)
    return machine


def _old_bridge(address: str) -> SimulatedNode:
    node = simple_node()
    for effect in (add_link(HOST, Link("cni0", "bridge")), add_address(HOST, "cni0", address), set_up(HOST, "cni0")):
        node = effect.apply(node)
    return SimulatedNode(node)


def stuck(dice: random.Random) -> Sequence[Stuck]:
    """Five faults, with numbers by chance."""
    third, small = dice.randint(1, 9), dice.choice([28, 29])
    subnet = {"ranges": [[{"subnet": f"10.244.{third}.0/24"}]]}
    version = dice.choice(["1.2.0", "2.0.0"])
    few = f"10.244.{third}.0/{small}"
    try:
        load_networks({"10-pods.conflist": _bridge(subnet)[:-2]})
        broken = ""
    except LoadError as error:
        broken = str(error)
    return (
        Stuck(
            _event(SimulatedNode(installed=[BRIDGE]), _bridge(subnet)),
            BRIDGE,
            _("Install the missing program in /opt/cni/bin."),
            "failed to find plugin",
        ),
        Stuck(
            _event(_full_node(few), _bridge({"ranges": [[{"subnet": few}]]})),
            IPAM,
            _("Compare the files in /var/lib/cni/networks with the Pods of the node."),
            "no IP addresses available in range set",
        ),
        Stuck(
            _event(_old_bridge("10.244.77.1/24"), _bridge(subnet)),
            BRIDGE,
            _("Remove the bridge that an earlier configuration left."),
            "already has an IP address different from",
        ),
        Stuck(
            _event(SimulatedNode(), _bridge(subnet).replace('"1.0.0"', f'"{version}"')),
            BRIDGE,
            _("Set cniVersion to one that the plugin supports, or update the plugin."),
            "incompatible CNI versions",
        ),
        Stuck(
            f"NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: {broken}",
            RUNTIME,
            _("Mend the first file of /etc/cni/net.d."),
            "failed to load CNI config list file",
        ),
    )


def _not_these(case: Stuck) -> dict[str, str]:
    """Why others than the finder are wrong."""
    words = {
        "kubelet": _("The kubelet only repeats what the runtime has answered."),
        RUNTIME: _("Behind `plugin type=...` a plugin speaks."),
    }
    return {name: why for name, why in words.items() if name != case.speaker}


def _not_said(words: str) -> str:
    return _("That would help if it said `{words}`. It does not.").format(words=words)


def diagnose(seed: int) -> Task:
    """Show what is seen of a fault, and ask who found it and what to do."""
    dice = dice_of(seed)
    cases = stuck(dice)
    case = cases[(seed + 2) % len(cases)]
    remedies = [item.remedy for item in cases]
    return Task(
        join([el("p", _("This is all that you see:")), el("pre", case.text, tabindex="0")]),
        [
            Step(
                _("Whose words stand at the end?"),
                case.speaker,
                options=("kubelet", RUNTIME, BRIDGE, IPAM),
                wrong=_not_these(case),
                why=_("Read from the left: each caller puts its words before those of the program that it called."),
            ),
            Step(
                _("What would you do first?"),
                case.remedy,
                options=dice.sample(remedies, len(remedies)),
                wrong={item.remedy: _not_said(item.words) for item in cases if item is not case},
                why=_("The cause stands at the end of the message."),
            ),
        ],
        [
            _("kubelet, containerd, plugin, and perhaps a plugin of that plugin: each adds words in front."),
            _("`failed to allocate for range` are words of host-local; `failed to find plugin` are of who looked."),
        ],
        bullets([case.speaker, case.remedy]),
    )
