"""A node that routes between network namespaces, each on a cable of its own, as a pod is."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

GATEWAY = {4: "169.254.1.1", 6: "fe80::1"}
GATEWAY_MAC = "ee:ee:ee:ee:ee:ee"


def run(*command: str, text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


def version(address: str) -> int:
    return 6 if ":" in address else 4


def node(addresses: Sequence[str]) -> None:
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    Path("/run/netns").mkdir()
    lines = ["link set lo up", *[f"addr add {address} dev lo" for address in addresses]]
    run("ip", "-batch", "-", text="\n".join(lines))
    for switch in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        Path("/proc/sys/net", switch).write_text("1")


def connect(number: int, addresses: Sequence[str]) -> int:
    """A network namespace with a cable to the node, all neighbours known beforehand; returns a descriptor of it."""
    name, cable, mac = f"p{number}", f"cable{number}", f"02:00:00:00:00:{number:02x}"
    outer = [
        f"netns add {name}",
        f"link add {cable} address {GATEWAY_MAC} type veth peer name eth0 netns {name} address {mac}",
        f"link set {cable} up",
        *[f"neigh add {address} lladdr {mac} dev {cable}" for address in addresses],
        *[f"route add {address} dev {cable}" for address in addresses],
    ]
    inner = ["link set lo up", "link set eth0 up"]
    for address in addresses:
        gateway = GATEWAY[version(address)]
        inner += [
            f"addr add {address} dev eth0" + (" nodad" if ":" in address else ""),
            f"neigh add {gateway} lladdr {GATEWAY_MAC} dev eth0",
            f"-{version(address)} route add default via {gateway} dev eth0 onlink",
        ]
    run("ip", "-batch", "-", text="\n".join(outer))
    run("ip", "-n", name, "-batch", "-", text="\n".join(line for line in inner if not line.startswith("-")))
    for line in (line for line in inner if line.startswith("-")):
        run("ip", "-n", name, *line.split())
    return os.open(f"/run/netns/{name}", os.O_RDONLY)
