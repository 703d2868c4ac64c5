"""Views: a model's result in, a `Frame` out. No rule of Kubernetes lives here."""

from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import Child, Html, el, inline, join, plain

__all__ = ["Child", "Frame", "Html", "el", "error_frame", "inline", "join", "plain"]
