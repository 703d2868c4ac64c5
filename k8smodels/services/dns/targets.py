"""What stands behind a name of the cluster's zone: addresses with ports, or another name.

References
----------
CoreDNS 1.14.2, plugin/kubernetes: kubernetes.go (Records, findPods, findServices), reverse.go, object/endpoint.go,
object/service.go
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.endpoint_slice import EndpointPort, EndpointSlice
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.network.policy.addresses import IPAddress
from k8smodels.services.addresses import parse_strict_ip
from k8smodels.services.dns.directory import NO_PORT, Directory, Found, Target
from k8smodels.services.dns.names import REVERSE_ZONES, Asked, endpoint_label, parse_name, pod_address


def find(directory: Directory, name: str, zone: str) -> Found:
    """What `name`, in lower case, stands for in `zone`."""
    asked = parse_name(name, zone)
    if asked is None:
        return Found(False, _("no name of the zone has this form"))
    if not asked.kind:
        return Found(True, _("the name is a part of the zone without records of its own"))
    if zone.lower() in REVERSE_ZONES:
        return Found(False, _("names of a reverse zone stand for addresses only"))
    if asked.namespace not in directory.namespaces:
        return Found(False, _("there is no namespace {name}").format(name=asked.namespace))
    if not asked.service:
        return Found(True, _("the namespace exists, and has no records of its own"))
    return _pod(asked, zone) if asked.kind == "pod" else _service(directory, asked, zone)


def find_address(directory: Directory, address: IPAddress, zone: str) -> Found:
    """The names of an address: the Service's whose address it is, else those of endpoints with it."""
    text = str(address)
    for service in directory.services:
        if text in (service.spec.cluster_ips or (service.spec.cluster_ip,)):
            owner = f"{service.name}.{service.namespace}.svc.{zone}"
            return Found(True, _("it is the address of a Service"), (Target(owner, NO_PORT, owner),))
    names = []
    for item in directory.slices:
        for ip, hostname in _ready(item):
            if ip == text:
                names.append(f"{endpoint_label(ip, hostname)}.{item.service}.{item.namespace}.svc.{zone}")
    if not names:
        return Found(False, _("no Service and no ready endpoint has this address"))
    targets = tuple(Target(name, NO_PORT, name) for name in dict.fromkeys(names))
    return Found(True, _("it is the address of an endpoint"), targets)


def _pod(asked: Asked, zone: str) -> Found:
    """Any address is a pod's: the server does not ask whether there is one."""
    address = pod_address(asked.service)
    if address is None:
        return Found(False, _("the first label is no address with dashes"))
    name = f"{asked.service}.{asked.namespace}.pod.{zone}"
    reason = _("the address stands in the name; whether a pod has it is not looked up")
    return Found(True, reason, (Target(str(address), 0, name),))


def _service(directory: Directory, asked: Asked, zone: str) -> Found:
    key = asked.namespace, asked.service
    service = next((item for item in directory.services if (item.namespace, item.name) == key), None)
    if service is None:
        return Found(False, _("there is no Service {name} in the namespace").format(name=asked.service))
    name = f"{service.name}.{service.namespace}.svc.{zone}"
    if service.spec.type == "ExternalName":
        return _external_name(service, asked, name)
    if service.spec.cluster_ip == "None" or service.spec.cluster_ips[:1] == ("None",) or asked.endpoint:
        return _endpoints(directory, service, asked, name)
    return _cluster_ips(service, asked, name)


def _external_name(service: Service, asked: Asked, name: str) -> Found:
    if asked.endpoint or asked.port or asked.protocol:
        return Found(False, _("an external name has neither ports nor endpoints here"))
    if parse_strict_ip(service.spec.external_name) is not None:
        return Found(False, _("the external name is an address, and no name"))
    return Found(True, _("the Service is another name"), (Target(service.spec.external_name, 0, name),))


def _cluster_ips(service: Service, asked: Asked, name: str) -> Found:
    ips = service.spec.cluster_ips or (service.spec.cluster_ip,)
    numbers = [port.port for port in service.spec.ports if _matches(asked, port.name, port.protocol)]
    if not service.spec.ports and _matches(asked, "", ""):
        numbers = [NO_PORT]
    if not numbers:
        return Found(False, _("the Service has no port of this name and protocol"))
    targets = tuple(Target(ip, number, name) for number in numbers for ip in ips if ip)
    return Found(True, _("the Service has an address of its own"), targets)


def _endpoints(directory: Directory, service: Service, asked: Asked, name: str) -> Found:
    """Addresses of ready endpoints; only an endpoint makes the name of a headless Service exist."""
    targets = tuple(
        Target(ip, number, f"{endpoint_label(ip, hostname)}.{name}")
        for item in directory.slices_of(service)
        for ip, hostname in _ready(item)
        if not asked.endpoint or endpoint_label(ip, hostname).lower() == asked.endpoint
        for number in _numbers(item.ports, asked)
    )
    if not targets:
        return Found(False, _("no ready endpoint of the Service has this name or port"))
    return Found(True, _("ready endpoints of the Service answer for themselves"), targets)


def _ready(item: EndpointSlice) -> Iterator[tuple[str, str]]:
    """Addresses and host names of ready endpoints; a condition that is not there is taken for ready."""
    for endpoint in item.endpoints:
        if endpoint.conditions.ready is not False:
            yield from ((address, endpoint.hostname or "") for address in endpoint.addresses)


def _numbers(ports: tuple[EndpointPort, ...], asked: Asked) -> list[int]:
    known = ports or (EndpointPort(),)
    matching = (port for port in known if _matches(asked, port.name or "", port.protocol or ""))
    return [NO_PORT if port.port is None else port.port for port in matching]


def _matches(asked: Asked, name: str, protocol: str) -> bool:
    return asked.port in ("", name.lower()) and asked.protocol in ("", protocol.lower())
