//! From shares to the key: they are taken one after the other, and refused one by one.

use std::collections::BTreeMap;

use super::gf256::interpolate;
use super::share::{Protection, Set, Share};
use super::split::check_letters;
use super::{DIGEST, DIGEST_LENGTH, Error, SECRET, cipher, digest};
use crate::secret::{self, Passphrase, SecretBytes};

/// Shares of one set, as many as have come.
#[derive(Default)]
pub struct Join {
    /// By group; none is empty.
    groups: BTreeMap<u8, Vec<Share>>,
}

/// What is still needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing.
    Nothing,
    /// So many shares, where there is one group.
    Shares(u8),
    /// So many groups besides those that are complete.
    Groups(u8),
}

impl Join {
    /// Takes one more share.
    ///
    /// # Errors
    /// [`Error::OtherSet`], [`Error::Repeated`], [`Error::Contradiction`]; the shares before it stay.
    pub fn add(&mut self, share: Share) -> Result<Missing, Error> {
        if self.first().is_some_and(|first| first.set != share.set) {
            return Err(Error::OtherSet);
        }
        let is_as_long = |other: &Share| other.value.expose().len() == share.value.expose().len();
        let group = self.groups.get(&share.group).map_or(&[][..], Vec::as_slice);
        if self.first().is_some_and(|first| !is_as_long(first))
            || group.iter().any(|other| other.threshold != share.threshold)
        {
            return Err(Error::Contradiction);
        }
        if let Some(same) = group.iter().find(|other| other.member == share.member) {
            let is_same = secret::equal(same.value.expose(), share.value.expose());
            return Err(if is_same { Error::Repeated } else { Error::Contradiction });
        }
        self.groups.entry(share.group).or_default().push(share);
        Ok(self.missing())
    }

    /// The set, once there is a share.
    pub fn set(&self) -> Option<&Set> {
        self.first().map(Share::set)
    }

    /// What is still needed.
    pub fn missing(&self) -> Missing {
        let Some(set) = self.set() else {
            return Missing::Shares(1);
        };
        let complete = self.complete().count().try_into().unwrap_or(u8::MAX);
        match set.group_threshold.saturating_sub(complete) {
            0 => Missing::Nothing,
            _ if set.groups == 1 => Missing::Shares(self.in_group(0)),
            groups => Missing::Groups(groups),
        }
    }

    /// How many shares of a group, counted from 0, are still needed; one at least where none has come.
    fn in_group(&self, group: u8) -> u8 {
        let shares = self.groups.get(&group);
        shares.map_or(1, |shares| {
            let there = u8::try_from(shares.len()).unwrap_or(u8::MAX);
            shares[0].threshold.saturating_sub(there)
        })
    }

    /// What the shares held, still locked. Shares beyond those that are needed must agree with them.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Digest`].
    pub fn combine(self) -> Result<Sealed, Error> {
        let set = *self.set().ok_or(Error::Missing(self.missing()))?;
        if self.missing() != Missing::Nothing {
            return Err(Error::Missing(self.missing()));
        }
        let mut secrets = Vec::new();
        for shares in self.complete() {
            let points: Vec<_> = shares
                .iter()
                .map(|share| (share.member, share.value.expose()))
                .collect();
            secrets.push((shares[0].group, recover(&points, shares[0].threshold)?));
        }
        let points: Vec<_> = secrets
            .iter()
            .map(|(group, secret)| (*group, secret.expose()))
            .collect();
        let value = recover(&points, set.group_threshold)?;
        Ok(Sealed { set, value })
    }

    fn first(&self) -> Option<&Share> {
        self.groups.values().next()?.first()
    }

    fn complete(&self) -> impl Iterator<Item = &Vec<Share>> {
        let is_complete = |shares: &&Vec<Share>| shares.len() >= usize::from(shares[0].threshold);
        self.groups.values().filter(is_complete)
    }
}

/// The secret of `threshold` points or more, if they are of one polynomial and its digest fits.
fn recover(points: &[(u8, &[u8])], threshold: u8) -> Result<SecretBytes, Error> {
    let (enough, more) = points.split_at(usize::from(threshold).min(points.len()));
    if more
        .iter()
        .any(|(x, value)| !secret::equal(interpolate(enough, *x).expose(), value))
    {
        return Err(Error::Digest);
    }
    if threshold == 1 {
        return Ok(SecretBytes::new(enough[0].1.to_vec()));
    }
    let (secret, digests) = (interpolate(enough, SECRET), interpolate(enough, DIGEST));
    let (expected, noise) = digests.expose().split_at(DIGEST_LENGTH);
    if !secret::equal(&digest(noise, secret.expose()), expected) {
        return Err(Error::Digest);
    }
    Ok(secret)
}

/// A secret that came together, under the passphrase that it may have.
pub struct Sealed {
    set: Set,
    value: SecretBytes,
}

impl Sealed {
    /// What protects it.
    pub fn protection(&self) -> Protection {
        self.set.protection
    }

    /// The secret. A wrong passphrase gives another secret: no program can tell, only the check value does.
    ///
    /// # Errors
    /// [`Error::Passphrase`] where [`Protection::Argon2id`] needs one; [`Error::Letters`]; [`Error::Memory`].
    pub fn open(&self, passphrase: Option<&Passphrase>) -> Result<SecretBytes, Error> {
        if let (Some(passphrase), true) = (passphrase, self.set.protection != Protection::Argon2id) {
            check_letters(passphrase)?;
        }
        cipher::open(self.value.expose(), self.set, passphrase)
    }
}
