"""Where the log of a container lies on its node, and the links by which older log collectors find it.

References
----------
pkg/kubelet/kuberuntime/helpers.go and legacy.go (v1.37)
"""

from __future__ import annotations

from k8smodels.api.errors import invalid

POD_LOGS_DIRECTORY = "/var/log/pods"
"""The kubelet's default for its setting ``podLogsDir``."""

CONTAINER_LOGS_DIRECTORY = "/var/log/containers"
"""Where the links are; it cannot be configured."""

MAX_FILE_NAME_BYTES = 255
"""The longest file name of ext4."""

_SHORTEST_CONTAINER_ID = 6


class LogLinkError(ValueError):
    """The name of a link that tells no container, in the kubelet's words."""


def pod_logs_directory(namespace: str, pod: str, uid: str, root: str = POD_LOGS_DIRECTORY) -> str:
    """The directory of a pod's logs: the kubelet hands it to the runtime as ``PodSandboxConfig.log_directory``.

    Raises
    ------
    FieldError
        A name with a slash, or one that is empty or names a directory of another kind.

    References
    ----------
    pkg/kubelet/kuberuntime/helpers.go, BuildPodLogsDirectory (v1.37)
    """
    parts = {"namespace": namespace, "name": pod, "uid": uid}
    return f"{root}/{'_'.join(_one_name(path, text) for path, text in parts.items())}"


def container_logs_directory(namespace: str, pod: str, uid: str, container: str, root: str = POD_LOGS_DIRECTORY) -> str:
    """The directory of one container's logs, a file for each of its starts.

    Raises
    ------
    FieldError
        As for `pod_logs_directory`.
    """
    return f"{pod_logs_directory(namespace, pod, uid, root)}/{_one_name('container', container)}"


def container_log_path(container: str, restart_count: int) -> str:
    """A container's log file below its pod's directory, ``ContainerConfig.log_path``: the first start writes ``0.log``.

    Raises
    ------
    FieldError
        A container's name with a slash, or a count below zero.

    References
    ----------
    pkg/kubelet/kuberuntime/helpers.go, buildContainerLogsPath (v1.37)
    """
    if restart_count < 0:
        raise invalid("restartCount", restart_count, "must be greater than or equal to 0")
    return f"{_one_name('container', container)}/{restart_count}.log"


def log_link(namespace: str, pod: str, container: str, container_id: str) -> str:
    """The link to a container's log, whose name says what a log collector wants to know.

    The name is cut where the file system's limit is reached, and then it says nothing of the container any more.

    Raises
    ------
    FieldError
        A name with a slash.

    References
    ----------
    pkg/kubelet/kuberuntime/legacy.go, legacyLogSymlink (v1.37)
    """
    parts = {"name": pod, "namespace": namespace, "container": container, "containerID": container_id}
    pod, namespace, container, container_id = (_one_name(path, text) for path, text in parts.items())
    name = f"{pod}_{namespace}_{container}-{container_id}".encode()[: MAX_FILE_NAME_BYTES - len(".log")]
    return f"{CONTAINER_LOGS_DIRECTORY}/{name.decode(errors='ignore')}.log"


def container_id_of(link: str) -> str:
    """The container's ID as the kubelet reads it from the name of a link: what follows the last dash.

    Of a name that was cut, this is some other piece of it: the kubelet finds no such container then.

    Raises
    ------
    LogLinkError
        The name does not end in ``.log``, or the ID has fewer than 6 characters.

    References
    ----------
    pkg/kubelet/kuberuntime/legacy.go, getContainerIDFromLegacyLogSymlink (v1.37)
    """
    last = link.rpartition("-")[2]
    container_id = last.removesuffix(".log")
    if container_id == last:
        raise LogLinkError(f'"{link}" doesn\'t end with ".log"')
    if len(container_id.encode()) < _SHORTEST_CONTAINER_ID:
        raise LogLinkError(f'container Id "{container_id}" is too short')
    return container_id


def _one_name(path: str, text: str) -> str:
    if not text or text in (".", "..") or "/" in text or "\0" in text:
        raise invalid(path, text, "must be the name of one file: not empty, without '/', neither '.' nor '..'")
    return text
