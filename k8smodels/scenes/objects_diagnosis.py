"""A diagnosis of the chapter *Objects*: what kubectl shows of a namespace that does not go."""

from __future__ import annotations

from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.kubectl.output_formats import as_yaml
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.objects import WEB
from k8smodels.views.html import bullets, el, inline, join

__all__ = ["stuck_namespace"]

_HOLDERS = (("ConfigMap", "configmaps", "backups.example.com"), ("Secret", "secrets", "vault.example.com"))


def stuck_namespace(seed: int) -> Task:
    """Ask why a namespace does not go, from what kubectl prints."""
    kind, plural, domain = _HOLDERS[seed % 2]
    name = ("settings", "keys", "prices")[seed % 3]
    finalizer = f"{domain}/finalizer"
    cluster = Cluster.of(2)
    cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")
    cluster.apply(WEB, namespace="shop")
    manifest = f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n  finalizers: [{finalizer}]\n"
    cluster.apply(manifest, namespace="shop")
    cluster.run(10)
    cluster.delete("namespace", "shop", wait=False)
    cluster.run(3600)
    status = next(iter(read_documents(str(cluster.get("namespace", "shop", output="yaml")), "shop")))["status"]
    told = [each for each in status["conditions"] if each["status"] == "True"]
    shown = as_yaml({"status": {"conditions": told, "phase": status["phase"]}})
    late = cluster.apply(WEB.replace("name: web", "name: late", 1), namespace="shop")
    text = join(
        [
            el("p", inline(_("An hour ago a namespace was deleted. `kubectl get namespace shop -o yaml` ends with:"))),
            el("pre", shown),
            el("p", inline(_("And a new Deployment is refused:"))),
            el("p", str(late), class_="msg"),
        ]
    )
    controller = _("find out who should take off {finalizer}, and let that program run").format(finalizer=finalizer)
    force = _("delete the {kind} with --force").format(kind=kind)
    wait = _("wait: the finalizer ends after some hours")
    again = _("delete the namespace once more")
    return Task(
        text,
        [
            Step(
                _("What holds the namespace?"),
                _("a finalizer on an object in it"),
                options=(
                    _("a finalizer on an object in it"),
                    _("a Pod that does not end"),
                    _("the namespace's own finalizer, and nothing else"),
                ),
                wrong={
                    _("a Pod that does not end"): _("Pods are deleted first. Does a condition count any?"),
                    _("the namespace's own finalizer, and nothing else"): _("It is kept because something is left."),
                },
            ),
            Step(_("How many objects are left in it?"), 1, why=_("The condition NamespaceContentRemaining counts.")),
            Step(
                _("What helps?"),
                controller,
                options=(force, wait, again, controller),
                wrong={
                    force: _("--force shortens a Pod's grace period. Finalizers hold all the same."),
                    wait: _("No time limit ends a finalizer."),
                    again: _("It is being deleted already: nothing changes."),
                },
            ),
        ],
        [
            _("Read the two conditions word by word."),
            _("A finalizer is a promise: somebody wants to do something first. Who?"),
        ],
        bullets(
            [
                _("`{kind}/{name}` has the finalizer `{finalizer}`.").format(kind=kind, name=name, finalizer=finalizer),
                _("`kubectl get {plural} -n shop -o yaml` shows it. Its program was removed or stands still.").format(
                    plural=plural
                ),
                _("Only if nobody is left who could do the work, take the finalizer off by hand, and do that work."),
            ]
        ),
    )
