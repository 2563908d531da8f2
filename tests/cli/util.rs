use crate::sandbox::Sandbox;

#[test]
fn paths_follow_the_flag_the_environment_and_xdg() {
    let sandbox = Sandbox::new();
    let home = sandbox.home().display().to_string();
    let paths = |script: &str| -> serde_json::Value {
        serde_json::from_str(&sandbox.shell(&format!("{script} util paths --json")).ok()).unwrap()
    };
    assert_eq!(
        paths("keypact")["identity"],
        format!("{home}/.config/keypact/identity.txt")
    );
    assert_eq!(paths("XDG_CONFIG_HOME=/c keypact")["config"], "/c/keypact");
    assert_eq!(
        paths("XDG_CONFIG_HOME=relative keypact")["config"],
        format!("{home}/.config/keypact")
    );
    assert_eq!(paths("KEYPACT_HOME=/k keypact")["data"], "/k/data");
    assert_eq!(
        paths("KEYPACT_HOME=/k keypact --home /f")["identity"],
        "/f/identity.txt"
    );
    let text = sandbox.keypact("util paths").ok();
    assert!(text.starts_with(&format!("config\t{home}/.config/keypact\n")), "{text}");
    let lost = sandbox.shell("env -u HOME keypact util paths");
    assert!(lost.fails(1).contains("--home DIR"));
    assert!(
        sandbox
            .shell("HOME=relative keypact key generate")
            .fails(1)
            .contains("--home DIR")
    );
}

#[test]
fn help_and_version_are_answers() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.keypact("--version").ok(),
        format!("keypact {}\n", env!("CARGO_PKG_VERSION"))
    );
    for words in ["--help", "help", "encrypt -h", "help key generate"] {
        let ran = sandbox.keypact(words);
        assert!(ran.ok().contains("Usage: keypact"), "{words}");
        assert_eq!(ran.stderr(), "");
        assert_eq!(sandbox.shell(&format!("keypact {words} > /dev/full")).code(), 1);
        assert_eq!(sandbox.shell(&format!("keypact {words} >&-")).code(), 1);
    }
}

#[test]
fn completions_are_scripts_that_the_shell_accepts() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(
            sandbox
                .keypact(&format!("util completions {shell}"))
                .ok()
                .contains("keypact")
        );
    }
    sandbox
        .shell("source <(keypact util completions bash) && complete -p keypact")
        .ok();
}
