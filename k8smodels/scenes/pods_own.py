"""The reader's own pod: whose namespaces its containers are in, which volumes they share, which ports clash."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.pod import Pod
from k8smodels.api.validation import validate
from k8smodels.i18n import _
from k8smodels.isolation.machine import boot
from k8smodels.pods import (
    SeenAt,
    listen_on_declared_ports,
    namespaces_of,
    place_of,
    run_pod,
    seen_elsewhere,
    shared,
    validate_pod_sharing,
)
from k8smodels.pods.fields import pod_fields
from k8smodels.pods.namespaces import all_containers
from k8smodels.scenes.one_object import one_object
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.pods import listening_table, membership_table, mount_table

MOST_CONTAINERS, MOST_VOLUMES, MOST_PORTS = 6, 12, 24

EXAMPLES: Mapping[str, str] = {
    "a sidecar": """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
  - name: log
    image: log:1
    restartPolicy: Always
    volumeMounts:
    - {name: data, mountPath: /logs, readOnly: true}
  containers:
  - name: app
    image: app:1
    ports: [{containerPort: 8080}]
    volumeMounts:
    - {name: data, mountPath: /data}
  volumes:
  - {name: data, emptyDir: {}}
""",
    "a debugger": """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: app, image: "app:1", ports: [{containerPort: 8080}]}
  - {name: proxy, image: "proxy:1", ports: [{containerPort: 8080}]}
  ephemeralContainers:
  - {name: debug, image: "busybox:1", targetContainerName: app}
""",
    "a node agent": """\
apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  hostNetwork: true
  hostPID: true
  containers:
  - name: agent
    image: agent:1
    ports: [{containerPort: 9100}]
    volumeMounts:
    - {name: proc, mountPath: /host/proc, readOnly: true}
  volumes:
  - {name: proc, hostPath: {path: /proc}}
""",
    "refused": """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  shareProcessNamespace: true
  hostPID: true
  hostUsers: false
  containers:
  - name: app
    image: app:1
    volumeMounts:
    - {name: data, mountPath: /data, subPath: ../etc}
    - {name: logs, mountPath: /data}
  volumes:
  - {name: data, emptyDir: {}}
""",
}


def own(text: str) -> Frame:
    """Whose namespaces the containers of the pod in `text` are in, what they see of volumes, and who can listen.

    Raises
    ------
    ValueError
        No pod, one that the API server refuses, or more containers than the figure has columns.
    """
    subject = one_pod(text)
    _running, attempts = listen_on_declared_ports(run_pod(boot(hostname="node-1"), subject))
    found = namespaces_of(subject)
    tables = [membership_table(found), mount_table(subject), listening_table(attempts, ()) if attempts else None]
    refused = next((each for each in attempts if each.refused), None)
    if refused:
        says = _("The API server accepts this Pod. But `{name}` cannot listen on port {port}.").format(
            name=refused.container, port=refused.port
        )
    elif len(found) > 1:
        first, second = found[0].container, found[1].container
        kinds = ", ".join(shared(subject, first, second))
        says = _("The API server accepts this Pod. `{first}` and `{second}` share {kinds}.").format(
            first=first, second=second, kinds=kinds
        )
    else:
        says = _(
            "The API server accepts this Pod. One container: it shares with the node what the table calls the node's."
        )
    return Frame(join(tables), says)


def one_pod(text: str) -> Pod:
    """The pod in `text`, if the API server would take it and it is small enough for a figure; errors as of `own`."""
    found = one_object(text, Pod)
    validate(found)
    validate_pod_sharing(found)
    containers = list(all_containers(found))
    ports = sum(len(container.ports) for container in containers)
    if len(containers) > MOST_CONTAINERS or len(found.spec.volumes) > MOST_VOLUMES or ports > MOST_PORTS:
        message = _("The figure takes at most {containers} containers, {volumes} volumes and {ports} ports.")
        raise ValueError(message.format(containers=MOST_CONTAINERS, volumes=MOST_VOLUMES, ports=MOST_PORTS))
    return found


WRITTEN, READ = "/var/log/app/today", "/logs/today"


def helps(text: str) -> str:
    """Say in one sentence whether `log` in the pod in `text` can do its work, and no more than that.

    It must be able to signal `app` and to read what `app` writes to `WRITTEN` as `READ`; it must not be able to change
    the file, and nothing of the node may be shared.
    """
    try:
        subject = one_pod(text)
        namespaces = {each.container: each for each in namespaces_of(subject)}
        if not {"app", "log"} <= set(namespaces):
            return _("Give the Pod two containers, `app` and `log`.").replace("`", "")
        seen = seen_elsewhere(subject, "app", WRITTEN)
        volume = place_of(subject, "app", WRITTEN).volume
    except ValueError as error:
        return str(error)
    return _judged(
        subject, next((each for each in seen if each.container == "log" and each.path == READ), None), volume
    )


def _judged(subject: Pod, seen: SeenAt | None, volume: str) -> str:
    fields = pod_fields(subject)
    hosts = [fields.host_pid, fields.host_network, fields.host_ipc]
    if any(hosts):
        return _("Not yet: the Pod has a field that opens its node. That is more than log needs.")
    if "pid" not in shared(subject, "app", "log"):
        return _("Not yet: log has no number for the process of app, so it cannot signal it.")
    if not volume:
        return _("Not yet: app writes {path} into its own writable layer.").format(path=WRITTEN)
    if seen is None:
        return _("Not yet: the file lies in the volume {volume}, but log does not see it as {path}.").format(
            volume=volume, path=READ
        )
    if not seen.read_only:
        return _("Not yet: log can change the file.")
    return _("Done: log can signal app and read {path}, and nothing else of app is in its reach.").format(path=READ)
