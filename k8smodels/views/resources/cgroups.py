"""From requests and limits to the QoS class, and to directories and files of cgroups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from k8smodels.i18n import _
from k8smodels.isolation import QOS, LinuxContainerResources, ResourceConfig, ResourceQOS
from k8smodels.views.html import Html, el, inline, join

__all__ = ["Version", "container_files", "pod_files", "qos_table"]

Version = Literal["v2", "v1"]


def qos_table(qos: QOS) -> Html:
    """What each resource in each place speaks for; all must agree, or the pod is Burstable."""
    names = (_("where"), _("request"), _("limit"), _("speaks for"))
    head = el("tr", join(el("th", name, scope="col") for name in names))
    return el("table", el("thead", head), el("tbody", join(map(_qos_row, qos.resources))))


def _qos_row(entry: ResourceQOS) -> Html:
    where = entry.path.removeprefix("spec.").removesuffix(".resources")
    amounts = (str(amount) if amount.sign else _("none") for amount in (entry.request, entry.limit))
    name = el("th", el("code", where), " ", el("span", entry.resource, class_="nw"), scope="row")
    return el("tr", name, join(el("td", cell) for cell in (*amounts, entry.qos_class)))


def pod_files(path: str, config: ResourceConfig, version: Version) -> Html:
    """The cgroup of a pod, as ``grep`` would show its files."""
    title = el("b", _("the Pod"), class_="ob pod")
    return _directories(title, path, config.v2_files() if version == "v2" else config.v1_files(), version)


def container_files(name: str, path: str, resources: LinuxContainerResources, version: Version) -> Html:
    """The cgroup of a container, and what is written for each of its processes."""
    files = resources.v2_files() if version == "v2" else resources.v1_files()
    title = el("b", name, class_="ob ctr")
    adj = el("p", inline(_("`/proc/PID/oom_score_adj` of its processes: **{n}**").format(n=resources.oom_score_adj)))
    return join([_directories(title, path, files, version), adj])


def _directories(title: Html, path: str, files: Mapping[str, str], version: Version) -> Html:
    """One directory on v2; on v1 one below each controller."""
    if version == "v2":
        return join([el("p", title), _directory(f"/sys/fs/cgroup{path}", files)])
    controllers = dict.fromkeys(name.split(".")[0] for name in files)
    own = {controller: {n: v for n, v in files.items() if n.startswith(f"{controller}.")} for controller in controllers}
    blocks = (_directory(f"/sys/fs/cgroup/{controller}{path}", found) for controller, found in own.items())
    return join([el("p", title), *blocks])


def _directory(path: str, files: Mapping[str, str]) -> Html:
    width = max(map(len, files), default=0)
    lines = [el("b", path), *(f"  {name:<{width}}  {content}" for name, content in sorted(files.items()))]
    return el("pre", join(line if i == 0 else f"\n{line}" for i, line in enumerate(lines)), tabindex="0")
