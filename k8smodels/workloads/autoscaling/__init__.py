"""The HorizontalPodAutoscaler controller: from samples of metrics to a number of replicas."""
