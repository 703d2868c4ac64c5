"""The model's and the machine's answers in one form, without what is left to chance: hardware addresses, veth names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from cni_scenarios import CARD, DATA_DIR, Scenario

from k8smodels.network.cni.cache import Cache
from k8smodels.network.cni.config import network_config_list
from k8smodels.network.cni.libcni import perform
from k8smodels.network.cni.node import Netns, Node, simple_node
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.simulated_node import SimulatedNode

VETH = re.compile(r"veth[0-9a-f]{8}")
ALWAYS = ("lo", "eth0")


def predicted(scenario: Scenario, cni_path: str) -> list[dict[str, Any]]:
    """What the model says, step by step."""
    machine = SimulatedNode(simple_node(CARD["address"], CARD["gateway"]))
    network, cache, steps = network_config_list(scenario.network), dict[str, Any](), []
    for pod in scenario.pods:
        machine.new_pod(pod)
    now: Cache = cache
    for command, container_id, netns, if_name, capabilities, valid in scenario.steps:
        if command == "END":
            machine.end_pod(netns)
            continue
        runtime = RuntimeConf(container_id, netns, if_name, (), capabilities)
        outcome = perform(command, network, runtime, machine, now, path=cni_path, valid_attachments=valid)
        now = outcome.cache
        said = {
            "error": outcome.error,
            "code": outcome.code,
            "result": outcome.result and outcome.result.to_json(),
            "ran": [[exchange.call.plugin, exchange.answer.exit_code] for exchange in outcome.exchanges],
        }
        steps.append(_without_chance({**said, **_snapshot(machine.node)}))
    return steps


def _snapshot(node: Node) -> dict[str, Any]:
    rules: dict[str, list[str]] = {f"{p} {t}": [] for p in ("iptables", "ip6tables") for t in ("nat", "filter")}
    for (program, table, chain), held in node.host.chains.items():
        rules[f"{program} {table}"] += [f"-A {chain} {rule}" for rule in held]
    shaped = [[link.name, _shape(words)] for link in node.host.links for words in link.qdiscs if "tbf" in words]
    files = {path: text for path, text in node.files.items() if path.startswith(DATA_DIR)}
    namespaces = {name: _namespace(netns) for name, netns in node.namespaces.items()}
    return {"namespaces": namespaces, "rules": rules, "shaped": shaped, "files": files}


def _shape(words: str) -> dict[str, int]:
    """A token bucket as `tc -j` tells it: bytes a second, bytes, microseconds."""
    given = words.split()
    rate, burst, latency = (
        int(re.sub(r"\D", "", given[given.index(name) + 1])) for name in ("rate", "burst", "latency")
    )
    return {"rate": rate // 8, "burst": burst, "lat": latency * 1000}


def _namespace(netns: Netns) -> dict[str, Any]:
    names = ("name", "kind", "mac", "mtu", "up", "master", "hairpin", "addresses")
    links = [{name: getattr(link, name) for name in names} for link in netns.links]
    words = {"dst": "dst", "gateway": "via", "dev": "link", "prefsrc": "src", "scope": "scope", "metric": "metric"}
    routes = [{name: getattr(route, own) or "" for name, own in words.items()} for route in netns.routes]
    return {"links": links, "routes": routes}


def measured(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the machine said, in the same form."""
    return [_without_chance(step) for step in steps]


def _without_chance(step: Mapping[str, Any]) -> dict[str, Any]:
    """Veth names become one word; a hardware address says whether the result names the one that is there."""
    namespaces = {name: _plain(netns) for name, netns in sorted(step["namespaces"].items())}
    macs = {
        (("" if name == "host" else name), link["name"]): link["mac"]
        for name, netns in step["namespaces"].items()
        for link in netns["links"]
    }
    result = step["result"] and json.loads(json.dumps(step["result"]))
    for interface in (result or {}).get("interfaces", ()):
        there = macs.get((interface.get("sandbox", ""), interface["name"]))
        interface["mac"] = "as it is there" if interface.get("mac") == there else [interface.get("mac"), there]
    plain = {
        **step,
        "result": result,
        "namespaces": namespaces,
        "rules": {name: _by_chain(lines) for name, lines in step["rules"].items()},
        "shaped": sorted(step["shaped"]),
        "files": {path: text for path, text in step["files"].items() if not path.endswith("/lock")},
    }
    # the ends on the host are numbered in the order in which they were made
    ends = [link["name"] for link in step["namespaces"]["host"]["links"] if VETH.fullmatch(link["name"])]
    numbers = {name: f"veth end {i}" for i, name in enumerate(ends)}
    text = VETH.sub(lambda found: numbers.get(found[0], "another veth end"), json.dumps(plain))
    return dict(json.loads(text))


def _plain(netns: Mapping[str, Any]) -> dict[str, Any]:
    """Interfaces by name, without those that are always there, and sorted routes, without link-local ones."""
    links = {
        link["name"]: {**link, "mac": "", "addresses": sorted(a for a in link["addresses"] if not a.startswith("fe80"))}
        for link in netns["links"]
    }
    routes = sorted(
        tuple(_route(route).values()) for route in netns["routes"] if not route["dst"].startswith(("fe80", "ff00"))
    )
    lo = {key: links["lo"][key] for key in ("up", "addresses")}
    return {"lo": lo, "links": {name: link for name, link in links.items() if name not in ALWAYS}, "routes": routes}


def _route(route: Mapping[str, Any]) -> dict[str, str]:
    """IPv6 routes have always a metric and no scope that `ip` shows; the kernel's choice of source is not compared."""
    found = {name: str(value) for name, value in route.items()}
    dst = found["dst"]
    if ":" in dst + found["gateway"]:
        found |= {"scope": "", "prefsrc": "", "dst": dst.removesuffix("/128")}
    return found


def _by_chain(lines: list[str]) -> dict[str, list[str]]:
    """Rules by chain, in order."""
    chains: dict[str, list[str]] = {}
    for line in lines:
        _, chain, rule = line.split(" ", 2)
        chains.setdefault(chain, []).append(rule)
    return dict(sorted(chains.items()))


def differences(predicted_steps: list[dict[str, Any]], measured_steps: list[dict[str, Any]]) -> list[str]:
    """What differs, step by step."""
    steps = enumerate(zip(predicted_steps, measured_steps, strict=True))
    return [
        f"step {number} {key}\n  model:  {json.dumps(wanted[key])}\n  kernel: {json.dumps(got[key])}"
        for number, (wanted, got) in steps
        for key in wanted
        if wanted[key] != got[key]
    ]
