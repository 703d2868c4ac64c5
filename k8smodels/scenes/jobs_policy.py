"""Scenes about what a failure means: a pod failure policy, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from k8smodels.api.batch import Job
from k8smodels.api.pod import Pod
from k8smodels.api.yaml_text import read_documents
from k8smodels.i18n import _
from k8smodels.scenes.jobs import make_job
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.jobs import rule_table
from k8smodels.workloads import Verdict, Work, judge
from k8smodels.workloads.job.spec import defaulted
from k8smodels.workloads.job.validation import validate_job
from k8smodels.workloads.job.work import begun, ended

POLICIES: Mapping[str, str] = {
    "give up at 42, ignore evictions": """\
rules:
- action: FailJob
  onExitCodes: {containerName: read, operator: In, values: [42]}
- action: Ignore
  onPodConditions: [{type: DisruptionTarget}]
""",
    "the same, the other way round": """\
rules:
- action: Ignore
  onPodConditions: [{type: DisruptionTarget}]
- action: FailJob
  onExitCodes: {containerName: read, operator: In, values: [42]}
""",
    "give up at all but 1": """\
rules:
- action: FailJob
  onExitCodes: {operator: NotIn, values: [1]}
""",
    "give up this index at 42": """\
rules:
- action: FailIndex
  onExitCodes: {operator: In, values: [42]}
""",
    "a rule that is refused": """\
rules:
- action: FailJob
  onExitCodes: {operator: In, values: [42, 0]}
""",
}
CODES: Mapping[int, str] = {1: "1", 42: "42", 137: "137 (killed)"}
CONDITIONS: Mapping[str, str] = {"": "none", "DisruptionTarget": "DisruptionTarget"}

_NOW = datetime(2026, 3, 4, tzinfo=UTC)


def with_policy(text: str) -> Job:
    """A Job with the policy in `text`, as the API server stores it.

    Raises
    ------
    ValueError
        It is no YAML, or the API server refuses it.
    """
    documents = read_documents(text)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise ValueError(_("Give one list of rules, as it stands below podFailurePolicy."))
    fields: dict[str, Any] = {"podFailurePolicy": documents[0]}
    if "FailIndex" in text:
        fields |= {"completionMode": "Indexed", "completions": 3, "backoffLimitPerIndex": 2}
    job = defaulted(make_job("import", container="read", **fields))
    validate_job(job)
    return job


def failed_pod(code: int, condition: str) -> Pod:
    """A pod of the Job that has ended so."""
    spec = {"containers": [{"name": "read", "image": "read:1"}]}
    pod = Pod.from_json({"metadata": {"name": "import-x7k2p", "namespace": "studio"}, "spec": spec})
    return ended(begun(pod, _NOW), _NOW, Work(0, code, condition), "Failed")


def judged(text: str, code: int, condition: str) -> Frame:
    """Which rule of a policy is the first to match a failed pod."""
    job = with_policy(text)
    verdict = judge(job, failed_pod(code, condition))
    return Frame(join([rule_table(job, verdict.rule), _consequence(verdict)]), _says(verdict))


def _consequence(verdict: Verdict) -> Html:
    if verdict.message:
        return el("p", el("b", "PodFailurePolicy"), " ", verdict.message, class_="v no")
    counts = _("counts towards the limit") if verdict.counts else _("does not count towards any limit")
    return el("p", el("b", counts), class_="v wait" if verdict.counts else "v ok")


def _says(verdict: Verdict) -> str:
    return {
        "FailJob": _("The **Job** fails at once; its other pods are deleted."),
        "FailIndex": _("The **index** is given up, whatever is left of its budget. The others go on."),
        "Ignore": _("The pod is replaced, after the usual wait, as if it had **not failed**."),
        "Count": _("A rule says what is done anyway: the failure **counts**."),
        "": _("No rule matches: the failure **counts**, as without a policy."),
    }[verdict.action]
