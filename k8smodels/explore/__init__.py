"""Explorers, questions and exercises: models in the reader's hands.

A chapter's first cell::

    from k8smodels.explore import Explorer, Range, setup
    setup()
"""

from k8smodels.explore.exercise import Exercise, Step, Task
from k8smodels.explore.explorer import Explorer
from k8smodels.explore.knobs import Choice, Range, Steps, Text, Toggle
from k8smodels.explore.predict import Predict
from k8smodels.explore.setup import setup

__all__ = ["Choice", "Exercise", "Explorer", "Predict", "Range", "Step", "Steps", "Task", "Text", "Toggle", "setup"]
