"""Kubernetes objects: typed, read from YAML or JSON and written back without loss, refused in the API server's words.

`k8smodels.api.kinds` reads and writes files, `k8smodels.api.validation` refuses what the API server would refuse;
quantities, selectors and int-or-percent values have a module each.
"""
