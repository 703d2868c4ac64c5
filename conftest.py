"""Every kernel that a test starts writes what the static site shows; no property is a race against the clock."""

import os

from hypothesis import settings

os.environ["K8SMODELS_STATIC"] = "1"

# A machine that builds the site meanwhile is slow for a moment, and that is no fault of a model; speed is measured in
# benchmarks.
settings.register_profile("book", deadline=None)
settings.load_profile("book")
