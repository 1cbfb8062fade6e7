"""Scripts that load the tables of a bundle, for R and for Python with pandas, with the types that the columns have.

In: the files of a bundle. Out: text. Base R is enough, and pandas for Python; each script lies beside the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from dragoman.record.exports.bundle_texts import DataFile, text_of

_R_TYPES: Mapping[str, str] = {
    "string": "character",
    "integer": "numeric",  # ids of places and numbers of events may pass R's whole numbers
    "number": "numeric",
    "boolean": "logical",
    "date": "Date",
}


def read_r_text(files: Sequence[DataFile]) -> str:
    """A script that loads the tables of text into R, base R only, with their types."""
    parts = [
        '# Loads the tables of this bundle: source("read.R", chdir = TRUE). Base R is enough.',
        "# Codes such as 042 keep their zero, and an empty cell of text stays empty text.\n",
    ]
    for file in (each for each in files if each.delimited):
        types = ", ".join(f'"{_R_TYPES[column.kind]}"' for column in file.columns)
        if file.format == "csv":
            call = f'read.csv("{file.name}"'
        else:
            call = f'read.delim("{file.name}", quote = "", comment.char = ""'
        if file.format == "gdelt":
            names = ", ".join(f'"{column.name}"' for column in file.columns)
            call += f",\n  header = FALSE, col.names = c({names})"
        parts.append(
            f"{_variable(file)} <- {call},\n  colClasses = c({types}),\n"
            '  na.strings = "", check.names = FALSE, encoding = "UTF-8")\n'
        )
    return "\n".join(parts)


def read_py_text(files: Sequence[DataFile]) -> str:
    """A script that loads the tables of text into pandas, with their types."""
    parts = [
        '"""Loads the tables of this bundle into pandas: `from read import load; tables = load()`."""\n',
        "from pathlib import Path\n",
        "import pandas as pd\n",
        "HERE = Path(__file__).parent",
        'TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "string"}',
        "# Name -> file, separator, whether it has a header, columns with their types.",
        "TABLES = {",
    ]
    for file in (each for each in files if each.delimited):
        columns = {column.name: column.kind for column in file.columns}
        tab = file.format != "csv"
        parts.append(
            f'    "{_variable(file)}": ("{file.name}", "{chr(92) + "t" if tab else ","}", {file.format != "gdelt"}, '
            f"{json.dumps(columns)}),"
        )
    parts.append("}\n\n")
    parts.append(text_of("read_py.txt"))
    return "\n".join(parts)


def _variable(file: DataFile) -> str:
    return file.table if file.format == "csv" else file.format
