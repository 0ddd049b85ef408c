"""A database kept from the first version: how it was made, what an upgrade must not change."""
