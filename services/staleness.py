"""Which of two readings of a record is the newer one.

Three things make that less plain than two moments of change that are compared:

- They have whole seconds, and some shops do not move them with every change.
- An answer may come from a copy of the shop's data that lags behind, shortly after a change.
- A shop's clock that is set back stamps a change with a moment before that of the last one.

So the moment of reading decides, except where two readings are close to each other: there the
moments of change do, and where both moments disagree the record is to be read once more.
"""

from datetime import timedelta

#: How far a copy of a shop's data may lag behind, or two readings overtake each other.
LAG = timedelta(minutes=1)


def is_older(binding, modified, read):
    """Whether a record is older than what was taken over.

    :param binding: has ``external_modified_at`` and ``fetched_at`` of what was taken over
    :param modified: the record's moment of change, as the shop says (naive UTC), or None
    :param read: when the shop was asked for it (naive UTC), or None
    """
    known, known_read = binding.external_modified_at, binding.fetched_at
    if read and known_read and abs(read - known_read) > LAG:
        return read < known_read
    if modified and known and modified != known:
        return modified < known
    return bool(read and known_read) and read < known_read


def is_unsure(binding, modified, read):
    """Whether the two moments disagree on what is newer, and are too close to tell."""
    known, known_read = binding.external_modified_at, binding.fetched_at
    if not (modified and known and read and known_read) or abs(read - known_read) > LAG:
        return False
    return (modified < known and read > known_read) or (modified > known and read < known_read)
