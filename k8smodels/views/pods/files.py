"""Where a file lies, and who else sees it."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.pod import Container, Pod
from k8smodels.i18n import _
from k8smodels.pods import SeenAt, place_of, seen_elsewhere
from k8smodels.pods.fields import VolumeMount, container_fields
from k8smodels.pods.namespaces import all_containers
from k8smodels.views.html import Child, Html, el, join
from k8smodels.views.isolation import grid

__all__ = ["mount_table", "place_table"]


def place_table(pod: Pod, writer: str, path: str) -> Html:
    """Where the file lies that `writer` has at `path`, and one row a container: as what it sees the file."""
    here = place_of(pod, writer, path)
    if here.volume:
        where = join([el("b", here.volume, class_="ob vol"), " ", el("code", here.path)])
    else:
        where = join(
            [el("b", _("writable layer of {name}").format(name=writer), class_="ob layer"), " ", el("code", path)]
        )
    seen = {each.container: each for each in seen_elsewhere(pod, writer, path)}
    seen[writer] = SeenAt(writer, path, here.read_only)
    rows = [_row(container.name, seen) for container in all_containers(pod)]
    table = grid([_("container"), _("sees it as"), _("may change it")], rows)
    return join([el("p", _("The file lies in "), where), table])


def mount_table(pod: Pod) -> Html | None:
    """One row a volume of the pod, one column a container: where it sees the volume, and what it may do there."""
    if not pod.spec.volumes:
        return None
    containers = list(all_containers(pod))
    rows = [
        (el("b", volume.name, class_="ob vol"), *(_mounts(container, volume.name) for container in containers))
        for volume in pod.spec.volumes
    ]
    return grid([_("volume"), *(container.name for container in containers)], rows)


def _mounts(container: Container, volume: str) -> Html:
    found = [each for each in container_fields(container, container.name).volume_mounts if each.name == volume]
    return join(el("span", _mount(each), class_="ln") for each in found) if found else join(["–"])


def _mount(mount: VolumeMount) -> Html:
    part = _(", part {sub_path}").format(sub_path=mount.sub_path) if mount.sub_path else ""
    return join([el("code", mount.mount_path), part, _(", read-only") if mount.read_only else ""])


def _row(name: str, seen: Mapping[str, SeenAt]) -> tuple[Child, Child, Child]:
    container = el("b", name, class_="ob ctr")
    found = seen.get(name)
    if found is None:
        return container, el("span", el("b", _("not at all")), class_="v no"), "–"
    allowed = not found.read_only
    may = el("span", el("b", _("yes") if allowed else _("no, read-only")), class_="v ok" if allowed else "v no")
    return container, el("code", found.path), may
