"""The folder in which one run keeps its files."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

# A quota and a limit to the size of a file are no full disk, and ask the same of the user.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class WorkFolderError(Exception):
    """A file could not be written below the work folder. The text names the folder, and says what to do."""

    def __init__(self, folder: Path, error: OSError) -> None:
        """Say what an error means for the folder."""
        reason = error.strerror or str(error)
        super().__init__(
            f"The work folder {folder} has no room left: {reason}. Free some, choose a smaller flush_size_mb, or let "
            "the environment variable TMPDIR name a folder on a larger volume."
            if error.errno in _FULL
            else f"The work folder {folder} cannot be used: {reason}. Let the environment variable TMPDIR name a "
            "folder that the destination may write to."
        )


@dataclass(frozen=True)
class WorkFolder:
    """The folder of a run, at `path`. It lies below `parent`."""

    parent: Path
    path: Path

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Raise WorkFolderError for an OSError of the block. Whatever is written into the folder is written in one."""
        with _explained(self.parent):
            yield


@contextmanager
def work_folder(parent: Path) -> Iterator[WorkFolder]:
    """Give a new folder below `parent`, which is made if it is missing. It is removed at the end, with all in it.

    What else is below `parent` is of other runs, be they running or dead, and is neither read nor removed. Raises
    WorkFolderError.
    """
    with _explained(parent):
        parent.mkdir(parents=True, exist_ok=True)
        path = Path(mkdtemp(prefix="security-lake-", dir=parent))
    try:
        yield WorkFolder(parent, path)
    finally:
        # Nobody is helped by an error about a folder that nobody needs any more.
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _explained(parent: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkFolderError(parent, error) from error
