"""The reference's PostgreSQL settings are ones that the server at hand understands."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from reference import REFERENCE

SETTINGS = REFERENCE / "postgresql.conf"


@pytest.fixture
def start(sql):
    """Function that has the server's program read settings; (what it understood, its errors)."""
    if not os.environ.get("PG_BASE"):
        pytest.skip("the server is not one of ours: its programs are not at hand")
    ((data,),) = sql("SHOW data_directory")

    def read(settings: Path) -> tuple[str, str]:
        program = Path(os.environ["PG_BIN"]) / "postgres"
        # with this option in front it starts nothing, and root may ask
        command = [program, "-C", "max_connections", "-D", data, "-c", f"config_file={settings}"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        return ended.stdout.strip(), ended.stderr

    return read


def test_every_setting_exists(sql):
    known = {name for (name,) in sql("SELECT name FROM pg_settings")}
    said = re.findall(r"^(\w+) = ", SETTINGS.read_text(), re.MULTILINE)
    assert len(said) > 20
    assert set(said) <= known


def test_every_value_is_accepted(start, tmp_path):
    text = SETTINGS.read_text()
    said = re.search(r"^max_connections = (\d+)", text, re.MULTILINE)
    assert said and start(SETTINGS) == (said[1], "")
    wrong = tmp_path / "postgresql.conf"
    wrong.write_text(text.replace("shared_buffers = 8GB", "shared_buffers = '8 pints'"))
    assert "shared_buffers" in start(wrong)[1]
