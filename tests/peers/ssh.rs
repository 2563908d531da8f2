//! SSH keys that `ssh-keygen` makes, between the peers and us.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::age::Age;
use crate::sandbox::Sandbox;
use crate::script::Script;
use crate::{age, parallel, script, tools};

/// How a key is made, what opens it, and which peers read it.
struct Made(&'static str, Option<&'static str>, Readers);

#[derive(Clone, Copy, PartialEq)]
enum Readers {
    All,
    Age,
    Nobody,
}

const WORDS: Option<&str> = Some("correct horse");
/// age 1.1 knows no authenticated cipher; pyrage takes no passphrase, and no PKCS#8.
const KEYS: [Made; 10] = [
    Made("-t ed25519", None, Readers::All),
    Made("-t ed25519", WORDS, Readers::Age),
    Made("-t ed25519 -Z aes256-cbc -a 24", WORDS, Readers::Age),
    Made("-t ed25519 -Z aes256-gcm@openssh.com", WORDS, Readers::Nobody),
    Made("-t rsa -b 2048", None, Readers::All),
    Made("-t rsa -b 3072", None, Readers::All),
    Made("-t rsa -b 4096", None, Readers::All),
    Made("-t rsa -b 2048", WORDS, Readers::Age),
    Made("-t rsa -b 2048 -m PEM", None, Readers::All),
    Made("-t rsa -b 2048 -m PKCS8", None, Readers::Age),
];
const PLAIN: &[u8] = b"attack at dawn";

#[test]
fn every_key_of_ssh_keygen_is_read_and_so_are_files_for_it() {
    if !tools::are_there(&[tools::program("ssh-keygen")], "keys of ssh-keygen") {
        return;
    }
    let (age, pyrage) = (age::age(), script::pyrage());
    parallel::for_each(&KEYS, |made| {
        let sandbox = made.make();
        made.ours(&sandbox);
        if let Some(age) = &age {
            made.with_age(&sandbox, age);
        }
        if let Some(pyrage) = &pyrage {
            made.with_pyrage(&sandbox, pyrage);
        }
    });
    println!("{} keys", KEYS.len());
}

impl Made {
    /// A folder with `key`, `key.pub` and a passphrase.
    fn make(&self) -> Sandbox {
        let Made(how, passphrase, _) = self;
        let passphrase = passphrase.unwrap_or_default();
        let sandbox = Sandbox::new();
        sandbox
            .shell(&format!("ssh-keygen -q {how} -N '{passphrase}' -C 'a comment' -f key"))
            .ok();
        sandbox.write("pass", "correct horse\n");
        fs::set_permissions(sandbox.file("pass"), PermissionsExt::from_mode(0o600)).unwrap();
        sandbox.write("plain", PLAIN);
        sandbox
    }

    fn ours(&self, sandbox: &Sandbox) {
        let shown = sandbox.keypact("--no-input key show -i key").ok();
        assert!(sandbox.text("key.pub").starts_with(shown.trim_end()), "{}", self.0);
        sandbox.keypact("encrypt -R key.pub -o ours plain").ok();
        self.opens(sandbox, "ours");
    }

    fn opens(&self, sandbox: &Sandbox, sealed: &str) {
        let opened = sandbox.keypact(&format!("decrypt -i key --passphrase-file pass {sealed}"));
        assert_eq!(opened.ok().as_bytes(), PLAIN, "{}", self.0);
    }

    fn with_age(&self, sandbox: &Sandbox, _: &Age) {
        sandbox.shell("age -R key.pub -o theirs plain").ok();
        self.opens(sandbox, "theirs");
        let open = "age -d -i key ours > opened";
        match self {
            Made(_, _, Readers::Nobody) => return,
            Made(_, Some(words), _) => age::typed(sandbox, open, words, 1),
            Made(..) => drop(sandbox.shell(open).ok()),
        }
        assert_eq!(sandbox.read("opened"), PLAIN, "{}", self.0);
    }

    fn with_pyrage(&self, sandbox: &Sandbox, pyrage: &Script) {
        let line = sandbox.text("key.pub");
        sandbox.write("theirs", pyrage.run(sandbox, &["seal", "ssh", line.trim_end()], PLAIN));
        self.opens(sandbox, "theirs");
        if self.2 == Readers::All {
            let opened = pyrage.run(sandbox, &["open", "ssh", &sandbox.text("key")], &sandbox.read("ours"));
            assert_eq!(opened, PLAIN, "{}", self.0);
        }
    }
}

#[test]
fn age_reads_lists_of_mixed_kinds_and_leaves_out_what_we_leave_out() {
    let Some(_) = age::age() else { return };
    if !tools::are_there(&[tools::program("ssh-keygen")], "keys of ssh-keygen") {
        return;
    }
    let sandbox = KEYS[0].make();
    let own = sandbox.identity("age");
    sandbox.shell("ssh-keygen -q -t ecdsa -N '' -f ecdsa").ok();
    sandbox
        .shell(&format!(
            "(echo '# all'; cat ecdsa.pub; echo {own}; cat key.pub) > list"
        ))
        .ok();
    let ours = sandbox.keypact("encrypt -R list -o ours plain");
    let theirs = sandbox.shell("age -R list -o theirs plain");
    for ran in [ours, theirs] {
        assert!(ran.code() == 0 && ran.stderr().contains("line 2"), "{}", ran.stderr());
    }
    for name in ["age", "key"] {
        let opened = sandbox.shell(&format!("age -d -i {name} ours && keypact decrypt -i {name} theirs"));
        assert_eq!(opened.ok().as_bytes(), PLAIN.repeat(2));
    }
}
