"""Accounts of programs, what they may do, and how a pod comes to have one."""
