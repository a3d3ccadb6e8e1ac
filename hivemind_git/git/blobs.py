"""Blobs: what they hold, and what they are called."""

from __future__ import annotations

import hashlib

import pygit2
from pygit2.enums import ObjectType


def content(repository: pygit2.Repository, oid: str) -> bytes | None:
    """The bytes of a blob; None if there is none of that id here, or it is damaged.

    Read from the object database itself: `Blob.data` unpacks a blob that was unpacked when it was looked up once more.
    Its hash is ours to check (`discovery`): of an object whose size was damaged libgit2 gives what fits.
    """
    try:
        kind, data = repository.odb.read(oid)
    except (KeyError, ValueError, pygit2.GitError):
        return None
    return data if kind == ObjectType.BLOB and identity(data).startswith(oid) else None


def identity(content: bytes) -> str:
    """The id of the blob with this content, as git makes it (gitformat-loose: a header, then the content; SHA-1)."""
    digest = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()
