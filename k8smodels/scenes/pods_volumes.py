"""Scenes about files: which container sees which file, and where."""

from __future__ import annotations

from typing import Any

from k8smodels.api.pod import Pod
from k8smodels.i18n import _
from k8smodels.pods import place_of, seen_elsewhere
from k8smodels.scenes.pods import web
from k8smodels.views.frame import Frame
from k8smodels.views.pods import place_table

FILES = ("/data/access/today", "/data/config", "/cache/mine")


def files(written: str, sub_path: str, read_only: bool) -> Frame:
    """`app` writes a file; where `log` sees it, which mounts the volume or the part `sub_path` of it at /logs."""
    subject = mounted(sub_path, read_only)
    seen = seen_elsewhere(subject, "app", written)
    html = place_table(subject, "app", written)
    here = place_of(subject, "app", written)
    if not here.volume:
        says = _("`{path}` lies in the writable layer of `app`: nobody else sees it.").format(path=written)
    elif not seen:
        says = _("The file lies in the volume at `{path}`, outside of what `log` mounts.").format(path=here.path)
    elif seen[0].read_only:
        says = _("`log` sees the file as `{path}` and may not change it.").format(path=seen[0].path)
    else:
        says = _("`log` sees the file as `{path}`, and may change it.").format(path=seen[0].path)
    return Frame(html, says)


def mounted(sub_path: str, read_only: bool) -> Pod:
    """The pod of the story, with an emptyDir that `app` mounts at /data and `log` at /logs."""
    theirs: dict[str, Any] = {"name": "data", "mountPath": "/logs"}
    theirs |= {"subPath": sub_path} if sub_path else {}
    theirs |= {"readOnly": True} if read_only else {}
    containers = [
        {"name": "app", "image": "app:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]},
        {"name": "log", "image": "log:1", "volumeMounts": [theirs]},
    ]
    return web(containers=containers, volumes=[{"name": "data", "emptyDir": {}}])
