#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""powercut.py begin SHADOW DIRECTORY: all that is there now is on the disk.
powercut.py SHADOW DIRECTORY TO [names]: what is on the disk after the power
failed, by what tests/preload/powercut.c noted under SHADOW of DIRECTORY.

TO gets the files and names that were synced.  With "names" a file system is
assumed that had written all names, and of the files the bytes that were synced
alone, so that some may be empty: both may happen, and anything between them.

A file that was durable and has been renamed since has its old name or its new
one: none is lost by that.  (On ext2 one can be, between two directories.)
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


def note_of(shadow, directory):
    return os.path.join(shadow, 'dirs',
                        os.path.realpath(directory).replace('/', '%'))


def noted(shadow, directory):
    """The (key, type, name) that the directory has for certain."""
    try:
        with open(note_of(shadow, directory)) as f:
            return [tuple(line.rstrip('\n').split('\t')) for line in f]
    except FileNotFoundError:
        return []


def present(directory):
    return [(key_of(e.path), 'd' if e.is_dir() else 'f', e.name)
            for e in os.scandir(directory) if not e.name.startswith('.')]


def begin(shadow, directory):
    old = os.umask(0)
    for part in '', 'files', 'dirs':
        os.makedirs(os.path.join(shadow, part), exist_ok=True)
    for name in 'lock', 'ever':
        open(os.path.join(shadow, name), 'a').close()
    for top, _, _ in os.walk(directory):
        there = present(top)
        with open(note_of(shadow, top), 'w') as f:
            f.writelines('\t'.join(e) + '\n' for e in there)
        for key, kind, name in there:
            if kind == 'f':
                shutil.copyfile(os.path.join(top, name),
                                os.path.join(shadow, 'files', key))
                note_ever(shadow, key)
    os.umask(old)


def note_ever(shadow, key):
    with open(os.path.join(shadow, 'ever'), 'a') as f:
        f.write(key + '\n')


class Disk:
    def __init__(self, shadow, names):
        self.shadow, self.names, self.placed = shadow, names, set()
        try:
            with open(os.path.join(shadow, 'ever')) as f:
                self.ever = set(f.read().split())
        except FileNotFoundError:
            self.ever = set()

    def put(self, key, directory, target):
        source = os.path.join(self.shadow, 'files', key)
        if os.path.exists(source):
            shutil.copyfile(source, target)
        else:
            open(target, 'w').close()
        st = os.stat(directory)
        os.chown(target, st.st_uid, st.st_gid)
        os.chmod(target, 0o660 if st.st_mode & 0o2000 else 0o600)
        self.placed.add(key)

    def rebuild(self, directory, to):
        os.makedirs(to, exist_ok=True)
        st = os.stat(directory)
        os.chown(to, st.st_uid, st.st_gid)
        os.chmod(to, st.st_mode & 0o7777)
        for key, kind, name in present(directory) if self.names else \
                noted(self.shadow, directory):
            if kind == 'd':
                self.rebuild(os.path.join(directory, name),
                             os.path.join(to, name))
            else:
                self.put(key, directory, os.path.join(to, name))

    def renamed(self, directory, to):
        """What has its new name only."""
        for key, kind, name in present(directory):
            target = os.path.join(to, name)
            if kind == 'd' and os.path.isdir(target):
                self.renamed(os.path.join(directory, name), target)
            elif kind == 'f' and key in self.ever - self.placed:
                self.put(key, directory, target)


def fail(shadow, directory, to, names):
    disk = Disk(shadow, names)
    disk.rebuild(directory, to)
    disk.renamed(directory, to)


if __name__ == '__main__':
    if sys.argv[1] == 'begin':
        begin(sys.argv[2], sys.argv[3])
    else:
        fail(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:] == ['names'])
