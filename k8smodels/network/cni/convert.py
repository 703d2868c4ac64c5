"""A result in another version of the specification, and what is lost on the way.

References
----------
github.com/containernetworking/cni v1.3.0: pkg/types/{020,040,100}/types.go, pkg/types/internal/convert.go
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Interface

from k8smodels.network.cni.result import (
    AnyResult,
    Interface,
    IPConfig,
    LegacyIP,
    LegacyResult,
    Result,
    ResultError,
    Route,
)
from k8smodels.network.cni.spec import CURRENT_VERSION, VERSIONS


def as_version(result: AnyResult, version: str) -> AnyResult:
    """The result in the form of `version`.

    Older versions lose: 0.4.0 and before the MTU of interfaces, 0.2.0 and before the interfaces, all but the first
    address of a family, and what routes have beside destination and gateway.

    Raises
    ------
    ResultError
        There is no such version, or 0.2.0 is asked of a result without an address.
    """
    version = version or "0.1.0"
    if result.version == version:
        return result
    if version not in VERSIONS:
        raise ResultError(f"no converter for CNI result version {result.version} to {version}")
    if version in ("0.1.0", "0.2.0"):
        return replace(result, version=version) if isinstance(result, LegacyResult) else _to_legacy(result, version)
    return _to_lists(result, version)


def as_current(result: AnyResult) -> Result:
    """The result in the newest form, which plugins work with."""
    return _to_lists(result, CURRENT_VERSION)


def _to_lists(result: AnyResult, version: str) -> Result:
    """The form of version 0.3.0 and newer."""
    found = _from_legacy(result, version) if isinstance(result, LegacyResult) else result
    if version in ("1.0.0", "1.1.0"):
        return replace(found, version=version, ips=tuple(replace(ip, version=None) for ip in found.ips))
    interfaces = tuple(Interface(item.name, item.mac, sandbox=item.sandbox) for item in found.interfaces)
    return Result(version, interfaces, tuple(_with_ip_version(ip) for ip in found.ips), found.routes, found.dns)


def _with_ip_version(ip: IPConfig) -> IPConfig:
    family = "4" if isinstance(ip.address, IPv4Interface) else "6"
    return replace(ip, version=family if ip.version is None else ip.version)


def _from_legacy(result: LegacyResult, version: str) -> Result:
    families = [(name, ip) for name, ip in (("4", result.ip4), ("6", result.ip6)) if ip is not None]
    ips = tuple(IPConfig(ip.ip, ip.gateway, version=name) for name, ip in families)
    return Result(version, (), ips, tuple(route for _, ip in families for route in ip.routes), result.dns)


def _to_legacy(result: Result, version: str) -> LegacyResult:
    ips = [_with_ip_version(ip) for ip in result.ips]
    first = {name: next((ip for ip in ips if ip.version == name), None) for name in ("4", "6")}
    if not any(first.values()):
        raise ResultError("cannot convert: no valid IP addresses")
    ip4, ip6 = (_legacy_ip(first[name], tuple(_plain_routes(result, is_ipv4=name == "4"))) for name in ("4", "6"))
    return LegacyResult(version, ip4, ip6, result.dns)


def _legacy_ip(ip: IPConfig | None, routes: tuple[Route, ...]) -> LegacyIP | None:
    return None if ip is None else LegacyIP(ip.address, ip.gateway, routes)


def _plain_routes(result: Result, *, is_ipv4: bool) -> Iterator[Route]:
    """The routes of a family, of which destination and gateway are left."""
    for route in result.routes:
        if isinstance(route.dst, IPv4Interface) == is_ipv4:
            yield Route(route.dst, route.gw)
