"""The Deployment controller: from one version of a pod to the next."""
