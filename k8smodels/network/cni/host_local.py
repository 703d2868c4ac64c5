"""host-local: addresses for pods from ranges of the node's own, remembered in files of the node.

Each node gives from its own ranges (its pod CIDR), so nodes need not ask each other.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/ipam/host-local/{main.go,backend/allocator/{allocator,config}.go}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_interface
from itertools import combinations

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import Address, AddressError, parse_cidr, parse_ip
from k8smodels.network.cni.cni_args import ArgsError, load_args
from k8smodels.network.cni.gojson import type_error
from k8smodels.network.cni.leases import (
    DATA_DIR,
    Leases,
    addresses_of,
    has_lease,
    last_reserved,
    released,
    reserved,
)
from k8smodels.network.cni.ranges import (
    GivenRange,
    RangeError,
    RangeSet,
    given_ranges,
    is_ipv4,
    range_for,
    range_set,
    round_robin,
    shown,
)
from k8smodels.network.cni.result import IPConfig, Route, route_from_json
from k8smodels.network.cni.spec import at_least


class IpamError(ValueError):
    """An answer of host-local that is an error.

    Attributes
    ----------
    leases
        The files afterwards: what was given before the failure is taken back, but not forgotten as the last one.
    """

    def __init__(self, message: str, leases: Leases | None = None) -> None:
        super().__init__(message)
        self.leases = leases


@dataclass(frozen=True, slots=True)
class IpamConfig:
    """What host-local is told.

    Attributes
    ----------
    network
        The network's name, which is the name of the directory of files.
    ranges
        One address is given from each set.
    requested
        Addresses that the pod asks for.
    routes, resolv_conf, data_dir
        What goes into the result, a file to take name servers from, and where the files are.
    """

    network: str
    ranges: Sequence[RangeSet]
    requested: Sequence[Address] = ()
    routes: Sequence[Route] = ()
    resolv_conf: str = ""
    data_dir: str = DATA_DIR


def ipam_config(document: Mapping[str, JSON], cni_args: str = "") -> IpamConfig:
    """The configuration on standard input, with the addresses that are asked for in ``CNI_ARGS`` and elsewhere.

    Raises
    ------
    IpamError, RangeError, ArgsError, JSONError, AddressError
        host-local refuses it.
    """
    ipam = document.get("ipam")
    if ipam is None:
        raise IpamError("IPAM config missing 'ipam' key")
    if not isinstance(ipam, dict):
        raise type_error(ipam, "Net.ipam", "allocator.IPAMConfig")
    routes = tuple(route_from_json(_object(item, "routes")) for item in _list(ipam, "routes"))
    written = _written_sets(document, ipam)
    requested = tuple(_requested(document, cni_args))
    ranges = _range_sets(written, _text(document, "cniVersion"))
    texts = [_text(ipam, "resolvConf"), _text(ipam, "dataDir") or DATA_DIR]
    return IpamConfig(_text(document, "name"), ranges, requested, routes, *texts)


def allocate(
    config: IpamConfig, leases: Leases, container_id: str, if_name: str
) -> tuple[tuple[IPConfig, ...], Leases]:
    """An address from each set, and the files afterwards.

    Raises
    ------
    IpamError
        A set is used up, an address that was asked for is not to be had, or the interface has one already.
    """
    before, now, given = leases, leases, list[IPConfig]()
    wanted = {str(address): address for address in config.requested}
    for i, ranges in enumerate(config.ranges):
        mine = next((address for address in wanted.values() if range_for(ranges, address)), None)
        wanted.pop(str(mine), None)
        try:
            ip, now = _take(ranges, now, container_id, if_name, i, mine)
        except IpamError as error:
            left = released(now, container_id, if_name) if given else before
            raise IpamError(f"failed to allocate for range {i}: {error}", left) from None
        given.append(ip)
    if wanted:
        left = released(now, container_id, if_name)
        raise IpamError(f"failed to allocate all requested IPs: {' '.join(wanted)}", left)
    return tuple(given), now


def _take(
    ranges: RangeSet, leases: Leases, container_id: str, if_name: str, set_index: int, wanted: Address | None
) -> tuple[IPConfig, Leases]:
    """One address of the set."""
    if wanted is not None:
        return _take_wanted(ranges, leases, container_id, if_name, set_index, wanted)
    for held in addresses_of(leases, container_id, if_name):
        if range_for(ranges, held):
            raise IpamError(f"{held} has been allocated to {container_id}, duplicate allocation is not allowed")
    for address, of in round_robin(ranges, last_reserved(leases, set_index)):
        now = reserved(leases, address, container_id, if_name, set_index)
        if now is not None:
            return IPConfig(ip_interface(f"{address}/{of.subnet.prefixlen}"), of.gateway), now
    raise IpamError(f"no IP addresses available in range set: {shown(ranges)}")


def _take_wanted(
    ranges: RangeSet, leases: Leases, container_id: str, if_name: str, set_index: int, wanted: Address
) -> tuple[IPConfig, Leases]:
    of = range_for(ranges, wanted)
    if of is None:
        raise IpamError(f"{wanted} not in range set {shown(ranges)}")
    if wanted == of.gateway:
        raise IpamError(f"requested ip {wanted} is subnet's gateway")
    now = reserved(leases, wanted, container_id, if_name, set_index)
    if now is None:
        raise IpamError(f"requested IP address {wanted} is not available in range set {shown(ranges)}")
    return IPConfig(ip_interface(f"{wanted}/{of.subnet.prefixlen}"), of.gateway), now


def release(leases: Leases, container_id: str, if_name: str) -> Leases:
    """The files after DEL; an interface that has no address is no error."""
    return released(leases, container_id, if_name)


def check(leases: Leases, container_id: str, if_name: str) -> None:
    """Refuse an interface that has no address.

    Raises
    ------
    IpamError
        It has none.
    """
    if not has_lease(leases, container_id, if_name):
        raise IpamError(f"host-local: Failed to find address added by container {container_id}")


def _requested(document: Mapping[str, JSON], cni_args: str) -> Iterator[Address]:
    """Addresses in ``CNI_ARGS`` (``IP=``), in the configuration's ``args.cni.ips`` and as the capability ``ips``."""
    text = load_args(cni_args, ("IP",)).get("IP", "")
    if text:
        try:
            yield _with_or_without_prefix(text)
        except AddressError as error:
            raise ArgsError(f"ARGS: error parsing value of pair {quote(f'IP={text}')}: {error}") from None
    args = _object(_object(document.get("args"), "args").get("cni"), "args.cni")
    for holder in (args, _object(document.get("runtimeConfig"), "runtimeConfig")):
        for item in _list(holder, "ips"):
            if not isinstance(item, str):
                raise type_error(item, "Net.ips", "ip.IP")
            yield _with_or_without_prefix(item)


def _with_or_without_prefix(text: str) -> Address:
    try:
        return parse_cidr(text).ip if "/" in text else parse_ip(text)
    except AddressError:
        raise AddressError(f"invalid IP address {text}") from None


def _written_sets(document: Mapping[str, JSON], ipam: Mapping[str, JSON]) -> list[tuple[GivenRange, ...]]:
    """The sets: of the capability ``ipRanges``, of an old-style ``subnet``, and of ``ranges``, in this order."""
    old = [[ipam]] if ipam.get("subnet") is not None else []
    runtime = _object(document.get("runtimeConfig"), "runtimeConfig")
    return [given_ranges(item) for item in (*_list(runtime, "ipRanges"), *old, *_list(ipam, "ranges"))]


def _range_sets(written: Sequence[Sequence[GivenRange]], version: str) -> tuple[RangeSet, ...]:
    if not written:
        raise IpamError("no IP ranges specified")
    sets = tuple(_range_set(i, item) for i, item in enumerate(written))
    families = [is_ipv4(item) for item in sets]
    if max(families.count(True), families.count(False)) > 1 and not at_least(version, "0.3.0"):
        raise IpamError(f"CNI version {version} does not support more than 1 address per family")
    for (i, one), (j, other) in combinations(enumerate(sets), 2):
        if any(a.overlaps(b) for a in one for b in other):
            raise IpamError(f"range set {i} overlaps with {j}")
    return sets


def _range_set(index: int, given: Sequence[GivenRange]) -> RangeSet:
    try:
        return range_set(given)
    except RangeError as error:
        raise RangeError(f"invalid range set {index}: {error}") from None


def _object(value: JSON, name: str) -> Mapping[str, JSON]:
    if value is not None and not isinstance(value, dict):
        raise type_error(value, f"Net.{name}", "struct")
    return value or {}


def _list(document: Mapping[str, JSON], name: str) -> Sequence[JSON]:
    value = document.get(name)
    if value is not None and not isinstance(value, list):
        raise type_error(value, f"Net.{name}", "[]struct")
    return value or ()


def _text(document: Mapping[str, JSON], name: str) -> str:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise type_error(value, f"Net.{name}", "string")
    return value or ""
