"""``geopolicy update``: a vehicle by commands, against a host that is a process of its own."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from cli_samples import SOURCE, shell
from geopolicy.base import atomic
from geopolicy.cli import console
from geopolicy.cli.secrets import VARIABLE
from geopolicy.update.install import InstallError
from geopolicy.update.publish import Repository
from json_documents import document_in
from publisher import PASSPHRASE
from static_host import static_host
from vehicle_folder import PacksHost, installed_vehicle, pack_of, write_keys

FOR = ("--fleet", "taxis", "--region", "HR")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One process for all tests, and the folder that it serves."""
    folder = tmp_path_factory.mktemp("hosts")
    with static_host(folder) as url:
        yield folder, url


@pytest.fixture
def host(folder, served):
    hosts, url = served
    (hosts / folder.name).symlink_to(folder / "host")
    host = PacksHost(folder / "host")
    host.url = f"{url}/{folder.name}"
    (folder / "root.json").write_bytes(host.published.first_root)
    return host


@pytest.fixture
def update(cli, host):
    """Asks the host, for the folder ``car``."""
    return lambda *words: cli("update", "car", "--from", host.url, *FOR, *words)


@pytest.fixture
def installed(update):
    assert update("--root", "root.json")[0] == 0
    return update


def answer(told):
    code, out, err = told
    assert err == ""
    return code, json.loads(out)


# One question -------------------------------------------------------------------


def test_update_installs_what_is_there_and_shows_it(update, host):
    code, out, err = update("--root", "root.json")
    digest = pack_of(1).digest[:16]
    assert (code, err) == (0, "")
    first, second, third, fourth = out.splitlines()
    assert first == "pack       kind  id    revision  digest"
    assert second == f"city.gpol  base  city  1         {digest}"
    assert third == f"last signed: {host.signed:%Y-%m-%d %H:%M} UTC"
    assert fourth == "ok: city.gpol revision 1 is new; 1 pack in force"
    assert max(map(len, out.splitlines())) <= 80


def test_update_needs_the_root_once_and_no_news_are_well(installed):
    code, out, _ = installed()
    assert (code, out.splitlines()[-1]) == (0, "ok: nothing new; 1 pack in force")


def test_update_of_a_later_revision_is_found_by_whoever_opens_the_folder(installed, host, cli):
    host.offer(pack_of(2, east=15.0))
    code, found = answer(installed("--json"))
    assert (code, found["state"], found["new"], found["packs"][0]["revision"]) == (0, "new", ["city.gpol"], 2)
    assert found["packs"] == json.loads(cli("update", "car", "--status", "--json")[1])["packs"]


def test_update_without_a_root_at_first_says_what_to_do(update):
    code, out, err = update()
    assert (code, out) == (2, "")
    assert "--root: must be the root file that came with the vehicle, since 'car' holds no installation" in err


def test_update_of_a_folder_that_cannot_be_read_does_not_ask_for_a_root(update, monkeypatch):
    """Nobody knows then whether something is installed."""

    def unread(_installation):
        raise InstallError("update: 'car': must be readable, got Input/output error; see its disk")

    monkeypatch.setattr("geopolicy.update.install.Installation.recover", unread)
    assert update() == (1, "", "error: update: 'car': must be readable, got Input/output error; see its disk\n")


@pytest.mark.parametrize(("name", "content"), [("other.json", b"{}"), ("none.json", None)])
def test_update_with_a_root_that_is_none_is_an_error(update, folder, name, content):
    if content is not None:
        (folder / name).write_bytes(content)
    code, out, err = update("--root", name)
    assert (code, out) == ((1, "") if content else (2, ""))
    assert ("must be metadata of TUF" if content else "cannot read 'none.json'") in err
    assert not (folder / "car").exists()


def frozen(host):
    host.last(-HOUR)
    host.sign(host.now - 2 * HOUR)


def changed(host):
    host.offer(pack_of(2))
    for path in host.folder.glob("targets/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"!")


def older(host):
    host.offer(pack_of(0))


@pytest.mark.parametrize(("attack", "name"), [
    (frozen, "freeze"), (changed, "arbitrary-software"), (older, "rollback"),
    (lambda host: host.offer(pack_of(2), fleets=["buses"]), "wrong-fleet"),
    (lambda host: host.offer(pack_of(2), regions=["SI"]), "wrong-region"),
    (lambda host: host.write("metadata/timestamp.json.served", b"endless"), "endless-data"),
])  # fmt: skip
def test_update_that_is_refused_names_the_attack_and_ends_with_1(installed, host, attack, name):
    attack(host)
    code, out, err = installed()
    assert (code, out.count("\n"), err.count("\n")) == (1, 3, 1)
    assert err.startswith("refused: ")
    assert f"({name})" in err
    code, found = answer(installed("--json"))
    assert (code, found["state"], found["refusal"]["attack"]) == (1, "refused", name)
    assert (found["new"], found["packs"][0]["revision"]) == ([], 1)


def test_update_from_a_host_that_is_down_ends_with_1_and_what_is_installed_is_shown(installed, host, cli):
    host.write("metadata/timestamp.json.served", b"503")
    code, out, err = installed()
    assert (code, "city.gpol" in out) == (1, True)
    assert err.startswith("not reached: ")
    assert err.endswith("answered with status 503; what is installed goes on; try again later\n")
    _, _, err = cli("update", "new", "--from", host.url, *FOR, "--root", "root.json")
    assert err.endswith("answered with status 503; nothing is installed yet; try again later\n")


def test_update_that_the_disk_does_not_take_is_no_refusal(installed, host, monkeypatch):
    host.offer(pack_of(2))
    monkeypatch.setattr("geopolicy.update.disk.Disk.free_bytes", lambda *_: 10)
    code, found = answer(installed("--json"))
    assert (code, found["state"], found["refusal"]) == (1, "new", None)
    assert found["trouble"].startswith("update: installing into 'car' failed: ")
    code, out, err = installed()
    assert (code, "city.gpol revision 2 is new; 1 pack in force\n" in out) == (1, True)
    assert err.startswith("not kept for the next start: installing into 'car' failed: ")


def test_update_takes_all_but_what_a_role_may_not_publish(installed, host):
    host.delegate("fire")
    ends = host.now + 2 * HOUR
    smoke = pack_of(1, "smoke", east=15.0, kind="overlay", issued=host.now, ends=ends)
    host.offer(smoke, "fire/smoke.gpol", "fire")
    host.offer(pack_of(2, east=15.0))
    code, found = answer(installed("--json"))
    assert (code, found["state"], found["new"]) == (1, "new", ["city.gpol"])
    assert found["left_out"][0]["attack"] == "beyond-delegation"
    code, out, err = installed()
    assert (code, err.startswith("left out: "), "smoke" in out) == (1, True, False)


def test_update_says_that_an_overlay_has_ended(installed, host):
    smoke = pack_of(1, "smoke", kind="overlay", issued=host.now - 2 * HOUR, ends=host.now + HOUR)
    host.offer(smoke, "smoke.gpol")
    assert answer(installed("--json"))[1]["new"] == ["smoke.gpol"]
    host.published.targets["targets"].targets.pop("smoke.gpol")
    host.sign(host.now + 2 * HOUR)
    code, out, _ = installed()
    assert (code, out.splitlines()[-1]) == (0, "ok: smoke.gpol has ended; 1 pack in force")


def test_update_of_what_publish_made_by_commands(cli, served, folder, monkeypatch):
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    keys = ("--signers", "private/signers.toml")
    pack_of(7).save("city.gpol")
    assert cli("publish", "init", "repository", *keys)[0] == 0
    assert cli("publish", "add", "repository", "city.gpol", *FOR)[0] == 0
    assert cli("publish", "sign", "repository", *keys)[0] == 0
    hosts, url = served
    (hosts / f"{folder.name}-published").symlink_to(Repository("repository").folder.resolve())
    root = ("--root", "repository/metadata/1.root.json")
    code, out, err = cli("update", "car", "--from", f"{url}/{folder.name}-published/", *FOR, *root)
    assert (code, err, out.splitlines()[-1]) == (0, "", "ok: city.gpol revision 7 is new; 1 pack in force")


# Wrong usage --------------------------------------------------------------------

URL = ("--from", "http://127.0.0.1:9")


@pytest.mark.parametrize(("words", "match"), [
    ((), "FOLDER: must be given"),
    (("car",), "--from: must be given"),
    (("car", *URL), "--fleet: must be given"),
    (("car", *URL, "--fleet", "a"), "--region: must be given"),
    (("car", "--from", "localhost:8000", *FOR), "--from: must be an address such as https://"),
    (("car", "--from", "ftp://localhost", *FOR), "--from: must be an address such as https://"),
    (("car", "--from", "http://", *FOR), "--from: must be an address such as https://"),
    (("car", "--from", "http://[", *FOR), "--from: must be an address such as https://"),
    (("car", "--from", "http://a:99999", *FOR), "--from: must be an address such as https://"),
    (("car", "--from", "http://a/?b", *FOR), "--from: must be an address such as https://"),
    (("car", "--from", "http://me:word@a", *FOR), "--from: must have no user and no password, which would be printed"),
    (("car", *URL, *FOR, "--every", "5s"), "--every: must come with --watch"),
    (("car", *URL, *FOR, "--watch", "--every", "soon"), "--every: must be a whole number of s, min, h or d"),
    (("car", *URL, *FOR, "--sign", "vehicle.pem"), "--sign: must come with -o FILE, or with --status"),
    (("car", *URL, *FOR, "-o", "out.json"), "--output: must come with --sign"),
    (("car", *URL, *FOR, "--key", "vehicle.pub.pem"), "--key: must come with --read-status"),
    (("car", "--status", *URL), "--status: must not come with --from"),
    (("car", "--status", "--watch"), "--status: must not come with --watch"),
    (("--read-status", "report.json"), "--key: must be given"),
    (("car", "--read-status", "report.json", "--key", "k"), "--read-status: must not come with FOLDER"),
    (("installed", "--status", "--sign", "vehicle.pem", "--json"), "--sign: must come with -o FILE where --json"),
])  # fmt: skip
def test_update_wrong_usage(cli, folder, words, match):
    installed_vehicle(folder)
    code, out, err = cli("update", *words)
    text = json.loads(out)["error"]["message"] if "--json" in words else err
    assert (code, match in text) == (2, True), text
    assert "word" not in text.replace("password", "")


READ = ("--read-status", "report.json", "--key", "vehicle.pub.pem")


@pytest.mark.parametrize(("words", "module"), [
    (("car", *URL, *FOR), "tuf.api.metadata"), (("car", *URL, *FOR), "urllib3"), (READ, "securesystemslib.signer"),
    (("installed", "--status"), "tuf.api.metadata"),
])  # fmt: skip
def test_update_without_its_libraries_says_how_to_get_them(folder, words, module):
    installed_vehicle(folder)
    program = f"import sys; sys.modules[{module!r}] = None; from geopolicy.__main__ import main; sys.exit(main())"
    code, out, err = shell("update", *words, program=["-c", program])
    assert (code, out) == (2, "")
    assert err.endswith("is missing; pip install 'geopolicy[update]'\n")


# Status -------------------------------------------------------------------------


@pytest.mark.usefixtures("installed")
def test_update_status_says_until_when(cli, host):
    code, out, err = cli("update", "car", "--status")
    assert (code, err, out.splitlines()[1][:9]) == (0, "", "city.gpol")
    assert out.splitlines()[-1].startswith(f"ok: expires {host.published.timestamp.expires:%Y-%m-%d %H:%M} UTC (")


def test_update_status_of_what_has_expired_ends_with_1(installed, cli, host, monkeypatch):
    moment = host.published.timestamp.expires = host.now + HOUR
    host.sign()
    installed()
    assert cli("update", "car", "--status")[1].splitlines()[-1].endswith(" UTC (timestamp)")
    monkeypatch.setattr("geopolicy.cli.update._now", lambda: datetime.now(UTC) + 2 * HOUR)
    code, out, _ = cli("update", "car", "--status")
    assert (code, out.splitlines()[-1]) == (1, f"expired: timestamp, {moment:%Y-%m-%d %H:%M} UTC")
    code, found = answer(cli("update", "car", "--status", "--json"))
    assert (code, found["has_expired"], found["refusals"]) == (1, True, None)


def test_update_status_of_nothing_says_how_to_install(cli, folder):
    (folder / "empty").mkdir()
    code, out, err = cli("update", "empty", "--status")
    assert (code, out) == (1, "")
    assert err == "error: update: 'empty' holds no installation; geopolicy update 'empty' --from URL makes one\n"
    assert cli("update", "nowhere", "--status")[0] == 2


def test_update_status_that_is_signed_is_read_by_the_key_alone(cli, folder):
    installed_vehicle(folder)
    code, out, _ = cli("update", "installed", "--status", "--sign", "vehicle.pem")
    (folder / "printed.json").write_text(out)
    assert cli("update", "installed", "--status", "--sign", "vehicle.pem", "-o", "written.json")[0] == code == 0
    for name in ("printed.json", "written.json"):
        code, out, err = cli("update", "--read-status", name, "--key", "vehicle.pub.pem")
        assert (code, err, out.splitlines()[-1]) == (0, "", "ok: signed by the key")
        assert out.splitlines()[1].startswith("city.gpol  base  city  1 ")
    (folder / "other").mkdir()
    write_keys(folder / "other")
    code, out, err = cli("update", "--read-status", "written.json", "--key", "other/vehicle.pub.pem")
    assert (code, out) == (1, "")
    assert "must be an envelope that the vehicle's key signed" in err


def test_update_report_tells_what_was_refused_and_no_position(installed, cli, host, folder):
    write_keys(folder)
    older(host)
    assert installed("--sign", "vehicle.pem", "-o", "report.json")[0] == 1
    code, out, _ = cli("update", "--read-status", "report.json", "--key", "vehicle.pub.pem")
    assert (code, "rollback: 1 time\n" in out) == (0, True)
    payload = json.loads(base64.b64decode(json.loads((folder / "report.json").read_text())["payload"]))
    assert set(payload) == {"signed", "packs", "refusals"}


def test_update_report_that_cannot_be_written_is_seen_before_anything_is_asked(cli, folder):
    installed_vehicle(folder)
    words = ("--sign", "vehicle.pem", "-o", "nowhere/report.json")
    code, out, err = cli("update", "installed", *URL, *FOR, *words)
    assert (code, out) == (2, "")
    assert "cannot write 'nowhere/report.json': No such file or directory" in err


# Watching -----------------------------------------------------------------------


class Watching:
    """The command in a process of its own."""

    def __init__(self, *words: str, stdout=subprocess.PIPE) -> None:
        command = [sys.executable, "-m", "geopolicy", "update", *words, "--watch", "--every", "1s"]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error"}
        self.process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, env=env)

    def line(self):
        return self.process.stdout.readline().decode()

    def end(self, number):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, (out or b"").decode(), err.decode()


def test_update_watch_prints_each_change_once_and_ends_by_ctrl_c(host):
    watching = Watching("car", "--from", host.url, *FOR, "--root", "root.json")
    assert watching.line()[20:] == "  city.gpol revision 1 is new; 1 pack in force\n"
    host.write("metadata/timestamp.json.served", b"503")
    assert "  not reached: " in watching.line()
    (host.folder / "metadata" / "timestamp.json.served").unlink()
    assert watching.line()[20:] == "  nothing new; 1 pack in force\n"
    host.offer(pack_of(2))
    assert watching.line()[20:] == "  city.gpol revision 2 is new; 1 pack in force\n"
    assert watching.end(signal.SIGINT) == (130, "", "interrupted\n")


def test_update_watch_prints_json_lines_and_keeps_a_report(host, cli, folder):
    write_keys(folder)
    words = ("--root", "root.json", "--sign", "vehicle.pem", "-o", "report.json", "--json")
    watching = Watching("car", "--from", host.url, *FOR, *words)
    assert document_in(watching.line())["new"] == ["city.gpol"]
    older(host)
    assert document_in(watching.line())["refusal"]["attack"] == "rollback"
    assert watching.end(signal.SIGTERM) == (143, "", "ended by a signal\n")
    assert "rollback: " in cli("update", "--read-status", "report.json", "--key", "vehicle.pub.pem")[1]


def test_update_watch_goes_on_where_its_output_is_full(host):
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        watching = Watching("car", "--from", host.url, *FOR, "--root", "root.json", stdout=full)
        first = watching.process.stderr.readline().decode()
        host.offer(pack_of(2))
        second = watching.process.stderr.readline().decode()
        code, _, _ = watching.end(signal.SIGTERM)
    full = "warning: cannot write to standard output: No space left on device"
    assert first == second == f"{full}; what is installed is not touched by that\n"
    assert code == 143


@pytest.fixture
def short_watch(monkeypatch):
    """A watch that ends after so many questions, without waiting."""

    def after(count):
        left = iter(range(count - 1))

        def wait(_seconds):
            if next(left, None) is None:
                raise KeyboardInterrupt

        monkeypatch.setattr("geopolicy.update.watching.time.sleep", wait)

    return after


def test_update_watch_goes_on_where_its_report_cannot_be_written(installed, folder, short_watch, monkeypatch):
    write_keys(folder)
    tried = []

    def full(path, *_: object):
        tried.append(path)
        raise OSError(28, os.strerror(28), str(path))

    monkeypatch.setattr("geopolicy.cli.update.write_atomically", full)
    short_watch(3)
    code, out, err = installed("--watch", "--sign", "vehicle.pem", "-o", "report.json")
    assert (code, out.count("\n"), len(tried)) == (console.INTERRUPTED, 1, 3)
    assert err == "warning: cannot write 'report.json': No space left on device\ninterrupted\n"
    assert not atomic.unfinished


def test_update_watch_before_anything_is_installed_waits_for_the_host(cli, host, short_watch):
    host.write("metadata/timestamp.json.served", b"503")
    short_watch(4)
    code, out, _ = cli("update", "car", "--from", host.url, *FOR, "--root", "root.json", "--watch")
    assert (code, out.count("\n")) == (console.INTERRUPTED, 1)
    assert out.endswith("nothing is installed yet; try again later\n")
