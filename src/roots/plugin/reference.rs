use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{IdentityText, Name};
use crate::format::KeyError;

/// Our name as a plugin.
const NAME: &str = "keypact";
const VERSION: u8 = 1;
const FILE: u8 = 0;

/// What an identity of our own plugin, `AGE-PLUGIN-KEYPACT-1…`, stands for.
///
/// ```text
/// 01 | kind | data        kind 00: an identity file, by its absolute path
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The identities in this file.
    File(PathBuf),
}

impl Reference {
    /// As an identity, to be handed to programs that start plugins.
    pub fn to_identity(&self) -> IdentityText {
        let Self::File(path) = self;
        let data = [&[VERSION, FILE], path.as_os_str().as_bytes()].concat();
        IdentityText::new(Name::known(NAME), data)
    }

    /// What `identity` stands for.
    ///
    /// # Errors
    /// [`KeyError::UnknownIdentity`] for another plugin's and for a version or kind of later releases;
    /// [`KeyError::Invalid`] for a path that is not absolute.
    pub fn of(identity: &IdentityText) -> Result<Self, KeyError> {
        match identity.expose_data() {
            [VERSION, FILE, path @ ..] if identity.name().as_str() == NAME => {
                let path = PathBuf::from(OsStr::from_bytes(path));
                let is_path = path.is_absolute() && !path.as_os_str().as_bytes().contains(&0);
                is_path.then_some(Self::File(path)).ok_or(KeyError::Invalid)
            }
            _ => Err(KeyError::UnknownIdentity),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn a_path_comes_back_and_nothing_else_is_one() {
        let path = PathBuf::from(std::ffi::OsString::from_vec(b"/home/\xff/id entity".to_vec()));
        let text = Reference::File(path.clone()).to_identity();
        let read: IdentityText = text.expose().parse().unwrap();
        assert_eq!(Reference::of(&read), Ok(Reference::File(path)));
        let of = |name: &str, data: &[u8]| Reference::of(&IdentityText::new(name.parse().unwrap(), data.to_vec()));
        assert_eq!(of("keypact", b"\x01\x00relative"), Err(KeyError::Invalid));
        assert_eq!(of("keypact", b"\x01\x00/a\0b"), Err(KeyError::Invalid));
        for (name, data) in [
            ("keypact", &b"\x02\x00/a"[..]),
            ("keypact", b"\x01\x01/a"),
            ("keypact", b""),
            ("x", b"\x01\x00/a"),
        ] {
            assert_eq!(of(name, data), Err(KeyError::UnknownIdentity));
        }
    }
}
