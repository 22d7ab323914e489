"""A file system that is small enough to fill."""

import errno

SIZE = 8 << 20


class Filler:
    """Takes three of the eight MiB away, and later what the store has left over."""

    def __init__(self, small):
        self.small = small
        (small / "filler").write_bytes(b"\0" * (3 << 20))

    def take_rest(self):
        """From now on not even a little fits."""
        with open(self.small / "rest", "wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 512):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def remove(self):
        for name in ("filler", "rest"):
            (self.small / name).unlink(missing_ok=True)
