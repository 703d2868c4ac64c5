"""The book's worked examples: from the settings of a widget to a model's input to a view's frame.

A scene is a pure function of a few plain values. It holds no rule of Kubernetes and draws nothing itself.
"""
