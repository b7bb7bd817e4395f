"""Synthetic registries on real communes, and queries about them with known right answers."""
