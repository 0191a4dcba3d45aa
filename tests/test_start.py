"""Starting and ending: what `make run` starts, Ctrl-C ends, and every fault is one plain line."""

import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import psutil
import pytest
from cryptography.fernet import Fernet

from repair.demo.people import PEOPLE
from repair.management.commands import start
from repair.settings import env
from tests import compose, forked, stack
from tests.stack import ROOT, environment, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.once, pytest.mark.long]

SECRET = "".join(map(chr, range(40, 100)))
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "repair.settings.production",
    "SECRET_KEY": SECRET,
    "REPAIR_KEYS": f"1:{Fernet.generate_key().decode()}",
    "REPAIR_HOSTS": "repair.example.org",
    "DATABASE_URL": "postgresql://repair:hidden-word@127.0.0.1:1/repair",
    "EMAIL_URL": "smtp+tls://someone:hidden-word@mail.example.org:587",
    "REPAIR_MAIL_FROM": "Calendar <post@example.org>",
}
STARTS = [
    ["-m", "uvicorn", "repair.asgi:application", "--lifespan=off", "--port=0"],
    ["-c", "import repair.wsgi"],
    ["-m", "celery", "-A", "repair", "worker", "--pool=solo"],
    ["manage.py", "check_keys"],
]
DEAD = "postgresql://repair:hidden-word@127.0.0.1:1/repair"


def manage(folder, *arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(folder, **values),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_becomes_healthy_greets_ends_with_ctrl_c_and_keeps_its_data(tmp_path):
    # What a machine may have set for other programs is nothing to this one.
    elsewhere = {"http_proxy": "http://127.0.0.1:1", "HOST": "not-this-machine.example"}
    repair = stack.launch(tmp_path, **elsewhere)
    said = wait_for(lambda: "Ctrl-C ends it." in repair.said() and repair.said(), "no greeting", 60)
    assert f"Repair is ready: {repair.address}" in said
    assert all(said.count(each.email) == 1 for each in PEOPLE)
    assert repair.health().json() == dict.fromkeys(("web", "database", "worker", "mail"), True)
    assert len(repair.alive()) >= 7  # this one, web, two workers with their pools, and a beat
    assert stack.end(repair, signal.SIGINT) == 0
    assert repair.alive() == []
    before = kept(tmp_path)
    with stack.running(tmp_path):
        assert kept(tmp_path) == before
    only_its_own_keys_open_it(tmp_path)


def kept(folder):
    """What a second start must find as the first one left it."""
    key = folder / "secrets" / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        persons = database.execute("SELECT id FROM accounts_person ORDER BY id").fetchall()
    assert len(persons) == 3
    return key.read_text(), persons


def only_its_own_keys_open_it(folder):
    """Nothing starts with others, whatever was to start."""
    with_its_own = manage(folder, "check_keys")
    assert (with_its_own.returncode, with_its_own.stderr) == (0, "")
    (folder / "secrets" / "encryption_keys").write_text(PRODUCTION["REPAIR_KEYS"])
    for ended in forked.run(*((each, environment(folder)) for each in STARTS)):
        assert ended.returncode != 0, ended.args
        said = "Repair cannot start: REPAIR_KEYS does not open the keys of this database."
        assert [line for line in ended.stderr.splitlines() if line.startswith(said)], ended.stderr
        assert "Traceback" not in ended.stderr


def test_ending_it_while_it_still_starts_leaves_no_process(tmp_path):
    repair = stack.launch(tmp_path, REPAIR_DEMO="0")
    wait_for(lambda: len(repair.alive()) > 1, "nothing was started", 60)
    assert stack.end(repair, signal.SIGTERM) == 0
    assert repair.alive() == []


def test_killing_it_outright_ends_its_processes_too(tmp_path):
    repair = stack.launch(tmp_path, REPAIR_DEMO="0")
    stack.wait_until_ready(repair)
    repair.process.kill()
    repair.process.wait()
    wait_for(lambda: not repair.alive(), "processes were left behind")


def test_when_the_worker_dies_the_rest_ends_and_says_so_by_its_code(tmp_path):
    repair = stack.launch(tmp_path, REPAIR_DEMO="0")
    stack.wait_until_ready(repair)
    children = psutil.Process(repair.process.pid).children()
    next(each for each in children if "celery" in each.cmdline()).kill()
    assert repair.process.wait(20) != 0
    assert repair.alive() == []


WRONG = [
    ("PORT", "eighty"),
    ("PORT", "70000"),
    ("DATABASE_URL", DEAD),
    ("DATABASE_URL", "sqlite:////no/such/folder/db.sqlite3"),
    ("DATABASE_URL", "hidden-word"),
    ("DATABASE_URL", "mysql://repair:hidden-word@127.0.0.1/repair"),
    ("DATABASE_URL", "postgresql://repair:hidden-word@127.0.0.1:word/repair"),
    ("DATABASE_URL", "postgresql://repair:hidden-[word@127.0.0.1/repair"),
    ("DATABASE_URL", "postgresql://repair:hidden-word@127.0.0.1"),
    ("DATABASE_URL", f"sqlite:///{ROOT / 'LICENSE'}"),
    ("DATABASE_URL", "sqlite://:memory:"),
    ("DATABASE_URL", f"{DEAD}?no_option=1"),
    ("DATABASE_URL", f"{DEAD}?connect_timeout=word"),
    ("REDIS_URL", "hidden-word"),
    ("REPAIR_DEMO", "perhaps"),
    ("REPAIR_HELP_FILE", "/no/such/hidden-word"),
    ("REPAIR_HELP_FILE", "LICENSE"),
    ("REPAIR_LEAVE_URL", "javascript:hidden-word"),
]
WRONG_IN_PRODUCTION = [
    ("SECRET_KEY", "hidden-word"),
    ("REPAIR_KEYS", "hidden-word"),
    ("REPAIR_KEYS", "1:hidden-word"),
    ("REPAIR_KEYS_FILE", "hidden-word"),
    ("EMAIL_URL", "hidden-word"),
    ("EMAIL_URL", "console://hidden-word"),
    ("EMAIL_URL", PRODUCTION["EMAIL_URL"] + "?timeout=0"),
    ("EMAIL_URL", PRODUCTION["EMAIL_URL"] + "?timeout=31"),
    ("EMAIL_URL", PRODUCTION["EMAIL_URL"] + "?timeout=soon"),
    ("REPAIR_MAIL_FROM", "hidden-word"),
    ("REPAIR_MAIL_FROM", "Calendar <hidden-word>"),
    ("REPAIR_HSTS_SUBDOMAINS", "hidden-word"),
    ("REPAIR_HSTS_PRELOAD", "hidden-word"),
    ("REPAIR_PROXIES", "-1"),
    ("REPAIR_PROXIES", "hidden-word"),
    ("REPAIR_DEMO", "1"),
]
LEFT_OUT = [
    *("SECRET_KEY", "REPAIR_KEYS", "REPAIR_HOSTS", "DATABASE_URL"),
    *("EMAIL_URL", "REPAIR_MAIL_FROM"),
]


def each_alone(folder, wrong, *arguments, **values):
    """For each wrong setting, beside those that are right, how a process with it ended."""
    commands = (
        (["manage.py", *arguments], environment(folder / str(number), **{**values, name: value}))
        for number, (name, value) in enumerate(wrong)
    )
    return zip(wrong, forked.run(*commands), strict=True)


def test_a_wrong_setting_is_one_line_that_names_it_and_not_its_value(tmp_path, subtests):
    for (name, value), ended in each_alone(tmp_path, WRONG, "start"):
        with subtests.test(name, value=value):
            assert ended.returncode == 1
            assert len(ended.stderr.splitlines()) == 1, ended.stderr
            assert name in ended.stderr
            assert "hidden-" not in ended.stderr + ended.stdout


def test_a_taken_port_is_said_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = manage(tmp_path, "start", PORT=port)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"CommandError: Port {port} cannot be used")
    assert len(ended.stderr.splitlines()) == 1


def test_production_starts_with_nothing_left_out(tmp_path, subtests):
    left_out = [(name, "") for name in LEFT_OUT]
    for (name, _), ended in each_alone(tmp_path, left_out, "check", **PRODUCTION):
        with subtests.test(name):
            assert ended.returncode == 1
            assert len(ended.stderr.splitlines()) == 1, ended.stderr
            assert f"{name} is " in ended.stderr


def test_production_refuses_what_it_cannot_use(tmp_path, subtests):
    for (name, value), ended in each_alone(tmp_path, WRONG_IN_PRODUCTION, "check", **PRODUCTION):
        with subtests.test(name, value=value):
            assert ended.returncode == 1
            assert len(ended.stderr.splitlines()) == 1, ended.stderr
            assert name in ended.stderr
            assert "hidden-" not in ended.stderr


def test_production_settings_pass_every_deployment_check(tmp_path):
    on_sqlite = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}"}
    ended = manage(tmp_path, "check", "--deploy", "--fail-level=DEBUG", **on_sqlite)
    assert ended.returncode == 0, ended.stderr


SAY = "from django.conf import settings as s; print(s.{}, s.{})"


def said(folder, of, *all_values):
    """What production's settings of these two names are, with each of these in the environment."""
    shell = ["manage.py", "shell", "--no-imports", "-c", SAY.format(*of)]
    commands = ((shell, environment(folder, **PRODUCTION | values)) for values in all_values)
    return [ended.stdout.strip() or ended.stderr for ended in forked.run(*commands)]


def test_neighbouring_names_are_bound_to_tls_only_where_the_host_says_so(tmp_path):
    of = "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"
    assert said(tmp_path, of, {}, {"REPAIR_HSTS_SUBDOMAINS": "1"}) == ["False False", "True False"]


def test_no_mail_server_is_waited_for_without_an_end(tmp_path):
    longer = {"EMAIL_URL": PRODUCTION["EMAIL_URL"] + "?timeout=20"}
    assert said(tmp_path, ("EMAIL_TIMEOUT", "EMAIL_HOST"), {}, longer) == [
        "10 mail.example.org",
        "20 mail.example.org",
    ]


def test_worker_and_web_say_the_same_line(tmp_path):
    for module in (["celery", "-A", "repair", "worker"], ["uvicorn", "repair.asgi:application"]):
        ended = subprocess.run(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=environment(tmp_path, **{**PRODUCTION, "SECRET_KEY": ""}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode != 0
        assert ended.stderr.startswith("Repair cannot start: SECRET_KEY is missing")
        assert len(ended.stderr.splitlines()) == 1


def test_what_the_compose_file_passes_on_empty_is_as_good_as_not_set(tmp_path):
    passed_on = compose.services()["web"]["environment"]
    empty = {name: "" for name, value in passed_on.items() if str(value).endswith(":-}")}
    assert {"DATABASE_CONNECTIONS", "REPAIR_KEYS_FILE", "REPAIR_HELP_FILE"} <= set(empty)
    ended = manage(tmp_path, "check", **{**empty, **PRODUCTION})
    assert (ended.returncode, ended.stderr) == (0, "")


def test_without_settings_it_takes_those_of_production_and_no_database_of_its_own(tmp_path):
    """Or a worker that is started by hand would serve an empty database, and say nothing."""
    env = environment(tmp_path)
    del env["DJANGO_SETTINGS_MODULE"]
    for ended in forked.run(*((each, env) for each in STARTS)):
        assert ended.returncode != 0, ended.args
        assert ended.stderr.startswith("Repair cannot start: SECRET_KEY is missing")
        assert not {path.name for path in tmp_path.iterdir()} & {"db.sqlite3", "secrets"}


def test_keys_made_by_several_at_once_are_the_same(tmp_path):
    ask = "from django.conf import settings; print(settings.SECRET_KEY, settings.REPAIR_KEYS)"
    env = environment(tmp_path)
    both = [
        subprocess.Popen(
            [sys.executable, "-c", ask], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    keys = {each.communicate(timeout=60)[0] for each in both}
    assert len(keys) == 1
    assert len(keys.pop().split()[0]) >= 50
    made = sorted(path.name for path in (tmp_path / "secrets").iterdir())
    assert made == ["encryption_keys", "secret_key"]


def test_each_folder_that_is_made_is_open_to_its_owner_only(tmp_path):
    env.folder(tmp_path / "var" / "broker" / "in")
    made = [tmp_path / "var", tmp_path / "var" / "broker", tmp_path / "var" / "broker" / "in"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in made} == {0o700}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "localhost"),
        ("0.0.0.0", "localhost"),
        ("10.1.2.3", "10.1.2.3"),
        ("::1", "localhost"),
        ("fd00::7", "[fd00::7]"),
    ],
)
def test_where_it_says_to_go_is_where_it_listens(host, name):
    assert start.name_of(host) == name
