"""One operation of pyrage, from standard input to standard output."""

import sys

import pyrage
from pyrage import passphrase, ssh, x25519

work = sys.stdin.buffer.read
match sys.argv[1:]:
    case ["seal", "key", lines, form]:
        recipients = [x25519.Recipient.from_str(line) for line in lines.splitlines()]
        result = pyrage.encrypt(work(), recipients, armored=form == "armor")
    case ["seal", "ssh", recipient]:
        result = pyrage.encrypt(work(), [ssh.Recipient.from_str(recipient)])
    case ["seal", "passphrase", words, form]:
        result = passphrase.encrypt(work(), words, armored=form == "armor")
    case ["open", "key", identity]:
        result = pyrage.decrypt(work(), [x25519.Identity.from_str(identity)])
    case ["open", "ssh", identity]:
        result = pyrage.decrypt(work(), [ssh.Identity.from_buffer(identity.encode())])
    case ["open", "passphrase", words]:
        result = passphrase.decrypt(work(), words)
    case ["generate", "x25519"]:
        result = str(x25519.Identity.generate()).encode()
    case ["recipient", identity]:
        result = str(x25519.Identity.from_str(identity).to_public()).encode()
    case words:
        sys.exit(f"unknown operation {words}")
sys.stdout.buffer.write(result)
