"""The ReplicaSet controller: a number of equal pods."""
