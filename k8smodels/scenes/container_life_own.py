"""The reader's own pod: what the API server says of its probes, and when a dead program is noticed."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.errors import InvalidObject
from k8smodels.api.pod import Container, Pod
from k8smodels.api.validation import validate
from k8smodels.i18n import _
from k8smodels.runtime import Answer, ProbeTimeline, Program, probe_errors, run_probes
from k8smodels.runtime.grace import grace_period_seconds, with_default_grace
from k8smodels.runtime.probe_spec import KINDS, probe_of
from k8smodels.scenes.one_object import one_object
from k8smodels.views.frame import Frame
from k8smodels.views.tables import table

MOST_SECONDS = 7200
"""How far the figure looks ahead."""

MOST_CONTAINERS = 5
DEAF = Program(handles_sigterm=False)

EXAMPLES: Mapping[str, str] = {
    "defaults": """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: web:1
    readinessProbe:
      httpGet: {path: /ready, port: 8080}
    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
""",
    "quick": """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 60
  containers:
  - name: web
    image: web:1
    readinessProbe:
      periodSeconds: 2
      failureThreshold: 2
      httpGet: {path: /ready, port: 8080}
    livenessProbe:
      periodSeconds: 5
      timeoutSeconds: 2
      terminationGracePeriodSeconds: 5
      httpGet: {path: /healthz, port: 8080}
""",
    "nobody looks": """\
apiVersion: v1
kind: Pod
metadata: {name: worker}
spec:
  containers:
  - name: worker
    image: worker:1
    startupProbe:
      tcpSocket: {port: 8080}
""",
    "refused": """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
  - name: migrate
    image: tool:1
    livenessProbe:
      exec: {command: ["true"]}
  containers:
  - name: web
    image: web:1
    readinessProbe:
      terminationGracePeriodSeconds: 5
      httpGet: {path: /ready, port: 80800}
    livenessProbe:
      successThreshold: 2
      periodSeconds: -5
      tcpSocket: {port: web}
      exec: {command: ["true"]}
""",
}


def noticed(text: str) -> Frame:
    """When a program is noticed that answers nothing any more, in each container of the pod in `text`.

    Raises
    ------
    ValueError
        No pod, or one that the API server refuses.
    """
    subject = with_default_grace(_one_pod(text))
    names = [item for item in subject.all_containers if item in subject.spec.containers or item.is_sidecar]
    rows = [_row(subject, container) for container in names[:MOST_CONTAINERS]]
    head = [_("container"), _("not ready after"), _("told to stop after"), _("gone after")]
    nobody = [row[0] for row in rows if row[2] == _("never")]
    if nobody:
        says = _("Accepted. If it hangs, nobody restarts {names}.").format(names=", ".join(nobody))
    else:
        says = _("Accepted. The times count from the moment at which the program hangs.")
    return Frame(table(head, rows), says)


def _one_pod(text: str) -> Pod:
    found = one_object(text, Pod)
    validate(found)
    errors = list(probe_errors(found))
    if errors:
        raise InvalidObject("Pod", found.name, errors)
    return found


def _row(subject: Pod, container: Container) -> list[str]:
    """A range for each: the program may hang right before it is asked, or right after."""
    unready = _range(subject, container, "readiness", "unready")
    killed = _range(subject, container, "liveness", "Killing")
    gone = _range(subject, container, "liveness", "exit 137")
    return [container.name, unready if _has(container, "readiness") else gone, killed, gone]


def _has(container: Container, kind: str) -> bool:
    return probe_of(container, kind) is not None


def _range(subject: Pod, container: Container, kind: str, what: str) -> str:
    if not _has(container, kind):
        return _("never")
    asked, until = _asked_at(subject, container, kind)
    delays = [_delay(subject, container, moment, until, what) for moment in (asked, asked + 0.001)]
    return _("{first} to {last} s").format(first=f"{delays[0]:g}", last=f"{round(delays[1]):g}")


def _delay(subject: Pod, container: Container, hangs_at: float, until: float, what: str) -> float:
    answers = dict.fromkeys(KINDS, (Answer(), Answer(hangs_at, takes_seconds=2 * MOST_SECONDS)))
    found = run_probes(subject, answers, container=container.name, program=DEAF, until_seconds=until)
    return found.when(what)[0] - hangs_at


def _asked_at(subject: Pod, container: Container, kind: str) -> tuple[float, float]:
    """A moment at which a container that is well is asked, and how far to look from there.

    Raises
    ------
    ValueError
        That would be too far.
    """
    probes = [item for each in KINDS if (item := probe_of(container, each)) is not None]
    warm_up = sum(item.initial_delay_seconds + 2 * item.period_seconds for item in probes)
    longest = max((item.failure_threshold + 2) * max(item.period_seconds, item.timeout_seconds) for item in probes)
    until = warm_up + longest + grace_period_seconds(subject, container, kind) + 10
    if until > MOST_SECONDS:
        raise ValueError(
            _("This takes {n} s or more; the figure looks {most} s ahead.").format(n=until, most=MOST_SECONDS)
        )
    well: ProbeTimeline = run_probes(subject, {}, container=container.name, until_seconds=warm_up)
    return max(item.at_seconds for item in well.results if item.kind == kind), until
