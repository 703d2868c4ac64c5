"""``python -m k8smodels route``: the way of a packet through the cluster's network, hop by hop."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from k8smodels.api.errors import DecodeError, invalid, unsupported
from k8smodels.commands.cluster_files import OUTPUTS, read_cluster, warn
from k8smodels.commands.printing import print_plain
from k8smodels.i18n import _
from k8smodels.network import MODES, Cluster, Hop, Packet, Path, build, walk
from k8smodels.network.addresses import IPAddress
from k8smodels.network.dump import NODE_PREFIX, cluster_from, mode_from
from k8smodels.network.headers import IP_HEADER_BYTES, MIN_MTU
from k8smodels.network.modes.layout import Layout
from k8smodels.views.text import columns

DESCRIPTION = """\
Walk a packet from a pod or a node to an address: every route, neighbour and rule that decides, each header that is put
around it, and the way of the answer. Nothing is sent anywhere.

  kubectl get nodes,pods -A -o json > cluster.json
  python -m k8smodels route --cluster cluster.json --from default/web-0 --to default/db-0

The objects do not say how pods are connected: without --mode, the nodes' annotations of Flannel or Calico decide. Nor
do they say which nodes share a network: those are taken to whose addresses begin with the same --node-prefix bits.

exit codes: 0 the packet and its answer arrived, 1 one of them was lost, 2 the input was refused"""

ARRIVED, LOST = 0, 1
MAX_BYTES = 65535
_LONGEST_LOOP = 24
"""Hops of a lost packet that are printed: a routing loop has hundreds."""


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "route",
        help="which way does a packet take, and where is it lost?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cluster", nargs="+", required=True, metavar="FILE", help="nodes and pods, YAML or JSON")
    parser.add_argument("--from", dest="start", required=True, metavar="[NS/]POD|NODE", help="who sends")
    parser.add_argument("--to", required=True, metavar="ADDRESS|[NS/]POD|NODE", help="to whom")
    parser.add_argument("--mode", metavar="MODE", help=f"how pods are connected: {', '.join(MODES)}")
    parser.add_argument("--size", type=int, default=128, metavar="BYTES", help="of the IP packet; default: %(default)s")
    parser.add_argument("--df", action="store_true", help="do not fragment")
    parser.add_argument("--port", type=int, default=80, help="destination port; default: %(default)s")
    parser.add_argument("--protocol", choices=("TCP", "UDP", "SCTP"), default="TCP", help="default: %(default)s")
    parser.add_argument("--mtu", type=int, default=1500, metavar="BYTES", help="between nodes; default: %(default)s")
    parser.add_argument("--pod-mtu", type=int, metavar="BYTES", help="of pods' devices; default: what the mode leaves")
    parser.add_argument("--node-prefix", type=int, default=NODE_PREFIX[4], metavar="BITS", help="default: %(default)s")
    parser.add_argument("--no-masquerade", action="store_true", help="pods keep their addresses outside of the cluster")
    parser.add_argument("-o", "--output", choices=OUTPUTS, default="text", help="default: text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    _refuse_numbers(options)
    objects = read_cluster(options.cluster)
    cluster = cluster_from(objects, mtu=options.mtu, node_prefix=options.node_prefix)
    mode = _mode(options.mode, mode_from(objects))
    network = build(cluster, mode, masquerade=not options.no_masquerade, pod_mtu=options.pod_mtu)
    start = _namespace(cluster, _name(cluster, options.start, "--from"))
    packet = _packet(options, cluster, start)
    path = walk(network, packet, start)
    if options.output == "text":
        print(_as_text(path, mode, Layout(cluster, MODES[mode], pod_mtu=options.pod_mtu).device_mtu))
    else:
        print_plain([_plain(path)], options.output)
    return ARRIVED if path.works else LOST


def _refuse_numbers(options: argparse.Namespace) -> None:
    for flag, value, least, most in (
        ("--size", options.size, IP_HEADER_BYTES[6], MAX_BYTES),
        ("--mtu", options.mtu, MIN_MTU[6], MAX_BYTES),
        ("--pod-mtu", options.pod_mtu, MIN_MTU[4], MAX_BYTES),
        ("--port", options.port, 1, 65535),
    ):
        if value is not None and not least <= value <= most:
            raise invalid(flag, value, f"must be between {least} and {most}, inclusive")


def _mode(asked: str | None, told: str | None) -> str:
    if asked is not None and asked not in MODES:
        raise unsupported("--mode", asked, MODES)
    if asked is None and told is None:
        warn("the nodes do not say how pods are connected; --mode vxlan is taken")
    return asked or told or "vxlan"


def _name(cluster: Cluster, text: str, flag: str) -> str:
    """The pod or node of that name; a pod without a namespace is looked for in ``default``."""
    for name in (text, f"default/{text}"):
        if name in cluster.pod_by_name or name in cluster.node_by_name:
            return name
    raise DecodeError(flag, f'Not found: "{text[:253]}": must be a pod with an address ([NAMESPACE/]NAME) or a node')


def _namespace(cluster: Cluster, name: str) -> str:
    """Where a pod or node sends from: a pod with ``hostNetwork`` from its node's namespace."""
    pod = cluster.pod_by_name.get(name)
    return pod.node if pod and pod.host_network else name


def _packet(options: argparse.Namespace, cluster: Cluster, start: str) -> Packet:
    to = _address(cluster, options.to)
    machine = cluster.pod_by_name.get(start) or cluster.node_by_name[start]
    own = [getattr(item, "ip", item) for item in machine.addresses]
    if to.version not in {item.version for item in own}:
        raise invalid("--to", str(to), f"must be an IPv{own[0].version} address, as {start} has no other")
    return Packet(
        source=ip_address("0.0.0.0" if to.version == 4 else "::"),  # noqa: S104 (the sender's kernel chooses)
        destination=to,
        protocol=options.protocol,
        destination_port=options.port,
        size_bytes=options.size,
        df=options.df,
    )


def _address(cluster: Cluster, text: str) -> IPAddress:
    try:
        return ip_address(text)
    except ValueError:
        name = _name(cluster, text, "--to")
    pod = cluster.pod_by_name.get(name)
    return pod.addresses[0] if pod else cluster.node_by_name[name].addresses[0].ip


def _as_text(path: Path, mode: str, mtu: int) -> str:
    parts = [_("mode {mode}, MTU of pods {mtu}").format(mode=mode, mtu=mtu), _way(path)]
    if path.error:
        parts += [_("The ICMP error:"), _way(path.error)]
    if path.reply:
        parts += [_("The answer:"), _way(path.reply)]
        if path.reply.error:
            parts += [_("The ICMP error about the answer:"), _way(path.reply.error)]
    return "\n\n".join(parts)


def _way(path: Path) -> str:
    hops = path.hops if path.received else path.hops[:_LONGEST_LOOP]
    head = [_("NAMESPACE"), _("DEVICE"), _("STEP"), _("BY"), _("PACKET")]
    rows = [[hop.port.namespace, hop.port.device, hop.action, hop.decided_by, _header(hop.after)] for hop in hops]
    table = columns(head, rows) + "\n" if rows else ""
    left = len(path.hops) - len(hops)
    more = _("… and {count} more steps").format(count=left) + "\n" if left else ""
    return f"{table}{more}{_verdict(path)}"


def _header(packet: Packet) -> str:
    size = "+".join(map(str, packet.sizes[:4])) + ("+…" if len(packet.sizes) > 4 else "")
    around = f" [{packet.tunnel}: {_header(packet.inner)}]" if packet.inner else ""
    return f"{packet.source} > {packet.destination} ttl {packet.ttl} {size} B{around}"


def _verdict(path: Path) -> str:
    if path.delivered:
        return _("arrived at {where}").format(where=path.delivered.namespace)
    lost = path.lost
    if lost is None:
        return ""
    says = " ".join(filter(None, [lost.errno, lost.icmp and f"ICMP {lost.icmp}"])) or _("nobody says a word")
    loop = _("; it goes round: {names}").format(names=" > ".join((*path.loop, path.loop[0]))) if path.loop else ""
    return _("lost at {where}: {reason} ({says}){loop}").format(
        where=lost.port.namespace, reason=lost.reason, says=says, loop=loop
    )


def _plain(path: Path) -> dict[str, Any]:
    lost = path.lost
    return {
        "from": path.start,
        "arrivedAt": path.delivered.namespace if path.delivered else None,
        "lost": {
            "namespace": lost.port.namespace,
            "device": lost.port.device,
            "reason": lost.reason,
            "errno": lost.errno,
            "icmp": lost.icmp,
            "mtu": lost.mtu,
        }
        if lost
        else None,
        "hops": list(map(_plain_hop, path.hops)),
        "error": _plain(path.error) if path.error else None,
        "reply": _plain(path.reply) if path.reply else None,
    }


def _plain_hop(hop: Hop) -> dict[str, Any]:
    return {
        "namespace": hop.port.namespace,
        "device": hop.port.device,
        "step": hop.action,
        "by": hop.decided_by,
        "segment": hop.segment,
        "packets": list(_layers(hop.after)),
    }


def _layers(packet: Packet | None) -> Iterator[dict[str, Any]]:
    while packet is not None:
        yield {
            "source": str(packet.source),
            "destination": str(packet.destination),
            "protocol": packet.protocol,
            "ttl": packet.ttl,
            "bytes": list(packet.sizes),
            "tunnel": packet.tunnel,
        }
        packet = packet.inner
