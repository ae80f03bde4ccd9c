#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""powercut.py SHADOW DIRECTORY TO [names]: what is on the disk after the power
failed, by what tests/preload/powercut.c noted under SHADOW of DIRECTORY.

TO gets the files and names that were synced.  With "names" a file system is
assumed that had written all names, and of the files the bytes that were synced
alone, so that some may be empty: both may happen, and anything between them.
"""
import ctypes
import os
import shutil
import sys

libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, AT_SYMLINK_NOFOLLOW = -100, 0x100
STATX_INO, STATX_BTIME = 0x100, 0x800


def key_of(path):
    st = ctypes.create_string_buffer(256)
    if libc.statx(AT_FDCWD, os.fsencode(path), AT_SYMLINK_NOFOLLOW,
                  STATX_INO | STATX_BTIME, st) != 0:
        raise OSError(ctypes.get_errno(), path)
    ino = int.from_bytes(st.raw[32:40], 'little')
    seconds = int.from_bytes(st.raw[80:88], 'little', signed=True)
    nanoseconds = int.from_bytes(st.raw[88:92], 'little')
    return f'{ino}-{seconds}.{nanoseconds}'


def noted(shadow, directory):
    """The (key, type, name) that the directory has for certain."""
    path = os.path.join(shadow, 'dirs',
                        os.path.realpath(directory).replace('/', '%'))
    try:
        with open(path) as f:
            return [line.rstrip('\n').split('\t') for line in f]
    except FileNotFoundError:
        return []


def present(directory):
    return [(key_of(e.path), 'd' if e.is_dir() else 'f', e.name)
            for e in os.scandir(directory) if not e.name.startswith('.')]


def rebuild(shadow, directory, to, names):
    os.makedirs(to, exist_ok=True)
    st = os.stat(directory)
    os.chown(to, st.st_uid, st.st_gid)
    os.chmod(to, st.st_mode & 0o7777)
    for key, kind, name in (present if names else
                            lambda d: noted(shadow, d))(directory):
        if kind == 'd':
            rebuild(shadow, os.path.join(directory, name),
                    os.path.join(to, name), names)
            continue
        source = os.path.join(shadow, 'files', key)
        target = os.path.join(to, name)
        if os.path.exists(source):
            shutil.copyfile(source, target)
        else:
            open(target, 'w').close()
        os.chown(target, st.st_uid, st.st_gid)
        os.chmod(target, 0o660 if st.st_mode & 0o2000 else 0o600)


if __name__ == '__main__':
    rebuild(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:] == ['names'])
