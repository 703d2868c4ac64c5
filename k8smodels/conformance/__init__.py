"""Recorded cases of the real Kubernetes, run against the models.

``python -m k8smodels.conformance FILE...`` reads files of cases and prints, a line a suite, how many the models pass,
and where the others differ. A file is ``{"suite", "kubernetes", "source", "about", "cases": [{"name", "input",
"want"}]}``; the module of the suite's topic (the part of its name before the slash) turns an input into the result that
is compared with ``want``.
"""

from k8smodels.conformance.report import Difference, Known, SuiteReport
from k8smodels.conformance.runner import CaseFileError, run_file
from k8smodels.conformance.suites import Adapter, KnownDifference

__all__ = ["Adapter", "CaseFileError", "Difference", "Known", "KnownDifference", "SuiteReport", "run_file"]
