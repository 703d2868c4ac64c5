"""Runs real plugins of CNI in network namespaces, and tells what they answered and what they left.

Request: ``{"cni_path": directory, "card": {"address": .., "gateway": ..}, "scenarios": {name: {"network": text,
"pods": [path], "steps": [[command, container id, path, interface, capability arguments, valid attachments]]}}}``; the
command ``END`` removes a namespace.
Answer: for each scenario a list, for each step its outcome and the interfaces, routes and rules of every namespace;
or ``{"skip": reason}`` where the kernel lacks a kind of interface.
"""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import FLAGS, Skip, call, main

from k8smodels.network.cni.config import network_config_list
from k8smodels.network.cni.libcni import Outcome
from k8smodels.network.cni.real import run_real
from k8smodels.network.cni.runtime_conf import RuntimeConf

TABLES = ("nat", "filter")
NO_SUCH_KIND = "not supported"
OUTSIDE = "outside"
PATIENCE_S = 5.0


def _sh(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Skip(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def _listing(netns: str, *words: str) -> Any:
    return json.loads(_sh("ip", *(["-n", netns] if netns else []), "-j", *words) or "[]")


def _links(netns: str) -> list[dict[str, Any]]:
    return [
        {
            "name": link["ifname"],
            "kind": link.get("linkinfo", {}).get("info_kind", ""),
            "mac": link.get("address", ""),
            "mtu": link["mtu"],
            "up": "UP" in link["flags"],
            "master": link.get("master", ""),
            "hairpin": bool(link.get("linkinfo", {}).get("info_slave_data", {}).get("hairpin")),
            "addresses": [f"{item['local']}/{item['prefixlen']}" for item in link.get("addr_info", [])],
        }
        for link in _listing(netns, "-d", "addr")
    ]


def _routes(netns: str) -> list[dict[str, Any]]:
    return [
        {name: route.get(name, "") for name in ("dst", "gateway", "dev", "prefsrc", "scope", "metric")}
        for family in ("-4", "-6")
        for route in _listing(netns, family, "route")
    ]


def _rules() -> dict[str, list[str]]:
    return {
        f"{program} {table}": [line for line in _sh(program, "-t", table, "-S").splitlines() if line.startswith("-A ")]
        for program in ("iptables", "ip6tables")
        for table in TABLES
    }


def _snapshot(pods: list[str], data_dir: str) -> dict[str, Any]:
    names = {"host": "", **{pod: Path(pod).name for pod in pods}}
    namespaces = {key: {"links": _links(name), "routes": _routes(name)} for key, name in names.items()}
    qdiscs = [[item["dev"], item["options"]] for item in json.loads(_sh("tc", "-j", "qdisc")) if item["kind"] == "tbf"]
    files = {str(path): path.read_bytes().decode() for path in Path(data_dir).rglob("*") if path.is_file()}
    return {"namespaces": namespaces, "rules": _rules(), "shaped": qdiscs, "files": files}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "error": outcome.error,
        "code": outcome.code,
        "result": outcome.result and outcome.result.to_json(),
        "ran": [[exchange.call.plugin, exchange.answer.exit_code] for exchange in outcome.exchanges],
    }


def _end(netns: str) -> None:
    """Remove a namespace; the kernel takes its time to remove the veth pairs into it."""
    before, deadline = len(_listing("", "link")), time.monotonic() + PATIENCE_S
    _sh("ip", "netns", "del", Path(netns).name)
    while len(_listing("", "link")) >= before and time.monotonic() < deadline:
        time.sleep(0.01)


def _run(scenario: Mapping[str, Any], request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps of a scenario, on a node of its own."""
    call("unshare", FLAGS["net"])
    card = request["card"]
    _sh("ip", "netns", "add", OUTSIDE)
    _sh("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", OUTSIDE)
    _sh("ip", "-n", OUTSIDE, "link", "set", "eth0", "up")
    _sh("ip", "addr", "add", card["address"], "dev", "eth0")
    _sh("ip", "link", "set", "eth0", "up")
    _sh("ip", "route", "add", "default", "via", card["gateway"])
    for pod in scenario["pods"]:
        _sh("ip", "netns", "add", Path(pod).name)
    network, cache, steps = network_config_list(scenario["network"]), None, []
    pods = list(scenario["pods"])
    for command, container_id, netns, if_name, capabilities, valid in scenario["steps"]:
        if command == "END":
            pods.remove(netns)
            _end(netns)
            continue
        runtime = RuntimeConf(container_id, netns, if_name, (), capabilities)
        attachments = [(one, other) for one, other in valid]
        outcome = run_real(network, command, request["cni_path"], runtime, cache, valid_attachments=attachments)
        if outcome.error and NO_SUCH_KIND in outcome.error:
            raise Skip(outcome.error)
        cache = outcome.cache
        steps.append({**_outcome(outcome), **_snapshot(pods, request["data_dir"])})
    return steps


def _in_child(scenario: Mapping[str, Any], request: Mapping[str, Any]) -> Any:
    """A scenario in a process of its own, whose network namespace ends with it."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            answer: Any = _run(scenario, request)
        except Skip as reason:
            answer = {"skip": str(reason)}
        except Exception as problem:  # noqa: BLE001 (the parent reports it)
            answer = {"failed": repr(problem)}
        with os.fdopen(write, "w") as out:
            json.dump(answer, out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answers:
        return json.load(answers)


def lab(request: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the plugins and `ip netns` write is on a file system of the sandbox."""
    call("mount", "tmpfs", "/run", "tmpfs", 0, None)
    answers = {}
    for title, scenario in request["scenarios"].items():
        Path("/run/netns").mkdir(exist_ok=True)
        answers[title] = _in_child(scenario, request)
        for name in (OUTSIDE, *(Path(pod).name for pod in scenario["pods"])):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", request["data_dir"]], check=False)
    return {"scenarios": answers}


if __name__ == "__main__":
    main(lab)
