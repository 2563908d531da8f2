//! Paths that stay below the folder that they are relative to, and where links lead.

/// The longest name of one component on the file systems that there are.
const LONGEST_COMPONENT: usize = 255;
/// The longest path that the system takes (Linux' `PATH_MAX` with its NUL), so that everything that is restored can be
/// named afterwards.
pub(super) const LONGEST: usize = 4095;
/// Folders within folders. Packing keeps a descriptor open for each, and 1,024 are what a process gets.
const DEEPEST: usize = 256;

/// The path of a member of a tree: components without `.` and `..`, joined by `/`, relative to the folder that the tree is
/// put into. Bytes, as the system has them; not sanitised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member(Vec<u8>);

impl Member {
    /// Reads a path; `./` before it and `/` behind it are no part of it. `None` stands for the folder
    /// that is restored into.
    pub fn parse(name: &[u8]) -> Result<Option<Self>, &'static str> {
        let bare = bare(name);
        if bare == b"." || (bare.is_empty() && name.starts_with(b"./")) {
            return Ok(None);
        }
        if bare.len() > LONGEST {
            return Err("its name is longer than 4095 bytes");
        }
        let components: Vec<&[u8]> = bare.split(|byte| *byte == b'/').collect();
        if components.len() > DEEPEST {
            return Err("it lies more than 256 folders deep");
        }
        components.iter().try_for_each(|component| check(component))?;
        Ok(Some(Self(bare.to_vec())))
    }

    /// A name without folders.
    ///
    /// # Errors
    /// Why it is none.
    pub fn plain(name: &[u8]) -> Result<Self, &'static str> {
        check_plain(name).map(|()| Self(name.to_vec()))
    }

    /// Whether `path` is in the form that [`Member`] keeps.
    ///
    /// # Errors
    /// Why it is not.
    pub(super) fn check(path: &[u8]) -> Result<(), &'static str> {
        match Self::parse(path)? {
            Some(member) if member.0 == path => Ok(()),
            _ => Err("its name begins with ./ or ends with /"),
        }
    }

    /// A path that has been checked.
    pub(super) fn of_manifest(path: &[u8]) -> Self {
        Self(path.to_vec())
    }

    /// The member `name` of the folder `self`.
    pub fn join(&self, name: &[u8]) -> Result<Self, &'static str> {
        let joined = [&self.0, &b"/"[..], name].concat();
        Self::parse(&joined)?.ok_or("it has no name")
    }

    /// The member below `self` that `rest` leads to, which is empty or begins with `/`.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn join_path(&self, rest: &[u8]) -> Result<Self, &'static str> {
        let joined = [&self.0[..], rest].concat();
        Self::check(&joined).map(|()| Self(joined))
    }

    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The folders above it and its own name.
    pub fn split(&self) -> (Option<Self>, &[u8]) {
        match self.0.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (Some(Self(self.0[..at].to_vec())), &self.0[at + 1..]),
            None => (None, &self.0),
        }
    }

    /// Its components, outermost first.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/')
    }

    /// Its outermost component.
    pub fn top(&self) -> &[u8] {
        self.components().next().unwrap_or_default()
    }

    /// Where a symbolic link of this name leads that holds `target`: the outermost component of the place.
    ///
    /// A `..` counts only at the beginning. Behind a component it could follow that component, if it is a link too, to
    /// a place that the text does not show.
    pub fn follow(&self, target: &[u8]) -> Result<Vec<u8>, &'static str> {
        if target.is_empty() || target.len() > LONGEST || target.contains(&0) {
            return Err("it is a link that leads nowhere");
        }
        if target.starts_with(b"/") {
            return Err("it is a link to an absolute path");
        }
        let steps = target
            .split(|byte| *byte == b'/')
            .filter(|step| !step.is_empty() && *step != b".");
        let mut place: Vec<&[u8]> = self.components().collect();
        place.pop();
        let mut has_gone_down = false;
        for step in steps {
            match step {
                b".." if has_gone_down => return Err("it is a link that goes down and up again"),
                b".." => drop(place.pop().ok_or("it is a link that leads outside")?),
                step => {
                    has_gone_down = true;
                    place.push(step);
                }
            }
        }
        place
            .first()
            .map(|top| top.to_vec())
            .ok_or("it is a link that leads outside")
    }
}

/// Why `name` is not a plain name, that of one component that creates nothing outside its folder.
fn check_plain(name: &[u8]) -> Result<(), &'static str> {
    if name.contains(&b'/') {
        return Err("its name has a folder in it");
    }
    check(name)
}

fn bare(mut name: &[u8]) -> &[u8] {
    while let Some(rest) = name.strip_prefix(b"./") {
        name = rest;
    }
    // Only a folder's name may end so, and no more than once.
    name.strip_suffix(b"/").filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn check(component: &[u8]) -> Result<(), &'static str> {
    match component {
        b"" => Err("its name is empty, absolute, or has an empty component"),
        b"." | b".." => Err("its name has a component . or .."),
        _ if component.len() > LONGEST_COMPONENT => Err("its name has a component longer than 255 bytes"),
        _ if component.contains(&0) => Err("its name has a NUL character"),
        _ => Ok(()),
    }
}
