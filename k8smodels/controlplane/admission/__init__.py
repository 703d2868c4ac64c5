"""What the API server adds to an object before it stores it, and what it refuses."""

from __future__ import annotations

from k8smodels.controlplane.admission.admission import Admission
from k8smodels.controlplane.admission.decoding import ManifestError, decode, read_strictly
from k8smodels.controlplane.admission.namespaces import is_held, terminating

__all__ = ["Admission", "ManifestError", "decode", "is_held", "read_strictly", "terminating"]
