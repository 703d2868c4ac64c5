"""The network of pods: how packets travel, who sets it up, and which traffic is allowed."""
