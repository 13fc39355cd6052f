"""The command line: every command explains itself, and its exit codes can be trusted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from guanxi.cli.dispatch import COMMANDS, Command, load, overview, parser_of
from guanxi.core import postgres

VISIBLE = [each for each in COMMANDS if each.summary]


def guanxi(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "GUANXI_DB_ROLE"}
    return subprocess.run(
        [sys.executable, "-m", "guanxi.cli", *words],
        check=False, capture_output=True, text=True, env={**kept, **environment}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("command", VISIBLE, ids=lambda each: str(each.name))
def test_every_command_explains_itself_with_an_example_that_parses(command: Command) -> None:
    module = load(command)
    parser = parser_of(command, module)

    assert module.EXAMPLE.startswith(f"./guanxi {command.name}")
    assert module.EXAMPLE in parser.format_help()
    assert module.__doc__ is not None
    parser.parse_args(words_of(module.EXAMPLE))


def words_of(example: str) -> list[str]:
    import shlex

    return shlex.split(example)[2:]


def test_the_overview_lists_every_command_once() -> None:
    assert re.findall(r"^  (\S+)  ", overview(), re.MULTILINE) == [each.name for each in VISIBLE]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--help"], 0, "usage: ./guanxi COMMAND"),
        (["up", "--help"], 0, "Example:"),
        ([], 2, "usage: ./guanxi COMMAND"),
        (["fly"], 2, "there is no command “fly”"),
        (["up", "--fast"], 2, "unrecognized arguments: --fast"),
        (["import", "customers.csv"], 2, "name a FILE and its TYPE (--as), or an import to take back (--undo NUMBER)"),
        (["import", "--undo", "3", "customers.csv"], 2, "--undo takes the number of an import and no file"),
        (["import", "--undo", "last"], 2, "invalid int value: 'last'"),
        (["restore", "/nowhere"], 1, "/nowhere is not a backup"),
        (["where", "customer.fly"], 1, "Nothing is named “customer.fly”"),
    ],
)
def test_exit_codes_tell_done_from_failed_from_misused(words: list[str], code: int, sentence: str) -> None:
    done = guanxi(*words)

    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == code


def test_where_prints_file_and_line_of_a_record_type() -> None:
    path, line = guanxi("where", "customer").stdout.split()[0].rsplit(":", 1)

    assert path.endswith("src/guanxi/customers/customer/models.py")
    assert Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("class Customer(")


def test_a_database_that_does_not_answer_is_a_sentence_and_not_a_traceback() -> None:
    done = guanxi("backup", GUANXI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert done.returncode == 1
    assert done.stderr.startswith("guanxi backup: Nobody answers at GUANXI_DATABASE_URL")


def test_an_import_is_taken_back_by_its_number(other_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("customer id,name,e-mail\n1,Anna,anna@example.com\n2,Ben,ben@example.com\n", encoding="utf-8")
    assert guanxi("migrate", "--quiet").returncode == 0
    done = guanxi("import", str(file), "--as", "customer", "--source", "Shop")
    assert (done.returncode, done.stdout) == (
        0, "Import 1: 2 created, 0 updated, 0 unchanged, 0 skipped, 0 errors.\nTo take it back: ./guanxi import"
        " --undo 1\n"), done.stderr  # fmt: skip

    kept = "given their old values back, 0"
    seen = guanxi("import", "--undo", "1", "--dry-run")
    assert seen.stdout.startswith(f"Import 1: 4 records and 0 lines would be removed, 0 would be {kept}"), seen.stderr
    undone = guanxi("import", "--undo", "1")
    assert undone.stdout.startswith(f"Import 1 undone: 4 records and 0 lines were removed, 0 were {kept}"), (
        undone.stderr
    )
    assert (seen.returncode, undone.returncode) == (0, 0)

    count = (
        "from guanxi.customers.customer.models import Customer as C; print(C.objects.filter(deleted_at=None).count())"
    )
    assert guanxi("shell", "-c", count).stdout.strip() == "0"
    for number in ("1", "2"):
        refused = guanxi("import", "--undo", number)
        assert (refused.returncode, refused.stdout, "Traceback" in refused.stderr) == (1, "", False)
        assert refused.stderr.startswith("guanxi import: ")
    postgres.stop()


def test_a_new_installation_is_migrated_checked_backed_up_and_restored_in_quarantine(
    other_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guanxi("migrate", "--quiet").returncode == 0
    guanxi("shell", "-c", "from guanxi.identity.company.queries import company; company()")
    found = {each["check"]: each["verdict"] for each in json.loads(guanxi("doctor", "--json").stdout)["findings"]}
    assert {check for check, verdict in found.items() if verdict == "bad"} <= {"packages", "front end"}
    assert (found["durability"], found["application role"], found["migrations"]) == ("good", "good", "good")
    assert found["worker"] == "look"

    backup = guanxi("backup", str(tmp_path / "monday"))
    assert backup.returncode == 0, backup.stderr
    verified = guanxi("restore", "--verify", str(tmp_path / "monday"))
    assert verified.stdout.endswith("agrees with the backup.\n"), verified.stdout + verified.stderr

    refused = guanxi("restore", str(tmp_path / "monday"))
    assert (refused.returncode, "The database is not empty" in refused.stderr) == (1, True)

    second = other_home / "second"
    second.mkdir(mode=0o755)
    monkeypatch.setenv("GUANXI_HOME", str(second))
    restored = guanxi("restore", str(tmp_path / "monday"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    code = "from guanxi.identity.company.queries import company; print(company().is_quarantined)"
    assert guanxi("shell", "-c", code).stdout.strip() == "True"
    held = {each["check"]: each["found"] for each in json.loads(guanxi("doctor", "--json").stdout)["findings"]}
    assert held["outgoing messages"] == "held back since a restore"
    postgres.stop()
