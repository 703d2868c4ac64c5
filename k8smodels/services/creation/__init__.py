"""From a Service as it is written to the Service as it is stored, or to the reasons why it is refused.

::

    from k8smodels.services.creation import Pools, create_service

    created = create_service(service, Pools.of("10.96.0.0/16", "fd00:10:96::/112"))
    created.service.spec.cluster_ips, created.warnings
"""

from k8smodels.services.creation.allocate import AllocationFailed
from k8smodels.services.creation.create import Created, create_service
from k8smodels.services.creation.defaults import default_service
from k8smodels.services.creation.pools import Pools
from k8smodels.services.creation.validation import validate_service

__all__ = ["AllocationFailed", "Created", "Pools", "create_service", "default_service", "validate_service"]
