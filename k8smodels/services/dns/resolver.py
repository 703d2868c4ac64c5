"""The ``resolv.conf`` that the kubelet writes for a pod.

References
----------
pkg/kubelet/network/dns/dns.go: Configurer.GetPodDNS (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from k8smodels.api.errors import invalid
from k8smodels.api.pod import Pod
from k8smodels.api.pod_network import PodDNSConfig, PodDNSConfigOption
from k8smodels.runtime.pod_event import PodEvent
from k8smodels.services.addresses import NOT_AN_ADDRESS, parse_ip
from k8smodels.services.dns.resolv_conf import ResolvConf, merged_options, parse_resolv_conf

CLUSTER_FIRST, WITH_HOST_NET, DEFAULT, NONE = "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"

MOST_NAMESERVERS = 3
MOST_SEARCHES = 32
MOST_SEARCH_CHARACTERS = 2048
_LONGEST_DOMAIN = 253


@dataclass(frozen=True, slots=True)
class KubeletDNS:
    """What a kubelet knows about name resolution.

    Attributes
    ----------
    cluster_dns
        Addresses of the cluster's DNS server (``clusterDNS``).
    cluster_domain
        The cluster's domain (``clusterDomain``); without it no search domains are added.
    host_resolv_conf
        The content of the node's file; None if the kubelet is told to use none.
    node_ips
        The node's addresses, which matter only without such a file.
    """

    cluster_dns: tuple[str, ...] = ()
    cluster_domain: str = "cluster.local"
    host_resolv_conf: str | None = ""
    node_ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PodResolver:
    """The pod's configuration, and what the kubelet says about it.

    Attributes
    ----------
    conf
        What its containers see in ``/etc/resolv.conf``.
    based_on
        The policy that was followed in the end: ``ClusterFirst``, ``Default`` or ``None``.
    events
        Warnings about what is missing or was cut.
    """

    conf: ResolvConf
    based_on: str
    events: tuple[PodEvent, ...] = ()


def pod_resolver(pod: Pod, kubelet: KubeletDNS) -> PodResolver:
    """The configuration of `pod`: by its DNS policy, then what its ``dnsConfig`` adds, then the limits.

    Raises
    ------
    ResolvConfError
        The node's file cannot be read.
    FieldError
        An address of the cluster's DNS server is none.
    """
    host = parse_resolv_conf(kubelet.host_resolv_conf or "")
    based_on, events = _policy(pod, kubelet)
    if based_on == NONE:
        conf = ResolvConf()
    elif based_on == CLUSTER_FIRST:
        conf = _cluster_first(pod, kubelet, host)
    else:
        conf = host if kubelet.host_resolv_conf is not None else _without_host(kubelet)
    if pod.spec.dns_config is not None:
        conf = _with_config(conf, pod.spec.dns_config)
    conf, cut = _within_limits(conf)
    return PodResolver(conf, based_on, (*events, *cut))


def _policy(pod: Pod, kubelet: KubeletDNS) -> tuple[str, tuple[PodEvent, ...]]:
    """The policy to follow: a pod on the node's network that says ``ClusterFirst`` means the node's own resolver."""
    policy = pod.spec.dns_policy or CLUSTER_FIRST
    if policy in (NONE, DEFAULT):
        return policy, ()
    if policy == CLUSTER_FIRST and pod.spec.host_network:
        return DEFAULT, ()
    if kubelet.cluster_dns:
        return CLUSTER_FIRST, ()
    problem = (
        'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy.'
        ' Falling back to "Default" policy.'
    )
    named = f'pod: "{pod.name}_{pod.namespace}({pod.metadata.uid})". {problem}'
    return DEFAULT, tuple(PodEvent("Warning", "MissingClusterDNS", text) for text in (problem, named))


def _cluster_first(pod: Pod, kubelet: KubeletDNS, host: ResolvConf) -> ResolvConf:
    """The cluster's server alone, which asks others for the rest; its domains first, the node's options dropped."""
    servers = []
    for i, text in enumerate(kubelet.cluster_dns):
        address = parse_ip(text)
        if address is None:
            raise invalid(f"clusterDNS[{i}]", text, NOT_AN_ADDRESS)
        servers.append(str(address))
    domain, searches = kubelet.cluster_domain, host.searches
    if domain:
        searches = _unique((f"{pod.namespace}.svc.{domain}", f"svc.{domain}", domain, *searches))
    return ResolvConf(tuple(servers), searches, ("ndots:5",))


def _without_host(kubelet: KubeletDNS) -> ResolvConf:
    """A resolver that finds nothing but what answers on the node itself."""
    local = tuple("::1" if ":" in ip else "127.0.0.1" for ip in kubelet.node_ips)
    return ResolvConf(local or ("127.0.0.1",), (".",))


def _with_config(conf: ResolvConf, config: PodDNSConfig) -> ResolvConf:
    """``dnsConfig`` adds servers and domains behind the others, and its options win."""
    return ResolvConf(
        _unique((*conf.nameservers, *config.nameservers)),
        _unique((*conf.searches, *config.searches)),
        tuple(merged_options(conf.options, map(_option, config.options))),
    )


def _option(option: PodDNSConfigOption) -> str:
    return f"{option.name}:{option.value}" if option.value else option.name


def _within_limits(conf: ResolvConf) -> tuple[ResolvConf, list[PodEvent]]:
    events = []
    servers, searches = conf.nameservers[:MOST_NAMESERVERS], _fitting(conf.searches)
    if servers != conf.nameservers:
        problem = (
            "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
        )
        events.append(PodEvent("Warning", "DNSConfigForming", problem + " ".join(servers)))
    if searches != conf.searches:
        events.append(_cut("Search Line", "search paths", "search", searches))
    return replace(conf, nameservers=servers, searches=searches), events


def _cut(limits: str, what: str, line: str, kept: tuple[str, ...]) -> PodEvent:
    problem = f"{limits} limits were exceeded, some {what} have been omitted, the applied {line} line is: "
    return PodEvent("Warning", "DNSConfigForming", problem + " ".join(kept))


def _fitting(searches: tuple[str, ...]) -> tuple[str, ...]:
    """The first 32, without those that are too long, and of these as many as fit in the line."""
    fitting: list[str] = []
    length = 0
    for domain in searches[:MOST_SEARCHES]:
        size = len(domain.encode(errors="surrogatepass"))
        if size > _LONGEST_DOMAIN:
            continue
        length += size + (1 if fitting else 0)
        if length > MOST_SEARCH_CHARACTERS:
            break
        fitting.append(domain)
    return tuple(fitting)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
