"""Tests of what the addon does where other modules are installed, see models/optional.py."""
