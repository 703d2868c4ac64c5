"""The Job controller: pods that run to completion, and what their failures mean."""
