"""Two clients write one object, and neither knows of the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from k8smodels.api.kinds import load
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, StatusError
from k8smodels.controlplane.api_server import Caller
from k8smodels.i18n import _
from k8smodels.scenes.architecture import WEB
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.tables import table

__all__ = ["CONFLICT_STEPS", "MANNERS", "conflict"]

MANNERS = ("as kubectl edit does", "without a resourceVersion")
"""How the second writer writes: with the version that it has read, or without any."""

CONFLICT_STEPS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story: who did what, the answer, and the object afterwards."""

    who: str
    what: str
    answer: str
    replicas: int
    image: str
    version: str


def conflict(manner: str, step: int) -> Frame:
    """Anna and Bo both read; Anna sets the image, then Bo the replicas."""
    lines = _lines(manner)
    rows = [
        (line.who, line.what, _short(line.answer), f"{line.replicas}, {line.image}, {line.version}")
        for line in lines[: step + 1]
    ]
    head = [_("who"), _("does what"), _("the answer"), _("stored then: replicas, image, version")]
    last = lines[step]
    refused = [el("p", last.answer, class_="msg")] if "Operation" in last.answer else []
    return Frame(join([table(head, rows), *refused]), _says(manner, step))


def _says(manner: str, step: int) -> str:
    told = [
        _("Anna has read the object."),
        _("Bo has read the same version."),
        _("Anna has written a new image, and the object has a new version. Bo does not know."),
    ]
    if step < len(told):
        return told[step]
    if manner == MANNERS[0]:
        return (
            _("**409 Conflict**: Bo's change was made to a version that is no longer stored. Nothing is lost.")
            if step == 3
            else _("Bo has read again and written again: both changes are there.")
        )
    return (
        _("**Anna's image is gone.** Bo has written the whole object as it was when he read it.")
        if step == 3
        else _("Nobody was told. Anna finds out when the old version answers.")
    )


def _short(answer: str) -> str:
    return _("409 Conflict") if "has been modified" in answer else answer


def _lines(manner: str) -> list[Line]:
    cluster = Cluster.of(1)
    deployment = next(item for item in load(WEB) if isinstance(item, Deployment))
    cluster.create(deployment)
    cluster.run(10)
    lines: list[Line] = []

    def stored() -> Deployment:
        return cast("Deployment", cluster.store.get("Deployment", "default", "web"))

    def tell(who: str, what: str, answer: str) -> None:
        now = stored()
        (container,) = now.spec.template.spec.containers
        lines.append(Line(who, what, answer, now.spec.replicas or 0, container.image, now.metadata.resource_version))

    anna = bo = stored()
    tell("Anna", _("reads"), _("version {version}").format(version=anna.metadata.resource_version))
    tell("Bo", _("reads"), _("version {version}").format(version=bo.metadata.resource_version))
    tell("Anna", _("writes image web:2"), _write(cluster, "Anna", _with_image(anna, "web:2")))
    mine = replace(bo, spec=replace(bo.spec, replicas=3))
    if manner == MANNERS[1]:
        mine = replace(mine, metadata=replace(mine.metadata, resource_version=""))
    tell("Bo", _("writes replicas 3"), _write(cluster, "Bo", mine))
    if manner == MANNERS[1]:
        tell("Anna", _("reads"), _("version {version}").format(version=stored().metadata.resource_version))
    else:
        fresh = stored()
        again = replace(fresh, spec=replace(fresh.spec, replicas=3))
        tell("Bo", _("reads, and writes replicas 3"), _write(cluster, "Bo", again))
    return lines


def _with_image(item: Deployment, image: str) -> Deployment:
    (container,) = item.spec.template.spec.containers
    spec = replace(item.spec.template.spec, containers=(replace(container, image=image),))
    return replace(item, spec=replace(item.spec, template=replace(item.spec.template, spec=spec)))


def _write(cluster: Cluster, who: str, item: Deployment) -> str:
    try:
        cluster.server.update(item, Caller(who))
    except StatusError as error:
        return error.message
    return _("stored")
