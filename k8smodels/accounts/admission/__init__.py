"""The admission plugin that gives each pod an account: what it adds, why, and what it refuses."""

from k8smodels.accounts.admission.additions import Addition, Omission
from k8smodels.accounts.admission.plugin import Admitted, admit, admit_ephemeral_containers
from k8smodels.accounts.admission.volume import MOUNT_PATH, token_volume

__all__ = [
    "MOUNT_PATH",
    "Addition",
    "Admitted",
    "Omission",
    "admit",
    "admit_ephemeral_containers",
    "token_volume",
]
