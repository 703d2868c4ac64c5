"""Network plugins side by side: how each moves packets, hands out addresses and applies policies, then and now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from k8smodels.api.errors import DecodeError, FieldError, duplicate, invalid, required, unsupported
from k8smodels.api.structure import Struct, json_name, struct, unknown_fields
from k8smodels.api.yaml_text import read_documents

Mode = Literal["overlay", "routed", "underlay", "ebpf"]
"""Tunnels between nodes; plain routes between nodes; addresses of the nodes' own network; programs in the kernel."""

State = Literal["new", "alive", "fading", "ended"]

TEXTS = ("name", "data_path", "encapsulation", "policy", "ipam")


@struct
class Standing(Struct):
    """How a plugin stands at a time: one of `State`, whether it applies NetworkPolicy, and what there is to say."""

    state: str = ""
    network_policy: bool = False
    note: str = ""


@struct
class Plugin(Struct):
    """One plugin.

    Attributes
    ----------
    modes
        One or more of `Mode`.
    data_path, encapsulation, policy, ipam
        How packets travel, what is put around them between nodes, whether NetworkPolicy is applied and by what, and
        where a pod's address comes from. Sentences.
    in_2020, today
        How it stood when the notes were written, and stands now.
    sources
        Addresses of the pages that say so.
    """

    name: str = ""
    modes: tuple[str, ...] = ()
    data_path: str = ""
    encapsulation: str = ""
    policy: str = ""
    ipam: str = ""
    in_2020: Standing = Standing()
    today: Standing = Standing()
    sources: tuple[str, ...] = ()


def read_plugins(text: str, source: str = "input") -> tuple[Plugin, ...]:
    """The plugins in YAML text, a list of maps with the fields of `Plugin`, spelt as in the API: ``dataPath``.

    Raises
    ------
    DecodeError
        The text is no such list, or a plugin lacks something or has something unknown; the first error is named.
    """
    documents = read_documents(text, source)
    if len(documents) != 1 or not isinstance(documents[0], list):
        raise DecodeError(source, "must be a list of plugins")
    plugins = []
    seen: set[str] = set()
    for i, item in enumerate(documents[0]):
        try:
            plugin = Plugin.from_json(item)
            for error in _errors(plugin, seen):
                raise error
        except FieldError as error:
            raise DecodeError(source, str(error.within(f"[{i}]"))) from None
        seen.add(plugin.name)
        plugins.append(plugin)
    return tuple(plugins)


def _errors(plugin: Plugin, seen: set[str]) -> Iterator[FieldError]:
    yield from (invalid(name, None, "no plugin has such a field") for name in unknown_fields(plugin))
    yield from (required(json_name(name)) for name in TEXTS if not getattr(plugin, name))
    if plugin.name in seen:
        yield duplicate("name", plugin.name)
    if not plugin.modes:
        yield required("modes")
    yield from (unsupported("modes", mode, get_args(Mode)) for mode in plugin.modes if mode not in get_args(Mode))
    for name, standing in (("in2020", plugin.in_2020), ("today", plugin.today)):
        if standing.state not in get_args(State):
            yield unsupported(f"{name}.state", standing.state, get_args(State))
        if not standing.note:
            yield required(f"{name}.note")
    if not plugin.sources:
        yield required("sources")
    for i, address in enumerate(plugin.sources):
        if not address.startswith("https://") or any(character in address for character in " \"'<>"):
            yield invalid(f"sources[{i}]", address, "must be an address that begins with https://")
