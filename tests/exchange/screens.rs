//! What stands on real screens is what cameras and people read: terminals of tmux, drawn as pictures in dark and light
//! colours, and windows that change their width.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use keypact::codes::{qr, words};
use serde_json::Value;

use crate::dialogue::Dialogue;
use crate::sandbox::{Ran, Sandbox};
use crate::side::Side;
use crate::tools;

const SCAN: &str = "Type the text of your peer's code or the name of a picture of it, or \"no\": ";
/// Patience for one picture of a screen.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pixels of a module.
const MODULE: usize = 4;

/// A terminal in tmux, with a program in it.
struct Screen<'s> {
    sandbox: &'s Sandbox,
    server: Child,
}

impl<'s> Screen<'s> {
    fn start(sandbox: &'s Sandbox, script: &str) -> Self {
        let mut server = tmux(sandbox, &["-D"]);
        let server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let screen = Self { sandbox, server };
        let end = Instant::now() + PATIENCE;
        while Ran::new(
            &mut tmux(sandbox, &["new-session", "-d", "-x", "100", "-y", "40", script]),
            b"",
        )
        .code()
            != 0
        {
            assert!(Instant::now() < end, "tmux does not start");
            thread::sleep(Duration::from_millis(20));
        }
        screen
    }

    /// The screen with its colours, once `text` stands on it.
    #[track_caller]
    fn showing(&self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = Ran::new(&mut tmux(self.sandbox, &["capture-pane", "-p", "-e", "-N"]), b"").ok();
            if seen.contains(text) {
                return seen;
            }
            assert!(Instant::now() < end, "{text:?} is not on the screen: {seen}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn types(&self, keys: &str) {
        Ran::new(&mut tmux(self.sandbox, &["send-keys", keys, "Enter"]), b"").ok();
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        let _ = tmux(self.sandbox, &["kill-server"]).output();
        let _ = self.server.wait();
    }
}

fn tmux(sandbox: &Sandbox, words: &[&str]) -> Command {
    let mut command = sandbox.command(tools::program("tmux"));
    let socket = sandbox.home().join("tmux");
    command.args(["-u", "-f", "/dev/null", "-S"]).arg(socket).args(words);
    command
}

/// Shades of letters and of the ground.
#[derive(Clone, Copy)]
struct Theme {
    letters: u8,
    ground: u8,
}

const DARK: Theme = Theme {
    letters: 200,
    ground: 20,
};
const LIGHT: Theme = Theme {
    letters: 40,
    ground: 245,
};

/// A picture of a screen, as a window shows it whose theme holds where no colours are asked for.
fn photograph(screen: &str, theme: Theme) -> Vec<u8> {
    let mut now = theme;
    let lines: Vec<_> = screen.lines().map(|line| halves(line, theme, &mut now)).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap();
    let (width, height) = (columns * MODULE, lines.len() * 2 * MODULE);
    let shade = |x: usize, y: usize| {
        let cell = lines[y / (2 * MODULE)].get(x / MODULE);
        cell.map_or(theme.ground, |cell| cell[y / MODULE % 2])
    };
    let pixels: Vec<u8> = (0..width * height).map(|at| shade(at % width, at / width)).collect();
    let mut file = Vec::new();
    let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap());
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    file
}

/// The shades of the upper and the lower half of each cell of a line. Colours hold until others are asked for, beyond the line
/// too.
fn halves(line: &str, theme: Theme, now: &mut Theme) -> Vec<[u8; 2]> {
    let mut cells = Vec::new();
    for (number, piece) in line.split('\u{1b}').enumerate() {
        let mut text = piece;
        if number > 0 {
            let (colours, rest) = piece[1..].split_once('m').unwrap();
            match colours {
                "38;5;16" => now.letters = 0,
                "48;5;231" => now.ground = 255,
                "" | "0" => *now = theme,
                "39" => now.letters = theme.letters,
                "49" => now.ground = theme.ground,
                other => panic!("{other} in {line:?}"),
            }
            text = rest;
        }
        let (letters, ground) = (now.letters, now.ground);
        cells.extend(text.chars().map(|glyph| match glyph {
            '█' => [letters, letters],
            '▀' => [letters, ground],
            '▄' => [ground, letters],
            _ => [ground, ground],
        }));
    }
    cells
}

/// The text of the code on a screen.
fn code_in(screen: &str) -> String {
    screen[screen.find("KPV1:").unwrap()..][..45].to_owned()
}

fn scanned_by_zbar(sandbox: &Sandbox, picture: &str, flags: &[&str]) -> String {
    let mut zbarimg = sandbox.command(tools::program("zbarimg"));
    Ran::new(zbarimg.args(["--quiet", "--raw"]).args(flags).arg(picture), b"")
        .stdout()
        .trim()
        .to_owned()
}

/// In colours, and without them where they are not wanted; on dark and on light terminals.
#[test]
fn a_qr_code_on_a_screen_is_read_by_scanners() {
    if !tools::are_there(
        &["tmux", "zbarimg"].map(tools::program),
        "screens that are photographed",
    ) {
        return;
    }
    for colours in ["", "NO_COLOR=1"] {
        let sandbox = Sandbox::new();
        let side = |way: &str| format!("{colours} keypact exchange {way} --compare qr");
        let alice = Screen::start(&sandbox, &format!("{}; sleep 60", side("--listen unix:meet -o a.key")));
        let mut bob = Dialogue::start(sandbox.command("setsid"), &side("--connect unix:meet -o b.key"));
        bob.expect(SCAN);
        let seen = alice.showing("or \"no\":");
        let code = code_in(&seen);
        assert_eq!(seen.contains("48;5;231"), colours.is_empty(), "{seen}");
        for (name, theme) in [("dark.png", DARK), ("light.png", LIGHT)] {
            sandbox.write(name, photograph(&seen, theme));
            assert_eq!(
                qr::scan(&sandbox.read(name)),
                Ok(vec![code.clone()]),
                "{name} {colours}"
            );
            let is_reversed = name == "light.png" && !colours.is_empty();
            let flags: &[&str] = if is_reversed { &["-Stest-inverted"] } else { &[] };
            assert_eq!(scanned_by_zbar(&sandbox, name, flags), code, "{name} {colours}");
        }
        // The picture of the light one is what Bob's program is given.
        bob.send("light.png\n");
        bob.expect("VERIFIED");
        alice.showing("Does its screen say VERIFIED?");
        alice.types("yes");
        assert!(bob.wait().success());
        assert_eq!(written(&sandbox, "a.key"), sandbox.text("b.key"));
    }
}

/// A file, once a command has written it.
fn written(sandbox: &Sandbox, name: &str) -> String {
    let end = Instant::now() + PATIENCE;
    while !sandbox.file(name).exists() {
        assert!(Instant::now() < end, "{name} is not written");
        thread::sleep(Duration::from_millis(10));
    }
    sandbox.text(name)
}

/// The seven emoji on a screen have the bits of the four words that the other side's program knows.
#[test]
fn emoji_on_a_screen_are_the_bits_of_the_string() {
    if !tools::are_there(&["tmux"].map(tools::program), "emoji on a screen") {
        return;
    }
    let sandbox = Sandbox::new();
    let alice = Screen::start(
        &sandbox,
        "keypact exchange --listen unix:meet -o a.key --compare emoji; sleep 60",
    );
    let judge = "printf %s \"$KEYPACT_SAS_WORDS\" > new; mv new words; for n in $(seq 300); do test -e ok && exit; sleep 0.1; done";
    let words = "exchange --connect unix:meet -o b.key --compare emoji --events events --verify-cmd".split(' ');
    let mut bob = Side::start(&sandbox, &words.chain([judge]).collect::<Vec<_>>());
    let seen = alice.showing("or \"no\":");
    let line = seen
        .lines()
        .find(|line| line.starts_with("    ") && line.trim().len() > 20)
        .unwrap();
    let table: Vec<(&str, &str)> = include_str!("../../src/codes/emoji.txt")
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .collect();
    let bits = line.trim().split("  ").fold(0_u64, |bits, shown| {
        let (symbol, name) = shown.split_once(' ').unwrap();
        let index = table.iter().position(|(_, known)| *known == name.trim()).unwrap();
        // A screen may keep the selector of colours to itself.
        assert_eq!(
            symbol.trim_end_matches('\u{fe0f}'),
            table[index].0.trim_end_matches('\u{fe0f}')
        );
        bits << 6 | u64::try_from(index).unwrap()
    });
    let told = words::heard(&written(&sandbox, "words")).unwrap();
    assert_eq!((bits >> 10).to_be_bytes()[4..], *told.expose());
    let events = sandbox.text("events");
    let code: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
    assert_eq!(
        code["code"].as_str().unwrap().replace('\u{fe0f}', ""),
        line.trim().replace('\u{fe0f}', "")
    );
    sandbox.write("ok", "");
    alice.types("match");
    bob.succeeds();
    assert_eq!(written(&sandbox, "a.key"), sandbox.text("b.key"));
}

/// A window that is too narrow says what it needs; the code comes when there is room, and what was typed meanwhile counts.
#[test]
fn a_qr_code_follows_the_width_of_its_window() {
    let sandbox = Sandbox::new();
    let start = |way: &str| {
        let script = format!("stty cols 32; keypact exchange {way} --compare qr; echo status=$?");
        Dialogue::start(sandbox.command("setsid"), &script)
    };
    let mut alice = start("--listen unix:meet -o a.key");
    let mut bob = start("--connect unix:meet -o b.key");
    bob.expect(SCAN);
    let seen = alice.expect(SCAN);
    assert!(seen.contains("needs 33 columns, and the terminal has 32"), "{seen}");
    assert!(
        seen.contains("widen the terminal") && seen.contains("--qr FILE"),
        "{seen}"
    );
    assert!(!seen.contains('█'), "{seen}");
    let code = code_in(&seen);
    let drawing = qr::Code::of(&code, qr::Ground::Screen)
        .unwrap()
        .terminal(qr::Paint::Plain);
    for columns in [33, 20, 40] {
        alice.widen_to(columns);
        let seen = alice.expect(SCAN).replace('\r', "");
        assert_eq!(seen.contains(&drawing), columns > 32, "{seen}");
        assert_eq!(seen.contains("the terminal has 20"), columns < 33, "{seen}");
    }
    // Nothing new: nothing is drawn again.
    alice.widen_to(50);
    bob.send(&format!("{code}\n"));
    bob.expect("VERIFIED");
    let seen = alice.expect("Does its screen say VERIFIED?");
    assert!(!seen.contains('█'), "{seen}");
    alice.send("yes\n");
    alice.expect("status=0");
    bob.expect("status=0");
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
}
