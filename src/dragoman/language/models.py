"""Model files by path and sha256: a folder with a manifest, an ONNX file and a vocabulary -> a session to run.

Raises ModelError where a file is missing, damaged, or of another format. It runs nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.abc import Traversable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from dragoman.errors import ModelError

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else onnxruntime writes a device id and reports its use

import onnxruntime

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is ready to run, with what its manifest says and its vocabulary (a piece a line)."""

    session: onnxruntime.InferenceSession
    manifest: Mapping[str, Any]
    vocabulary: str

    @property
    def version(self) -> str:
        """The model's version and the first digits of its sha256, for the record."""
        return f"{self.manifest['version']}+{self.manifest['model']['sha256'][:12]}"


def load_model(manifest: str, path: Path | None = None, *, threads: int = 1) -> Model:
    """The shipped model that the file `manifest` describes, or the one in the folder `path`. Raises ModelError."""
    folder: Traversable = files("dragoman").joinpath("models") if path is None else path
    try:
        entries = json.loads(folder.joinpath(manifest).read_text(encoding="utf-8"))
        if entries["format"] != FORMAT:
            raise ModelError(f"{folder}: model format {entries['format']}, this release reads {FORMAT}")
        vocabulary = _content(folder, entries["vocabulary"]).decode("utf-8")
        with as_file(folder.joinpath(entries["model"]["file"])) as file:
            _check(file, folder, entries["model"])
            session = _session(file, threads)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the model of {manifest} in {folder} cannot be read: {error}") from error
    return Model(session, entries, vocabulary)


def _session(file: Path, threads: int) -> onnxruntime.InferenceSession:
    """A session for the file, handed over by its name: given bytes, onnxruntime would keep them beside the weights."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Fused and optimised when it was exported; doing it again would only cost start-up time.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.use_deterministic_compute = True
    options.enable_cpu_mem_arena = False  # it would keep the memory of the longest batch, and is no faster
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _content(folder: Traversable, entry: Mapping[str, Any]) -> bytes:
    """The bytes of a small file that the manifest names, if they are the ones."""
    with as_file(folder.joinpath(entry["file"])) as file:
        _check(file, folder, entry)
        return file.read_bytes()


def _check(file: Path, folder: Traversable, entry: Mapping[str, Any]) -> None:
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != entry["sha256"]:
        raise ModelError(f"{entry['file']} in {folder} is not the file that the manifest names: its sha256 differs")
