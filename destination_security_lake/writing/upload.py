"""Files into the bucket, several at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from destination_security_lake.aws.bucket import Bucket
from destination_security_lake.parquet.spill import File

AT_A_TIME: Final = 8


def uploaded(files: Iterable[File], bucket: Bucket) -> Iterator[File]:
    """Put the files into the bucket and remove them here. Yield each when it is there, in their order.

    A few are under way while the next one is written. Raises what the first failure raised: AwsError, or OSError. Files
    that were put before stay where they are: they are whole, and the next sync puts the same ones.
    """
    pool = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="upload")
    under_way: deque[Future[File]] = deque()
    try:
        for file in files:
            under_way.append(pool.submit(_upload, file, bucket))
            if len(under_way) == AT_A_TIME:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        # After a failure, or a signal, nothing is confirmed, and nobody waits for the others.
        pool.shutdown(wait=False, cancel_futures=True)


def _upload(file: File, bucket: Bucket) -> File:
    bucket.put(file.key, file.path)
    file.path.unlink()
    return file
