"""Names into the files that they mean. In: files, folders, patterns, addresses, -. Out: single names, in order.

A folder gives all files below it, sorted by name, without hidden ones. A folder is entered once, so that links in
circles end. Pipes, sockets and devices below a folder are passed over.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator

from dragoman.reading.fetching import is_url

_DEEP = re.compile(r"(?:^|/)\*\*(?:/|$)")


def found_names(name: str, *, without: str | None = None) -> Iterator[str]:
    """The names that one name stands for: itself, the files of a folder, or those that a pattern fits.

    `without`: a folder whose files are none of them, as that of the record that is being built.
    """
    if name == "-" or is_url(name) or "\x00" in name:
        yield name
    elif os.path.isdir(name):
        yield from _below(name, without)
    elif glob.has_magic(name) and not os.path.lexists(name):
        yield from _fitting(name, without)
    else:
        yield name


def stands_for_nothing(name: str) -> bool:
    """Is this the name of no file, no folder and no address, and a pattern that nothing fits?"""
    if name == "-" or is_url(name) or "\x00" in name or os.path.lexists(name):
        return False
    return not glob.has_magic(name) or next(_fitting(name), None) is None


def _fitting(pattern: str, without: str | None = None) -> Iterator[str]:
    """glob would follow links in circles under **, so that folders are walked here instead."""
    deep = _DEEP.search(pattern)
    if deep is None:
        for name in sorted(glob.iglob(pattern)):
            yield from _below(name, without) if os.path.isdir(name) else (name,)
        return
    before = pattern[: deep.start()]
    rest = pattern[deep.end() :] or "*"
    fits = re.compile(_translated(rest))
    here = before or ("/" if deep[0].startswith("/") else ".")
    roots = sorted(glob.iglob(before)) if glob.has_magic(before) else [here]
    for root in roots:
        for name in _below(root, without):
            inner = os.path.relpath(name, root).split(os.sep)
            if any(fits.fullmatch("/".join(inner[at:])) for at in range(len(inner))):
                yield name if before or root == "/" else os.path.relpath(name, root)


def _translated(pattern: str) -> str:
    """A pattern of shells as a regular expression; a star stops at a slash."""
    parts = re.split(r"(\*\*/|\*+|\?|\[[^\]]+\])", pattern)
    told = {"**/": r"(?:[^/]+/)*+", "?": "[^/]"}
    out = []
    for part in parts:
        if part in told:
            out.append(told[part])
        elif part.startswith("*"):
            out.append("[^/]*")
        elif part.startswith("[") and len(part) > 2:
            out.append("[" + part[1:-1].replace("\\", r"\\").replace("!", "^", part[1] == "!") + "]")
        else:
            out.append(re.escape(part))
    return "".join(out)


def _below(folder: str, without: str | None) -> Iterator[str]:
    """All files below a folder. One that cannot be opened is named itself, so that it is told."""
    waiting = [folder]
    seen: set[tuple[int, int]] = set()
    if without is not None and os.path.isdir(without):
        status = os.stat(without)
        seen.add((status.st_dev, status.st_ino))
    while waiting:
        here = waiting.pop()
        try:
            status = os.stat(here)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted(name for name in os.listdir(here) if not name.startswith("."))
        except OSError:
            yield here
            continue
        folders = []
        for name in names:
            path = os.path.join(here, name)
            try:
                mode = os.stat(path).st_mode
            except OSError:
                yield path
                continue
            if stat.S_ISDIR(mode):
                folders.append(path)
            elif stat.S_ISREG(mode):
                yield path
        waiting.extend(reversed(folders))
