"""What a real API server stored and answered, beside the simulated one."""

from __future__ import annotations

import json
from typing import Any

from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.kubectl.output_formats import as_yaml, with_kind
from k8smodels.i18n import _
from k8smodels.scenes.objects import USER
from k8smodels.views.frame import Frame
from k8smodels.views.html import bullets, el, join
from k8smodels.views.services.created import filled_lines, filled_pieces
from k8smodels.views.services.terminal_text import terminal
from k8smodels.views.tables import table

__all__ = ["LISTS", "answers_beside", "managed_fields", "recorded", "status_object", "stored_beside"]

LISTS = ("apps/v1", "v1", "batch/v1", "autoscaling/v2", "all cluster-scoped kinds")
"""Parts of the list of kinds."""

_SHOWN = 5


def stored_beside(manifest: str, real: str) -> Frame:
    """The spec that the simulated server stores, and in it what the real one adds.

    Parameters
    ----------
    manifest
        What was applied to both.
    real
        What ``kubectl get -o yaml`` printed of the real object.
    """
    (theirs,) = read_documents(real, "real")
    cluster = Cluster.of(1)
    cluster.apply(manifest)
    item = cluster.server.get("Deployment", "default", "web", USER)
    mine = as_yaml({"spec": with_kind(item)["spec"]}).splitlines()
    stored = as_yaml({"spec": theirs["spec"]}).splitlines()
    pieces = filled_pieces(mine, stored)
    missing = sum(len(piece.stored) for piece in pieces if piece.is_added)
    says = _("**{n}** of {all} lines of the real spec are missing in the model: defaults of the Pod template.")
    shown = filled_lines(pieces, lambda _lines: _("The real server fills in defaults of the template at once."))
    return Frame(shown, says.format(n=missing, all=len(stored)))


def answers_beside(text: str) -> Frame:
    """The same wrong manifests given to both servers.

    Parameters
    ----------
    text
        The text of ``recorded-objects.json``.
    """
    rows, equal = [], 0
    for name, case in json.loads(text)["refused"].items():
        said = Cluster.of(1).apply(case["manifest"])
        same = said == case["output"]
        equal += same
        verdict = el("span", el("b", _("the same") if same else _("differs")), class_=f"v {'ok' if same else 'no'}")
        rows.append((name, el("code", _clipped(case["output"])), verdict))
    says = _("**{n}** of {all} answers are the same, letter for letter.").format(n=equal, all=len(rows))
    return Frame(table([_("what is wrong"), _("what the real kubectl printed"), _("the model")], rows), says)


def _clipped(output: str, limit: int = 150) -> str:
    line = " ".join(output.split())
    return line if len(line) <= limit else f"{line[:limit]}…"


def managed_fields(real: str) -> Frame:
    """Who owns which fields of the real object."""
    (theirs,) = read_documents(real, "real")
    parts = []
    for entry in theirs["metadata"]["managedFields"]:
        fields = list(_leaves(entry["fieldsV1"]))
        through = f", {entry['subresource']}" if entry.get("subresource") else ""
        count = _("{operation}, {n} fields").format(operation=f"{entry['operation']}{through}", n=len(fields))
        parts.append(el("p", el("b", entry["manager"]), f": {count}", class_="sub"))
        parts.append(bullets(el("code", field) for field in fields[:_SHOWN]))
        parts.append(el("p", _("and {n} more").format(n=len(fields) - _SHOWN)))
    return Frame(
        join(parts),
        _("`kubectl apply` writes as an Update, so it owns **the defaults too** that came with its write."),
    )


def _leaves(value: dict[str, Any], path: str = "") -> list[str]:
    inner = {key: item for key, item in value.items() if key != "."}
    if not inner:
        return [path]
    return [leaf for key, item in inner.items() for leaf in _leaves(item, f"{path}.{key.removeprefix('f:')}")]


def recorded(text: str, part: str) -> Frame:
    """Kinds as ``kubectl api-resources`` lists them."""
    head, *lines = json.loads(text)["api_resources"]
    wide = [line for line in lines if line.split()[-2] == "false"]
    if part == LISTS[-1]:
        shown, says = wide, _("**{n}** of {all} kinds live in no namespace.")
    else:
        shown = [line for line in lines if line.split()[-3] == part]
        says = _("**{n}** of {all} kinds are in this group and version.")
    listing = "\n".join([head, *shown])
    return Frame(terminal(listing, _("a list of kinds")), says.format(n=len(shown), all=len(lines)))


def status_object(text: str) -> Frame:
    """The object that the server sends when it refuses."""
    status = json.loads(text)["status"]
    causes = [join([el("code", each["field"]), ": ", each["message"]]) for each in status["details"]["causes"]]
    body = json.dumps({key: value for key, value in status.items() if key != "details"}, indent=2)
    parts = [el("pre", body), el("p", "details.causes", class_="sub"), bullets(causes)]
    return Frame(
        join(parts),
        _("HTTP **{code}**, reason {reason}, and a cause for each mistake.").format(
            code=status["code"], reason=status["reason"]
        ),
    )
