"""Views of the simulated cluster: who wrote what and because of whom, and how numbers of pods change over time."""
