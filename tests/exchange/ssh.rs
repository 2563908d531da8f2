//! Real ssh as the wire, to a server of its own on this machine: in both directions, and with a login that talks.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::{Ran, Sandbox};
use crate::side::Side;
use crate::tools;

/// How soon a server listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that ends with its test.
struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    /// With keys of its own and nothing of the machine's, or nothing when the programs for it are missing. `more` is added to
    /// its configuration.
    fn start(sandbox: &Sandbox, more: &str) -> Option<Self> {
        let programs = ["sshd", "ssh", "ssh-keygen"].map(tools::program);
        if !tools::are_there(&programs, "an exchange over real ssh") {
            return None;
        }
        let folder = sandbox.home().join("ssh");
        fs::create_dir(&folder).unwrap();
        for name in ["host", "user"] {
            let mut keygen = sandbox.command(&programs[2]);
            Ran::new(
                keygen
                    .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                    .arg(folder.join(name)),
                b"",
            )
            .ok();
        }
        // A port that was free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let here = folder.display();
        let public = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        fs::write(
            folder.join("known"),
            format!("[127.0.0.1]:{port} {}", public("host.pub")),
        )
        .unwrap();
        fs::write(folder.join("authorized"), public("user.pub")).unwrap();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {here}/host\nAuthorizedKeysFile {here}/authorized\nPidFile none\n\
             UsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\n{more}\n"
        );
        fs::write(folder.join("config"), config).unwrap();
        if rustix::process::geteuid().is_root() {
            // Debian's server wants this folder, and the script that makes it has not run.
            let _ = fs::create_dir("/run/sshd");
        }
        let mut sshd = sandbox.command(&programs[0]);
        sshd.args(["-D", "-e", "-f"]).arg(folder.join("config"));
        let log = fs::File::create(folder.join("log")).unwrap();
        let child = sshd.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = Self { child, port, folder };
        server.listens();
        Some(server)
    }

    fn listens(&self) {
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < end, "{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// The command that runs `there` at the other end, in the folder `remote` of the sandbox and with a home of its own.
    fn ssh(&self, sandbox: &Sandbox, flags: &str, there: &str) -> String {
        let (folder, place) = (self.folder.display(), sandbox.file("remote").display().to_string());
        fs::create_dir_all(&place).unwrap();
        let keypact = env!("CARGO_BIN_EXE_keypact");
        format!(
            "ssh -T -F none -i {folder}/user -o UserKnownHostsFile={folder}/known -o BatchMode=yes -p {} {flags} 127.0.0.1 \
             'cd {place} && KEYPACT_HOME={place}/home {keypact} {there}'",
            self.port
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Both ends hold a courier key.
fn give_a_key(sandbox: &Sandbox) {
    fs::create_dir(sandbox.file("remote")).unwrap();
    for place in ["psk", "remote/psk"] {
        sandbox.write(place, "00112233445566778899aabbccddeeff\n");
        fs::set_permissions(sandbox.file(place), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[track_caller]
fn same_keys(sandbox: &Sandbox) {
    let remote = sandbox.file("remote/there.key");
    assert_eq!(fs::read(&remote).unwrap(), sandbox.read("here.key"));
    assert_eq!(remote.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn ssh_carries_an_exchange_to_the_program_that_it_starts() {
    let sandbox = Sandbox::new();
    let Some(server) = Server::start(&sandbox, "") else {
        return;
    };
    give_a_key(&sandbox);
    for auth in ["--trust-transport", "--psk-file psk"] {
        let ssh = server.ssh(&sandbox, "", &format!("exchange --stdio {auth} -o there.key"));
        let mut words = vec!["exchange", "--exec", &ssh, "-o", "here.key"];
        words.extend(auth.split(' '));
        Side::start(&sandbox, &words).succeeds();
        same_keys(&sandbox);
        for name in ["here.key", "remote/there.key"] {
            fs::remove_file(sandbox.file(name)).unwrap();
        }
    }
}

/// The other end goes to this side, through a socket that ssh forwards from there.
#[test]
fn ssh_leads_the_other_end_to_this_side() {
    let sandbox = Sandbox::new();
    let Some(server) = Server::start(&sandbox, "") else {
        return;
    };
    give_a_key(&sandbox);
    let doors = format!(
        "{}:{}",
        sandbox.file("remote/door").display(),
        sandbox.file("door").display()
    );
    let words = "exchange --listen unix:door --psk-file psk -o here.key";
    let mut here = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    here.says("listening");
    let there = "exchange --connect unix:door --psk-file psk -o there.key";
    sandbox.shell(&server.ssh(&sandbox, &format!("-R {doors}"), there)).ok();
    here.succeeds();
    same_keys(&sandbox);
}

/// What a login prints before the program starts is no message; it is shown, and nothing is agreed.
#[test]
fn a_login_that_talks_is_told_as_such() {
    let sandbox = Sandbox::new();
    let talk = "ForceCommand printf 'Welcome to \\033[31mmars\\033[0m, you have mail\\n'; exec sh -c \"$SSH_ORIGINAL_COMMAND\"";
    let Some(server) = Server::start(&sandbox, talk) else {
        return;
    };
    let ssh = server.ssh(&sandbox, "", "exchange --stdio --trust-transport --wait 5 -o there.key");
    let mut here = Side::start(
        &sandbox,
        &["exchange", "--trust-transport", "--exec", &ssh, "-o", "here.key"],
    );
    here.fails(5, "the peer is not keypact");
    let said = here.stderr();
    assert!(said.contains("Welcome to \\u{1b}[31mmars"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    assert_eq!(sandbox.names(), ["remote"]);
    assert!(!sandbox.file("remote/there.key").exists());
}

/// A host that is not the one it was: ssh refuses, and its reason is seen.
#[test]
fn an_ssh_that_fails_is_named() {
    let sandbox = Sandbox::new();
    let Some(server) = Server::start(&sandbox, "") else {
        return;
    };
    let known = server.folder.join("known");
    let other = fs::read_to_string(server.folder.join("user.pub")).unwrap();
    fs::write(known, format!("[127.0.0.1]:{} {other}", server.port)).unwrap();
    let ssh = server.ssh(&sandbox, "", "exchange --stdio --trust-transport -o there.key");
    let mut here = Side::start(
        &sandbox,
        &["exchange", "--trust-transport", "--exec", &ssh, "-o", "here.key"],
    );
    here.fails(5, "exit status: 255");
    assert!(
        here.stderr().contains("Host key verification failed"),
        "{}",
        here.stderr()
    );
    assert!(!sandbox.file("here.key").exists());
}
