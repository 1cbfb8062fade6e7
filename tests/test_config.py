"""Settings: what is read, and what is refused with a word on why."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.config import Config, config_from, load_config
from dragoman.errors import UsageError


def test_settings_replace_defaults(tmp_path: Path) -> None:
    path = tmp_path / "dragoman.toml"
    path.write_text("[dragoman]\nstatements = true\nminimal_confidence = 0.5\n")
    assert load_config(path) == Config(statements=True, minimal_confidence=0.5)


def test_a_file_without_our_table_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text("[other]\nx = 1\n")
    assert load_config(path) == Config()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dragoman = 3", "table of settings"),
        ("[dragoman]\nstatments = true", "statments"),
        ("[dragoman]\nstatements = 1", "statements must be bool"),
        ("[dragoman]\nhistorical_after_days = true", "historical_after_days must be int"),
        ("[dragoman]\nmaximal_article_bytes = -3", "maximal_article_bytes must lie"),
        ("[dragoman]\nminimal_confidence = 1.5", "minimal_confidence must lie"),
        ("[dragoman", "is not TOML"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "dragoman.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        load_config(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


def test_whole_numbers_are_fractions_too() -> None:
    assert config_from({"minimal_confidence": 1}, source="test").minimal_confidence == 1
