//! Just enough of a reader of Rust: the tokens of a file and the paths that it names.

/// Every path of two segments or more, in `use` and elsewhere, groups spelled out.
pub(crate) fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let starts = is_name(&tokens[at]) && tokens.get(at + 1).is_some_and(|next| next == "::");
        at = if starts {
            tree(tokens, at, &[], &mut found)
        } else {
            at + 1
        };
    }
    found
}

/// Reads one tree of paths below `above`, and returns where it ends.
fn tree(tokens: &[String], mut at: usize, above: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = above.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = if tokens[at] == "," {
                        at + 1
                    } else {
                        tree(tokens, at, &path, found)
                    };
                }
                return at + 1;
            }
            Some(name) if is_name(name) || name == "*" => path.push(name.to_owned()),
            // `Vec::<u8>::new`: a path of types, whose arguments are read on their own.
            _ => break,
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token != "::") {
            break;
        }
        at += 1;
    }
    if tokens.get(at).is_some_and(|token| token == "as") {
        at += 2;
    }
    found.push(path);
    // Progress is certain even where a group holds something that is no path.
    if above.is_empty() || tokens.get(at).is_none_or(|token| token == "," || token == "}") {
        at
    } else {
        at + 1
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Names, `::` and single characters; comments, spaces and what stands inside literals are left out.
pub(crate) fn tokens(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if literal_prefix(rest).is_some() => literal_prefix(rest).unwrap_or(1),
            '\'' => character(rest),
            _ if rest.starts_with("::") => 2,
            _ if first.is_ascii_alphanumeric() || first == '_' => rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if !first.is_whitespace() && !token.starts_with(['/', '"', '\'']) && !token.ends_with(['"', '#', '\'']) {
            found.push(token.to_owned());
        }
        rest = after;
    }
    found
}

/// Length of a comment between slashes and stars, which may hold others.
fn comment(text: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 && at < text.len() {
        let (step, change) = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        (at, depth) = (at + step, depth + change);
    }
    at
}

/// Length of a string literal, up to the quote that no backslash escapes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// Length of a literal with a prefix: `b"…"`, `br#"…"#`, `b'…'`.
fn literal_prefix(text: &str) -> Option<usize> {
    let prefix = text.find(|c: char| !matches!(c, 'b' | 'c' | 'r'))?;
    let hashes = text[prefix..].find(|c| c != '#')?;
    let opening = prefix + hashes;
    match text.as_bytes()[opening] {
        b'"' if text[..prefix].contains('r') => {
            let closing = format!("\"{}", "#".repeat(hashes));
            let inside = text[opening + 1..].find(&closing)?;
            Some(opening + 1 + inside + closing.len())
        }
        b'"' if hashes == 0 => Some(opening + string(&text[opening..])),
        b'\'' if hashes == 0 && &text[..prefix] == "b" => Some(opening + character(&text[opening..])),
        _ => None,
    }
}

/// Length of a character literal, or of the quote alone where it begins a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((escaped, _))) => text[escaped + 1..].find('\'').map_or(1, |end| escaped + 1 + end + 1),
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}
