"""Which file of ``/etc/cni/net.d`` a node uses, who calls the plugins, and which plugins there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from k8smodels.i18n import _, ngettext
from k8smodels.network.cni import LoadError, callers, conf_files, default_network, load_networks
from k8smodels.network.plugins import Plugin, read_plugins
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.network import plugin_list, source_list
from k8smodels.views.sequence import Actor, Message, sequence

_BRIDGE = '{"cniVersion": "0.4.0", "name": "pods", "plugins": [{"type": "bridge"}]}'
_NEW = '{"cniVersion": "0.4.0", "name": "new", "plugins": [{"type": "ptp"}]}'
_SINGLE = '{"cniVersion": "0.4.0", "name": "single", "type": "bridge"}'
_FAST = '{"cniVersion": "0.4.0", "name": "fast", "plugins": [{"type": "fast"}]}'
INSTALLED = ("bridge", "host-local", "portmap", "ptp")
DIRECTORIES: Mapping[str, Mapping[str, str]] = {
    "one file": {"10-pods.conflist": _BRIDGE},
    "9- and 10-": {"9-new.conflist": _NEW, "10-pods.conflist": _BRIDGE},
    "the first is broken": {"10-new.conflist": _NEW.replace("}]}", "},]}"), "20-pods.conflist": _BRIDGE},
    "the first one's plugin is missing": {"10-fast.conflist": _FAST, "20-pods.conflist": _BRIDGE},
    ".conf beside .conflist": {"10-pods.conflist": _BRIDGE, "10-pods.conf": _SINGLE},
    "a backup, nothing else": {"10-pods.conflist.bak": _BRIDGE},
}
CALLERS = ("containerd", "kubelet 1.19 (dockershim)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a caller makes of a directory.

    Attributes
    ----------
    file, network
        The file that it takes and its network's name; empty if there is none.
    refused
        What it says about files that it took up and could not use.
    error
        Why there is no network.
    missing
        Whether it takes a network whose plugin is not installed.
    """

    file: str
    network: str
    refused: Mapping[str, str]
    error: str = ""
    missing: bool = False


def choice(files: Mapping[str, str], caller: str) -> Chosen:
    """What `caller` makes of `files`."""
    if caller != CALLERS[0]:
        taken = default_network(files, INSTALLED)
        return Chosen(taken.file, taken.network.name if taken.network else "", taken.skipped, taken.error)
    first = next(iter(conf_files(files)), "")
    try:
        (network,) = load_networks(files)
    except LoadError as error:
        return Chosen("", "", {first: str(error)} if first else {}, str(error))
    missing = any(plugin.type not in INSTALLED for plugin in network.plugins)
    return Chosen(first, network.name, {}, missing=missing)


def chosen(directory: str, caller: str) -> Frame:
    """The files of a directory in order, and the one that is taken."""
    files = DIRECTORIES[directory]
    found = choice(files, caller)
    rows = join(_file_row(name, files[name], found) for name in sorted(files))
    head = el("tr", el("th", _("file"), scope="col"), el("th", _("verdict"), scope="col"))
    body = el("table", el("thead", head), el("tbody", rows))
    if found.file:
        says = _("{caller} uses **{file}**: the network `{network}`.")
        return Frame(body, says.format(caller=caller, file=found.file, network=found.network))
    says = _("No network: the node is NotReady, and only Pods with `hostNetwork` can start.")
    return Frame(join([body, el("pre", found.error, tabindex="0")]), says)


def _file_row(name: str, text: str, found: Chosen) -> Html:
    on = name == found.file
    return el(
        "tr",
        el("th", inline(f"`{name}`"), class_="nw", scope="row"),
        el("td", _verdict(name, text, found)),
        class_="on" if on else None,
    )


def _verdict(name: str, text: str, found: Chosen) -> Html:
    if name == found.file:
        note = _("each ADD will fail: its plugin is not installed") if found.missing else ""
        return el("p", el("b", _("taken")), " ", note, class_="v pick")
    if name in found.refused:
        words = el("code", found.refused[name].replace(text, "…"))
        return el("p", el("b", _("not usable")), " ", words if found.file else None, class_="v no")
    if not conf_files([name]):
        return el("p", el("b", _("not looked at")), " ", _("its ending is another one"), class_="v wait")
    return el("p", el("b", _("not read")), class_="v wait")


# Who calls?

DOCKER, CONTAINERD = "2020: kubelet, dockershim, Docker", "today: kubelet, containerd"
ERAS = (CONTAINERD, DOCKER)
ERA_STEPS = 8
_ACTORS = {
    DOCKER: (
        ("kubelet", "node"),
        ("dockershim", "node"),
        ("dockerd", "ctr"),
        ("CNI plugin", "tun"),
        ("host-local", "layer"),
    ),
    CONTAINERD: (
        ("kubelet", "node"),
        ("containerd", "ctr"),
        ("CNI plugin", "tun"),
        ("host-local", "layer"),
        ("shim", "proc"),
    ),
}


def _messages(era: str) -> tuple[Message, ...]:
    runtime = "dockershim" if era == DOCKER else "containerd"
    asked = Message("kubelet", runtime, "`RunPodSandbox`")
    cni = (
        Message(runtime, "CNI plugin", _("starts it with `ADD`, and gives it the namespace's path")),
        Message("CNI plugin", "host-local", _("starts it in turn, with the same environment")),
        Message("host-local", "CNI plugin", _("an address, on standard output")),
        Message("CNI plugin", runtime, _("the result, on standard output")),
    )
    if era == DOCKER:
        pause = Message("dockershim", "dockerd", _("start the pause container, with the network `none`"))
        path = Message("dockerd", "dockershim", _("its process number: `/proc/PID/ns/net` is the Pod's network"))
        return (asked, pause, path, *cni, Message("dockershim", "kubelet", _("the sandbox is ready, and its address")))
    netns = Message("containerd", "containerd", _("makes an empty network namespace and gives it a path"))
    pause = Message("containerd", "shim", _("start the pause container in that namespace"))
    return (asked, netns, *cni, pause, Message("containerd", "kubelet", _("the sandbox is ready, and its address")))


def who_calls(era: str, step: int) -> Frame:
    """Message number `step` while a pod's sandbox is made."""
    messages = _messages(era)
    actors = [Actor(name, kind) for name, kind in _ACTORS[era]]
    caller = callers()[0 if era == DOCKER else 1]
    facts = (
        (_("finds the files by"), ", ".join(caller.settings)),
        (_("chooses"), caller.choice),
        (_("calls"), caller.moment),
    )
    rows = join(el("tr", el("th", name, class_="nw", scope="row"), el("td", text)) for name, text in facts)
    table = el("table", el("caption", _("The caller: {program}").format(program=caller.program)), el("tbody", rows))
    now = messages[step]
    says = _("**{sender}** to **{receiver}**: {what}").format(sender=now.sender, receiver=now.receiver, what=now.what)
    return Frame(join([sequence(actors, messages, step), table]), says)


# Which plugins are there?


@cache
def known_plugins(path: str | Path) -> tuple[Plugin, ...]:
    """The plugins of the file at `path`."""
    return read_plugins(Path(path).read_text("utf-8"), str(path))


def compared(path: str | Path, mode: str, policy: bool, when: str) -> Frame:
    """The plugins of the file at `path` that can work in `mode` (or ``any``), with NetworkPolicy if `policy` is set.

    `when` is ``2020`` or ``today``.
    """
    today = when != "2020"
    everything = known_plugins(path)
    standing = {plugin.name: plugin.today if today else plugin.in_2020 for plugin in everything}
    fit = [plugin for plugin in everything if mode == "any" or mode in plugin.modes]
    fit = [plugin for plugin in fit if not policy or standing[plugin.name].network_policy]
    ended = sum(standing[plugin.name].state == "ended" for plugin in fit)
    says = _("{n} of {all} plugins.").format(n=len(fit), all=len(everything))
    gone = ngettext("{n} of them has ended.", "{n} of them have ended.", ended).format(n=ended)
    return Frame(plugin_list(fit, today=today), f"{says} {gone}" if ended else says)


def sources(path: str | Path) -> Frame:
    """The pages that the facts about the plugins come from."""
    folded = el("details", el("summary", _("All sources")), source_list(known_plugins(path)))
    return Frame(folded, _("Read in 2026."))
