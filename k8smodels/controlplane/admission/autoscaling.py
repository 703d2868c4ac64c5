"""What the API server fills in and refuses in a HorizontalPodAutoscaler.

References
----------
pkg/apis/autoscaling/v2/zz_generated.validations.go: the bounds of `minReplicas` and `maxReplicas`, which are looked at
after everything else; staging/src/k8s.io/apiserver/pkg/registry/rest/validate.go: ValidateDeclaratively (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.errors import FieldError, InvalidObject, required
from k8smodels.workloads.autoscaling.validation import stored


def with_autoscaler_defaults(autoscaler: HorizontalPodAutoscaler) -> HorizontalPodAutoscaler:
    """The same with its defaults; one with errors stays as it is: it will be refused."""
    try:
        return stored(autoscaler)
    except InvalidObject:
        return autoscaler


def autoscaler_errors(autoscaler: HorizontalPodAutoscaler) -> Iterator[FieldError]:
    """What is wrong besides the metadata."""
    try:
        stored(autoscaler)
    except InvalidObject as refused:
        errors = [error for error in refused.errors if not error.path.startswith("metadata.")]
        yield from (error for error in errors if not _is_declared(error))
        for error in filter(_is_declared, errors):
            yield required(error.path) if error.reason == "Required value" else error


def _is_declared(error: FieldError) -> bool:
    """Whether the bound stands with the field's type, and not in the code."""
    return error.path in ("spec.minReplicas", "spec.maxReplicas") and "`minReplicas`" not in error.detail
