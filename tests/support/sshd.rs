//! An ssh server of the test's own, and an `ssh` that finds it under any name.

#![allow(dead_code, reason = "every test binary uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is the failure report")]

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::{Ran, Sandbox};
use crate::tools;

/// How soon a server listens.
const PATIENCE: Duration = Duration::from_secs(20);

/// A port that was free a moment ago.
pub(crate) fn somewhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Whether the programs for it are there.
pub(crate) fn can(what: &str) -> bool {
    tools::are_there(&["sshd", "ssh", "ssh-keygen"].map(tools::program), what)
}

/// A server that ends with its test.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
}

impl Server {
    /// With keys of its own and nothing of the machine's. Whoever logs in works in the folder `remote` of the sandbox. `within`
    /// is the command that starts it, if it is to be started elsewhere than here.
    pub(crate) fn start(sandbox: &Sandbox, at: SocketAddr, within: &[&str]) -> Self {
        Self::greeting(sandbox, at, within, "")
    }

    /// The same, and this is run in front of every command.
    pub(crate) fn greeting(sandbox: &Sandbox, at: SocketAddr, within: &[&str], first: &str) -> Self {
        let folder = sandbox.home().join("ssh");
        fs::create_dir_all(folder.join("bin")).unwrap();
        fs::create_dir(sandbox.file("remote")).unwrap();
        for name in ["host", "user"] {
            let mut keygen = sandbox.command(tools::program("ssh-keygen"));
            keygen
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.join(name));
            Ran::new(&mut keygen, b"").ok();
        }
        write_configurations(sandbox, &folder, at, first);
        if rustix::process::geteuid().is_root() {
            // Debian's server wants this folder, and the script that makes it has not run.
            let _ = fs::create_dir("/run/sshd");
        }
        let sshd = tools::program("sshd");
        let mut words = within.iter().map(PathBuf::from).chain([sshd]);
        let mut command = sandbox.command(words.next().unwrap());
        command
            .args(words)
            .args(["-D", "-e", "-f"])
            .arg(folder.join("sshd_config"));
        command.stderr(fs::File::create(folder.join("log")).unwrap());
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let server = Self { child, folder };
        let end = Instant::now() + PATIENCE;
        while !server.log().contains("Server listening on ") {
            assert!(Instant::now() < end, "{}", server.log());
            thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// The command with an `ssh` that comes before all others and asks nothing.
    pub(crate) fn reached_by(&self, mut command: Command) -> Command {
        let path = command
            .get_envs()
            .find_map(|(name, value)| (name == "PATH").then_some(value?.to_owned()));
        let path = path.unwrap_or_default().into_string().unwrap();
        command.env("PATH", format!("{}:{path}", self.folder.join("bin").display()));
        command
    }

    /// Has its host key taken for another machine's.
    pub(crate) fn is_somebody_else(&self) {
        let other = fs::read_to_string(self.folder.join("user.pub")).unwrap();
        fs::write(self.folder.join("known"), format!("keypact-test {other}")).unwrap();
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_configurations(sandbox: &Sandbox, folder: &Path, at: SocketAddr, first: &str) {
    let (here, ip, port) = (folder.display(), at.ip(), at.port());
    let public = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    fs::write(folder.join("known"), format!("keypact-test {}", public("host.pub"))).unwrap();
    fs::write(folder.join("authorized"), public("user.pub")).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_keypact")).parent().unwrap();
    let server = format!(
        "ListenAddress {ip}:{port}\nHostKey {here}/host\nAuthorizedKeysFile {here}/authorized\nPidFile none\nUsePAM no\n\
         StrictModes no\nPermitRootLogin prohibit-password\n\
         SetEnv HOME={here} PATH={}:/usr/bin:/bin\nForceCommand {first}cd {} && exec sh -c \"$SSH_ORIGINAL_COMMAND\"\n",
        binary.display(),
        sandbox.file("remote").display()
    );
    fs::write(folder.join("sshd_config"), server).unwrap();
    let client = format!(
        "Host *\nHostName {ip}\nPort {port}\nIdentityFile {here}/user\nIdentitiesOnly yes\nHostKeyAlias keypact-test\n\
         UserKnownHostsFile {here}/known\nGlobalKnownHostsFile none\nBatchMode yes\nLogLevel ERROR\n"
    );
    fs::write(folder.join("ssh_config"), client).unwrap();
    let ssh = folder.join("bin/ssh");
    let script = format!(
        "#!/bin/sh\nexec {} -F {here}/ssh_config \"$@\"\n",
        tools::program("ssh").display()
    );
    fs::write(&ssh, script).unwrap();
    fs::set_permissions(ssh, fs::Permissions::from_mode(0o755)).unwrap();
}
