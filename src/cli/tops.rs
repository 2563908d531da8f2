//! Paths that were named, as what is outermost in an archive or an offer.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::cli::fault::Fault;
use crate::cli::folder::names_in;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;

/// Something outermost.
pub struct Top {
    /// The name that it gets.
    pub name: OsString,
    /// Where it is.
    pub path: PathBuf,
}

/// Each path under its last component, in the order of the names; a path that has none (`.`, `..`, `/`) gives its contents
/// under their own names.
///
/// # Errors
/// When a folder cannot be read, or two would have one name.
pub fn tops(paths: &[PathBuf]) -> Result<Vec<Top>, Fault> {
    let mut tops = Vec::new();
    for path in paths {
        if let Some(name) = path.file_name() {
            tops.push(Top {
                name: name.to_owned(),
                path: path.clone(),
            });
            continue;
        }
        for name in names_in(path).map_err(|error| cannot("read", &shown(path), &error))? {
            tops.push(Top {
                path: path.join(&name),
                name,
            });
        }
    }
    tops.sort_by(|a, b| a.name.cmp(&b.name));
    match tops.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(two_of_one_name(pair)),
        None => Ok(tops),
    }
}

fn two_of_one_name(pair: &[Top]) -> Fault {
    let [first, second] = [0, 1].map(|at| shown(&pair[at].path));
    Fault::usage(format!("{first} and {second} would have one name"))
        .hint("name the folder that they are in, or take one at a time")
}
