//! The SSH agent: keys that sign and never leave it (draft-ietf-sshm-ssh-agent, the one request that is needed).

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::fault::Fault;
use crate::cli::streams::reason;
use crate::encoding::fields::{Fields, put_string};
use crate::handshake::Signer;

const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const FAILURE: u8 = 5;
/// The longest answer: signatures have some hundred bytes, and an agent is asked one thing.
const LONGEST: u32 = 64 << 10;
/// A person may have to touch a token or to say yes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A key in an agent.
pub struct Agent {
    socket: PathBuf,
    key: Vec<u8>,
}

impl Agent {
    /// The agent that `SSH_AUTH_SOCK` names.
    ///
    /// # Errors
    /// When it names none.
    pub fn find(key: &[u8]) -> Result<Self, Fault> {
        let socket = std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty());
        let socket = socket.ok_or_else(|| {
            Fault::no_key("signer", "there is no SSH agent")
                .because("SSH_AUTH_SOCK is not set")
                .hint("start one and give it the key: eval $(ssh-agent); ssh-add")
        })?;
        Ok(Self {
            socket: socket.into(),
            key: key.to_vec(),
        })
    }

    fn ask(&self, data: &[u8]) -> io::Result<Vec<u8>> {
        let mut agent = UnixStream::connect(&self.socket)?;
        agent.set_read_timeout(Some(PATIENCE))?;
        agent.set_write_timeout(Some(PATIENCE))?;
        let mut request = vec![SIGN_REQUEST];
        put_string(&mut request, &[&self.key]);
        put_string(&mut request, &[data]);
        request.extend_from_slice(&0u32.to_be_bytes());
        let mut framed = Vec::new();
        put_string(&mut framed, &[&request]);
        agent.write_all(&framed)?;

        let mut length = [0; 4];
        agent.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if !(1..=LONGEST).contains(&length) {
            return Err(io::Error::other("its answer has an impossible length"));
        }
        let mut answer = vec![0; length as usize];
        agent.read_exact(&mut answer)?;
        Ok(answer)
    }
}

impl Signer for Agent {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, String> {
        let answer = self
            .ask(data)
            .map_err(|error| format!("the SSH agent: {}", reason(&error)))?;
        match answer.split_first() {
            Some((&SIGN_RESPONSE, rest)) => {
                let mut fields = Fields::new(rest);
                let signature = fields.string().map(<[u8]>::to_vec);
                signature
                    .filter(|_| fields.end().is_some())
                    .ok_or_else(|| "the SSH agent's answer cannot be read".to_owned())
            }
            Some((&FAILURE, _)) => Err("the SSH agent does not hold the key, or refused to use it".to_owned()),
            _ => Err("the SSH agent's answer is unknown".to_owned()),
        }
    }
}
