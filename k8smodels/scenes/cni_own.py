"""The reader's own network configuration: its mistakes, what simulated plugins do with it, and real ones beside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

from k8smodels.explore.homes import is_static
from k8smodels.i18n import _
from k8smodels.network.cni import (
    PROGRAMS,
    SUBNET_FILE,
    NetworkConfigList,
    Outcome,
    SimulatedNode,
    network_config_list,
    network_errors,
    perform,
    simple_node,
    subnet_env,
)
from k8smodels.scenes.cni import CONFLIST, NETNS, runtime_conf
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.network import effect_list, json_lines, node_nest

MOST_PLUGINS, MOST_ERRORS = 16, 8
WIDE = 76
WISH = "hostPort 8080"
REAL_SECONDS = 60
CASES = {
    "bridge and portmap": CONFLIST,
    "flannel": (
        '{\n  "name": "cbr0",\n  "cniVersion": "0.3.1",\n  "plugins": [\n'
        '    {"type": "flannel",\n     "delegate": {"hairpinMode": true, "isDefaultGateway": true}},\n'
        '    {"type": "portmap", "capabilities": {"portMappings": true}}\n  ]\n}\n'
    ),
    "four mistakes": (
        '{\n  "cniVersion": "1.0",\n  "name": "my pods",\n  "plugins": [\n'
        '    {"type": "bridge", "isGateway": "true",\n     "ipam": {"type": "host-local",\n'
        '      "ranges": [[{"subnet": "10.244.1.1/24"}]]}}\n  ]\n}\n'
    ),
}


def read_network(text: str) -> NetworkConfigList:
    """The network of a ``.conflist`` file.

    Raises
    ------
    ValueError
        It has mistakes, one a line, or more plugins than this chapter runs.
    """
    errors = network_errors(text)
    if errors:
        more = _("... and {n} more").format(n=len(errors) - MOST_ERRORS)
        lines = [str(error) for error in errors[:MOST_ERRORS]]
        raise ValueError("\n".join([*lines, more] if len(errors) > MOST_ERRORS else lines))
    network = network_config_list(text)
    if len(network.plugins) > MOST_PLUGINS:
        raise ValueError(_("plugins: Too many: must have at most {n} items").format(n=MOST_PLUGINS))
    return network


def run_simulated(network: NetworkConfigList) -> tuple[Outcome, SimulatedNode]:
    """ADD for the pod ``web`` with the port 8080; a node of flannel has its subnet file."""
    flannel = any(plugin.type == "flannel" for plugin in network.plugins)
    files = {SUBNET_FILE: subnet_env("10.244.0.0/16", "10.244.1.1/24", 1450)}
    machine = SimulatedNode(replace(simple_node(), files=files if flannel else {}))
    machine.new_pod(NETNS)
    return perform("ADD", network, runtime_conf(WISH), machine), machine


def own(text: str, real: bool = False) -> Frame:
    """What ADD does with the configuration in `text`; with `real` also what the plugins of ``CNI_PATH`` do.

    Raises
    ------
    ValueError
        It has mistakes.
    """
    network = read_network(text)
    outcome, machine = run_simulated(network)
    effects = [effect for done in machine.done for effect in done.effects]
    commands = el("details", el("summary", _("All commands")), effect_list(effects, NETNS))
    parts = [
        el(
            "div",
            el("div", _runs(outcome), _result(outcome)),
            node_nest(machine.node, machine.node, NETNS),
            class_="two",
        ),
        commands,
        _beside(text, network, outcome) if real else None,
    ]
    says = _("ADD succeeds.") if outcome.error is None else _("ADD fails: {error}").format(error=outcome.error)
    return Frame(join(parts), says)


def _runs(outcome: Outcome) -> Html:
    rows = [
        el("li", el("b", exchange.call.plugin), " ", _("ends with {code}").format(code=exchange.answer.exit_code))
        for exchange in outcome.exchanges
    ]
    return el("ol", join(rows), class_="legend") if rows else el("p", _("No plugin was run."), class_="muted")


def _result(outcome: Outcome) -> Html:
    if outcome.result is None:
        return el("pre", outcome.error or "", tabindex="0")
    return el("pre", "\n".join(json_lines(outcome.result.to_json())), tabindex="0")


# The real plugins.


def _beside(text: str, network: NetworkConfigList, outcome: Outcome) -> Html:
    head = el("p", _("The real plugins of this machine"), class_="sub")
    reason = cannot_run(network)
    if reason:
        return join([head, el("p", reason, class_="muted")])
    try:
        answer = run_apart(text)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return join([head, el("pre", str(error), tabindex="0")])
    model = plain({"error": outcome.error, "result": outcome.result and outcome.result.to_json()})
    same = plain(answer) == model
    word = (
        _("the same as the model's, but for hardware addresses and the name of the veth")
        if same
        else _("not the model's")
    )
    shown = answer["error"] or "\n".join(json_lines(answer["result"], WIDE))
    verdict = el("p", el("b", word), class_="v ok" if same else "v no")
    return join([head, verdict, el("pre", shown, tabindex="0")])


def cannot_run(network: NetworkConfigList) -> str:
    """Why the real plugins cannot be run here; empty if they can.

    What a configuration could reach outside of its own namespaces is refused.
    """
    if is_static():
        return _("They run where this book has a kernel, on Linux, as root, with CNI_PATH set; not in this page.")
    if sys.platform != "linux" or os.geteuid() != 0 or not os.environ.get("CNI_PATH"):
        return _("They need Linux, root, and the environment variable CNI_PATH: a directory with the plugins.")
    for plugin in network.plugins:
        ipam = plugin.document.get("ipam")
        ipam = ipam if isinstance(ipam, dict) else {}
        names = {plugin.type, ipam.get("type", "host-local")}
        if not names <= set(PROGRAMS) - {"flannel"} or {"dataDir", "resolvConf"} & {*plugin.document, *ipam}:
            return _("Only plugins that there are models of are run, without flannel, dataDir and resolvConf.")
    return ""


def run_apart(text: str) -> dict[str, Any]:
    """Run ADD with real plugins in namespaces that vanish.

    Raises
    ------
    ValueError, OSError, SubprocessError
        It could not be done; the text says why.
    """
    words = [
        "unshare",
        "--net",
        "--mount",
        "--propagation",
        "private",
        sys.executable,
        "-m",
        "k8smodels.scenes.cni_real",
    ]
    done = subprocess.run(  # noqa: S603 (fixed words; the text goes to standard input)
        words, input=text, capture_output=True, text=True, timeout=REAL_SECONDS, check=False
    )
    if done.returncode:
        raise ValueError(
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit status {done.returncode}"
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def plain(answer: dict[str, Any]) -> Any:
    """Error and result without what is left to chance: hardware addresses and names of veths."""
    told = {name: answer[name] for name in ("error", "result")}
    text = re.sub(r"veth[0-9a-f]{8}", "veth", json.dumps(told, sort_keys=True))
    return json.loads(re.sub(r'"mac": "[0-9a-f:]+"', '"mac": ""', text))


# An exercise.


def judge(text: str) -> str:
    """Say in one sentence whether the configuration in `text` does what the exercise asks for.

    The first pod gets 10.244.7.10, has a default route, and its host port works.
    """
    try:
        network = read_network(text)
        outcome, machine = run_simulated(network)
    except ValueError as error:
        return _("Not yet: {why}").format(why=str(error).splitlines()[0])
    if outcome.error is not None:
        return _("Not yet: {why}").format(why=outcome.error)
    document = outcome.result.to_json() if outcome.result else {}
    given = [str(ip["address"]) for ip in document.get("ips", [])]
    pod = machine.node.namespaces[NETNS]
    rules = [rule for held in machine.node.host.chains.values() for rule in held]
    if not any(address.startswith("10.244.7.10/") for address in given):
        return _("Not yet: the Pod got {address}.").format(address=", ".join(given) or _("no address"))
    if not any(route.dst == "default" for route in pod.routes):
        return _("Not yet: the Pod has an address, and no default route.")
    if not any("--to-destination 10.244.7.10:80" in rule for rule in rules):
        return _("Not yet: nothing forwards port 8080 of the node to the Pod.")
    return _("Done: {address}, a default route, and port 8080 leads to port 80 of the Pod.").format(address=given[0])
