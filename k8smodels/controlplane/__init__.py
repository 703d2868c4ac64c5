"""The control plane: what its controllers decide, and how etcd keeps what they write."""
