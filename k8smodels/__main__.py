"""``python -m k8smodels COMMAND``: the models on your own files."""

import sys

from k8smodels.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
