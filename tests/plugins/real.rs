//! Plugins of others, both ways, beside age: X-Wing in software, and the one without any protection that the plugin
//! framework of rage brings as its example.

use std::path::PathBuf;

use crate::Bench;
use crate::tools;

fn program(name: &str) -> PathBuf {
    tools::installed("plugins/bin").join(format!("age-plugin-{name}"))
}

fn bench(name: &str) -> Option<Bench> {
    if !tools::are_there(&[program(name), tools::program("age")], &format!("age-plugin-{name}")) {
        return None;
    }
    let bench = Bench::new();
    bench.link(name, &program(name));
    bench.sandbox.write("plain", "text");
    bench
        .shell(&format!(
            "umask 77; age-plugin-{name} > key; grep -o 'age1.*' key > recipient"
        ))
        .ok();
    Some(bench)
}

#[test]
fn its_recipients_and_identities_work_beside_ours() {
    for name in ["xwing", "unencrypted"] {
        let Some(bench) = bench(name) else { return };
        let recipient = bench.sandbox.text("recipient");
        assert_eq!(bench.keypact("key show -i key").ok(), recipient);
        for to in ["-R recipient", "-i key", &format!("-r {}", recipient.trim())] {
            bench.shell("rm -f ours").ok();
            bench.keypact(&format!("encrypt {to} -o ours plain")).ok();
            assert_eq!(bench.shell("age -d -i key ours").ok(), "text");
            assert_eq!(bench.keypact("decrypt -i key ours").ok(), "text");
        }
        bench.shell("age -R recipient -o theirs plain").ok();
        assert_eq!(bench.keypact("decrypt -i key theirs").ok(), "text");

        // One file for it and for a classic key; one identity file with both, and that file locked.
        bench.keypact("key generate --type x25519 -o classic").ok();
        bench.keypact("encrypt -i classic -R recipient -o both plain").ok();
        for key in ["key", "classic"] {
            assert_eq!(bench.keypact(&format!("decrypt -i {key} both")).ok(), "text");
        }
        bench.sandbox.write("pass", "open sesame\n");
        bench
            .shell("cat key classic | keypact encrypt -a --passphrase-file pass -o locked")
            .ok();
        bench.keypact("encrypt -i classic -o for-classic plain").ok();
        for sealed in ["theirs", "for-classic"] {
            let opened = bench.keypact(&format!("decrypt -i locked --passphrase-file pass {sealed}"));
            assert_eq!(opened.ok(), "text");
        }
    }
}

#[test]
fn a_plugin_without_data_is_named_by_j() {
    let Some(bench) = bench("unencrypted") else { return };
    bench.keypact("encrypt -j unencrypted -o sealed plain").ok();
    let ran = bench.keypact("decrypt -j unencrypted sealed");
    assert_eq!(ran.ok(), "text");
    assert!(ran.stderr().contains("age-plugin-unencrypted: "), "{}", ran.stderr());
    assert_eq!(bench.shell("age -d -j unencrypted sealed").ok(), "text");
}
