"""Every kernel that a test starts writes what the static site shows."""

import os

os.environ["K8SMODELS_STATIC"] = "1"
