"""Scenes of the chapter on CNI: a pod's way onto the network and off it, call by call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from k8smodels.api.structure import JSON
from k8smodels.i18n import _
from k8smodels.network.cni import (
    Done,
    Effect,
    Node,
    RuntimeConf,
    SimulatedNode,
    network_config_list,
    perform,
    pod_runtime_conf,
)
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.network import effect_list, json_lines, marked_json, node_nest, shown_environment

FILE = "/etc/cni/net.d/10-pods.conflist"
CONFLIST = """\
{
 "cniVersion": "1.0.0",
 "name": "pods",
 "plugins": [
  {"type": "bridge",
   "bridge": "cni0",
   "isDefaultGateway": true,
   "ipMasq": true,
   "ipam": {
    "type": "host-local",
    "ranges": [[
     {"subnet": "10.244.1.0/24"}]]}},
  {"type": "portmap",
   "capabilities":
    {"portMappings": true}},
  {"type": "bandwidth",
   "capabilities": {"bandwidth": true}}
 ]
}
"""
SANDBOX, NETNS = "5e1f9a03", "/run/netns/web"
_PORT: Mapping[str, JSON] = {"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]}
_RATE: Mapping[str, JSON] = {"bandwidth": {"ingressRate": 8_000_000, "ingressBurst": 800_000}}
WISHES: Mapping[str, Mapping[str, JSON]] = {
    "nothing more": {},
    "hostPort 8080": _PORT,
    "hostPort 8080, 8 Mbit/s": {**_PORT, **_RATE},
}
"""What the pod asks for besides an address."""
STEPS = 14


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of the story.

    Attributes
    ----------
    title, says
        What it is called, and what happens.
    left
        The call, the answer or the file of this step.
    node, before
        The node afterwards and before.
    """

    title: str
    says: str
    left: Html
    node: Node
    before: Node


def runtime_conf(wish: str) -> RuntimeConf:
    """What containerd adds for the pod ``web``."""
    return pod_runtime_conf("default", "web", "b2c4", SANDBOX, NETNS, WISHES[wish])


def calls(wish: str, step: int) -> Frame:
    """Step number `step` of the story of the pod that wants `wish`."""
    scene = story(wish)[step]
    picture = el("div", el("div", scene.left), node_nest(scene.node, scene.before, NETNS), class_="two")
    return Frame(join([el("p", scene.title, class_="lane-h"), picture]), scene.says)


@cache
def story(wish: str) -> tuple[Scene, ...]:
    """The pod ``web`` gets its network and loses it."""
    machine, runtime, network = SimulatedNode(), runtime_conf(wish), network_config_list(CONFLIST)
    empty = machine.node
    machine.new_pod(NETNS)
    start = machine.node
    cache = perform("ADD", network, runtime, machine).cache
    perform("DEL", network, runtime, machine, cache)
    bridge, portmap, bandwidth, *off = machine.done
    ((name, attachment),) = cache.items()
    kept = _text(f"/var/lib/cni/results/{name}", json_lines(attachment.to_json()["result"]))
    remembered = _(
        "The last plugin's result is the network's. The kubelet will ask the runtime for the Pod's address;"
        " libcni keeps the result for DEL."
    )
    return (
        Scene(_("The runtime makes a network namespace"), _made(), _text(FILE, [CONFLIST]), start, empty),
        Scene(
            _("ADD, plugin 1 of 3: bridge is started"), _started(), _given(bridge, ("name", "cniVersion")), start, start
        ),
        *_bridge_parts(bridge.effects, start),
        Scene(_("bridge answers"), _answers(), _answer(bridge), bridge.node, bridge.node),
        _added(_("ADD, plugin 2 of 3: portmap"), portmap, bridge.node),
        _added(_("ADD, plugin 3 of 3: bandwidth"), bandwidth, portmap.node),
        Scene(_("The runtime remembers the result"), remembered, kept, bandwidth.node, bandwidth.node),
        _removed(_("DEL, first bandwidth"), off[0], bandwidth.node),
        _removed(_("DEL, then portmap"), off[1], off[0].node),
        _removed(_("DEL, at last bridge"), off[2], off[1].node),
    )


def _made() -> str:
    return _("containerd has read its configuration, and made a namespace for the Pod. Nothing is in it but `lo`.")


def _started() -> str:
    return _("Six variables, and JSON on standard input: a plugin gets nothing else. Marked: what the runtime put in.")


def _answers() -> str:
    return _("The result on standard output: interfaces, address, routes. Then the program ends.")


def _bridge_parts(effects: Sequence[Effect], start: Node) -> Iterable[Scene]:
    """What the plugin bridge does, in five parts: the command that each begins with, its title, and what to see."""
    told = (
        (
            "ip link add cni0",
            _("bridge: a switch on the node"),
            _("A bridge, `cni0`: a switch inside the kernel. The first Pod of a node brings it; the others find it."),
        ),
        (
            "ip link add eth0",
            _("bridge: a cable"),
            _("A veth pair: one end is `eth0` in the Pod, the other end is a port of the switch."),
        ),
        (
            "write ",
            _("bridge asks host-local for an address"),
            _("A second program, started by the first. It writes down who has the address, in a file of the node."),
        ),
        (
            "sysctl -w net.ipv4.conf.eth0",
            _("bridge: the Pod's end"),
            _("Inside the Pod: an address, the interface up, a default route. The plugin enters the namespace for it."),
        ),
        (
            "ip addr add 10.244.1.1",
            _("bridge: the way out"),
            _("`cni0` gets the gateway's address, the node forwards, and what leaves for elsewhere is masqueraded."),
        ),
    )
    starts = [next(i for i, effect in enumerate(effects) if effect.command.startswith(first)) for first, *_rest in told]
    node = start
    for (_first, title, says), begin, end in zip(told, starts, [*starts[1:], len(effects)], strict=True):
        before = node
        for effect in effects[begin:end]:
            node = effect.apply(node)
        yield Scene(title, says, _commands(effects[begin:end]), node, before)


def _added(title: str, done: Done, before: Node) -> Scene:
    says = _("It gets the result so far as `prevResult`. The Pod wants nothing of it: it hands the result on.")
    if "runtimeConfig" in done.call.stdin:
        says = _("What this Pod wants comes as `runtimeConfig`. {effect}").format(effect=_done_by(done.call.plugin))
    given = el("details", el("summary", _("What it was given")), _given(done, ("prevResult", "runtimeConfig")))
    return Scene(title, says, join([_commands(done.effects), given]), done.node, before)


def _done_by(plugin: str) -> str:
    if plugin == "portmap":
        return _("Its rules send port 8080 of the node to port 80 of the Pod.")
    return _("What goes into the Pod by its veth is limited to 8 Mbit/s.")


def _removed(title: str, done: Done, before: Node) -> Scene:
    says = _("Backwards through the list, each with the remembered result as `prevResult`. Struck out: what goes.")
    if not done.effects:
        says = _("Backwards through the list, each with the remembered result as `prevResult`. Here nothing goes.")
    if done.call.plugin == "bridge":
        says = _(
            "The veth pair, the address, the rules: gone. The bridge stays for other Pods. Last, the namespace goes."
        )
    return Scene(title, says, _commands(done.effects), done.node, before)


def _given(done: Done, marked: Sequence[str]) -> Html:
    stdin = join([_title(_("standard input")), marked_json(done.call.stdin, marked)])
    return join([_title(_("environment")), shown_environment(done.call), stdin])


def _answer(done: Done) -> Html:
    return _text(_("standard output"), json_lines(json.loads(done.answer.stdout)))


def _commands(effects: Sequence[Effect]) -> Html:
    return join([_title(_("what it does, as commands")), effect_list(effects, NETNS)])


def _text(title: str, lines: Iterable[str]) -> Html:
    return join([_title(title), el("pre", "\n".join(lines).rstrip("\n"), tabindex="0")])


def _title(words: str) -> Html:
    return el("p", el("b", words))
