"""The folder of a record: which files are live, who may write, and how new files take the place of old ones.

In: finished Parquet files. Out: a folder with `articles/`, `mentions/`, `evidence/`, `rejects/`, what was merged of
them
in `events/`, and `manifest.json`, which names the live files and is replaced in one step: whoever reads it sees all
of a shard or nothing. Files that a
build replaced stay until the next one, so that reading is not disturbed. Locks are POSIX locks: two builds on one
record are told apart on Linux and macOS, and on file systems that keep locks between machines.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

from dragoman.errors import RecordError
from dragoman.record.parquet import SCHEMA, keep, sha256_of, told_plainly
from dragoman.record.tables import MERGED, TABLES, CodedBy

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, builds of one record must not overlap
    fcntl = None  # type: ignore[assignment]

MANIFEST, LOCK, WORK, DAMAGED = "manifest.json", ".lock", "work", "damaged"
EVENTS, CORRECTIONS = "events", "corrections.jsonl"  # the folder of the merged tables; what users said of them
LOCKED_SHARDS = 256  # the first two digits of an article's id
_OURS = frozenset({MANIFEST, MANIFEST + ".new", LOCK, WORK, DAMAGED, EVENTS, CORRECTIONS, *TABLES})


@dataclass(frozen=True, slots=True)
class ShardFile:
    """One Parquet file of one table."""

    name: str  # within the folder of its table
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Shard:
    """All rows whose article id begins with `prefix` (of rejects without an article: their own id)."""

    prefix: str
    files: Mapping[str, ShardFile]  # by table; none for a table without rows
    coded_by: tuple[CodedBy, ...]

    def paths(self, folder: Path, table: str) -> list[Path]:
        """The file of a table, or nothing."""
        return [folder / table / self.files[table].name] if table in self.files else []


@dataclass(frozen=True, slots=True)
class Merged:
    """The live files of the merged tables, all in `events/`, and what they were merged from."""

    files: Mapping[str, ShardFile]  # by table, each of them
    shards: str  # `Manifest.state` of then
    settled: str  # sha256 of what else bears on it: weights, corrections, ids of events before

    def paths(self, folder: Path, table: str) -> list[Path]:
        """The file of a table."""
        return [folder / EVENTS / self.files[table].name]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The live shards of a record, in order, and what was merged of them, if ever."""

    shards: tuple[Shard, ...] = ()
    merged: Merged | None = None

    def state(self) -> str:
        """What the shards hold: equal for equal shards."""
        told = [(table, file.sha256) for shard in self.shards for table, file in sorted(shard.files.items())]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def merged_paths(self, folder: Path, table: str) -> list[Path]:
        """The file of a merged table; none where nothing was merged."""
        return [] if self.merged is None else self.merged.paths(folder, table)

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return sum(shard.files[table].rows for shard in self.shards if table in shard.files)

    def paths(self, folder: Path, table: str) -> list[Path]:
        """The live files of a table."""
        return [path for shard in self.shards for path in shard.paths(folder, table)]

    def coded_by(self) -> tuple[CodedBy, ...]:
        """All that coded articles of it."""
        return tuple(sorted({by for shard in self.shards for by in shard.coded_by}, key=CodedBy.told))


def read_manifest(folder: Path) -> Manifest:
    """The live files. Raises RecordError where there is no record, or its manifest is damaged or of another schema."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_bytes())
        if told["schema"] != SCHEMA:
            raise RecordError(f"{path}: schema {told['schema']} is not the one that this version reads ({SCHEMA})")
        merged = told.get("merged")
        return Manifest(tuple(_shard(each) for each in told["shards"]), None if merged is None else _merged(merged))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RecordError(f"{folder}: there is no record here: make one with dragoman build") from error
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"{path}: it is damaged: put back a copy of it") from error


def check_files(folder: Path, manifest: Manifest, *, whole: bool = False) -> None:
    """Raise RecordError where a live file is missing or has another size; `whole` reads and compares them too."""
    for shard in manifest.shards:
        for table, file in shard.files.items():
            check_file(folder, table, file, whole=whole)


def check_file(folder: Path, table: str, file: ShardFile, *, whole: bool = True) -> None:
    """Raise RecordError where a live file is not the one that was written; `whole` compares its sha256 too."""
    path = folder / table / file.name
    reason = _fault(path, file, whole=whole)
    if reason:
        way = "or build with --drop-damaged and its inputs, which codes the articles of this one shard again"
        raise RecordError(f"{path}: {reason}: put back a copy of it, {way}")


def check_merged(folder: Path, manifest: Manifest, *, whole: bool = False) -> None:
    """Raise RecordError where a file of the merged tables is not the one that was written."""
    for file in manifest.merged.files.values() if manifest.merged is not None else ():
        path = folder / EVENTS / file.name
        reason = _fault(path, file, whole=whole)
        if reason:
            raise RecordError(f"{path}: {reason}: run dragoman build {folder}, which merges again")


def open_folder(folder: Path) -> IO[bytes]:
    """Make the folder of a record where there is none; its lock file. Raises RecordError where it cannot be one."""
    if folder.exists() and not folder.is_dir():
        raise RecordError(f"{folder}: a record is a folder, and this is a file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MANIFEST).exists():
            strange = sorted(name for name in os.listdir(folder) if name not in _OURS)
            if strange:
                raise RecordError(f"{folder}: it holds {strange[0]!r} and no record: name a new or empty folder")
        for name in (*TABLES, EVENTS):
            (folder / name).mkdir(exist_ok=True)
        return (folder / LOCK).open("ab")
    except OSError as error:
        raise RecordError(f"{folder}: it cannot be written: {error.strerror or error}") from error


@contextmanager
def locked(handle: IO[bytes], shards: Sequence[int], folder: Path) -> Iterator[None]:
    """Hold these of the 256 shards for one build. Raises RecordError where another build holds one of them.

    The system gives up the locks of a process that dies. One process must not build one record twice at a time.
    """
    if fcntl is None:
        yield
        return
    try:
        for number in shards:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except (BlockingIOError, PermissionError) as error:
        raise RecordError(f"{folder}: another build is at work on this record: wait until it has ended") from error
    except OSError as error:
        raise RecordError(f"{folder}: its file system keeps no locks ({error.strerror or error})") from error
    yield


def publish(
    folder: Path,
    handle: IO[bytes],
    removed: Sequence[Shard],
    added: Sequence[Shard],
    merged: Merged | None = None,
) -> Manifest:
    """Put shards in the place of others, in one step; the manifest as it is then. What was merged stays if none is
    given.
    """
    with told_plainly(folder / MANIFEST), _manifest_locked(handle):
        now = read_manifest(folder) if (folder / MANIFEST).exists() else Manifest()
        kept = [shard for shard in now.shards if shard not in removed]
        shards = tuple(sorted((*kept, *added), key=lambda shard: (shard.prefix, _names(shard))))
        manifest = Manifest(shards, merged or now.merged)
        new = folder / (MANIFEST + ".new")
        new.write_text(_manifest_text(manifest), encoding="utf-8")
        keep(new)
        os.replace(new, folder / MANIFEST)
        keep(folder)
        return manifest


def adopt(folder: Path, table: str, path: Path, prefix: str, rows: int) -> ShardFile:
    """Move a finished file among the live ones, under a name that its content gives. Nobody reads it before publish.

    `table` is the folder that it goes to; a merged table goes to `events/`, with its own name as prefix.
    """
    digest = sha256_of(path)
    name = f"{prefix or 'all'}-{digest[:12]}.parquet"
    keep(path)
    size = path.stat().st_size
    os.replace(path, folder / table / name)
    return ShardFile(name, rows, size, digest)


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what no manifest names: what the last build replaced, and what a crash left before its publication."""
    with told_plainly(folder):
        for name in (*TABLES, EVENTS):
            if name == EVENTS:
                live = {path.name for table in MERGED for path in manifest.merged_paths(folder, table)}
            else:
                live = {path.name for path in manifest.paths(folder, name)}
            for path in (folder / name).iterdir():
                if path.suffix == ".parquet" and path.name not in live:
                    path.unlink(missing_ok=True)


def drop_damaged(folder: Path, handle: IO[bytes], manifest: Manifest) -> tuple[Manifest, int]:
    """Take shards with a damaged file out of the record, their files into `damaged/`; how many articles went."""
    bad = [shard for shard in manifest.shards if _is_damaged(folder, shard)]
    if not bad:
        return manifest, 0
    now = publish(folder, handle, bad, [])
    with told_plainly(folder):
        for shard in bad:
            for table in shard.files:
                for path in shard.paths(folder, table):
                    if path.exists():
                        (folder / DAMAGED).mkdir(exist_ok=True)
                        os.replace(path, folder / DAMAGED / f"{table}-{path.name}")
    return now, sum(shard.files["articles"].rows for shard in bad if "articles" in shard.files)


def clear(path: Path) -> None:
    """Remove a folder of half-done work, if it is there."""
    shutil.rmtree(path, ignore_errors=True)


def _fault(path: Path, file: ShardFile, *, whole: bool) -> str:
    """What is wrong with a live file; nothing where it is the one that was written."""
    try:
        sound = path.stat().st_size == file.bytes and (not whole or sha256_of(path) == file.sha256)
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    return "" if sound else "it is damaged"


def _is_damaged(folder: Path, shard: Shard) -> bool:
    try:
        for table, file in shard.files.items():
            check_file(folder, table, file)
    except RecordError:
        return True
    return False


@contextmanager
def _manifest_locked(handle: IO[bytes]) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    fcntl.lockf(handle, fcntl.LOCK_EX, 1, LOCKED_SHARDS)
    try:
        yield
    finally:
        fcntl.lockf(handle, fcntl.LOCK_UN, 1, LOCKED_SHARDS)


def _names(shard: Shard) -> list[str]:
    return sorted(file.name for file in shard.files.values())


def _manifest_text(manifest: Manifest) -> str:
    told: dict[str, Any] = {
        "kind": "dragoman record",
        "schema": SCHEMA,
        "rows": {table: manifest.rows(table) for table in TABLES},
        "coded_by": [by.columns() for by in manifest.coded_by()],
        "shards": [
            {
                "prefix": shard.prefix,
                "coded_by": [by.columns() for by in shard.coded_by],
                "files": _files_told(shard.files),
            }
            for shard in manifest.shards
        ],
    }
    if manifest.merged is not None:
        merged = manifest.merged
        told["merged"] = {"shards": merged.shards, "settled": merged.settled, "files": _files_told(merged.files)}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _files_told(files: Mapping[str, ShardFile]) -> dict[str, dict[str, Any]]:
    names = [field.name for field in fields(ShardFile)]
    return {table: {name: getattr(file, name) for name in names} for table, file in files.items()}


def _merged(told: Mapping[str, Any]) -> Merged | None:
    """None where tables are lacking, as in a record of an earlier version: it is merged again."""
    files = {table: ShardFile(**told["files"][table]) for table in MERGED if table in told["files"]}
    return Merged(files, told["shards"], told["settled"]) if len(files) == len(MERGED) else None


def _shard(told: Mapping[str, Any]) -> Shard:
    files = {table: ShardFile(**told["files"][table]) for table in TABLES if table in told["files"]}
    return Shard(told["prefix"], files, tuple(CodedBy(**by) for by in told["coded_by"]))
