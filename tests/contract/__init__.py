"""What every provider has to keep, one test class per role; nothing here names a provider.

A provider's tests subclass each class with a fixture ``world``: its adapter connected to a
store (a fake or a live one) that the test may change. :class:`.world.World` names what it offers.
"""
