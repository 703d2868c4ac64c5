"""Exercises of the chapter *Objects*: their answers are what the models store, select, keep and delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k8smodels.api.meta import KubernetesObject, OwnerReference
from k8smodels.api.selector_syntax import parse_selector
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.field_owners import Path, fields_of, shown
from k8smodels.controlplane.garbage import PropagationPolicy
from k8smodels.controlplane.kubectl.output_formats import with_kind
from k8smodels.controlplane.resources import kind_of
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.objects import SENT, USER, WEB
from k8smodels.scenes.objects_deletion import BACKUP, NOTES, held
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.tables import table

__all__ = ["after_apply", "what_is_left", "which_pods", "who_wrote"]


_FIELDS: tuple[tuple[str, Path], ...] = (
    ("Deployment", ("spec", "replicas")),
    ("Deployment", ("spec", "strategy", "type")),
    ("Deployment", ("metadata", "uid")),
    ("Deployment", ("metadata", "generation")),
    ("Deployment", ("status", "readyReplicas")),
    ("Deployment", ("status", "observedGeneration")),
    ("Service", ("spec", "clusterIP")),
    ("Service", ("spec", "selector")),
    ("Pod", ("spec", "nodeName")),
    ("Pod", ("metadata", "ownerReferences")),
    ("Pod", ("status", "podIP")),
)


def who_wrote(seed: int) -> Task:
    """Ask who wrote fields of an object: its author, the API server, a controller or the scheduler."""
    author, server = _("the author of the file"), _("the API server")
    controller, scheduler = _("a controller or a kubelet"), _("the scheduler")
    options = (author, server, controller, scheduler)
    cluster = Cluster.of(2)
    at_once: dict[str, dict[Path, Any]] = {}
    for kind in ("Deployment", "Service"):
        cluster.apply(SENT[kind])
        at_once[kind] = dict(fields_of(with_kind(cluster.server.get(kind, "default", "web", USER))))
    cluster.run(10)
    binders = {record.component for record in cluster.journal.find(verb="bind")}

    def writer(kind: str, path: Path) -> str:
        if kind in SENT and path in dict(fields_of(next(iter(read_documents(SENT[kind], kind))))) and kind != "Pod":
            return author
        if path in at_once.get(kind, {}):
            return server
        return scheduler if binders == {"default-scheduler"} and path[-1] == "nodeName" else controller

    fields = [(kind, shown(path), writer(kind, path)) for kind, path in _FIELDS]
    chosen = dice_of(seed).sample(fields, 4)
    steps = [
        Step(
            _("`{field}` of a {kind}").format(field=field, kind=kind),
            who,
            options=options,
            wrong={
                author: _("Does it stand in the file of this chapter?"),
                scheduler: _("The scheduler writes one field of one kind."),
            },
            why=_("Spec is what is wanted, status what was observed, and most of metadata is bookkeeping."),
        )
        for kind, field, who in chosen
    ]
    return Task(
        _("The Deployment `web` of this chapter was applied, and its Service. Who wrote these fields?"),
        steps,
        [
            _("What stands in the file is the author's. Defaults and bookkeeping are the API server's."),
            _("A status is written by whoever looks after the object."),
        ],
        bullets([_("`{field}`: {who}").format(field=field, who=who) for _kind, field, who in chosen]),
    )


_APPS, _ENVS, _TIERS = ("pages", "cart", "pay"), ("prod", "test"), ("front", "back")


def which_pods(seed: int) -> Task:
    """Ask which Pods a selector means."""
    dice = dice_of(seed)
    pods: dict[str, dict[str, str]] = {}
    for name in ("a", "b", "c", "d", "e", "f"):
        labels = {"app": dice.choice(_APPS), "env": dice.choice(_ENVS), "tier": dice.choice(_TIERS)}
        for key in dice.sample(sorted(labels), dice.choice([0, 0, 1])):
            del labels[key]
        pods[name] = labels
    app = dice.choice([labels["app"] for labels in pods.values() if "app" in labels])
    env = dice.choice(_ENVS)
    last = [f"tier,env={env}", f"app in ({app},cart),!tier", "!env", f"app notin ({app})"]
    dice.shuffle(last)
    met = (text for text in last if any(parse_selector(text).matches(labels) for labels in pods.values()))
    selectors = [f"app={app}", f"env!={env}", next(met)]
    rows = [
        (name, el("code", ", ".join(f"{k}={v}" for k, v in labels.items()) or "–")) for name, labels in pods.items()
    ]
    steps = []
    for text in selectors:
        selector = parse_selector(text)
        meant = frozenset(name for name, labels in pods.items() if selector.matches(labels))
        lacks = {
            name: _("{pod} has no label env. `!=` is met by that, too.") for name in pods if "env" not in pods[name]
        }
        wrong = {name: why.format(pod=name) for name, why in lacks.items()} if "!=" in text else {}
        steps.append(
            Step(
                _("Which Pods does `{selector}` mean?").format(selector=text),
                meant,
                options=tuple(pods),
                wrong=wrong,
                why=_("All conditions have to hold. A comma means *and*."),
            )
        )
    return Task(
        join([el("p", _("Six Pods and their labels:")), table([_("Pod"), _("labels")], rows)]),
        steps,
        [_("Go through the Pods one by one, and through the conditions one by one.")],
        bullets(
            [
                _("`{selector}`: {pods}").format(selector=text, pods=", ".join(sorted(map(str, step.answer))) or "–")
                for text, step in zip(selectors, steps, strict=True)
                if isinstance(step.answer, frozenset)
            ]
        ),
    )


_POLICIES: tuple[PropagationPolicy, ...] = ("Background", "Foreground", "Orphan")


def what_is_left(seed: int) -> Task:
    """Ask what remains a minute after a Deployment was deleted."""
    dice = dice_of(seed)
    policy, holds = _POLICIES[seed % 3], dice.choice(["", "Pod", "ConfigMap"])
    none = _("none of them")
    cluster = Cluster.of(2, seed=seed + 1)
    cluster.apply(WEB.replace("replicas: 3", "replicas: 1"))
    cluster.run(10)
    cluster.apply(NOTES)
    owner = cluster.server.get("Deployment", "default", "web", USER)
    reference = OwnerReference(
        api_version="apps/v1", kind="Deployment", name="web", uid=owner.metadata.uid, block_owner_deletion=True
    )
    names = {"Pod": cluster.pods()[0].name, "ConfigMap": "notes"}

    def owned(item: KubernetesObject) -> KubernetesObject:
        return replace(item, metadata=replace(item.metadata, owner_references=(reference,)))

    cluster.server.patch("ConfigMap", "default", "notes", owned, USER)
    if holds:
        cluster.server.patch(holds, "default", names[holds], held, USER)
    cluster.run(1)
    cluster.server.delete("Deployment", "default", "web", Caller("kubectl"), policy=policy)
    cluster.run(60)
    options = ("Deployment", "ReplicaSet", "Pod", "ConfigMap")
    left = {kind_of(item): item for kind in options for item in cluster.store.objects(kind)}
    going = frozenset(kind for kind, item in left.items() if item.metadata.deletion_timestamp)
    held_by = (
        _("The {kind} has a finalizer, `{finalizer}`, that nobody takes off.").format(kind=holds, finalizer=BACKUP)
        if holds
        else _("No object has a finalizer of its own.")
    )
    given = _(
        "Deployment `web` owns a ReplicaSet and a ConfigMap; the ReplicaSet owns a Pod. All references block their"
        " owner's deletion. {held} Somebody deletes the Deployment with the policy {policy}."
    )
    return Task(
        inline(given.format(held=held_by, policy=policy)),
        [
            Step(
                _("What is still stored a minute later?"),
                frozenset(left) or frozenset({none}),
                options=(*options, none),
                wrong={
                    "Deployment": _(
                        "Foreground: the owner waits for dependents that block. Background: it goes first."
                    ),
                    "ConfigMap": _("It is a dependent like the others: what does the policy say of dependents?"),
                },
                why=_("Ask for each: is its owner gone, and does a finalizer hold it?"),
            ),
            Step(
                _("Which of these are on their way out: they have a deletionTimestamp?"),
                going or frozenset({none}),
                options=(*options, none),
                why=_("Orphans are not being deleted. What is held by a finalizer is."),
            ),
        ],
        [
            _("Background: the owner goes at once, dependents after it. Foreground: dependents first."),
            _("Orphan: dependents lose their reference and live on."),
            _("A finalizer holds its own object, whatever the policy of the owner's deletion."),
        ],
        bullets(
            [
                _("left: {kinds}").format(kinds=", ".join(sorted(left)) or "–"),
                _("on their way out: {kinds}").format(kinds=", ".join(sorted(going)) or "–"),
            ]
        ),
    )


def after_apply(seed: int) -> Task:
    """Ask for two fields after ``kubectl apply`` of a changed file."""
    dice = dice_of(seed)
    first, scaled = dice.choice([2, 3, 4]), dice.choice([6, 7, 8])
    new = (None, first, None, first + 1)[seed % 4]
    limit = (5, None, None, 5)[seed // 2 % 4]
    before = WEB.replace("replicas: 3", f"replicas: {first}")
    after = before.replace(f"  replicas: {first}\n", "" if new is None else f"  replicas: {new}\n")
    after = after.replace("web:1", "web:2")
    if limit:
        before = before.replace("spec:\n", f"spec:\n  revisionHistoryLimit: {limit}\n", 1)
    cluster = Cluster.of(2)
    cluster.apply(before)
    cluster.scale("deployment/web", replicas=scaled)
    cluster.apply(after)
    stored = cluster.server.get("Deployment", "default", "web", USER).to_json()["spec"]
    changes = [_("`image: web:2` instead of `web:1`")]
    changes.append(
        _("the line `replicas` is deleted") if new is None else _("`replicas: {n}` in the file").format(n=new)
    )
    if limit:
        changes.append(_("the line `revisionHistoryLimit: {n}` is deleted").format(n=limit))
    given = [
        _("Applied first: `replicas: {n}` and `revisionHistoryLimit: {limit}`.").format(n=first, limit=limit)
        if limit
        else _("Applied first: `replicas: {n}`.").format(n=first),
        _("Then somebody runs `kubectl scale deployment/web --replicas={n}`.").format(n=scaled),
        _("Then `kubectl apply` of the changed file: {changes}.").format(changes="; ".join(changes)),
    ]
    return Task(
        bullets(given),
        [
            Step(
                _("What is `spec.replicas` then?"),
                int(stored["replicas"]),
                wrong={
                    str(scaled): _("Was the field in what was applied last? Then its absence means: remove it."),
                    str(first): _("Does the file still say so?"),
                    "0": _("A field that nobody sets gets its default. For replicas that is not 0."),
                },
                why=_("In the file: the file wins. Gone from the file: removed, then the default."),
            ),
            Step(
                _("And `spec.revisionHistoryLimit`?"),
                int(stored["revisionHistoryLimit"]),
                wrong={str(limit or 0): _("The line was in the last file and is gone: removed.")},
                why=_("The default of this field is in the first figure of the chapter."),
            ),
        ],
        [_("Compare three things: the last file, this file, what is stored."), _("Then the defaults.")],
        bullets(
            [
                _("replicas: {n}").format(n=stored["replicas"]),
                _("revisionHistoryLimit: {n}").format(n=stored["revisionHistoryLimit"]),
            ]
        ),
    )
