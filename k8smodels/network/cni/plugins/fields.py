"""Fields of a plugin's configuration, with the right types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from k8smodels.api.structure import JSON
from k8smodels.network.cni.execution import Execution, PluginError
from k8smodels.network.cni.gojson import type_error
from k8smodels.network.cni.result import DNS

_SMALLEST_MTU, _LARGEST_MTU = 68, 65535
_MAC = re.compile(r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}")


def word(config: Mapping[str, JSON], name: str, default: str = "") -> str:
    """A text, such as ``bridge``."""
    value = config.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong(value, name, "string")
    return value or default


def flag(config: Mapping[str, JSON], name: str, *, default: bool = False) -> bool:
    """A switch, such as ``isGateway``."""
    value = config.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(value, name, "bool")
    return default if value is None else value


def number(config: Mapping[str, JSON], name: str, default: int = 0) -> int:
    """An integer, such as ``mtu``."""
    value = config.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise _wrong(value, name, "int")
    return default if value is None else value


def checked_mtu(mtu: int, default: int, about: str) -> int:
    """An MTU that the kernel takes for a new interface; none and negative ones mean the default.

    Raises
    ------
    PluginError
        It is outside of 68 to 65535.
    """
    if mtu > 0 and not _SMALLEST_MTU <= mtu <= _LARGEST_MTU:
        raise PluginError(f"{about}invalid argument")
    return mtu if mtu > 0 else default


def section(config: Mapping[str, JSON], name: str) -> Mapping[str, JSON]:
    """An object, such as ``ipam``."""
    value = config.get(name)
    if value is not None and not isinstance(value, dict):
        raise _wrong(value, name, "struct")
    return value or {}


def objects(config: Mapping[str, JSON], name: str) -> list[Mapping[str, JSON]]:
    """A list of objects, such as ``portMappings``."""
    value = config.get(name)
    if value is not None and not isinstance(value, list):
        raise _wrong(value, name, "[]struct")
    for item in value or ():
        if not isinstance(item, dict):
            raise _wrong(item, name, "struct")
    return value or []


def ipam_type(run: Execution) -> str:
    """The program that gives addresses."""
    return word(section(run.config, "ipam"), "type")


def dns_of(run: Execution) -> DNS:
    """The name servers that the configuration names."""
    return DNS.from_json(run.config.get("dns"))


def checked_mac(text: str) -> str:
    """A hardware address in the kernel's form.

    Raises
    ------
    PluginError
        It is none.
    """
    if not _MAC.fullmatch(text):
        raise PluginError(f"address {text}: invalid MAC address")
    return text.lower().replace("-", ":")


def _wrong(value: JSON, name: str, wanted: str) -> PluginError:
    return PluginError(f"failed to load netconf: {type_error(value, f'NetConf.{name}', wanted)}")
